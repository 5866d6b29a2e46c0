/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the schema becomes and whatever is written meanwhile, the check finds nothing, and
 * every index that may be read finds what reading every record does. Random changes of the
 * schema, random writes and slices of builds, and the store closed now and then. */
#include "tests/support/evolve_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 40, WRITES = 12, SLICE_NS = 20 * 1000 };

static uint64_t dice;

static unsigned roll(unsigned sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (unsigned)(dice % sides);
}

/* Each may be there or not, in one of its forms. Those of the second type are below. */
static const char *const fields[][3] = {
	{ "n int", "n int = 3", NULL },
	{ "m int = 5", "m int", NULL },
	{ "s string(8)", "s string(30)", "s text" },
	{ "t string(20) search", "t string(20)", NULL },
	{ "e enum(x, y)", "e enum(x, y, z)", "e enum(x, z, y)" },
	{ "r ref(b) on delete set_null", "r ref(b) on delete cascade", NULL },
	{ "q ref(b) on delete restrict", NULL, NULL },
};
static const char *const names[] = { "n", "m", "s", "t", "e", "r", "q" };

static const char *const indexes[] = {
	"index (n)",    "index (n desc, m)", "index (s folded)", "index by_e (e, n desc)",
	"index (r, n)", "index (r)",         "unique u (s, n)",  "index (m, s) where m",
	"index (q, e)", "unique v (t)",      "index (e)",        "index (updated_at)",
};
static const char *const columns[][2] = {
	{ "n", "n" }, { "n", "m" }, { "s", "s" }, { "e", "n" },
	{ "r", "n" }, { "r", "r" }, { "s", "n" }, { "m", "s" },
	{ "q", "e" }, { "t", "t" }, { "e", "e" }, { "updated_at", "updated_at" },
};

static void make_text(char *text, size_t size, const char *cluster)
{
	bool has[CX_COUNT_OF(fields)];
	size_t used = (size_t)snprintf(text, size, "type b { w int } type a { c int ");
	for (size_t i = 0; i < CX_COUNT_OF(fields); i++) {
		const char *form = fields[i][roll(3)];
		has[i] = form != NULL && roll(8) > 0;
		if (has[i])
			used += (size_t)snprintf(text + used, size - used, " %s", form);
	}
	for (size_t i = 0; i < CX_COUNT_OF(indexes); i++) {
		bool possible = true;
		for (size_t c = 0; c < 2; c++)
			for (size_t f = 0; f < CX_COUNT_OF(names); f++)
				if (strcmp(names[f], columns[i][c]) == 0 && !has[f])
					possible = false;
		if (possible && roll(2) > 0)
			used += (size_t)snprintf(text + used, size - used, " %s", indexes[i]);
	}
	snprintf(text + used, size - used, "%s }", cluster);
}

static void write_field(const store_fixture *store, const char *name, char *text, size_t size)
{
	static const char *const labels[] = { "x", "y", "z" };
	const engine_field *field =
		engine_type_field(fixture_type(store, "a"), cx_slice_of(name));
	const size_t used = strlen(text);
	if (field == NULL || roll(3) == 0)
		return;
	if (roll(6) == 0)
		snprintf(text + used, size - used, ", '%s': nil", name);
	else if (field->kind == ENGINE_INT)
		snprintf(text + used, size - used, ", '%s': %u", name, roll(20));
	else if (field->kind == ENGINE_REF)
		snprintf(text + used, size - used, ", '%s': %u", name, 1 + roll(6));
	else if (field->kind == ENGINE_ENUM)
		snprintf(text + used, size - used, ", '%s': '%s'", name,
		         labels[roll(field->label_count)]);
	else
		snprintf(text + used, size - used, ", '%s': 'T %u'", name, roll(40));
}

static void make_fields(const store_fixture *store, char *text, size_t size)
{
	snprintf(text, size, "{'c': %u", roll(9));
	for (size_t i = 0; i < CX_COUNT_OF(names); i++)
		write_field(store, names[i], text, size);
	snprintf(text + strlen(text), size - strlen(text), "}");
}

/* Any outcome is right but one that says that something is wrong with the store. */
static void assert_decent(cx_status status)
{
	if (cx_status_class_of(status) == CX_CLASS_SERVER)
		fail_msg("%s", cx_status_name(status));
}

