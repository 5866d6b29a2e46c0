/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog keeps text and ids: what is read is what was written, and bytes that no catalog
 * wrote are refused. */
#include "base/msgpack.h"
#include "base/text.h"
#include "engine/aggregate.h"
#include "tests/engine/schema_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const two_types = "type a { x int  y string(5) unique  cluster by (x) }\n"
				     "type b keep { z ref(a) on delete restrict  index (z) }";

static cx_slice stored_form(const engine__catalog *catalog)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	assert_int_equal(engine__catalog_write(catalog, &out), CX_OK);
	return wire_exact(cx_buf_slice(&out));
}

static void expect_status(const char *stored, cx_status expected)
{
	engine__catalog *untouched = (engine__catalog *)&stored;
	engine__catalog *catalog = untouched;
	cx_error error = { 0 };
	cx_status status = engine__catalog_read(wire(stored), &catalog, &error);
	if (status != expected)
		fail_msg("%s: %s: %s", stored, cx_status_name(status), error.text);
	assert_int_equal(error.status, expected);
	assert_true(error.text[0] != '\0');
	assert_ptr_equal(catalog, untouched);
}

/* The bytes are part of the file format. */
static void aggregates_are_a_part_of_their_own(void **state)
{
	(void)state;
	static const char text[] = "type a { b int } aggregate n on a group by (b) count";
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(text);
	const char *shown = wire_show(stored_form(catalog));
	assert_non_null(strstr(shown, "{'version': 2, "));
	assert_non_null(strstr(shown, ", 'aggregates': [['n', 1, 0]]}"));
	/* Its number and its state are what is stored. */
	char changed[1024];
	snprintf(changed, sizeof changed, "%s", shown);
	memcpy(strstr(changed, "['n', 1, 0]"), "['n', 7, 1]", 11);
	expect_status(changed, CX_CORRUPT); /* its number would be given again */
	memcpy(strstr(changed, "[2, 10, 2, 2]"), "[2, 10, 2, 8]", 13);
	CX_SCOPED(engine__catalog_free) engine__catalog *back = NULL;
	assert_int_equal(engine__catalog_read(wire(changed), &back, NULL), CX_OK);
	const engine_aggregate *n =
		engine_schema_aggregate(engine__catalog_schema(back), cx_slice_of("n"));
	assert_int_equal(n->id, 7);
	assert_int_equal(n->state, ENGINE_AGGREGATE_BUILDING);
	memcpy(strstr(changed, "['n', 7, 1]"), "['n', 7, 2]", 11);
	CX_SCOPED(engine__catalog_free) engine__catalog *failed = NULL;
	assert_int_equal(engine__catalog_read(wire(changed), &failed, NULL), CX_OK);
	assert_int_equal(engine__catalog_schema(failed)->aggregates[0].state,
	                 ENGINE_AGGREGATE_FAILED);
	memcpy(strstr(changed, "['n', 7, 2]"), "['n', 7, 3]", 11);
	engine__catalog *none = NULL;
	assert_int_equal(engine__catalog_read(wire(changed), &none, NULL), CX_CORRUPT);
	assert_null(none);
}

