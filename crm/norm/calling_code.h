/* SPDX-License-Identifier: Apache-2.0 */
/* Countries whose telephone numbers are understood: their calling code, what is dialled before
 * a number inside the country, and before one of another. Source: ITU-T E.164 and E.164.1
 * (assigned country codes), national numbering plans. */
#pragma once

#include "base/slice.h"

typedef struct crm__calling_code {
	const char *country;       /* ISO 3166-1 alpha-2 */
	const char *code;          /* "86" */
	const char *trunk;         /* inside the country, "0"; "": nothing */
	const char *international; /* to others, "00"; "": depends on whom one calls by */
} crm__calling_code;

/* NULL: not in the list. */
const crm__calling_code *crm__calling_code_of(cx_slice country);

/* The one whose code a number with country code begins with; of those who share it, any. */
const crm__calling_code *crm__calling_code_in(cx_slice digits);
