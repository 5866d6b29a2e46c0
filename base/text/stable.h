/* SPDX-License-Identifier: Apache-2.0 */
/* Characters that a normal form surely leaves alone wherever they stand.
 *
 * A character is in a table only if it maps to itself, its combining class is 0, and
 * neither it nor the first character of its decomposition ever composes with what stands
 * before it. So text of such characters only is in the form already, and other text may
 * be cut before each of them and the pieces normalised one by one. Source: UAX #15,
 * sections 9 and 10. A test compares the tables with utf8proc for every code point. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool cx__text_is_in_nfc_table(uint32_t code);
bool cx__text_is_in_fold_table(uint32_t code);

/* The CJK ideographs and their neighbours, which are in both tables. */
static inline bool cx__text_is_ideograph(uint32_t code)
{
	return code >= 0x3400 && code <= 0xa63f;
}

/* Of NFC. */
static inline bool cx__text_is_nfc_stable(uint32_t code)
{
	return cx__text_is_ideograph(code) || cx__text_is_in_nfc_table(code);
}

/* Of NFKC casefold. */
static inline bool cx__text_is_fold_stable(uint32_t code)
{
	return cx__text_is_ideograph(code) || cx__text_is_in_fold_table(code);
}
