/* SPDX-License-Identifier: Apache-2.0 */
/* A growing list of numbers. All zero is empty. */
#pragma once

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { CRM_NUMBERS_MAX = 20 * 1000 * 1000 };

typedef struct crm__numbers {
	int64_t *items;
	size_t count;
	size_t capacity;
} crm__numbers;

/* Errors: CX_NO_MEMORY, CX_TOO_LARGE (CRM_NUMBERS_MAX). */
CX_MUST_USE cx_status crm__numbers_add(crm__numbers *self, int64_t number);
void crm__numbers_sort(crm__numbers *self);
void crm__numbers_release(crm__numbers *self);
