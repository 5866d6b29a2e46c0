/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner finds the end of a value wherever the input is cut, and refuses hostile
 * headers at the first byte from which it is certain that the value cannot fit. */
#include "base/msgpack.h"
#include "tests/base/bytes.h"
#include "tests/base/random_value.h"
#include "tests/support/unit.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

static const cx_scan_limits roomy = { .bytes = 16 << 20, .items = 100000, .depth = 16 };

static cx_slice exact(cx_slice bytes)
{
	return (cx_slice){ .data = bytes_exact_copy(bytes), .size = bytes.size };
}

static void exact_free(cx_slice bytes)
{
	free((void *)(uintptr_t)bytes.data);
}

/* Feeds `hex` one byte at a time; the number of bytes until the scanner says `expected`,
 * everything before being MORE. */
static size_t bytes_until(const char *hex, cx_scan_limits limits, cx_scan_result expected,
                          cx_status failed)
{
	cx_buf bytes = CX_BUF_INIT(1 << 20);
	bytes_hex(&bytes, hex);
	cx_scan scan = CX_SCAN_INIT(limits);
	cx_scan_result result = CX_SCAN_MORE;
	size_t fed = 0;
	while (result == CX_SCAN_MORE && fed < bytes.size) {
		size_t used = 99;
		result = cx_scan_feed(&scan, (cx_slice){ bytes.data + fed, 1 }, &used);
		assert_int_equal(used, result == CX_SCAN_BAD ? 99 : 1);
		fed++;
	}
	assert_int_equal(result, expected);
	assert_int_equal(scan.failed, failed);
	cx_buf_release(&bytes);
	return fed;
}

static size_t refused_after(const char *hex, cx_scan_limits limits, cx_status failed)
{
	return bytes_until(hex, limits, CX_SCAN_BAD, failed);
}

static void every_form_has_the_size_the_specification_gives_it(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
	} wholes[] = {
		{ "00" },
		{ "7f" },
		{ "e0" },
		{ "ff" },
		{ "c0" },
		{ "c2" },
		{ "c3" },
		{ "80" },
		{ "90" },
		{ "a0" },
		{ "a1 ff" },
		{ "81 01 02" },
		{ "92 01 02" },
		{ "af 1 2 3 4 5 6 7 8 9 a b c d e f" },
		{ "bf 1 2 3 4 5 6 7 8 9 a b c d e f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d "
		  "1e 1f" },
		{ "9f 1 2 3 4 5 6 7 8 9 a b c d e f" },
		{ "8f 1 2 3 4 5 6 7 8 9 a b c d e f 1 2 3 4 5 6 7 8 9 a b c d e f" },
		{ "c4 00" },
		{ "c4 02 c1 c1" },
		{ "c5 00 01 c1" },
		{ "c6 00 00 00 01 c1" },
		{ "ca c1 c1 c1 c1" },
		{ "cb c1 c1 c1 c1 c1 c1 c1 c1" },
		{ "cc c1" },
		{ "cd c1 c1" },
		{ "ce c1 c1 c1 c1" },
		{ "cf c1 c1 c1 c1 c1 c1 c1 c1" },
		{ "d0 c1" },
		{ "d1 c1 c1" },
		{ "d2 c1 c1 c1 c1" },
		{ "d3 c1 c1 c1 c1 c1 c1 c1 c1" },
		{ "d9 00" },
		{ "d9 02 c1 c1" },
		{ "da 00 01 c1" },
		{ "db 00 00 00 01 c1" },
		{ "dc 00 00" },
		{ "dc 00 01 c0" },
		{ "dd 00 00 00 01 c0" },
		{ "de 00 00" },
		{ "de 00 01 c0 c0" },
		{ "df 00 00 00 01 c0 c0" },
		{ "91 91 91 90" },
		{ "82 90 80 80 90" },
		{ "93 81 01 92 02 a1 41 90 c0" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(wholes); i++) {
		cx_buf bytes = CX_BUF_INIT(100);
		bytes_hex(&bytes, wholes[i].hex);
		size_t fed = bytes_until(wholes[i].hex, roomy, CX_SCAN_WHOLE, CX_OK);
		assert_int_equal(fed, bytes.size);
		cx_slice whole = exact(cx_buf_slice(&bytes));
		assert_int_equal(cx_scan_whole(whole, roomy), CX_OK);
		exact_free(whole);
		cx_buf_release(&bytes);
	}
}