/* One that is ready takes no room, and no newer program. */
static void the_state_of_a_rollup_is_stored_while_it_is_not_ready(void **state)
{
	(void)state;
	static const char text[] = "type p { n int readonly = 0 rollup count of c by p }"
				   "type c { p ref(p) on delete cascade }";
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(text);
	const engine_schema *schema = engine__catalog_schema(catalog);
	const uint16_t id = schema->types[0].fields[ENGINE_SYSTEM_SLOTS].id;
	const char *ready = "{'version': 2, ";
	assert_non_null(strstr(wire_show(stored_form(catalog)), ready));
	CX_SCOPED(engine__catalog_free) engine__catalog *building = NULL;
	assert_int_equal(
		engine__catalog_with_rollup(catalog, id, ENGINE_AGGREGATE_BUILDING, &building),
		CX_OK);
	char stored[2048];
	snprintf(stored, sizeof stored, "%s", wire_show(stored_form(building)));
	assert_non_null(strstr(stored, "{'version': 3, "));
	assert_non_null(strstr(stored, "['n', 9, nil, nil, 1]"));
	CX_SCOPED(engine__catalog_free) engine__catalog *back = NULL;
	assert_int_equal(engine__catalog_read(wire(stored), &back, NULL), CX_OK);
	const engine_type *p =
		engine_schema_type(engine__catalog_schema(back), CX_SLICE_LITERAL("p"));
	assert_int_equal(p->fields[ENGINE_SYSTEM_SLOTS].rollup->state,
	                 ENGINE_AGGREGATE_BUILDING);
	/* A state that is none; one of a field that is no rollup; and not in version 2. */
	char *element = strstr(stored, "['n', 9, nil, nil, 1]");
	memcpy(element, "['n', 9, nil, nil, 3]", 21);
	expect_status(stored, CX_CORRUPT);
	memcpy(element, "['n', 9, nil, nil, 0]", 21);
	expect_status(stored, CX_CORRUPT);
	memcpy(element, "['n', 9, nil, nil, 2]", 21);
	CX_SCOPED(engine__catalog_free) engine__catalog *failed = NULL;
	assert_int_equal(engine__catalog_read(wire(stored), &failed, NULL), CX_OK);
	assert_int_equal(engine__catalog_schema(failed)->types[0].fields[8].rollup->state,
	                 ENGINE_AGGREGATE_FAILED);
	memcpy(stored + strlen("{'version': "), "2", 1);
	expect_status(stored, CX_CORRUPT);
	memcpy(stored + strlen("{'version': "), "3", 1);
	memcpy(element, "['n', 9, nil, nil]   ", 21);
	CX_SCOPED(engine__catalog_free) engine__catalog *plain = NULL;
	assert_int_equal(engine__catalog_read(wire(stored), &plain, NULL), CX_OK);
	char *reference = strstr(stored, "['p', 18, 0, nil]");
	assert_non_null(reference);
	memmove(reference + 19, reference + 16, strlen(reference + 16) + 1);
	memcpy(reference + 16, ", 1", 3);
	expect_status(stored, CX_CORRUPT);
}

static void ids_count_from_1_in_the_order_of_the_text(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(two_types);
	const engine_schema *schema = engine__catalog_schema(catalog);
	uint16_t field_id = 0;
	uint16_t index_id = 0;
	for (uint16_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		assert_int_equal(type->id, t + 1);
		for (size_t i = 0; i < type->field_count; i++)
			assert_int_equal(type->fields[i].id, ++field_id);
		for (size_t i = 0; i < type->index_count; i++)
			assert_int_equal(type->indexes[i].id, ++index_id);
	}
	assert_int_equal(field_id, 2 * ENGINE_SYSTEM_SLOTS + 3);
	assert_int_equal(index_id, 5);
	assert_true(cx_slice_equal(schema->text, cx_slice_of(two_types)));
}

/* The bytes are part of the file format. */
static void the_stored_form_is_this(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog("type a { b int index (b) }");
	char expected[1024];
	snprintf(expected, sizeof expected,
	         "{'version': 2, 'text': 'type a { b int index (b) }', 'own': 26, "
	         "'unicode': '%s', 'next': [2, 10, 3, 1], "
	         "'types': [['a', 1, 1, [['id', 1, nil, nil], ['rev', 2, nil, nil], "
	         "['created_at', 3, nil, nil], ['created_by', 4, nil, nil], "
	         "['updated_at', 5, nil, nil], ['updated_by', 6, nil, nil], "
	         "['deleted_at', 7, nil, nil], ['ext_id', 8, nil, nil], "
	         "['b', 9, nil, nil]], [['ext_id', 1, 0], ['b', 2, 0]]]], 'aggregates': []}",
	         cx_text_unicode_version());
	assert_string_equal(wire_show(stored_form(catalog)), expected);
}

static void what_is_read_is_what_was_written(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(two_types);
	cx_slice stored = stored_form(catalog);
	CX_SCOPED(engine__catalog_free) engine__catalog *back = NULL;
	assert_int_equal(engine__catalog_read(stored, &back, NULL), CX_OK);
	assert_true(cx_slice_equal(stored_form(back), stored));
	const engine_schema *schema = engine__catalog_schema(back);
	CX_SCOPED(cx_buf_release) cx_buf before = CX_BUF_INIT(65536);
	CX_SCOPED(cx_buf_release) cx_buf after = CX_BUF_INIT(65536);
	for (size_t i = 0; i < schema->type_count; i++) {
		engine_type_describe(&engine__catalog_schema(catalog)->types[i], &before);
		engine_type_describe(&schema->types[i], &after);
	}
	assert_true(cx_slice_equal(cx_buf_slice(&before), cx_buf_slice(&after)));
}

