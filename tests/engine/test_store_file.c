/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is not a sound store of ours is refused with a clear text before it is mapped,
 * and a store belongs to one process. */
#include "engine/store/store.h"
#include "tests/support/dice.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int setup(void **state)
{
	static raw_store store;
	raw_init(&store, NULL);
	*state = &store;
	return 0;
}

static int teardown(void **state)
{
	raw_release(*state);
	return 0;
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static uint8_t *read_file(const char *path, size_t *ret_size)
{
	int fd = open(path, O_RDONLY);
	struct stat stat;
	assert_true(fd >= 0 && fstat(fd, &stat) == 0);
	uint8_t *bytes = malloc((size_t)stat.st_size);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, (size_t)stat.st_size), stat.st_size);
	close(fd);
	*ret_size = (size_t)stat.st_size;
	return bytes;
}

static void assert_refused(raw_store *store, cx_status expected, const char *text)
{
	cx_status status = raw_try_open(store);
	if (status != expected || strstr(store->error.text, text) == NULL)
		print_message("%s: %s\n", cx_status_name(status), store->error.text);
	assert_int_equal(status, expected);
	assert_int_equal(store->error.status, expected);
	assert_non_null(strstr(store->error.text, text));
	assert_non_null(strstr(store->error.text, store->folder));
}

/* A closed store of some 40 pages, with free ones among them. */
static void make_filled(raw_store *store)
{
	static uint8_t value[1500];
	char key[8];
	raw_open(store);
	for (int round = 0; round < 4; round++) {
		engine__txn *txn;
		assert_int_equal(engine__txn_begin(store->store, &txn), CX_OK);
		for (int i = round; i < 50; i++) {
			snprintf(key, sizeof key, "%d", i);
			value[0] = (uint8_t)round;
			assert_int_equal(engine__txn_put(txn, store->tree, raw_text(key),
			                                 (cx_slice){ value, sizeof value }),
			                 CX_OK);
		}
		assert_int_equal(engine__txn_commit(&txn), CX_OK);
		raw_reopen(store); /* which merges it into the file */
	}
	raw_close(store);
}

static bool is_there(const raw_store *store, const char *suffix)
{
	char path[128];
	snprintf(path, sizeof path, "%s%s", store->path, suffix);
	return access(path, F_OK) == 0;
}

static void a_new_store_has_its_file_and_no_half_made_one(void **state)
{
	raw_store *store = *state;
	umask(0);
	raw_open(store);
	struct stat stat_file;
	assert_int_equal(stat(store->path, &stat_file), 0);
	assert_int_equal(stat_file.st_mode & 07777, 0600);
	assert_false(is_there(store, ".making"));
	raw_close(store);
	assert_false(is_there(store, ".making"));
}

static void a_half_made_file_is_made_anew(void **state)
{
	raw_store *store = *state;
	char path[128];
	snprintf(path, sizeof path, "%s.making", store->path);
	write_file(path, "rubbish", 7);
	raw_open(store);
	assert_false(is_there(store, ".making"));
	assert_int_equal(raw_put(store, "a", raw_text("1")), CX_OK);
	raw_reopen(store);
	assert_string_equal(raw_show_all(store), "a=1");
}

static void must_exist_makes_nothing(void **state)
{
	raw_store *store = *state;
	store->options.must_exist = true;
	assert_refused(store, CX_NOT_FOUND, "there is no file");
	assert_false(is_there(store, ""));
	assert_false(is_there(store, ".making"));
	store->options.must_exist = false;
	raw_open(store);
	raw_close(store);
	store->options.must_exist = true;
	raw_open(store);
}

static void a_missing_folder_is_named(void **state)
{
	raw_store *store = *state;
	snprintf(store->path, sizeof store->path, "%s/none/store", store->folder);
	assert_refused(store, CX_IO, "No such file or directory");
}

static void an_unwritable_folder_is_named(void **state)
{
	raw_store *store = *state;
	if (geteuid() == 0) {
		print_message("skipped: root may write everywhere\n");
		skip();
	}
	assert_int_equal(chmod(store->folder, 0500), 0);
	assert_refused(store, CX_IO, "Permission denied");
	assert_int_equal(chmod(store->folder, 0700), 0);
}