static void unused_and_ext_types_are_malformed_wherever_they_stand(void **state)
{
	(void)state;
	static const char *const types[] = { "c1", "c7", "c8", "c9", "d4",
		                             "d5", "d6", "d7", "d8" };
	for (size_t i = 0; i < CX_COUNT_OF(types); i++) {
		char inner[32];
		assert_int_equal(refused_after(types[i], roomy, CX_MALFORMED), 1);
		snprintf(inner, sizeof inner, "92 01 %s", types[i]);
		assert_int_equal(refused_after(inner, roomy, CX_MALFORMED), 3);
		snprintf(inner, sizeof inner, "81 %s", types[i]);
		assert_int_equal(refused_after(inner, roomy, CX_MALFORMED), 2);
	}
}

static void a_refused_scanner_stays_refused(void **state)
{
	(void)state;
	cx_scan scan = CX_SCAN_INIT(roomy);
	size_t used = 99;
	assert_int_equal(cx_scan_feed(&scan, CX_SLICE_LITERAL("\xc1"), &used), CX_SCAN_BAD);
	assert_int_equal(cx_scan_feed(&scan, CX_SLICE_LITERAL("\x01"), &used), CX_SCAN_BAD);
	assert_int_equal(cx_scan_feed(&scan, (cx_slice){ 0 }, &used), CX_SCAN_BAD);
	assert_int_equal(scan.failed, CX_MALFORMED);
	assert_int_equal(used, 99);
}

static void four_thousand_million_elements_are_refused_after_five_bytes(void **state)
{
	(void)state;
	assert_int_equal(refused_after("dd ff ff ff ff 00", roomy, CX_TOO_LARGE), 5);
	assert_int_equal(refused_after("df ff ff ff ff 00", roomy, CX_TOO_LARGE), 5);
	assert_int_equal(refused_after("dd ff 00 00 00 00", roomy, CX_TOO_LARGE), 5);
	assert_int_equal(refused_after("db ff ff ff ff 00", roomy, CX_TOO_LARGE), 5);
	assert_int_equal(refused_after("c6 ff ff ff ff 00", roomy, CX_TOO_LARGE), 5);
	cx_scan_limits endless = { .bytes = SIZE_MAX, .items = SIZE_MAX, .depth = 32 };
	assert_int_equal(bytes_until("dd ff ff ff ff", endless, CX_SCAN_MORE, CX_OK), 5);
}

static void a_chain_of_wide_arrays_is_refused_at_its_second_header(void **state)
{
	(void)state;
	assert_int_equal(refused_after("dc ff ff dc ff ff dc ff ff", roomy, CX_TOO_LARGE), 6);
	assert_int_equal(refused_after("de 7f ff de 7f ff de 7f ff", roomy, CX_TOO_LARGE), 6);
}

static void a_hundred_thousand_nested_arrays_are_refused_at_the_depth_limit(void **state)
{
	(void)state;
	size_t size = 100000;
	uint8_t *nested = malloc(size);
	assert_non_null(nested);
	memset(nested, 0x91, size);
	for (unsigned depth = 0; depth <= CX_SCAN_DEPTH_MAX; depth++) {
		cx_scan scan = CX_SCAN_INIT(roomy);
		scan.limits.depth = depth;
		size_t used;
		assert_int_equal(cx_scan_feed(&scan, (cx_slice){ nested, size }, &used),
		                 CX_SCAN_BAD);
		assert_int_equal(scan.failed, CX_TOO_DEEP);
		assert_int_equal(scan.bytes, depth);
	}
	free(nested);
}

static void empty_arrays_and_maps_count_as_a_level(void **state)
{
	(void)state;
	cx_scan_limits limits = { .bytes = 100, .items = 100, .depth = 2 };
	assert_int_equal(cx_scan_whole(CX_SLICE_LITERAL("\x91\x90"), limits), CX_OK);
	assert_int_equal(cx_scan_whole(CX_SLICE_LITERAL("\x91\x91\x90"), limits), CX_TOO_DEEP);
	assert_int_equal(cx_scan_whole(CX_SLICE_LITERAL("\x91\x91\x80"), limits), CX_TOO_DEEP);
	limits.depth = 0;
	assert_int_equal(cx_scan_whole(CX_SLICE_LITERAL("\x90"), limits), CX_TOO_DEEP);
	assert_int_equal(cx_scan_whole(CX_SLICE_LITERAL("\x05"), limits), CX_OK);
}

static void a_level_that_ended_is_given_back(void **state)
{
	(void)state;
	cx_scan_limits limits = { .bytes = 100, .items = 100, .depth = 2 };
	cx_slice siblings = CX_SLICE_LITERAL("\x94\x91\x01\x80\x81\x01\x02\x90");
	assert_int_equal(cx_scan_whole(siblings, limits), CX_OK);
}