static const char *stored_text(const char *version, const char *text, const char *unicode,
                               const char *types)
{
	static char stored[4096];
	int size = snprintf(stored, sizeof stored,
	                    "{'version': %s, 'text': %s, 'unicode': %s, 'types': %s}", version,
	                    text, unicode, types);
	assert_in_range(size, 1, sizeof stored - 1);
	return stored;
}

#define FIELDS                                                                              \
	"[['id', 11], ['rev', 12], ['created_at', 13], ['created_by', 14], ['updated_at', " \
	"15], ['updated_by', 16], ['deleted_at', 17], ['ext_id', 18], ['b', 65535]]"
#define TYPES "[['a', 300, 7, " FIELDS ", [['ext_id', 500], ['b', 1]]]]"
#define TEXT  "'type a { b text index (b) }'"

static void ids_are_those_stored(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free) engine__catalog *catalog = NULL;
	assert_int_equal(engine__catalog_read(wire(stored_text("1", TEXT, "'0.0'", TYPES)),
	                                      &catalog, NULL),
	                 CX_OK);
	const engine_type *a = schema_fixture_type(catalog, "a");
	assert_int_equal(a->id, 300);
	assert_int_equal(a->layout, 7);
	assert_int_equal(a->fields[0].id, 11);
	assert_int_equal(schema_fixture_field(a, "b")->id, 65535);
	assert_int_equal(a->indexes[0].id, 500);
	assert_int_equal(schema_fixture_index(a, "b")->id, 1);
}

/* A store that an earlier program made: its bytes, and what is written for it from now on. */
static void version_1_is_read_and_becomes_version_2(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free) engine__catalog *catalog = NULL;
	assert_int_equal(engine__catalog_read(wire(stored_text("1", TEXT, "'0.0'", TYPES)),
	                                      &catalog, NULL),
	                 CX_OK);
	const char *stored = wire_show(stored_form(catalog));
	assert_non_null(strstr(stored, "{'version': 2, 'text': " TEXT ", 'own': 27"));
	assert_non_null(strstr(stored, "'next': [301, 65536, 501, 1]"));
	assert_non_null(strstr(stored, "['ext_id', 18, nil, nil], ['b', 65535, nil, nil]]"));
}

#define FIELDS_2                                                                       \
	"[['id', 1, nil, nil], ['rev', 2, nil, nil], ['created_at', 3, nil, nil], "    \
	"['created_by', 4, nil, nil], ['updated_at', 5, nil, nil], ['updated_by', 6, " \
	"nil, nil], ['deleted_at', 7, nil, nil], ['ext_id', 8, nil, nil], [nil, 9, "   \
	"nil, nil], ['r', 10, %s, nil], ['b', 12, nil, %s]%s]"
#define TEXT_2 "type a { b text = \"q\"  r ref(a) on delete restrict  index (b)  index (r) }"

static const char *version_2(const char *own, const char *next, const char *reference,
                             const char *fill, const char *more, const char *index_state)
{
	static char stored[4096];
	char fields[1024];
	int size = snprintf(fields, sizeof fields, FIELDS_2, reference, fill, more);
	assert_in_range(size, 1, sizeof fields - 1);
	size = snprintf(stored, sizeof stored,
	                "{'version': 2, 'text': '" TEXT_2 "', 'own': %s, 'unicode': '0', "
	                "'next': %s, 'types': [['a', 3, 4, %s, [['ext_id', 1, 0], ['b', 5, "
	                "%s], ['r', 6, 0]]]], 'aggregates': []}",
	                own, next, fields, index_state);
	assert_in_range(size, 1, sizeof stored - 1);
	return stored;
}

static void holes_fills_states_and_references_are_those_stored(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free) engine__catalog *catalog = NULL;
	const char *stored = version_2("20", "[4, 13, 8, 1]", "0", "'old'", "", "1");
	assert_int_equal(engine__catalog_read(wire(stored), &catalog, NULL), CX_OK);
	assert_non_null(strstr(wire_show(stored_form(catalog)), strstr(stored, "'next'")));
	const engine_type *a = schema_fixture_type(catalog, "a");
	assert_int_equal(a->field_count, 11);
	assert_int_equal(a->shown_count, 10);
	assert_true(a->fields[8].dropped);
	const engine_field *r = schema_fixture_field(a, "r");
	assert_int_equal(r->slot, 9);
	assert_ptr_equal(r->ref_index, NULL); /* though there is an index that leads to them */
	const engine_field *b = schema_fixture_field(a, "b");
	assert_int_equal(b->slot, 10);
	assert_string_equal(wire_show(b->fill), "'old'");
	assert_int_equal(schema_fixture_index(a, "b")->state, ENGINE_INDEX_BUILDING);
	assert_ptr_equal(engine_type_field(a, cx_slice_of("")), NULL);
}

