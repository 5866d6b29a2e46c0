/* SPDX-License-Identifier: Apache-2.0 */
/* A file damaged in any of eight ways is refused, or used without a crash, a hang or a wrong
 * value. Each case: a damaged copy is opened, every record read and compared, all of it
 * checked, then written to and opened again.
 *
 * Cases run in child processes, so that a crash is seen and the next one goes on behind it.
 * CARDEX_TEST_CASES and CARDEX_TEST_SEED run more, and others; with CARDEX_TEST_CASE one only.
 */
#include "base/check.h"
#include "base/hash.h"
#include "engine/admin.h"
#include "engine/record.h"
#include "tests/support/dice.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CASES = 1600,
	CASES_UNCHECKED = 240,
	RECORDS = 220,
	LONG_ROWS = 6, /* of the first ones */
	LONG = 20000,
	WRITES = 20,
	HANG_S = 20,
	PAGE = 4096,
};

static const char SCHEMA[] = "type team { name string(20) unique }\n"
			     "type person {\n"
			     "  name string(60) unique\n"
			     "  team ref(team) on delete set_null\n"
			     "  age  int\n"
			     "  note text\n"
			     "  index (age, name)\n"
			     "}\n";

#define KINDS(K)                                \
	K(BIT, "1 bit")                         \
	K(HEADER, "8 bytes in a page header")   \
	K(BYTES, "16 random bytes")             \
	K(ZEROED, "page zeroed")                \
	K(RANDOM, "page random")                \
	K(MISDIRECTED, "page of another place") \
	K(CUT, "file cut")                      \
	K(META, "bytes of a meta page")

typedef enum kind {
#define KIND_MEMBER(name, text) KIND_##name,
	KINDS(KIND_MEMBER)
#undef KIND_MEMBER
		KIND_COUNT_ALL,
} kind;

static const char *const kind_names[] = {
#define KIND_NAME(name, text) text,
	KINDS(KIND_NAME)
#undef KIND_NAME
};

/* How a case went, the worst of what was seen last. */
#define OUTCOMES(O)                                                                        \
	O(UNNOTICED, "good") /* nothing wrong: free space, or bytes that do not count */   \
	O(REFUSED, "refused")                                                              \
	O(CHECKSUM, "told")     /* opened; a read said CORRUPT, or the check found it */   \
	O(MISSING, "missing")   /* a record was not found; the check found that */         \
	O(MISLED, "misled")     /* an index led to another record; the check found that */ \
	O(SILENT, "silent")     /* one of those two, and the check found nothing */        \
	O(WRONG, "wrong value") /* a record had another value than was written */          \
	O(HANG, "hang")                                                                    \
	O(CRASH, "crash")

typedef enum outcome {
#define OUTCOME_MEMBER(name, text) OUTCOME_##name,
	OUTCOMES(OUTCOME_MEMBER)
#undef OUTCOME_MEMBER
		OUTCOME_COUNT_ALL,
} outcome;

static const char *const outcome_names[] = {
#define OUTCOME_NAME(name, text) text,
	OUTCOMES(OUTCOME_NAME)
#undef OUTCOME_NAME
};

typedef unsigned tally[KIND_COUNT_ALL][OUTCOME_COUNT_ALL];

/* ---- the sound file and what is in it ---- */

static struct {
	char folder[64];
	char path[96]; /* of the damaged copy */
	uint8_t *bytes;
	size_t size;
	uint64_t hashes[RECORDS + 1]; /* of each person's row, by id */
	/* Arguments; those of wire() are kept for good, so they are made once. */
	cx_slice names[RECORDS + 1]; /* of each person, to look up */
	cx_slice fresh[WRITES];
	cx_slice change;
	uint64_t seed;
	bool unchecked; /* skip the check of the structure */
} sound;

static void make_person(store_fixture *store, int i)
{
	static char fields[LONG + 200];
	static char note[LONG + 1];
	int length = i < LONG_ROWS ? LONG : i % 300;
	memset(note, 'a' + i % 26, (size_t)length);
	note[length] = '\0';
	snprintf(fields, sizeof fields,
	         "{'name': 'person %d', 'team': %d, 'age': %d, 'note': '%s'}", i, 1 + i % 5,
	         i % 90, note);
	fixture_create(store, "person", fields);
}