static void a_string_over_the_limit_is_refused_at_its_header(void **state)
{
	(void)state;
	cx_scan_limits limits = { .bytes = 12, .items = 10, .depth = 4 };
	assert_int_equal(bytes_until("d9 0a", limits, CX_SCAN_MORE, CX_OK), 2);
	assert_int_equal(refused_after("d9 0b", limits, CX_TOO_LARGE), 2);
	assert_int_equal(bytes_until("93 a9", limits, CX_SCAN_BAD, CX_TOO_LARGE), 2);
	assert_int_equal(bytes_until("93 a8", limits, CX_SCAN_MORE, CX_OK), 2);
	/* The three elements took their bytes before; only then is the string's turn. */
	assert_int_equal(refused_after("93 01 02 a9", limits, CX_TOO_LARGE), 4);
}

static void a_header_that_cannot_fit_is_refused_at_its_first_byte(void **state)
{
	(void)state;
	cx_scan_limits limits = { .bytes = 4, .items = 10, .depth = 4 };
	assert_int_equal(refused_after("dd 00 00 00 00", limits, CX_TOO_LARGE), 1);
	assert_int_equal(refused_after("ce 00 00 00 00", limits, CX_TOO_LARGE), 1);
	assert_int_equal(refused_after("92 cd 00 00 00", limits, CX_TOO_LARGE), 2);
	assert_int_equal(bytes_until("92 cc 00 00", limits, CX_SCAN_WHOLE, CX_OK), 4);
}

static void each_limit_holds_at_one_less_exactly_and_one_more(void **state)
{
	(void)state;
	dice random = dice_init();
	for (int round = 0; round < 1000; round++) {
		cx_buf bytes = CX_BUF_INIT(16 << 20);
		random_shape shape = random_value(&random, 4, &bytes);
		cx_slice whole = cx_buf_slice(&bytes);
		cx_scan_limits fits = { bytes.size, shape.items, shape.depth };
		assert_int_equal(cx_scan_whole(whole, fits), CX_OK);

		cx_scan_limits less = fits;
		less.bytes--;
		assert_int_equal(cx_scan_whole(whole, less), CX_TOO_LARGE);
		less = fits;
		less.items--;
		assert_int_equal(cx_scan_whole(whole, less), CX_TOO_LARGE);
		less = fits;
		if (shape.depth > 0) {
			less.depth--;
			assert_int_equal(cx_scan_whole(whole, less), CX_TOO_DEEP);
		}
		cx_scan_limits more = { fits.bytes + 1, fits.items + 1, fits.depth + 1 };
		assert_int_equal(cx_scan_whole(whole, more), CX_OK);
		cx_buf_release(&bytes);
	}
}

static void limits_of_zero_refuse_everything(void **state)
{
	(void)state;
	cx_scan_limits no_bytes = { .bytes = 0, .items = 1, .depth = 1 };
	cx_scan_limits no_items = { .bytes = 1, .items = 0, .depth = 1 };
	assert_int_equal(cx_scan_whole(CX_SLICE_LITERAL("\xc0"), no_bytes), CX_TOO_LARGE);
	assert_int_equal(cx_scan_whole(CX_SLICE_LITERAL("\xc0"), no_items), CX_TOO_LARGE);
}

static void assert_split_is_whole(cx_slice bytes, size_t cut)
{
	cx_slice head = exact((cx_slice){ bytes.data, cut });
	cx_slice tail = exact(cx_slice_from(bytes, cut));
	cx_scan scan = CX_SCAN_INIT(roomy);
	size_t used = 0;
	assert_int_equal(cx_scan_feed(&scan, head, &used), CX_SCAN_MORE);
	assert_int_equal(used, cut);
	assert_int_equal(scan.bytes, cut);
	assert_int_equal(cx_scan_feed(&scan, (cx_slice){ 0 }, &used), CX_SCAN_MORE);
	assert_int_equal(cx_scan_feed(&scan, tail, &used), CX_SCAN_WHOLE);
	assert_int_equal(used, tail.size);
	assert_int_equal(scan.bytes, bytes.size);
	exact_free(head);
	exact_free(tail);
}

static void every_split_gives_the_same_end_and_every_prefix_is_cut(void **state)
{
	(void)state;
	dice random = dice_init();
	for (int round = 0; round < 300; round++) {
		cx_buf bytes = CX_BUF_INIT(16 << 20);
		(void)random_value(&random, 4, &bytes);
		size_t step = 1 + bytes.size / 200;
		for (size_t cut = 0; cut < bytes.size; cut += step) {
			assert_split_is_whole(cx_buf_slice(&bytes), cut);
			cx_slice prefix = exact((cx_slice){ bytes.data, cut });
			assert_int_equal(cx_scan_whole(prefix, roomy), CX_MALFORMED);
			exact_free(prefix);
		}
		cx_buf_release(&bytes);
	}
}