static void parts_of_version_2_that_do_not_fit_are_corrupt(void **state)
{
	(void)state;
	static const char next[] = "[4, 13, 8, 1]";
	expect_status(version_2("1000", next, "0", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("-1", next, "0", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", "[3, 13, 8, 1]", "0", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", "[4, 12, 8, 1]", "0", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", "[4, 13, 6, 1]", "0", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", "[4, 13, 8]", "0", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", "[4, 13, 65537, 1]", "0", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", next, "nil", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", next, "5", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", next, "7", "nil", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", next, "0", "5", "", "0"), CX_CORRUPT);
	expect_status(version_2("0", next, "0", "nil", "", "3"), CX_CORRUPT);
	expect_status(version_2("0", next, "0", "nil", "", "-1"), CX_CORRUPT);
	expect_status(version_2("0", next, "0", "nil", ", [nil, 12, nil, nil]", "0"),
	              CX_CORRUPT);
	expect_status(version_2("0", next, "0", "nil", ", ['c', 11, nil, nil]", "0"),
	              CX_CORRUPT);
}

static void another_unicode_version_is_refused_where_it_matters(void **state)
{
	(void)state;
	static const char folded[] = "'type a { b text index (b folded) }'";
	expect_status(stored_text("1", folded, "'0.0'", TYPES), CX_UNSUPPORTED);
	char same[64];
	snprintf(same, sizeof same, "'%s'", cx_text_unicode_version());
	CX_SCOPED(engine__catalog_free) engine__catalog *catalog = NULL;
	assert_int_equal(engine__catalog_read(wire(stored_text("1", folded, same, TYPES)),
	                                      &catalog, NULL),
	                 CX_OK);
}

static void a_newer_form_is_unsupported_whatever_it_holds(void **state)
{
	(void)state;
	expect_status(stored_text("4", TEXT, "'0.0'", TYPES), CX_UNSUPPORTED);
	expect_status("{'version': 4}", CX_UNSUPPORTED);
	expect_status("{'version': 9223372036854775807, 'x': []}", CX_UNSUPPORTED);
}

static void parts_that_no_catalog_writes_are_corrupt(void **state)
{
	(void)state;
	static const char *const stored[] = {
		"nil",
		"[]",
		"{}",
		"{'version': 0}",
		"{'version': -1}",
		"{'version': '1'}",
		"{'version': 1}",
		"{'version': 1, 'text': 'type a {}', 'unicode': '0'}",
		"{'text': " TEXT ", 'version': 1, 'unicode': '0', 'types': " TYPES "}",
		"{'version': 1, 'text': " TEXT ", 'unicode': '0', 'types': " TYPES
		", 'more': 1}",
	};
	for (size_t i = 0; i < CX_COUNT_OF(stored); i++)
		expect_status(stored[i], CX_CORRUPT);
	expect_status(stored_text("1", "1", "'0'", TYPES), CX_CORRUPT);
	expect_status(stored_text("1", "'type a { b'", "'0'", TYPES), CX_CORRUPT);
	expect_status(stored_text("1", "''", "'0'", "[]"), CX_CORRUPT);
	expect_status(stored_text("1", TEXT, "0", TYPES), CX_CORRUPT);
	expect_status(stored_text("1", TEXT, "'0'", "nil"), CX_CORRUPT);
}

static void numbers_that_do_not_fit_the_text_are_corrupt(void **state)
{
	(void)state;
#define INDEXES "[['ext_id', 500], ['b', 1]]"
#define REST                                                                        \
	"['rev', 12], ['created_at', 13], ['created_by', 14], ['updated_at', 15], " \
	"['updated_by', 16], ['deleted_at', 17], ['ext_id', 18], "
	static const char *const types[] = {
		"[]",
		"[" TYPES ", " TYPES "]",
		"[[]]",
		"[['a', 300, 7, " FIELDS "]]",
		"[['a', 300, 7, " FIELDS ", " INDEXES ", 1]]",
		"[['A', 300, 7, " FIELDS ", " INDEXES "]]",
		"[[1, 300, 7, " FIELDS ", " INDEXES "]]",
		"[['a', 0, 7, " FIELDS ", " INDEXES "]]",
		"[['a', -1, 7, " FIELDS ", " INDEXES "]]",
		"[['a', 65536, 7, " FIELDS ", " INDEXES "]]",
		"[['a', 300, 0, " FIELDS ", " INDEXES "]]",
		"[['a', 300, 65536, " FIELDS ", " INDEXES "]]",
		"[['a', 300, 7, [], " INDEXES "]]",
		"[['a', 300, 7, " FIELDS ", []]]",
		"[['a', 300, 7, " FIELDS ", [['ext_id', 500]]]]",
		"[['a', 300, 7, " FIELDS ", [['ext_id', 500], ['b', 0]]]]",
		"[['a', 300, 7, " FIELDS ", [['ext_id', 500], ['c', 1]]]]",
		"[['a', 300, 7, " FIELDS ", [['b', 1], ['ext_id', 500]]]]",
		"[['a', 300, 7, " FIELDS ", [['ext_id', 1], ['b', 1]]]]",
		"[['a', 300, 7, " FIELDS ", [['ext_id', 500], ['b', 1, 1]]]]",
		"[['a', 300, 7, [['id', 11], " REST "['b', 11]], " INDEXES "]]",
		"[['a', 300, 7, [['id', 11], " REST "['b', 65536]], " INDEXES "]]",
		"[['a', 300, 7, [['id', 11], " REST "['b']], " INDEXES "]]",
		"[['a', 300, 7, [['id', 11], " REST "'b'], " INDEXES "]]",
		"[['a', 300, 7, [['b', 19], " REST "['id', 11]], " INDEXES "]]",
	};
	for (size_t i = 0; i < CX_COUNT_OF(types); i++)
		expect_status(stored_text("1", TEXT, "'0'", types[i]), CX_CORRUPT);
	/* The same two types under one id. */
	expect_status(stored_text("1", "'type a {} type c {}'", "'0'",
	                          "[['a', 1, 1, [['id', 1], ['rev', 2], ['created_at', 3], "
	                          "['created_by', 4], ['updated_at', 5], ['updated_by', 6], "
	                          "['deleted_at', 7], ['ext_id', 8]], [['ext_id', 1]]], "
	                          "['c', 1, 1, [['id', 11], ['rev', 12], ['created_at', 13], "
	                          "['created_by', 14], ['updated_at', 15], ['updated_by', 16], "
	                          "['deleted_at', 17], ['ext_id', 18]], [['ext_id', 2]]]]"),
	              CX_CORRUPT);
}

static void every_cut_and_every_longer_form_is_corrupt(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(two_types);
	cx_slice stored = stored_form(catalog);
	for (size_t size = 0; size < stored.size; size++) {
		engine__catalog *back = NULL;
		cx_slice cut = wire_exact((cx_slice){ .data = stored.data, .size = size });
		assert_int_equal(engine__catalog_read(cut, &back, NULL), CX_CORRUPT);
		assert_ptr_equal(back, NULL);
	}
	CX_SCOPED(cx_buf_release) cx_buf longer = CX_BUF_INIT(65536);
	cx_buf_append_slice(&longer, stored);
	cx_buf_append_byte(&longer, 0xc0);
	engine__catalog *back = NULL;
	assert_int_equal(engine__catalog_read(cx_buf_slice(&longer), &back, NULL), CX_CORRUPT);
}

/* One byte changed: refused, or a catalog as good as any. */
static void no_changed_byte_does_harm(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(two_types);
	cx_slice stored = stored_form(catalog);
	for (size_t at = 0; at < stored.size; at++) {
		for (unsigned change = 1; change < 256; change = change * 2 + 1) {
			uint8_t *copy = malloc(stored.size);
			assert_non_null(copy);
			memcpy(copy, stored.data, stored.size);
			copy[at] = (uint8_t)(copy[at] ^ change);
			cx_slice bytes = { .data = copy, .size = stored.size };
			engine__catalog *back = NULL;
			cx_status status = engine__catalog_read(bytes, &back, NULL);
			assert_true(status == CX_OK || status == CX_CORRUPT ||
			            status == CX_UNSUPPORTED);
			assert_true((status == CX_OK) == (back != NULL));
			free(copy);
			engine__catalog_free(&back);
		}
	}
}

static void hostile_sizes_ask_for_no_memory(void **state)
{
	(void)state;
	static const char *const bytes[] = {
		"dfffffffff",
		"84a776657273696f6e01a474657874dbffffffff",
		"84a776657273696f6e01a474657874a0a7756e69636f6465a0a57479706573ddffffffff",
		"81a776657273696f6ec1",
	};
	for (size_t i = 0; i < CX_COUNT_OF(bytes); i++) {
		engine__catalog *catalog = NULL;
		assert_int_equal(engine__catalog_read(wire_hex(bytes[i]), &catalog, NULL),
		                 CX_CORRUPT);
	}
}

typedef struct tree_list {
	char names[16][8];
	size_t count;
	size_t fail_at;
} tree_list;

static cx_status name_tree(void *context, const char *name, uint16_t *ret_number)
{
	tree_list *self = context;
	if (self->count == self->fail_at)
		return CX_STORAGE_FULL;
	assert_in_range(self->count, 0, CX_COUNT_OF(self->names) - 1);
	snprintf(self->names[self->count], sizeof self->names[0], "%s", name);
	*ret_number = (uint16_t)(100 + self->count++);
	return CX_OK;
}

static void every_tree_is_bound_once_by_its_name(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(two_types);
	tree_list trees = { .fail_at = SIZE_MAX };
	assert_int_equal(engine__catalog_bind(catalog, name_tree, &trees), CX_OK);
	static const char *const names[] = { "r1", "c1", "x1", "x2", "r2", "x4", "x5" };
	assert_int_equal(trees.count, CX_COUNT_OF(names));
	for (size_t i = 0; i < CX_COUNT_OF(names); i++)
		assert_string_equal(trees.names[i], names[i]);
	const engine_type *a = schema_fixture_type(catalog, "a");
	const engine_type *b = schema_fixture_type(catalog, "b");
	assert_int_equal(a->record_tree, 100);
	assert_int_equal(a->cluster_tree, 101);
	assert_int_equal(schema_fixture_index(a, "ext_id")->tree, 102);
	assert_int_equal(schema_fixture_index(a, "y")->tree, 103);
	assert_int_equal(a->cluster->tree, 100); /* the records themselves */
	assert_int_equal(b->record_tree, 104);
	assert_int_equal(b->cluster_tree, 0);
	assert_int_equal(schema_fixture_index(b, "z")->tree, 106);
}

static void a_tree_that_fails_ends_the_binding(void **state)
{
	(void)state;
	for (size_t fail_at = 0; fail_at < 7; fail_at++) {
		CX_SCOPED(engine__catalog_free)
		engine__catalog *catalog = schema_fixture_catalog(two_types);
		tree_list trees = { .fail_at = fail_at };
		assert_int_equal(engine__catalog_bind(catalog, name_tree, &trees),
		                 CX_STORAGE_FULL);
		assert_int_equal(trees.count, fail_at);
	}
}

static void a_full_buffer_is_told(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(two_types);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(100);
	assert_int_equal(engine__catalog_write(catalog, &out), CX_TOO_LARGE);
}

static void freeing_nothing_is_fine(void **state)
{
	(void)state;
	engine__catalog *none = NULL;
	engine__catalog_free(&none);
	assert_ptr_equal(none, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_count_from_1_in_the_order_of_the_text),
		cmocka_unit_test(the_stored_form_is_this),
		cmocka_unit_test(what_is_read_is_what_was_written),
		cmocka_unit_test(ids_are_those_stored),
		cmocka_unit_test(version_1_is_read_and_becomes_version_2),
		cmocka_unit_test(holes_fills_states_and_references_are_those_stored),
		cmocka_unit_test(parts_of_version_2_that_do_not_fit_are_corrupt),
		cmocka_unit_test(another_unicode_version_is_refused_where_it_matters),
		cmocka_unit_test(aggregates_are_a_part_of_their_own),
		cmocka_unit_test(the_state_of_a_rollup_is_stored_while_it_is_not_ready),
		cmocka_unit_test(a_newer_form_is_unsupported_whatever_it_holds),
		cmocka_unit_test(parts_that_no_catalog_writes_are_corrupt),
		cmocka_unit_test(numbers_that_do_not_fit_the_text_are_corrupt),
		cmocka_unit_test(every_cut_and_every_longer_form_is_corrupt),
		cmocka_unit_test(no_changed_byte_does_harm),
		cmocka_unit_test(hostile_sizes_ask_for_no_memory),
		cmocka_unit_test(every_tree_is_bound_once_by_its_name),
		cmocka_unit_test(a_tree_that_fails_ends_the_binding),
		cmocka_unit_test(a_full_buffer_is_told),
		cmocka_unit_test(freeing_nothing_is_fine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
