/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner: finds the end of a value under one budget.
 *
 * What counts against the budget is not what was seen but what is already promised:
 * each declared element is at least one byte and one item, so a header takes the room
 * of all its elements at once. `room_bytes` and `room_items` are what no header has
 * taken yet, and a one-byte element changes neither. */
#include "base/check.h"
#include "base/msgpack/form.h"

#include <string.h>

static bool refuse(cx_scan *scan, cx_status why)
{
	scan->failed = why;
	return false;
}

static bool begin(cx_scan *scan)
{
	CX_ASSERT(scan->limits.depth <= CX_SCAN_DEPTH_MAX);
	scan->begun = true;
	if (scan->limits.bytes == 0 || scan->limits.items == 0)
		return refuse(scan, CX_TOO_LARGE);
	scan->room_bytes = scan->limits.bytes - 1;
	scan->room_items = scan->limits.items - 1;
	scan->left = 1;
	return true;
}

/* What the first byte alone can be refused for. */
static bool take_first_byte(cx_scan *scan, cx__form form)
{
	if (form.kind == CX_KIND_BAD)
		return refuse(scan, CX_MALFORMED);
	if (form.values > 0 && scan->depth == scan->limits.depth)
		return refuse(scan, CX_TOO_DEEP);
	if (form.length_bytes > scan->room_bytes)
		return refuse(scan, CX_TOO_LARGE);
	scan->room_bytes -= form.length_bytes;
	return true;
}

/* What the header declares: payload bytes or elements. */
static bool take_number(cx_scan *scan, cx__form form, uint64_t number)
{
	if (form.values == 0) {
		if (number > scan->room_bytes)
			return refuse(scan, CX_TOO_LARGE);
		scan->room_bytes -= number;
		scan->skip = number;
		return true;
	}
	uint64_t elements = number * form.values; /* < 2^33 */
	if (elements > scan->room_bytes || elements > scan->room_items)
		return refuse(scan, CX_TOO_LARGE);
	scan->room_bytes -= elements;
	scan->room_items -= elements;
	scan->left_above[scan->depth++] = scan->left;
	scan->left = elements;
	return true;
}

/* Keeps the begin of a header that the input cuts. */
static void keep_header(cx_scan *scan, const uint8_t *at, size_t size)
{
	CX_ASSERT(size > 0 && scan->header_size + size <= sizeof scan->header);
	memcpy(scan->header + scan->header_size, at, size);
	scan->header_size = (uint8_t)(scan->header_size + size);
}

/* Goes on with a kept header; false when it was refused or is still cut. */
static bool resume_header(cx_scan *scan, const uint8_t **at, const uint8_t *end)
{
	cx__form form = cx__form_of(scan->header[0]);
	size_t missing = 1u + form.length_bytes - scan->header_size;
	size_t there = (size_t)(end - *at);
	if (there == 0)
		return false;
	size_t taken = missing < there ? missing : there;
	keep_header(scan, *at, taken);
	*at += taken;
	if (taken < missing)
		return false;
	scan->header_size = 0;
	return take_number(scan, form, cx__form_number(form, scan->header));
}

/* Begins the item at `*at` (< end); false when it was refused or its header is cut. */
static bool begin_item(cx_scan *scan, const uint8_t **at, const uint8_t *end)
{
	cx__form form = cx__form_of(**at);
	scan->left--;
	if (!take_first_byte(scan, form))
		return false;
	size_t there = (size_t)(end - *at);
	if (there <= form.length_bytes) {
		keep_header(scan, *at, there);
		*at = end;
		return false;
	}
	uint64_t number = cx__form_number(form, *at);
	*at += 1u + form.length_bytes;
	return take_number(scan, form, number);
}

/* Scalars that are whole in the input are most of what there is: as many of them as come in a
 * row and fit. What stops them is looked at by begin_item. */
static const uint8_t *pass_scalars(cx_scan *scan, const uint8_t *at, const uint8_t *end)
{
	uint64_t left = scan->left;
	uint64_t room = scan->room_bytes;
	while (left > 0 && at < end) {
		const uint64_t there = (uint64_t)(end - at);
		uint64_t size = cx__sizes[*at];
		if (size == 0) {
			const cx__form form = cx__form_of(*at);
			if (form.values > 0 || form.kind == CX_KIND_BAD ||
			    form.length_bytes >= there)
				break;
			size = 1 + form.length_bytes + cx__form_number(form, at);
		}
		if (size - 1 > room || size > there)
			break;
		room -= size - 1;
		at += size;
		left--;
	}
	scan->left = left;
	scan->room_bytes = room;
	return at;
}

static const uint8_t *pass_payload(cx_scan *scan, const uint8_t *at, const uint8_t *end)
{
	uint64_t there = (uint64_t)(end - at);
	uint64_t passed = scan->skip < there ? scan->skip : there;
	scan->skip -= passed;
	return at + passed;
}

/* Leaves the arrays and maps that are complete; true when nothing is left at all. */
static bool leave_complete(cx_scan *scan)
{
	while (scan->left == 0) {
		if (scan->depth == 0)
			return true;
		scan->left = scan->left_above[--scan->depth];
	}
	return false;
}

/* Advances as far as the input goes; true when the value ended. */
static bool run(cx_scan *scan, const uint8_t **at, const uint8_t *end)
{
	if (scan->header_size > 0 && !resume_header(scan, at, end))
		return false;
	for (;;) {
		if (scan->skip > 0) {
			*at = pass_payload(scan, *at, end);
			if (scan->skip > 0)
				return false;
		}
		if (leave_complete(scan))
			return true;
		*at = pass_scalars(scan, *at, end);
		if (scan->left == 0)
			continue;
		if (*at == end || !begin_item(scan, at, end))
			return false;
	}
}

cx_scan_result cx_scan_feed(cx_scan *scan, cx_slice input, size_t *ret_used)
{
	if (scan->failed != CX_OK || (!scan->begun && !begin(scan)))
		return CX_SCAN_BAD;
	if (input.size == 0)
		return CX_SCAN_MORE;

	const uint8_t *at = input.data;
	bool whole = run(scan, &at, input.data + input.size);
	size_t used = (size_t)(at - input.data);
	scan->bytes += used;
	if (scan->failed != CX_OK)
		return CX_SCAN_BAD;
	CX_ASSERT(scan->bytes <= scan->limits.bytes);
	CX_ASSERT(whole || used == input.size);
	*ret_used = used;
	return whole ? CX_SCAN_WHOLE : CX_SCAN_MORE;
}

cx_status cx_scan_whole(cx_slice bytes, cx_scan_limits limits)
{
	cx_scan scan = CX_SCAN_INIT(limits);
	size_t used = 0;
	switch (cx_scan_feed(&scan, bytes, &used)) {
	case CX_SCAN_MORE:
		return CX_MALFORMED;
	case CX_SCAN_WHOLE:
		return used == bytes.size ? CX_OK : CX_MALFORMED;
	case CX_SCAN_BAD:
		return scan.failed;
	}
	CX_UNREACHABLE();
}
