/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of the journal are frozen: of entries of each kind, of each operation, and of the
 * header of a segment. They were written by hand from engine/store/entry.h and segment.h, the
 * checksums computed by xxHash's own library. */
#include "base/hash.h"
#include "engine/store/segment.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t tag = 0x1122334455667788;
static const uint64_t commit_checksum = 0x7244bc2294286602;
static const uint64_t end_checksum = 0x8ee1f32fc3d21a93;

static const char commit_hex[] = "88 77 66 55 44 33 22 11 02 66 28 94 22 bc 44 72 "
				 "88 77 66 55 44 33 22 11 07 00 00 00 00 00 00 00 "
				 "00 02 00 00 00 00 00 00 60 00 00 00 03 00 00 00 "
				 "01 00 00 00 00 00 00 00 03 05 00 04 00 00 00 00 "
				 "00 6d 61 69 6e 01 05 00 02 00 03 00 00 00 6b 31 "
				 "76 61 6c 02 05 00 02 00 00 00 00 00 6b 32 00 00";

static const char end_hex[] = "88 77 66 55 44 33 22 11 93 1a d2 c3 2f f3 e1 8e "
			      "02 66 28 94 22 bc 44 72 07 00 00 00 00 00 00 00 "
			      "60 02 00 00 00 00 00 00 38 00 00 00 00 00 00 00 "
			      "02 00 00 00 00 00 00 00";

static const char header_hex[] = "43 41 52 44 45 58 4a 31 46 4a b2 11 50 c6 1c 17 "
				 "a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af "
				 "09 00 00 00 00 00 00 00 88 77 66 55 44 33 22 11 "
				 "00 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00";

static const uint8_t identity[ENGINE__IDENTITY_BYTES] = {
	0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
	0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf,
};

static const engine__operation operations[] = {
	{ .kind = ENGINE__OPERATION_NAME, .tree = 5, .key = { (const uint8_t *)"main", 4 } },
	{ .kind = ENGINE__OPERATION_PUT,
	  .tree = 5,
	  .key = { (const uint8_t *)"k1", 2 },
	  .value = { (const uint8_t *)"val", 3 } },
	{ .kind = ENGINE__OPERATION_REMOVE, .tree = 5, .key = { (const uint8_t *)"k2", 2 } },
};

static void entries_have_these_bytes(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024);
	engine__entry entry = { .kind = ENGINE__ENTRY_COMMIT,
		                .tag = tag,
		                .previous = tag,
		                .number = 7,
		                .synced = 512,
		                .operations = CX_COUNT_OF(operations) };
	engine__entry_begin(&out);
	for (size_t i = 0; i < CX_COUNT_OF(operations); i++)
		engine__entry_add(&out, &operations[i]);
	assert_true(engine__entry_end(&out, 0, &entry) == commit_checksum);
	assert_true(cx_slice_equal(cx_buf_slice(&out), wire_hex(commit_hex)));

	size_t from = out.size;
	entry = (engine__entry){ .kind = ENGINE__ENTRY_END,
		                 .tag = tag,
		                 .previous = commit_checksum,
		                 .number = 7,
		                 .synced = 512 + from };
	engine__entry_begin(&out);
	assert_true(engine__entry_end(&out, from, &entry) == end_checksum);
	assert_true(cx_slice_equal(cx_slice_from(cx_buf_slice(&out), from), wire_hex(end_hex)));
}

/* ---- a segment of these bytes is read ---- */

static void write_at(int fd, off_t offset, cx_slice bytes)
{
	assert_int_equal(pwrite(fd, bytes.data, bytes.size, offset), bytes.size);
}

static cx_status take(void *context, const engine__entry *entry)
{
	unsigned *seen = context;
	++*seen;
	assert_true(entry->number == 7);
	if (*seen == 2) {
		assert_int_equal(entry->kind, ENGINE__ENTRY_END);
		assert_true(entry->checksum == end_checksum);
		return CX_OK;
	}
	assert_int_equal(entry->kind, ENGINE__ENTRY_COMMIT);
	assert_int_equal(entry->operations, CX_COUNT_OF(operations));
	cx_slice rest = entry->body;
	for (size_t i = 0; i < CX_COUNT_OF(operations); i++) {
		engine__operation got;
		assert_true(engine__entry_next(&rest, &got));
		assert_int_equal(got.kind, operations[i].kind);
		assert_int_equal(got.tree, operations[i].tree);
		assert_true(cx_slice_equal(got.key, operations[i].key));
		assert_true(cx_slice_equal(got.value, operations[i].value));
	}
	return CX_OK;
}

static void a_segment_of_these_bytes_is_read(void **state)
{
	(void)state;
	char folder[] = "/tmp/cardex-golden-XXXXXX";
	assert_non_null(mkdtemp(folder));
	char store[64];
	snprintf(store, sizeof store, "%s/store", folder);
	engine__segment segment;
	assert_int_equal(engine__segment_init(&segment, store, 0), CX_OK);
	int fd = open(segment.path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 4096), 0);
	write_at(fd, 0, wire_hex(header_hex));
	write_at(fd, 512, wire_hex(commit_hex));
	write_at(fd, 512 + 96, wire_hex(end_hex));
	close(fd);

	engine__segment_state found;
	cx_error error;
	assert_int_equal(engine__segment_find(&segment, identity, &found, &error), CX_OK);
	assert_int_equal(found, ENGINE__SEGMENT_USED);
	assert_true(segment.number == 9 && segment.tag == tag && segment.size == 4096);
	unsigned seen = 0;
	bool ended = false;
	assert_int_equal(engine__segment_scan(&segment, take, &seen, &ended, &error), CX_OK);
	assert_int_equal(seen, 2);
	assert_true(ended);
	assert_true(segment.tail == 512 + 96 + 56 && segment.checksum == end_checksum);
	assert_int_equal(engine__segment_remove(&segment), CX_OK);
	engine__segment_release(&segment);
	assert_int_equal(rmdir(folder), 0);
}

static void a_header_is_written_like_that(void **state)
{
	(void)state;
	char folder[] = "/tmp/cardex-golden-XXXXXX";
	assert_non_null(mkdtemp(folder));
	char store[64];
	snprintf(store, sizeof store, "%s/store", folder);
	engine__segment segment;
	assert_int_equal(engine__segment_init(&segment, store, 1), CX_OK);
	assert_int_equal(engine__segment_prepare(&segment, identity, 9, 4096), CX_OK);
	uint8_t expected[64];
	uint8_t got[512];
	memcpy(expected, wire_hex(header_hex).data, sizeof expected);
	for (int i = 0; i < 8; i++) /* the tag is another one each time */
		expected[40 + i] = (uint8_t)(segment.tag >> (8 * i));
	uint64_t checksum = cx_hash64((cx_slice){ expected + 16, 48 }, 0);
	for (int i = 0; i < 8; i++)
		expected[8 + i] = (uint8_t)(checksum >> (8 * i));
	assert_int_equal(pread(segment.fd, got, sizeof got, 0), sizeof got);
	assert_memory_equal(got, expected, sizeof expected);
	for (size_t i = sizeof expected; i < sizeof got; i++)
		assert_int_equal(got[i], 0);
	assert_int_equal(engine__segment_remove(&segment), CX_OK);
	engine__segment_release(&segment);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_have_these_bytes),
		cmocka_unit_test(a_segment_of_these_bytes_is_read),
		cmocka_unit_test(a_header_is_written_like_that),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