/* The outcome of a scan of `bytes` fed in random pieces. */
static cx_scan_result feed_in_pieces(dice *from, cx_slice bytes, cx_scan *scan)
{
	cx_scan_result result = CX_SCAN_MORE;
	for (size_t at = 0; at < bytes.size && result == CX_SCAN_MORE;) {
		size_t size = 1 + (size_t)dice_below(from, 6);
		if (size > bytes.size - at)
			size = bytes.size - at;
		cx_slice piece = exact((cx_slice){ bytes.data + at, size });
		size_t used;
		result = cx_scan_feed(scan, piece, &used);
		exact_free(piece);
		at += size;
	}
	return result;
}

static void random_bytes_fare_the_same_whole_and_in_pieces(void **state)
{
	(void)state;
	dice random = dice_init();
	cx_scan_limits limits = { .bytes = 40, .items = 20, .depth = 3 };
	for (int round = 0; round < 30000; round++) {
		uint8_t noise[48];
		for (size_t i = 0; i < sizeof noise; i++)
			noise[i] = (uint8_t)(dice_below(&random, 2) == 0
			                             ? 0x80 + dice_below(&random, 0x60)
			                             : dice_below(&random, 8));
		cx_slice bytes = { noise, 1 + (size_t)dice_below(&random, sizeof noise) };
		cx_scan whole = CX_SCAN_INIT(limits);
		size_t used;
		cx_scan_result expected = cx_scan_feed(&whole, bytes, &used);
		cx_scan pieces = CX_SCAN_INIT(limits);
		assert_int_equal(feed_in_pieces(&random, bytes, &pieces), expected);
		assert_int_equal(pieces.failed, whole.failed);
		assert_int_equal(pieces.bytes, whole.bytes);
	}
}

static void what_follows_a_value_is_not_used_and_makes_a_whole_malformed(void **state)
{
	(void)state;
	cx_scan scan = CX_SCAN_INIT(roomy);
	size_t used = 0;
	cx_slice two = CX_SLICE_LITERAL("\x92\x01\xa1x\x93");
	assert_int_equal(cx_scan_feed(&scan, two, &used), CX_SCAN_WHOLE);
	assert_int_equal(used, 4);
	assert_int_equal(cx_scan_whole(two, roomy), CX_MALFORMED);
	assert_int_equal(cx_scan_whole((cx_slice){ 0 }, roomy), CX_MALFORMED);
}

static void msgpack_c_finds_the_same_end(void **state)
{
	(void)state;
	dice random = dice_init();
	for (int round = 0; round < 1000; round++) {
		cx_buf bytes = CX_BUF_INIT(16 << 20);
		(void)random_value(&random, 5, &bytes);
		size_t size = bytes.size;
		assert_true(cx_buf_append(&bytes, "\xc1\xc1\xc1", 3));
		cx_scan scan = CX_SCAN_INIT(roomy);
		size_t used = 0;
		assert_int_equal(cx_scan_feed(&scan, cx_buf_slice(&bytes), &used),
		                 CX_SCAN_WHOLE);
		assert_int_equal(used, size);

		msgpack_unpacked unpacked;
		msgpack_unpacked_init(&unpacked);
		size_t offset = 0;
		assert_int_equal(msgpack_unpack_next(&unpacked, (const char *)bytes.data,
		                                     bytes.size, &offset),
		                 MSGPACK_UNPACK_SUCCESS);
		assert_int_equal(offset, size);
		msgpack_unpacked_destroy(&unpacked);
		cx_buf_release(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_has_the_size_the_specification_gives_it),
		cmocka_unit_test(unused_and_ext_types_are_malformed_wherever_they_stand),
		cmocka_unit_test(a_refused_scanner_stays_refused),
		cmocka_unit_test(four_thousand_million_elements_are_refused_after_five_bytes),
		cmocka_unit_test(a_chain_of_wide_arrays_is_refused_at_its_second_header),
		cmocka_unit_test(
			a_hundred_thousand_nested_arrays_are_refused_at_the_depth_limit),
		cmocka_unit_test(empty_arrays_and_maps_count_as_a_level),
		cmocka_unit_test(a_level_that_ended_is_given_back),
		cmocka_unit_test(a_string_over_the_limit_is_refused_at_its_header),
		cmocka_unit_test(a_header_that_cannot_fit_is_refused_at_its_first_byte),
		cmocka_unit_test(each_limit_holds_at_one_less_exactly_and_one_more),
		cmocka_unit_test(limits_of_zero_refuse_everything),
		cmocka_unit_test(every_split_gives_the_same_end_and_every_prefix_is_cut),
		cmocka_unit_test(random_bytes_fare_the_same_whole_and_in_pieces),
		cmocka_unit_test(what_follows_a_value_is_not_used_and_makes_a_whole_malformed),
		cmocka_unit_test(msgpack_c_finds_the_same_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