/* Updates in the last commits, so that an older snapshot has other values. */
static void make_records(store_fixture *store)
{
	char fields[100];
	for (int i = 0; i < 5; i++) {
		snprintf(fields, sizeof fields, "{'name': 'team %d'}", i);
		fixture_create(store, "team", fields);
	}
	for (int i = 0; i < RECORDS; i++) {
		if (i % 20 == 0)
			fixture_begin(store);
		make_person(store, i);
		if (i % 20 == 19)
			fixture_commit(store);
	}
	for (int64_t id = 3; id < RECORDS; id += 7)
		fixture_update(store, "person", id, "{'age': 91}");
}

static void remember(store_fixture *store)
{
	engine_read *read;
	assert_int_equal(engine_read_begin(store->engine, &read), CX_OK);
	for (int64_t id = 1; id <= RECORDS; id++) {
		engine_row row;
		assert_int_equal(
			engine_get(read, fixture_type(store, "person"), id, &row, NULL), CX_OK);
		sound.hashes[id] = cx_hash64(row.array, 0);
	}
	engine_read_end(&read);
}

static void prepare_arguments(void)
{
	char text[80];
	for (int id = 1; id <= RECORDS; id++) {
		snprintf(text, sizeof text, "['person %d']", id - 1);
		sound.names[id] = wire(text);
	}
	for (int i = 0; i < WRITES; i++) {
		snprintf(text, sizeof text, "{'name': 'new %d', 'team': 2, 'age': %d}", i,
		         i * 5);
		sound.fresh[i] = wire(text);
	}
	sound.change = wire("{'age': 17, 'note': 'x'}");
}

static int setup(void **state)
{
	(void)state;
	store_fixture store;
	struct stat stat;
	fixture_open(&store, SCHEMA);
	make_records(&store);
	remember(&store);
	prepare_arguments();
	engine_close(&store.engine);
	int fd = open(store.path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0 && fstat(fd, &stat) == 0);
	sound.size = (size_t)stat.st_size;
	sound.bytes = malloc(sound.size);
	assert_non_null(sound.bytes);
	assert_int_equal(read(fd, sound.bytes, sound.size), sound.size);
	close(fd);
	fixture_close(&store);
	snprintf(sound.folder, sizeof sound.folder, "%s/cardex-corrupt-XXXXXX",
	         access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(sound.folder));
	snprintf(sound.path, sizeof sound.path, "%s/store", sound.folder);
	sound.seed = dice_init().state;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", sound.folder);
	assert_int_equal(system(command), 0);
	free(sound.bytes);
	return 0;
}

/* ---- damage ---- */

static void random_bytes(dice *roll, uint8_t *at, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)dice_u64(roll);
}

/* Damages the bytes; the new size of the file. */
static size_t damage(dice *roll, kind what, uint8_t *bytes, size_t size)
{
	const size_t pages = size / PAGE;
	uint8_t *page = bytes + dice_below(roll, pages) * PAGE;
	switch (what) {
	case KIND_BIT:
		bytes[dice_below(roll, size)] ^= (uint8_t)(1u << dice_below(roll, 8));
		return size;
	case KIND_HEADER:
		random_bytes(roll, page + 8, 8);
		return size;
	case KIND_BYTES:
		random_bytes(roll, bytes + dice_below(roll, size - 16), 16);
		return size;
	case KIND_ZEROED:
		memset(page, 0, PAGE);
		return size;
	case KIND_RANDOM:
		random_bytes(roll, page, PAGE);
		return size;
	case KIND_MISDIRECTED:
		memmove(page, bytes + dice_below(roll, pages) * PAGE, PAGE);
		return size;
	case KIND_CUT:
		return dice_below(roll, size);
	case KIND_META:
		random_bytes(roll, bytes + dice_below(roll, 2) * PAGE + dice_below(roll, 150),
		             1 + dice_below(roll, 8));
		return size;
	case KIND_COUNT_ALL:
		break;
	}
	abort();
}

/* What a case that crashed left beside the file; the next one begins with a closed store. */
static void remove_journal(void)
{
	for (int slot = 0; slot < 3; slot++) {
		char path[sizeof sound.path + 16];
		snprintf(path, sizeof path, "%s-journal%d", sound.path, slot);
		if (unlink(path) != 0 && errno != ENOENT)
			abort();
	}
}

