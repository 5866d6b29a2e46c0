/* SPDX-License-Identifier: Apache-2.0 */
/* Normal forms: NFC and NFKC casefold.
 *
 * Most text, Chinese included, needs no normalising. So the text is cut into runs of
 * stable characters, which are copied, and pieces with other characters. A piece begins
 * with the stable character before the first unstable one, as that is what a combining
 * mark composes with. */
#include "base/check.h"
#include "base/text.h"
#include "base/text/codes.h"
#include "base/text/decode.h"
#include "base/text/stable.h"

static const utf8proc_option_t to_nfc = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
static const utf8proc_option_t to_nfd = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
static const utf8proc_option_t to_fold = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                         UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

/* The decomposed and ordered code points of `text`. */
static cx_status decompose_text(cx_slice text, utf8proc_option_t options, cx__codes *codes)
{
	for (size_t at = 0; at < text.size;) {
		uint32_t code;
		size_t size = cx__text_decode(text.data + at, text.size - at, &code);
		if (size == 0)
			return CX_MALFORMED;
		at += size;
		cx_status status = cx__codes_decompose(codes, (utf8proc_int32_t)code, options);
		if (status != CX_OK)
			return status;
	}
	return cx__codes_order(codes);
}

static cx_status decompose_codes(cx__codes *from, utf8proc_option_t options, cx__codes *to)
{
	const utf8proc_int32_t *data = cx__codes_data(from);
	for (size_t i = 0; i < from->count; i++) {
		cx_status status = cx__codes_decompose(to, data[i], options);
		if (status != CX_OK)
			return status;
	}
	return cx__codes_order(to);
}

static cx_status append(cx_slice text, cx_buf *out)
{
	return cx_buf_append_slice(out, text) ? CX_OK : cx_buf_status(out);
}

static cx_status append_nfc(cx_slice piece, cx_buf *out)
{
	CX_SCOPED(cx__codes_release) cx__codes codes;
	cx__codes_init(&codes);
	cx_status status = decompose_text(piece, to_nfc, &codes);
	if (status != CX_OK)
		return status;
	return append(cx__codes_encode(&codes, to_nfc), out);
}

/* Decomposes before it folds, as definition D147 of the standard does: U+0345 folds to a
 * letter, and where that letter goes depends on the order of the marks. */
static cx_status append_folded(cx_slice piece, cx_buf *out)
{
	CX_SCOPED(cx__codes_release) cx__codes plain;
	CX_SCOPED(cx__codes_release) cx__codes folded;
	cx__codes_init(&plain);
	cx__codes_init(&folded);
	cx_status status = decompose_text(piece, to_nfd, &plain);
	if (status == CX_OK)
		status = decompose_codes(&plain, to_fold, &folded);
	if (status != CX_OK)
		return status;
	return append(cx__codes_encode(&folded, to_fold), out);
}

static cx_status append_lower_ascii(cx_slice run, cx_buf *out)
{
	uint8_t *to = cx_buf_reserve(out, run.size);
	if (to == NULL)
		return cx_buf_status(out);
	for (size_t i = 0; i < run.size; i++) {
		uint8_t byte = run.data[i];
		to[i] = (uint8_t)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
	}
	out->size += run.size;
	return CX_OK;
}

/* Upper case ASCII changes, but as stably as if it did not. */
static bool is_fold_run(uint32_t code)
{
	return code < 0x80 || cx__text_is_fold_stable(code);
}

/* What the two forms differ in. */
typedef struct normal_form {
	bool (*is_stable)(uint32_t code);
	cx_status (*append_run)(cx_slice run, cx_buf *out);
	cx_status (*append_piece)(cx_slice piece, cx_buf *out);
} normal_form;

static const normal_form nfc_form = { cx__text_is_nfc_stable, append, append_nfc };
static const normal_form fold_form = { is_fold_run, append_lower_ascii, append_folded };

/* The size of the longest head of stable characters, all ASCII among them; `*ret_last` is
 * where the last of them begins. A byte that is no UTF-8 counts as unstable, and its piece is
 * refused. */
static size_t run_size(cx_slice text, const normal_form *form, size_t *ret_last)
{
	size_t at = 0;
	size_t last = 0;
	while (at < text.size) {
		if (text.data[at] < 0x80) {
			at += cx__text_ascii_size(cx_slice_from(text, at));
			last = at - 1;
			continue;
		}
		uint32_t code;
		size_t size = cx__text_decode(text.data + at, text.size - at, &code);
		if (size == 0 || !form->is_stable(code))
			break;
		last = at;
		at += size;
	}
	*ret_last = last;
	return at;
}

/* The end of the piece whose first unstable character is at `unstable`:
 * where the next stable character begins. */
static size_t piece_end(cx_slice text, size_t unstable, const normal_form *form)
{
	size_t at = unstable;
	while (at < text.size) {
		uint32_t code;
		size_t size = cx__text_decode(text.data + at, text.size - at, &code);
		if (size > 0 && form->is_stable(code))
			break;
		at += size > 0 ? size : 1;
	}
	return at;
}

static cx_status normalise(cx_slice text, const normal_form *form, cx_buf *out)
{
	size_t at = 0;
	while (at < text.size) {
		cx_slice rest = cx_slice_from(text, at);
		size_t last;
		size_t unstable = run_size(rest, form, &last);
		size_t run = unstable == rest.size ? unstable : last;
		cx_status status =
			form->append_run((cx_slice){ .data = rest.data, .size = run }, out);
		if (status != CX_OK)
			return status;
		at += run;
		if (run == rest.size)
			break;

		size_t end = piece_end(rest, unstable, form);
		cx_slice piece = { .data = rest.data + run, .size = end - run };
		status = form->append_piece(piece, out);
		if (status != CX_OK)
			return status;
		at += piece.size;
	}
	return CX_OK;
}

/* All or nothing: what was appended before a failure is taken back. */
static cx_status normalise_whole(cx_slice text, const normal_form *form, cx_buf *out)
{
	size_t before = out->size;
	cx_status status = cx_buf_status(out);
	if (status == CX_OK)
		status = normalise(text, form, out);
	if (status != CX_OK)
		out->size = before;
	return status;
}

bool cx_text_is_nfc_quick(cx_slice text)
{
	size_t last;
	return run_size(text, &nfc_form, &last) == text.size;
}

cx_status cx_text_nfc(cx_slice text, cx_buf *out)
{
	return normalise_whole(text, &nfc_form, out);
}

cx_status cx_text_fold(cx_slice text, cx_buf *out)
{
	return normalise_whole(text, &fold_form, out);
}