static void a_file_that_others_may_use_is_refused(void **state)
{
	raw_store *store = *state;
	make_filled(store);
	static const struct {
		mode_t mode;
		const char *text;
	} rows[] = {
		{ 0640, "mode is 0640: chmod it to 0600" },
		{ 0660, "mode is 0660" },
		{ 0604, "mode is 0604" },
		{ 0610, "mode is 0610" },
		{ 0602, "mode is 0602" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		assert_int_equal(chmod(store->path, rows[i].mode), 0);
		assert_refused(store, CX_DENIED, rows[i].text);
	}
	assert_int_equal(chmod(store->path, 0600), 0);
	raw_open(store);
}

static void the_file_of_another_user_is_refused(void **state)
{
	raw_store *store = *state;
	if (geteuid() != 0) {
		print_message("skipped: only root may give files away\n");
		skip();
	}
	make_filled(store);
	assert_int_equal(chown(store->path, 12345, 0), 0);
	assert_refused(store, CX_DENIED,
	               "belongs to user 12345, and this is user 0: run it as the owner");
	assert_int_equal(chown(store->path, 0, 0), 0);
	raw_open(store);
	/* Nor is a store made in a file that another user put there before. */
	char path[128];
	raw_close(store);
	assert_int_equal(unlink(store->path), 0);
	snprintf(path, sizeof path, "%s.making", store->path);
	write_file(path, "", 0);
	assert_int_equal(chown(path, 12345, 0), 0);
	assert_refused(store, CX_DENIED, "belongs to user 12345");
	assert_false(is_there(store, ""));
}

static void a_folder_is_no_store(void **state)
{
	raw_store *store = *state;
	assert_int_equal(mkdir(store->path, 0700), 0);
	assert_refused(store, CX_CORRUPT, "not a file");
}

static void a_pipe_is_no_store(void **state)
{
	raw_store *store = *state;
	assert_int_equal(mkfifo(store->path, 0600), 0);
	assert_refused(store, CX_CORRUPT, "not a file");
}

static void an_empty_file_is_no_store(void **state)
{
	raw_store *store = *state;
	write_file(store->path, "", 0);
	assert_refused(store, CX_CORRUPT, "not a store: it has 0 bytes");
	struct stat stat_file;
	assert_int_equal(stat(store->path, &stat_file), 0);
	assert_int_equal(stat_file.st_size, 0);
}

static void other_files_are_no_stores(void **state)
{
	raw_store *store = *state;
	static uint8_t bytes[20000];
	dice roll = dice_init();
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)dice_u64(&roll);
	write_file(store->path, bytes, sizeof bytes);
	assert_refused(store, CX_CORRUPT, "not a store");
	memset(bytes, 0, sizeof bytes);
	write_file(store->path, bytes, sizeof bytes);
	assert_refused(store, CX_CORRUPT, "not a store");
	memcpy(bytes, "SQLite format 3", 16);
	write_file(store->path, bytes, 151); /* a byte less than a meta page */
	assert_refused(store, CX_CORRUPT, "not a store");
}