static void write_once(store_fixture *store)
{
	char text[512];
	const int64_t id = 1 + roll(60);
	make_fields(store, text, sizeof text);
	switch (roll(9)) {
	case 0:
	case 1:
	case 2:
		assert_decent(fixture_try_create(store, "a", text));
		break;
	case 3:
	case 4:
		assert_decent(fixture_try_update(store, "a", id, text, 0));
		break;
	case 5:
		assert_decent(fixture_try(store, FIXTURE_DELETE, "a", id));
		break;
	case 6:
		assert_decent(fixture_try(store, FIXTURE_UNDELETE, "a", id));
		break;
	case 7:
		assert_decent(fixture_try(store,
		                          roll(2) > 0 ? FIXTURE_DELETE : FIXTURE_UNDELETE, "b",
		                          1 + roll(6)));
		break;
	default:
		assert_decent(fixture_try(store, FIXTURE_PURGE, "a", id));
		break;
	}
}

static uint64_t count(store_fixture *store, engine_read *read, const engine_type *type,
                      const engine_index *index, const char *filter)
{
	uint64_t found = 0;
	const engine_query query = {
		.type = type, .filter = wire(filter), .use_index = index, .allow_scan = true
	};
	cx_status status = engine_query_count(read, &query, &found, &store->error);
	if (status != CX_OK)
		fail_msg("%s: %s", filter, store->error.text);
	return found;
}

/* By each readable index and by reading every record, which nothing but "not" forces. */
static void compare(store_fixture *store)
{
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(store->engine, &read), CX_OK);
	const engine_type *type =
		engine_schema_type(engine_read_schema(read), cx_slice_of("a"));
	for (uint16_t i = 0; i < type->index_count; i++) {
		const engine_index *index = &type->indexes[i];
		const char *name = index->columns[0].field->name;
		char filter[128], scan[192];
		if (index->state != ENGINE_INDEX_READABLE)
			continue;
		snprintf(filter, sizeof filter, "['notnull', '%s']", name);
		snprintf(scan, sizeof scan, "['not', ['not', ['and', %s, ['>', 'id', 0]]]]",
		         filter);
		const bool partial = index->present != NULL &&
		                     index->present->slot != index->columns[0].field->slot;
		if (!partial)
			assert_int_equal(count(store, read, type, index, filter),
			                 count(store, read, type, NULL, scan));
	}
	engine_read_end(&read);
}

static void round_of(store_fixture *store, const char *cluster, unsigned *applied)
{
	char text[2048];
	make_text(text, sizeof text, cluster);
	cx_status status = evolve_try(store, text, true);
	if (status != CX_OK && status != CX_UNSAFE_CHANGE)
		fail_msg("%s: %s: %s", text, cx_status_name(status), store->error.text);
	*applied += status == CX_OK;
	for (int i = 0; i < WRITES; i++) {
		write_once(store);
		if (roll(3) == 0)
			evolve_step(store, SLICE_NS);
	}
	if (roll(4) == 0)
		evolve_build(store);
	if (roll(6) == 0)
		fixture_reopen(store);
	fixture_assert_sound(store);
	compare(store);
}

static void run(const char *cluster)
{
	store_fixture store;
	char text[64];
	unsigned applied = 0;
	snprintf(text, sizeof text, "type b { w int } type a { c int%s }", cluster);
	fixture_open(&store, text);
	for (int i = 0; i < 6; i++)
		fixture_create(&store, "b", "{'w': 1}");
	for (int i = 0; i < ROUNDS; i++)
		round_of(&store, cluster, &applied);
	evolve_build(&store);
	fixture_assert_sound(&store);
	assert_in_range(applied, 1, ROUNDS);
	fixture_close(&store);
}

static void random_changes_leave_a_sound_store(void **state)
{
	(void)state;
	run("");
}

static void random_changes_of_a_clustered_type_too(void **state)
{
	(void)state;
	run(" cluster by (c)");
}

int main(void)
{
	const char *seed = getenv("CARDEX_TEST_SEED");
	dice = seed != NULL ? strtoull(seed, NULL, 10) : UINT64_C(4766429361415405466);
	print_message("CARDEX_TEST_SEED=%llu\n", (unsigned long long)dice);
	dice |= 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_changes_leave_a_sound_store),
		cmocka_unit_test(random_changes_of_a_clustered_type_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
