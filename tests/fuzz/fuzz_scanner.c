/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner says the same of any bytes whether they come whole or in pieces; reader and
 * msgpack-c's decoder find the end of a value where the scanner does; and a value that it
 * passed is decoded. The first byte of the input chooses the size of the pieces. */
#include "base/check.h"
#include "base/msgpack.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const cx_scan_limits limits = { .bytes = 1 << 16, .items = 1 << 12, .depth = 16 };

/* Each piece in a block of exactly its size, so that AddressSanitizer sees its end. */
static cx_scan_result feed_piece(cx_scan *scan, const uint8_t *data, size_t size, size_t *ret)
{
	uint8_t *piece = malloc(size);
	CX_ASSERT(piece != NULL);
	memcpy(piece, data, size);
	cx_scan_result result = cx_scan_feed(scan, (cx_slice){ piece, size }, ret);
	free(piece);
	return result;
}

static void check_pieces(cx_slice bytes, size_t piece_max, const cx_scan *whole,
                         cx_scan_result expected)
{
	cx_scan scan = CX_SCAN_INIT(limits);
	cx_scan_result result = CX_SCAN_MORE;
	for (size_t at = 0; at < bytes.size && result == CX_SCAN_MORE;) {
		size_t left = bytes.size - at;
		size_t size = left < piece_max ? left : piece_max;
		size_t used;
		result = feed_piece(&scan, bytes.data + at, size, &used);
		at += size;
	}
	CX_ASSERT(result == expected);
	CX_ASSERT(scan.bytes == whole->bytes);
	CX_ASSERT(scan.failed == whole->failed);
}

static void check_reader(cx_slice bytes, cx_scan_result result, size_t used)
{
	cx_reader reader = cx_reader_of(bytes);
	cx_slice value = cx_read_skip(&reader);
	if (result == CX_SCAN_WHOLE)
		CX_ASSERT(!reader.failed && value.size == used);
	if (result == CX_SCAN_MORE)
		CX_ASSERT(reader.failed && value.size == 0);
}

static void check_decoders(cx_slice value)
{
	msgpack_unpacked unpacked;
	msgpack_unpacked_init(&unpacked);
	size_t end = 0;
	msgpack_unpack_return found =
		msgpack_unpack_next(&unpacked, (const char *)value.data, value.size, &end);
	CX_ASSERT(found == MSGPACK_UNPACK_SUCCESS && end == value.size);
	msgpack_unpacked_destroy(&unpacked);

	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	CX_ASSERT(cx_arena_new(1 << 24, &arena) == CX_OK);
	const cx_value *tree = NULL;
	cx_status status = cx_value_decode(value, limits, arena, &tree);
	CX_ASSERT(status == CX_OK || status == CX_MALFORMED); /* an integer over int64 */
	CX_ASSERT((status == CX_OK) == (tree != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	cx_slice bytes = { .data = data + 1, .size = size - 1 };
	cx_scan whole = CX_SCAN_INIT(limits);
	size_t used = 0;
	cx_scan_result result = cx_scan_feed(&whole, bytes, &used);
	check_pieces(bytes, 1 + data[0] % 16, &whole, result);
	check_reader(bytes, result, used);
	if (result == CX_SCAN_WHOLE)
		check_decoders((cx_slice){ .data = bytes.data, .size = used });
	return 0;
}
