/* SPDX-License-Identifier: Apache-2.0 */
/* The log of a store whose schema has changed, done once more in a store that begins with the
 * later schema. What is replayed under one schema: test_changes.c. */
#include "base/hash.h"
#include "engine/changes.h"
#include "tests/support/evolve_fixture.h"
#include "tests/support/unit.h"

typedef struct replaying {
	engine_write *write;
	cx_error error;
} replaying;

static cx_status replay(void *context, const engine_logged *change)
{
	replaying *self = context;
	return engine_changes_replay(self->write, change, &self->error);
}

static uint64_t hash_of(store_fixture *f)
{
	engine_read *read = fixture_read(f);
	uint64_t hash;
	assert_int_equal(engine_state_hash(read, 0, &hash), CX_OK);
	engine_read_end(&read);
	return hash;
}

static cx_status add_to_hash(void *context, const engine_logged *change)
{
	uint64_t *hash = context;
	const int64_t numbers[] = { (int64_t)change->seq, change->part,    change->last,
		                    change->kind,         change->id,      change->rev,
		                    change->at_ms,        change->by,      change->redacted,
		                    change->layout,       change->type->id };
	*hash = cx_hash64((cx_slice){ (const uint8_t *)numbers, sizeof numbers }, *hash);
	*hash = cx_hash64(change->row, *hash);
	*hash = cx_hash64(change->fields, *hash);
	return CX_OK;
}

static uint64_t log_hash_of(store_fixture *f)
{
	engine_read *read = fixture_read(f);
	uint64_t hash = 0, next;
	assert_int_equal(engine_changes_read(read, 1, NULL, 0, SIZE_MAX, add_to_hash, &hash,
	                                     &next, NULL, NULL),
	                 CX_OK);
	engine_read_end(&read);
	return hash;
}

/* Its numbers are taken, so that what comes behind them follows; they are not to be left out.
 */
static void a_change_of_a_dropped_type_only_takes_its_number(void **state)
{
	(void)state;
	store_fixture f, copy;
	fixture_open(&f, "type kept { n int }\ntype gone { m int }");
	fixture_create(&f, "kept", "{'n': 1}");
	fixture_create(&f, "gone", "{'m': 1}");
	fixture_do(&f, FIXTURE_DELETE, "gone", 1);
	fixture_do(&f, FIXTURE_PURGE, "gone", 1);
	fixture_create(&f, "kept", "{'n': 2}");
	evolve_apply(&f, "type kept { n int }");
	fixture_update(&f, "kept", 2, "{'n': 3}");
	fixture_assert_sound(&f);

	fixture_open(&copy, "type kept { n int }");
	replaying to = { 0 };
	assert_int_equal(engine_write_begin(copy.engine, &to.write), CX_OK);
	engine_read *read = fixture_read(&f);
	uint64_t next = 0;
	assert_int_equal(
		engine_changes_read(read, 1, NULL, 0, 100, replay, &to, &next, NULL, NULL),
		CX_INVALID_ARGUMENT);
	assert_int_equal(engine_write_seq(to.write), 2); /* it has the first */
	assert_int_equal(engine_changes_read_all(read, 2, 100, replay, &to, &next, NULL),
	                 CX_OK);
	assert_int_equal(next, engine_read_seq(read) + 1);
	assert_int_equal(engine_write_seq(to.write), next);
	engine_read_end(&read);
	assert_int_equal(engine_write_commit(&to.write), CX_OK);
	assert_int_equal(hash_of(&copy), hash_of(&f));
	assert_int_equal(log_hash_of(&copy), log_hash_of(&f));
	fixture_assert_sound(&copy);
	fixture_close(&copy);
	fixture_close(&f);
}

static void a_change_that_does_not_follow_is_not_replayed(void **state)
{
	(void)state;
	store_fixture f;
	fixture_open(&f, "type company { name string(20) }");
	fixture_create(&f, "company", "{'name': 'A'}");
	replaying to = { 0 };
	engine_read *read = fixture_read(&f);
	uint64_t next = 0;
	assert_int_equal(engine_write_begin(f.engine, &to.write), CX_OK);
	assert_int_equal(
		engine_changes_read(read, 1, NULL, 0, 1, replay, &to, &next, NULL, NULL),
		CX_INVALID_ARGUMENT);
	engine_write_abort(&to.write);
	engine_read_end(&read);
	assert_int_equal(next, 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_of_a_dropped_type_only_takes_its_number),
		cmocka_unit_test(a_change_that_does_not_follow_is_not_replayed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