static void write_copy(dice *roll, kind what)
{
	remove_journal();
	uint8_t *bytes = malloc(sound.size);
	int fd = open(sound.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (bytes == NULL || fd < 0)
		abort();
	memcpy(bytes, sound.bytes, sound.size);
	size_t size = damage(roll, what, bytes, sound.size);
	if (write(fd, bytes, size) != (ssize_t)size)
		abort();
	close(fd);
	free(bytes);
}

/* ---- use ---- */

static void worsen(outcome *so_far, outcome seen)
{
	if (seen > *so_far)
		*so_far = seen;
}

static void read_person(engine_read *read, const engine_type *type, int64_t id, outcome *ret)
{
	engine_row row;
	cx_status status = engine_get(read, type, id, &row, NULL);
	if (status == CX_NOT_FOUND)
		worsen(ret, OUTCOME_MISSING);
	else if (status != CX_OK)
		worsen(ret, OUTCOME_CHECKSUM);
	else if (cx_hash64(row.array, 0) != sound.hashes[id])
		worsen(ret, OUTCOME_WRONG);
}

static void look_up_person(engine_read *read, const engine_index *index, int64_t id,
                           outcome *ret)
{
	engine_row row;
	cx_status status = engine_lookup(read, index, sound.names[id], &row, NULL);
	if (status == CX_NOT_FOUND)
		worsen(ret, OUTCOME_MISSING);
	else if (status != CX_OK)
		worsen(ret, OUTCOME_CHECKSUM);
	else if (row.id != id)
		worsen(ret, OUTCOME_MISLED);
	else if (cx_hash64(row.array, 0) != sound.hashes[id])
		worsen(ret, OUTCOME_WRONG);
}

/* What the check says; it must know of everything that the reads before it saw. */
static void check(engine_read *read, outcome *so_far)
{
	engine_check_report report = { 0 };
	cx_status status = engine_check(read, 0, NULL, NULL, &report);
	if (status != CX_OK || report.findings > 0)
		worsen(so_far, OUTCOME_CHECKSUM);
	else if (*so_far == OUTCOME_MISSING || *so_far == OUTCOME_MISLED)
		*so_far = OUTCOME_SILENT;
}

static outcome read_all(engine *store)
{
	engine_read *read;
	outcome seen = OUTCOME_UNNOTICED;
	const engine_type *type =
		engine_schema_type(engine_schema_of(store), cx_slice_of("person"));
	if (type == NULL || engine_read_begin(store, &read) != CX_OK)
		return OUTCOME_CHECKSUM;
	const engine_index *index = engine_type_index(type, cx_slice_of("name"));
	if (index == NULL)
		abort(); /* a schema text is sound or it is not parsed */
	for (int64_t id = 1; id <= RECORDS; id++) {
		read_person(read, type, id, &seen);
		look_up_person(read, index, id, &seen);
	}
	check(read, &seen);
	engine_read_end(&read);
	return seen;
}

/* Any status will do. */
static void write_one(engine_write *write, const engine_type *type, int number, dice *roll)
{
	const engine_change how = { .author.now_ms = 1800000000000 };
	const int64_t updated = 1 + (int64_t)dice_below(roll, RECORDS);
	const int64_t deleted = 1 + (int64_t)dice_below(roll, RECORDS);
	engine_outcome done;
	cx_status status = engine_create(write, type, sound.fresh[number], &how, &done, NULL);
	if (status != CX_NO_MEMORY)
		status = engine_update(write, type, updated, sound.change, &how, &done, NULL);
	if (status != CX_NO_MEMORY)
		status = engine_delete(write, type, deleted, &how, &done, NULL);
}

static void write_some(engine *store, dice *roll)
{
	const engine_type *type =
		engine_schema_type(engine_schema_of(store), cx_slice_of("person"));
	engine_write *write;
	if (type == NULL || engine_write_begin(store, &write) != CX_OK)
		return;
	for (int i = 0; i < WRITES; i++)
		write_one(write, type, i, roll);
	if (engine_write_commit(&write) != CX_OK)
		CX_ASSERT(write == NULL);
}

static outcome use(dice *roll)
{
	const engine_options options = { .map_bytes = 64u << 20,
		                         .must_exist = true,
		                         .skip_structure_check = sound.unchecked };
	engine *store;
	if (engine_open(sound.path, &options, &store, NULL) != CX_OK)
		return OUTCOME_REFUSED;
	outcome seen = read_all(store);
	write_some(store, roll);
	engine_close(&store);
	if (engine_open(sound.path, &options, &store, NULL) == CX_OK)
		engine_close(&store);
	return seen;
}

/* ---- cases in child processes ---- */

/* What the child tells, in memory that both have. */
typedef struct progress {
	volatile unsigned next;
	volatile tally counts;
} progress;

static void run_case(unsigned number, progress *shared)
{
	dice roll = { .state = sound.seed + number * UINT64_C(0x9e3779b97f4a7c15) };
	const kind what = number % KIND_COUNT_ALL;
	alarm(HANG_S);
	write_copy(&roll, what);
	shared->counts[what][use(&roll)]++;
}

/* A crash ends it at once, without the handlers of cmocka and of the sanitizers. */
static void die_plainly(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	const struct rlimit none = { 0 };
	setrlimit(RLIMIT_CORE, &none);
	for (size_t i = 0; i < CX_COUNT_OF(numbers); i++)
		(void)signal(numbers[i], SIG_DFL);
	if (sound.unchecked) {
		int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
		(void)dup2(nowhere, STDERR_FILENO);
	}
}

__attribute__((noreturn)) static void run_child(unsigned until, progress *shared)
{
	die_plainly();
	for (; shared->next < until; shared->next++)
		run_case(shared->next, shared);
	_exit(0);
}

static void run_cases(unsigned from, unsigned until, tally counts)
{
	progress *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	for (shared->next = from; shared->next < until;) {
		fflush(NULL);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0)
			run_child(until, shared);
		int ended;
		assert_int_equal(waitpid(child, &ended, 0), child);
		if (WIFEXITED(ended) && WEXITSTATUS(ended) == 0)
			continue;
		const unsigned number = shared->next++;
		const bool hung = WIFSIGNALED(ended) && WTERMSIG(ended) == SIGALRM;
		shared->counts[number % KIND_COUNT_ALL][hung ? OUTCOME_HANG : OUTCOME_CRASH]++;
		if (!sound.unchecked)
			print_message("case %u (%s): %s\n", number,
			              kind_names[number % KIND_COUNT_ALL],
			              hung ? "hang" : "crash");
	}
	for (unsigned k = 0; k < KIND_COUNT_ALL; k++)
		for (unsigned o = 0; o < OUTCOME_COUNT_ALL; o++)
			counts[k][o] += shared->counts[k][o];
	munmap(shared, sizeof *shared);
}

