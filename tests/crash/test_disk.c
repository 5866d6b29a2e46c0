/* SPDX-License-Identifier: Apache-2.0 */
/* The model of the disk: what a crash may leave, and what it may not. */
#include "tests/crash/crash.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

static void do_write(disk_model *self, uint64_t at, const char *text)
{
	union {
		const char *text;
		uint8_t *bytes;
	} given = { .text = text };
	disk_apply(self, &(event){ .kind = EVENT_WRITE,
	                           .at = at,
	                           .bytes = given.bytes,
	                           .size = strlen(text) });
}

static void do_name(disk_model *self, event_kind kind, const char *from, const char *name,
                    uint32_t file)
{
	event what = { .kind = kind, .file = file };
	snprintf(what.name, sizeof what.name, "%s", name);
	snprintf(what.from, sizeof what.from, "%s", from);
	disk_apply(self, &what);
}

static void do_sync(disk_model *self, event_kind kind)
{
	disk_apply(self, &(event){ .kind = kind });
}

/* A file 0 named "a" with 3 sectors of '.', durable. */
static void init(disk_model *self)
{
	*self = (disk_model){ 0 };
	char dots[3 * SECTOR_BYTES + 1];
	memset(dots, '.', sizeof dots - 1);
	dots[sizeof dots - 1] = '\0';
	do_name(self, EVENT_LINK, "", "a", 0);
	do_write(self, 0, dots);
	do_sync(self, EVENT_SYNC);
	do_sync(self, EVENT_SYNC_FOLDER);
	assert_int_equal(self->pending_count, 0);
}

static bool has(const crash_image *left, uint64_t at, const char *text)
{
	const blob *content = &left->files[0];
	return content->size >= at + strlen(text) &&
	       memcmp(content->bytes + at, text, strlen(text)) == 0;
}

static void what_was_synced_is_always_left(void **state)
{
	(void)state;
	disk_model disk;
	crash_image left = { 0 };
	init(&disk);
	do_write(&disk, 10, "kept");
	do_sync(&disk, EVENT_SYNC);
	do_write(&disk, 600, "lost?");
	for (int how = CRASH_NONE; how <= CRASH_TORN_SUBSET; how++)
		for (uint64_t seed = 0; seed < 50; seed++) {
			crash_take(&disk, (crash_how)how, seed, &left);
			assert_int_equal(folder_find(&left.names, "a"), 0);
			assert_true(has(&left, 10, "kept"));
		}
	crash_take(&disk, CRASH_NONE, 0, &left);
	assert_true(has(&left, 600, "....."));
	crash_take(&disk, CRASH_KILLED, 0, &left);
	assert_true(has(&left, 600, "lost?"));
	image_release(&left);
	disk_release(&disk);
}

static void a_torn_write_comes_in_whole_sectors_and_every_part_comes(void **state)
{
	(void)state;
	disk_model disk;
	crash_image left = { 0 };
	init(&disk);
	char text[2 * SECTOR_BYTES + 1];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	do_write(&disk, 256, text); /* a part of sector 0, all of 1, a part of 2 */
	unsigned parts = 0;
	for (uint64_t seed = 0; seed < 200; seed++) {
		crash_take(&disk, CRASH_LAST_TORN, seed, &left);
		unsigned part = 0;
		for (unsigned sector = 0; sector < 3; sector++) {
			const uint8_t *bytes = left.files[0].bytes + sector * SECTOR_BYTES;
			bool first = bytes[0] == 'x';
			bool last = bytes[SECTOR_BYTES - 1] == 'x';
			assert_true(first == (last && sector > 0) || sector == 2);
			part |= (unsigned)(first || last) << sector;
		}
		parts |= 1u << part;
	}
	assert_int_equal(parts, 0xff);
	image_release(&left);
	disk_release(&disk);
}

static void a_sector_comes_with_what_was_written_to_it_before(void **state)
{
	(void)state;
	disk_model disk;
	crash_image left = { 0 };
	init(&disk);
	do_write(&disk, 0, "one");
	do_write(&disk, 100, "two");
	crash_take(&disk, CRASH_ONLY_LAST, 0, &left);
	assert_true(has(&left, 100, "two"));
	assert_true(has(&left, 0, "one"));
	image_release(&left);
	disk_release(&disk);
}

static void a_write_that_settles_is_durable_alone(void **state)
{
	(void)state;
	disk_model disk;
	crash_image left = { 0 };
	init(&disk);
	do_write(&disk, 0, "one");
	do_write(&disk, 1024, "two");
	do_sync(&disk, EVENT_SETTLE);
	crash_take(&disk, CRASH_NONE, 0, &left);
	assert_true(has(&left, 0, "..."));
	assert_true(has(&left, 1024, "two"));
	image_release(&left);
	disk_release(&disk);
}

static void a_name_is_durable_with_the_folder_only(void **state)
{
	(void)state;
	disk_model disk;
	crash_image left = { 0 };
	init(&disk);
	do_name(&disk, EVENT_LINK, "", "b.making", 1);
	do_name(&disk, EVENT_RENAME, "b.making", "b", 1);
	disk_apply(&disk, &(event){ .kind = EVENT_SYNC, .file = 1 });
	crash_take(&disk, CRASH_NONE, 0, &left);
	assert_int_equal(left.names.count, 1);
	crash_take(&disk, CRASH_ONLY_LAST, 0, &left);
	assert_int_equal(folder_find(&left.names, "b"), 1);
	assert_int_equal(folder_find(&left.names, "b.making"), NO_FILE);
	do_sync(&disk, EVENT_SYNC_FOLDER);
	do_name(&disk, EVENT_LINK, "", "b", NO_FILE);
	crash_take(&disk, CRASH_NONE, 0, &left);
	assert_int_equal(folder_find(&left.names, "b"), 1);
	crash_take(&disk, CRASH_KILLED, 0, &left);
	assert_int_equal(folder_find(&left.names, "b"), NO_FILE);
	image_release(&left);
	disk_release(&disk);
}

static void a_copy_leaves_the_same(void **state)
{
	(void)state;
	disk_model disk;
	disk_model copy;
	crash_image left = { 0 };
	crash_image other = { 0 };
	init(&disk);
	do_write(&disk, 300, "one");
	do_name(&disk, EVENT_RENAME, "a", "b", 0);
	do_write(&disk, 1400,
	         "longer than the file was before, by some bytes, and so on and so "
	         "forth, until the end of the last sector is passed by the text");
	disk_copy(&disk, &copy);
	for (uint64_t seed = 0; seed < 100; seed++) {
		crash_take(&disk, CRASH_TORN_SUBSET, seed, &left);
		crash_take(&copy, CRASH_TORN_SUBSET, seed, &other);
		assert_true(image_hash(&left) == image_hash(&other));
	}
	image_release(&left);
	image_release(&other);
	disk_release(&disk);
	disk_release(&copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_synced_is_always_left),
		cmocka_unit_test(a_torn_write_comes_in_whole_sectors_and_every_part_comes),
		cmocka_unit_test(a_sector_comes_with_what_was_written_to_it_before),
		cmocka_unit_test(a_write_that_settles_is_durable_alone),
		cmocka_unit_test(a_name_is_durable_with_the_folder_only),
		cmocka_unit_test(a_copy_leaves_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