/* An LMDB file whose main tree has a plain pair, or a tree with several values of a key. */
static void make_foreign(const char *path, unsigned flags, bool named)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	char text[] = "text";
	MDB_val val = { 4, text };
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
	assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, named ? "named" : NULL, flags, &dbi), 0);
	if (!named)
		assert_int_equal(mdb_put(txn, dbi, &val, &val, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void foreign_lmdb_files_are_no_stores(void **state)
{
	raw_store *store = *state;
	make_foreign(store->path, 0, false);
	assert_refused(store, CX_CORRUPT, "is an LMDB file, but not a store");
	unlink(store->path);
	make_foreign(store->path, MDB_CREATE | MDB_DUPSORT, true);
	assert_refused(store, CX_CORRUPT, "is an LMDB file, but not a store");
	unlink(store->path);
	make_foreign(store->path, MDB_CREATE, true);
	assert_int_equal(raw_try_open(store), CX_OK);
}

static void a_file_that_was_cut_is_refused_at_every_length(void **state)
{
	raw_store *store = *state;
	make_filled(store);
	size_t size;
	uint8_t *bytes = read_file(store->path, &size);
	unsigned opened = 0;
	for (size_t length = 0; length < size; length += 512) {
		write_file(store->path, bytes, length);
		cx_status status = raw_try_open(store);
		if (status != CX_OK) {
			assert_int_equal(status, CX_CORRUPT);
			assert_true(store->error.text[0] != '\0');
			continue;
		}
		/* Only free pages are gone. */
		opened++;
		engine__view *view;
		assert_int_equal(engine__store_tree(store->store, "pairs", false, &store->tree),
		                 CX_OK);
		assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
		uint64_t count;
		assert_int_equal(engine__view_count(view, store->tree, &count), CX_OK);
		assert_int_equal(count, 50);
		for (int i = 0; i < 50; i++) {
			char key[8];
			cx_slice value;
			snprintf(key, sizeof key, "%d", i);
			assert_int_equal(
				engine__view_get(view, store->tree, raw_text(key), &value),
				CX_OK);
			assert_int_equal(value.size, 1500);
		}
		engine__view_end(&view);
		raw_close(store);
	}
	print_message("%u of %zu lengths lack free pages only\n", opened, size / 512);
	assert_true(opened < size / 512 / 4 * 3);
	free(bytes);
}

/* The shortest length at which the closed store still opens; the file is left like that. */
static size_t cut_as_far_as_possible(raw_store *store, size_t page_bytes)
{
	size_t size;
	uint8_t *bytes = read_file(store->path, &size);
	size_t length = size;
	for (; length > 0; length -= page_bytes) {
		write_file(store->path, bytes, length - page_bytes);
		if (raw_try_open(store) != CX_OK)
			break;
		raw_close(store);
	}
	write_file(store->path, bytes, length);
	free(bytes);
	return size - length;
}

static void a_file_that_lacks_free_pages_only_is_opened(void **state)
{
	raw_store *store = *state;
	static uint8_t value[60000];
	raw_open(store);
	assert_int_equal(raw_put(store, "big", (cx_slice){ value, sizeof value }), CX_OK);
	assert_int_equal(raw_remove(store, "big"), CX_OK);
	engine__store_usage usage;
	assert_int_equal(engine__store_usage_get(store->store, &usage), CX_OK);
	/* Commits take free pages in turn; at some time the last ones of the file are free. */
	size_t cut = 0;
	for (int i = 0; i < 32 && cut == 0; i++) {
		assert_int_equal(raw_put(store, "a", raw_text("1")), CX_OK);
		raw_close(store);
		cut = cut_as_far_as_possible(store, usage.page_bytes);
		raw_open(store);
	}
	assert_true(cut > 0);
	assert_string_equal(raw_show_all(store), "a=1");
	assert_int_equal(raw_put(store, "b", (cx_slice){ value, sizeof value }), CX_OK);
	assert_int_equal(raw_remove(store, "b"), CX_OK);
	raw_reopen(store);
	assert_string_equal(raw_show_all(store), "a=1");
}

static void damage_of_a_meta_page_is_found(void **state)
{
	raw_store *store = *state;
	make_filled(store);
	size_t size;
	uint8_t *bytes = read_file(store->path, &size);
	uint32_t page_bytes;
	memcpy(&page_bytes, bytes + 16 + 24, sizeof page_bytes);
	static const struct {
		size_t offset; /* of a byte that counts, in both meta pages */
		const char *what;
	} rows[] = {
		{ 0, "page number" },
		{ 10, "flags" },
		{ 16, "magic" },
		{ 20, "version" },
		{ 16 + 25, "size of a page" },
		{ 16 + 128, "transaction" },
		{ 16 + 134, "transaction, high byte" },
	};
	for (size_t meta = 0; meta < 2; meta++)
		for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
			size_t at = meta * page_bytes + rows[i].offset;
			bytes[at] ^= 0x41;
			write_file(store->path, bytes, size);
			cx_status status = raw_try_open(store);
			if (status != CX_CORRUPT)
				print_message("meta page %zu, %s\n", meta, rows[i].what);
			assert_int_equal(status, CX_CORRUPT);
			bytes[at] ^= 0x41;
		}
	write_file(store->path, bytes, size);
	raw_open(store);
	free(bytes);
}

static void damage_of_a_root_is_found(void **state)
{
	raw_store *store = *state;
	make_filled(store);
	size_t size;
	uint8_t *bytes = read_file(store->path, &size);
	uint32_t page_bytes;
	memcpy(&page_bytes, bytes + 16 + 24, sizeof page_bytes);
	uint64_t txns[2];
	memcpy(&txns[0], bytes + 16 + 128, 8);
	memcpy(&txns[1], bytes + page_bytes + 16 + 128, 8);
	uint8_t *meta = bytes + (txns[1] > txns[0] ? page_bytes : 0) + 16;
	for (size_t tree = 0; tree < 2; tree++) {
		uint8_t *root = meta + 24 + 48 * tree + 40;
		const uint64_t wrong[] = { 0, 1, size / page_bytes + 5, UINT64_MAX - 1 };
		uint64_t right;
		memcpy(&right, root, sizeof right);
		assert_true(right < size / page_bytes);
		for (size_t i = 0; i < CX_COUNT_OF(wrong); i++) {
			memcpy(root, &wrong[i], sizeof right);
			write_file(store->path, bytes, size);
			assert_refused(store, CX_CORRUPT, "damaged");
		}
		memcpy(root, &right, sizeof right);
		bytes[right * page_bytes] ^= 1; /* its own number */
		write_file(store->path, bytes, size);
		assert_refused(store, CX_CORRUPT, "damaged");
		bytes[right * page_bytes] ^= 1;
	}
	free(bytes);
}

static void a_store_is_locked_against_a_second_open(void **state)
{
	raw_store *store = *state;
	raw_open(store);
	raw_store second = *store;
	second.store = NULL;
	assert_refused(&second, CX_LOCKED, "held by another process");
	raw_close(store);
	raw_open(&second);
	raw_close(&second);
}

static void a_store_is_locked_against_another_process(void **state)
{
	raw_store *store = *state;
	raw_open(store);
	assert_int_equal(raw_wait(raw_spawn("open", store->path, NULL)), CX_LOCKED);
	/* Not even when the reader table beside it is gone. */
	char path[128];
	snprintf(path, sizeof path, "%s-lock", store->path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(raw_wait(raw_spawn("open", store->path, NULL)), CX_LOCKED);
	assert_int_equal(raw_put(store, "a", raw_text("1")), CX_OK);
	raw_close(store);
	assert_int_equal(raw_wait(raw_spawn("open", store->path, NULL)), CX_OK);
}

static void only_one_of_many_makes_the_store(void **state)
{
	raw_store *store = *state;
	enum { PROCESSES = 8 };
	int pids[PROCESSES];
	int outs[PROCESSES];
	for (int i = 0; i < PROCESSES; i++)
		pids[i] = raw_spawn("add", store->path, &outs[i]);
	int added = 0;
	for (int i = 0; i < PROCESSES; i++) {
		int code = raw_wait(pids[i]);
		close(outs[i]);
		assert_true(code == CX_OK || code == CX_LOCKED);
		added += code == CX_OK;
	}
	assert_true(added >= 1);
	raw_open(store);
	engine__view *view;
	uint64_t count;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	assert_int_equal(engine__view_count(view, store->tree, &count), CX_OK);
	assert_int_equal(count, added);
	engine__view_end(&view);
}

/* The other process: opens the store, and with "add" adds a pair named after itself. */
static int other_process(const char *verb, const char *path)
{
	raw_store store = { 0 };
	snprintf(store.path, sizeof store.path, "%s", path);
	cx_status status = engine__store_open(store.path, &store.options, &store.store, NULL);
	if (status == CX_OK && strcmp(verb, "add") == 0) {
		char key[16];
		snprintf(key, sizeof key, "%d", (int)getpid());
		status = engine__store_tree(store.store, "pairs", true, &store.tree);
		if (status == CX_OK)
			status = raw_put(&store, key, raw_text("x"));
	}
	engine__store_close(&store.store);
	return (int)status;
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	if (argc == 3)
		return other_process(argv[1], argv[2]);
	const struct CMUnitTest tests[] = {
		FILE_TEST(a_new_store_has_its_file_and_no_half_made_one),
		FILE_TEST(a_half_made_file_is_made_anew),
		FILE_TEST(must_exist_makes_nothing),
		FILE_TEST(a_missing_folder_is_named),
		FILE_TEST(an_unwritable_folder_is_named),
		FILE_TEST(a_file_that_others_may_use_is_refused),
		FILE_TEST(the_file_of_another_user_is_refused),
		FILE_TEST(a_folder_is_no_store),
		FILE_TEST(a_pipe_is_no_store),
		FILE_TEST(an_empty_file_is_no_store),
		FILE_TEST(other_files_are_no_stores),
		FILE_TEST(foreign_lmdb_files_are_no_stores),
		FILE_TEST(a_file_that_was_cut_is_refused_at_every_length),
		FILE_TEST(a_file_that_lacks_free_pages_only_is_opened),
		FILE_TEST(damage_of_a_meta_page_is_found),
		FILE_TEST(damage_of_a_root_is_found),
		FILE_TEST(a_store_is_locked_against_a_second_open),
		FILE_TEST(a_store_is_locked_against_another_process),
		FILE_TEST(only_one_of_many_makes_the_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