static void print_tally(tally counts)
{
	print_message("%-26s", "");
	for (unsigned o = 0; o < OUTCOME_COUNT_ALL; o++)
		print_message("%12s", outcome_names[o]);
	for (unsigned k = 0; k < KIND_COUNT_ALL; k++) {
		print_message("\n%-26s", kind_names[k]);
		for (unsigned o = 0; o < OUTCOME_COUNT_ALL; o++)
			print_message("%12u", counts[k][o]);
	}
	print_message("\n");
}

static unsigned total(tally counts, outcome of)
{
	unsigned sum = 0;
	for (unsigned k = 0; k < KIND_COUNT_ALL; k++)
		sum += counts[k][of];
	return sum;
}

static unsigned number_from(const char *variable, unsigned otherwise)
{
	const char *text = getenv(variable);
	return text != NULL ? (unsigned)strtoul(text, NULL, 0) : otherwise;
}

static void a_damaged_file_never_crashes_hangs_or_lies(void **state)
{
	(void)state;
	tally counts = { 0 };
	const char *one = getenv("CARDEX_TEST_CASE");
	const unsigned from = one != NULL ? number_from("CARDEX_TEST_CASE", 0) : 0;
	run_cases(from, one != NULL ? from + 1 : number_from("CARDEX_TEST_CASES", CASES),
	          counts);
	print_tally(counts);
	assert_int_equal(total(counts, OUTCOME_CRASH), 0);
	assert_int_equal(total(counts, OUTCOME_HANG), 0);
	assert_int_equal(total(counts, OUTCOME_WRONG), 0);
	assert_int_equal(total(counts, OUTCOME_SILENT), 0);
	assert_true(one != NULL || total(counts, OUTCOME_REFUSED) > 0);
}

/* The cases are hard enough to be worth running. */
static void without_the_check_some_crash(void **state)
{
	(void)state;
	tally counts = { 0 };
	sound.unchecked = true;
	run_cases(0, CASES_UNCHECKED, counts);
	sound.unchecked = false;
	print_tally(counts);
	assert_true(total(counts, OUTCOME_CRASH) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_damaged_file_never_crashes_hangs_or_lies),
		cmocka_unit_test(without_the_check_some_crash),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
