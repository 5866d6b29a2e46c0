/* SPDX-License-Identifier: Apache-2.0 */
/* Unicode text: validation, normal forms, case folding, display width. Source:
 * The Unicode Standard as implemented by utf8proc; cx_text_unicode_version()
 * names its version, which is kept beside everything that was built from folded
 * text. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

/* Well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF.
 * On false, `*ret_offset` (may be NULL) is where the first bad sequence begins, that is
 * the size of the longest valid head. ASCII runs go 8 bytes a step. */
bool cx_text_is_utf8(cx_slice text, size_t *ret_offset);

/* Characters (code points) in valid UTF-8. */
size_t cx_text_length(cx_slice text);

/* The first `characters` code points of valid UTF-8 (all when there are fewer).
 */
cx_slice cx_text_head(cx_slice text, size_t characters);

/* True when the text certainly is in NFC already, found without normalising
 * (ASCII, and the blocks whose characters never change, CJK ideographs among
 * them). */
bool cx_text_is_nfc_quick(cx_slice text);

/* Appends the NFC form. Errors: CX_MALFORMED (not UTF-8), CX_TOO_LARGE, CX_NO_MEMORY; nothing
 * is appended then. */
CX_MUST_USE cx_status cx_text_nfc(cx_slice text, cx_buf *out);

/* Appends the folded form used for searching and for folded index columns: NFKC
 * casefold, so that full-width and half-width, upper and lower case are one.
 * Folding twice is folding once. Errors: as cx_text_nfc(). */
CX_MUST_USE cx_status cx_text_fold(cx_slice text, cx_buf *out);

/* Columns a terminal gives the text: East Asian wide and full-width 2,
 * combining 0, control 0. */
size_t cx_text_width(cx_slice text);

/* The longest head that fits into `columns`; `*ret_width` is its width. */
cx_slice cx_text_fit(cx_slice text, size_t columns, size_t *ret_width);

/* What a character is to somebody who looks for words. */
typedef enum cx_text_class {
	CX_TEXT_OTHER,  /* parts words: blanks, punctuation, symbols, controls */
	CX_TEXT_LETTER, /* a letter or mark of a script that parts its words */
	CX_TEXT_DIGIT,  /* a number of any script */
	CX_TEXT_DENSE,  /* of a script without blanks between words, or with long ones: Han,
	                 * kana,  hangul, bopomofo, Yi, Thai, Lao, Khmer, Burmese */
} cx_text_class;

/* The class of the first character of a text that is not empty; `*ret_size` is its size in
 * bytes. A byte that is no UTF-8 is OTHER. */
cx_text_class cx_text_class_of(cx_slice text, size_t *ret_size);

/* Bytes of the shortest head of a text, not empty, that folds by itself: the folded text is the
 * folded head followed by the folded rest. It tells where in a text something lies that was
 * found in its folded form. */
size_t cx_text_fold_unit(cx_slice text);

/* "15.0.0"; static storage. */
const char *cx_text_unicode_version(void);
