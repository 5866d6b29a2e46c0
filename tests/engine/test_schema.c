/* SPDX-License-Identifier: Apache-2.0 */
/* What schema text becomes: types, fields, indexes, references, look-ups and descriptions. */
#include "base/msgpack.h"
#include "tests/engine/schema_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static const char *const every_kind =
	"type a \"An A\" \"甲\" {\n"
	"  yes bool = true \"Yes\" \"是\"\n"
	"  no bool = false \"No\"\n"
	"  whole int required = -7\n"
	"  price money readonly = 9223372036854775807\n"
	"  day date = 2932896\n"
	"  moment ts = -377705116800000\n"
	"  name string(12) search required = \"a\\n\\t\\\"\\\\é\"\n"
	"  body text search = \"\"\n"
	"  state enum(open, true, Q7) = true\n"
	"  up ref(a) on delete set_null\n"
	"  blob bytes\n"
	"  numbers list<int>(4) = [4, -8]\n"
	"  words list<string(3)> = []\n"
	"}\n";

static void every_kind_keeps_what_is_said_of_it(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(every_kind);
	const engine_type *a = schema_fixture_type(catalog, "a");
	static const struct {
		const char *name;
		engine_kind kind;
		uint32_t length_max;
		uint32_t items_max;
		const char *default_value;
	} rows[] = {
		{ "yes", ENGINE_BOOL, 0, 0, "true" },
		{ "no", ENGINE_BOOL, 0, 0, "false" },
		{ "whole", ENGINE_INT, 0, 0, "-7" },
		{ "price", ENGINE_MONEY, 0, 0, "9223372036854775807" },
		{ "day", ENGINE_DATE, 0, 0, "2932896" },
		{ "moment", ENGINE_TS, 0, 0, "-377705116800000" },
		{ "name", ENGINE_STRING, 12, 0, "'a\\x0a\\x09\"\\\\é'" },
		{ "body", ENGINE_TEXT, 0, 0, "''" },
		{ "state", ENGINE_ENUM, 0, 0, "'true'" },
		{ "up", ENGINE_REF, 0, 0, NULL },
		{ "blob", ENGINE_BYTES, 0, 0, NULL },
		{ "numbers", ENGINE_INT_LIST, 0, 4, "[4, -8]" },
		{ "words", ENGINE_STRING_LIST, 3, 64, "[]" },
	};
	assert_int_equal(a->field_count, ENGINE_SYSTEM_SLOTS + CX_COUNT_OF(rows));
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const engine_field *field = &a->fields[ENGINE_SYSTEM_SLOTS + i];
		assert_string_equal(field->name, rows[i].name);
		assert_int_equal(field->kind, rows[i].kind);
		assert_int_equal(field->slot, ENGINE_SYSTEM_SLOTS + i);
		assert_int_equal(field->length_max, rows[i].length_max);
		assert_int_equal(field->items_max, rows[i].items_max);
		if (rows[i].default_value == NULL)
			assert_int_equal(field->default_value.size, 0);
		else
			assert_string_equal(wire_show(field->default_value),
			                    rows[i].default_value);
		assert_int_equal(field->search,
		                 field->kind == ENGINE_STRING || field->kind == ENGINE_TEXT);
		assert_int_equal(field->required,
		                 field->kind == ENGINE_INT || field->kind == ENGINE_STRING);
		assert_int_equal(field->readonly, field->kind == ENGINE_MONEY);
	}
	assert_string_equal(schema_fixture_field(a, "yes")->label_en, "Yes");
	assert_string_equal(schema_fixture_field(a, "yes")->label_zh, "是");
	assert_string_equal(schema_fixture_field(a, "no")->label_zh, "No");
	assert_string_equal(schema_fixture_field(a, "day")->label_en, "day");
	assert_string_equal(schema_fixture_field(a, "day")->label_zh, "day");
	assert_string_equal(a->label_en, "An A");
	assert_string_equal(a->label_zh, "甲");
	assert_int_equal(a->layout, 1);
	assert_true(!a->keep && !a->readonly && !a->single && a->cluster == NULL);
}

static void a_field_is_searched_as_it_is_marked(void **state)
{
	(void)state;
	engine__catalog *catalog =
		schema_fixture_catalog("type a { plain text words string(9) search required "
	                               "phone string(9) search(phone)"
	                               " at ts search(recency) on date }");
	const engine_type *a = schema_fixture_type(catalog, "a");
	static const struct {
		const char *name;
		engine_search_as as;
		const char *told;
	} rows[] = {
		{ "plain", ENGINE_SEARCH_NOT, "'search': false}" },
		{ "words", ENGINE_SEARCH_TEXT, "'search': true, 'length_max': 9}" },
		{ "phone", ENGINE_SEARCH_PHONE,
		  "'search': true, 'search_as': 'phone', 'length_max': 9}" },
		{ "at", ENGINE_SEARCH_RECENCY, "'search': false, 'search_as': 'recency'}" },
		{ "on", ENGINE_SEARCH_NOT, "'search': false}" },
	};
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 16);
	engine_type_describe(a, &out);
	const char *shown = wire_show(cx_buf_slice(&out));
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const engine_field *field = schema_fixture_field(a, rows[i].name);
		assert_int_equal(field->search_as, rows[i].as);
		assert_int_equal(field->search, rows[i].as == ENGINE_SEARCH_TEXT ||
		                                        rows[i].as == ENGINE_SEARCH_PHONE);
		assert_non_null(strstr(shown, rows[i].told));
	}
	engine__catalog_free(&catalog);
}

static void a_default_text_is_kept_in_nfc(void **state)
{
	(void)state;
	/* One character in NFC, two as written. */
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog =
		schema_fixture_catalog("type a { b string(1) = \"e\xcc\x81\" }");
	const engine_field *b = schema_fixture_field(schema_fixture_type(catalog, "a"), "b");
	assert_string_equal(wire_show(b->default_value), "'é'");
}

static void system_fields_are_the_same_in_every_type(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog("type a {} type b { c int }");
	static const char *const names[] = { "id",         "rev",        "created_at",
		                             "created_by", "updated_at", "updated_by",
		                             "deleted_at", "ext_id" };
	const engine_schema *schema = engine__catalog_schema(catalog);
	for (size_t t = 0; t < schema->type_count; t++) {
		for (uint16_t slot = 0; slot < ENGINE_SYSTEM_SLOTS; slot++) {
			const engine_field *field = &schema->types[t].fields[slot];
			assert_string_equal(field->name, names[slot]);
			assert_int_equal(field->slot, slot);
			assert_int_equal(field->readonly, slot != ENGINE_SLOT_EXT_ID);
			assert_string_not_equal(field->label_zh, field->label_en);
		}
		const engine_index *ext_id = &schema->types[t].indexes[0];
		assert_string_equal(ext_id->name, "ext_id");
		assert_true(ext_id->unique && !ext_id->cluster);
		assert_ptr_equal(ext_id->type, &schema->types[t]);
		assert_ptr_equal(ext_id->present, &schema->types[t].fields[ENGINE_SLOT_EXT_ID]);
		assert_int_equal(ext_id->column_count, 1);
		/* 64 characters of 4 bytes go into a key whole. */
		assert_true(ext_id->columns[0].text_bytes_max >= 256);
	}
	assert_int_equal(schema->types[0].fields[ENGINE_SLOT_EXT_ID].length_max, 64);
}

static void flags_of_types_are_kept(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(
		"type a keep {} type b readonly {} type c \"C\" single keep {}");
	const engine_schema *schema = engine__catalog_schema(catalog);
	const engine_type *types = schema->types;
	assert_true(types[0].keep && !types[0].readonly && !types[0].single);
	assert_true(!types[1].keep && types[1].readonly && !types[1].single);
	assert_true(types[2].keep && !types[2].readonly && types[2].single);
}

static void indexes_have_names_marks_and_conditions(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(
		"type a { b int unique c string(20) d int\n"
		" index (c folded desc, d desc, b)  unique two (b, d) where d\n"
		" index (d, created_at desc) where d  unique (d, b) cluster by (c, d desc) }");
	const engine_type *a = schema_fixture_type(catalog, "a");
	const engine_field *b = schema_fixture_field(a, "b");
	const engine_field *d = schema_fixture_field(a, "d");
	static const char *const names[] = { "ext_id",       "b",   "c,d,b", "two",
		                             "d,created_at", "d,b", "c,d" };
	assert_int_equal(a->index_count, CX_COUNT_OF(names));
	for (uint16_t i = 0; i < a->index_count; i++) {
		assert_string_equal(a->indexes[i].name, names[i]);
		assert_int_equal(a->indexes[i].number, i);
		assert_ptr_equal(schema_fixture_index(a, names[i]), &a->indexes[i]);
	}
	/* A unique index of one column leaves null out by itself. */
	assert_ptr_equal(a->indexes[1].present, b);
	assert_ptr_equal(a->indexes[2].present, NULL);
	assert_ptr_equal(a->indexes[3].present, d);
	assert_ptr_equal(a->indexes[4].present, d);
	assert_ptr_equal(a->indexes[5].present, NULL);
	assert_true(a->indexes[3].unique && !a->indexes[4].unique && a->indexes[5].unique);

	const engine_column *columns = a->indexes[2].columns;
	assert_int_equal(a->indexes[2].column_count, 3);
	assert_true(columns[0].folded && columns[0].descending);
	assert_true(!columns[1].folded && columns[1].descending && columns[1].field == d);
	assert_true(!columns[2].folded && !columns[2].descending && columns[2].field == b);
	assert_true(columns[0].text_bytes_max >= 16);
	assert_ptr_equal(a->cluster, &a->indexes[6]);
	assert_true(a->cluster->cluster && !a->cluster->unique && a->cluster->present == NULL);
}

static void a_cluster_and_a_unique_index_may_have_the_same_columns(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(
		"type a { b int c int cluster lines by (b, c) unique (b, c) }");
	const engine_type *a = schema_fixture_type(catalog, "a");
	assert_ptr_equal(schema_fixture_index(a, "lines"), a->cluster);
	assert_true(schema_fixture_index(a, "b,c")->unique);
}

static void unique_is_an_option_or_an_index_by_what_follows(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(
		"type a { b int unique c int unique index (b, c) d int unique x int\n"
		" unique (c, d) e int unique n (d, e) f int unique unique (e, f) }");
	const engine_type *a = schema_fixture_type(catalog, "a");
	static const char *const unique[] = { "b", "c", "d", "c,d", "n", "f", "e,f" };
	for (size_t i = 0; i < CX_COUNT_OF(unique); i++)
		assert_true(schema_fixture_index(a, unique[i])->unique);
	assert_false(schema_fixture_index(a, "b,c")->unique);
	assert_int_equal(a->index_count, 2 + CX_COUNT_OF(unique));
	assert_int_equal(a->field_count, ENGINE_SYSTEM_SLOTS + 6);
}

static void columns_may_be_declared_after_the_index(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog =
		schema_fixture_catalog("type a { index (b) } extend type a { b int }");
	const engine_type *a = schema_fixture_type(catalog, "a");
	assert_ptr_equal(schema_fixture_index(a, "b")->columns[0].field,
	                 schema_fixture_field(a, "b"));
}

static void words_of_the_language_are_names_where_nothing_is_in_doubt(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(
		"type type { type int on date delete int by int desc int folded text keep "
		"bool\n"
		" extend int string string(3) on2 ref(type) on delete cascade\n"
		" index by (by desc) index desc (desc, type) index (folded folded) }\n"
		"extend type type { cascade int restrict int }");
	const engine_type *type = schema_fixture_type(catalog, "type");
	assert_int_equal(schema_fixture_field(type, "on")->kind, ENGINE_DATE);
	assert_int_equal(schema_fixture_field(type, "on2")->on_delete, ENGINE_CASCADE);
	assert_true(schema_fixture_index(type, "by")->columns[0].descending);
	assert_int_equal(schema_fixture_index(type, "desc")->column_count, 2);
	assert_true(schema_fixture_index(type, "folded")->columns[0].folded);
}

static void references_know_their_target_and_how_they_are_found(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(
		"type a {\n"
		"  none ref(b) on delete restrict\n"
		"  plain ref(b) on delete cascade      index p (plain desc, created_at)\n"
		"  second ref(b) on delete set_null    index (plain, second)\n"
		"  alone ref(b) on delete set_null     unique (alone)\n"
		"  partial ref(b) on delete restrict   index (partial, alone) where alone\n"
		"  fitting ref(b) on delete restrict   index (fitting, none) where fitting\n"
		"  parent ref(b) on delete restrict    index (parent, none)\n"
		"  kept ref(k)                         index (kept)\n"
		"  cluster by (parent, kept)\n"
		"}\n"
		"type b {} type k keep {}");
	const engine_type *a = schema_fixture_type(catalog, "a");
	static const struct {
		const char *field;
		const char *index;
		engine_on_delete rule;
	} rows[] = {
		{ "none", NULL, ENGINE_RESTRICT },
		{ "plain", "p", ENGINE_CASCADE },
		{ "second", NULL, ENGINE_SET_NULL },
		{ "alone", "alone", ENGINE_SET_NULL },
		{ "partial", NULL, ENGINE_RESTRICT },
		{ "fitting", "fitting,none", ENGINE_RESTRICT },
		{ "parent", "parent,kept", ENGINE_RESTRICT },
		{ "kept", "kept", ENGINE_RESTRICT },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const engine_field *field = schema_fixture_field(a, rows[i].field);
		const engine_index *expected = NULL;
		if (rows[i].index != NULL)
			expected = schema_fixture_index(a, rows[i].index);
		if (field->ref_index != expected)
			fail_msg("%s is found by %s", field->name,
			         field->ref_index == NULL ? "nothing" : field->ref_index->name);
		assert_int_equal(field->on_delete, rows[i].rule);
	}
	assert_ptr_equal(schema_fixture_field(a, "kept")->target,
	                 schema_fixture_type(catalog, "k"));
	assert_ptr_equal(schema_fixture_field(a, "none")->target,
	                 schema_fixture_type(catalog, "b"));
}

/* Text that no one would look up but an attacker, besides what is there. */
static void expect_no_name(const engine_type *type)
{
	static const char *const others[] = { "", "f", "f1 ", "F1", "f01", "f1\n", "客户" };
	for (size_t i = 0; i < CX_COUNT_OF(others); i++) {
		cx_slice name = wire_exact(cx_slice_of(others[i]));
		assert_ptr_equal(engine_type_field(type, name), NULL);
		assert_ptr_equal(engine_type_index(type, name), NULL);
	}
	cx_slice zero = { .data = (const uint8_t *)"f1\0f1", .size = 5 };
	assert_ptr_equal(engine_type_field(type, wire_exact(zero)), NULL);
	assert_ptr_equal(engine_type_field(type, (cx_slice){ 0 }), NULL);
}

static void every_name_is_found_and_no_other(void **state)
{
	(void)state;
	/* Below and above the number from which names are hashed. */
	for (size_t count = 1; count <= 60; count++) {
		char text[8192];
		size_t size = (size_t)snprintf(text, sizeof text, "type a {");
		for (size_t i = 1; i <= count; i++)
			size += (size_t)snprintf(text + size, sizeof text - size,
			                         "f%zu int index i%zu (f%zu)\n", i, i, i);
		size += (size_t)snprintf(text + size, sizeof text - size, "}");
		assert_true(size < sizeof text);
		CX_SCOPED(engine__catalog_free)
		engine__catalog *catalog = schema_fixture_catalog(text);
		const engine_type *a = schema_fixture_type(catalog, "a");
		for (size_t i = 0; i < a->field_count; i++)
			assert_ptr_equal(schema_fixture_field(a, a->fields[i].name),
			                 &a->fields[i]);
		for (size_t i = 0; i < a->index_count; i++)
			assert_ptr_equal(schema_fixture_index(a, a->indexes[i].name),
			                 &a->indexes[i]);
		expect_no_name(a);
	}
}

static void every_type_and_label_is_found_and_no_other(void **state)
{
	(void)state;
	for (int count = 1; count <= ENGINE_LABELS_MAX; count++) {
		char text[8192];
		size_t size = (size_t)snprintf(text, sizeof text, "type a1 { b enum(l1");
		for (int i = 2; i <= count; i++)
			size += (size_t)snprintf(text + size, sizeof text - size, ", l%d", i);
		size += (size_t)snprintf(text + size, sizeof text - size, ") }\n");
		for (int i = 2; i <= count; i++)
			size += (size_t)snprintf(text + size, sizeof text - size,
			                         "type a%d {}\n", i);
		assert_true(size < sizeof text);
		CX_SCOPED(engine__catalog_free)
		engine__catalog *catalog = schema_fixture_catalog(text);
		const engine_schema *schema = engine__catalog_schema(catalog);
		assert_int_equal(schema->type_count, count);
		const engine_field *b =
			schema_fixture_field(schema_fixture_type(catalog, "a1"), "b");
		assert_int_equal(b->label_count, count);
		for (int i = 0; i < count; i++) {
			assert_int_equal(engine_field_label(b, cx_slice_of(b->labels[i])), i);
			assert_ptr_equal(
				engine_schema_type(schema, cx_slice_of(schema->types[i].name)),
				&schema->types[i]);
			assert_int_equal(schema->types[i].number, i);
		}
		static const char *const others[] = { "", "l", "l0", "L1", "l1 ", "l65" };
		for (size_t i = 0; i < CX_COUNT_OF(others); i++) {
			assert_int_equal(engine_field_label(b, cx_slice_of(others[i])), -1);
			assert_ptr_equal(engine_schema_type(schema, cx_slice_of(others[i])),
			                 NULL);
		}
	}
}

static void a_description_says_what_applies(void **state)
{
	(void)state;
	CX_SCOPED(engine__catalog_free)
	engine__catalog *catalog = schema_fixture_catalog(
		"type a \"A\" \"甲\" {\n"
		" n string(9) search required unique = \"x\" \"N\" \"名\"\n"
		" e enum(p, q) = q  r ref(a) on delete cascade  l list<string(2)>(3)\n"
		" m money readonly  cluster by (r, m desc)  index (n folded, m) where n\n"
		" k int readonly = 0 rollup sum(x - id) of c by a where x > -3 and y = true }\n"
		"type c { x int y bool at ts a ref(a) on delete cascade e enum(p, q, s) index "
		"(a) }\n"
		"aggregate of_c on c where e in [p, s] and at notnull and x > id and y != "
		"false\n"
		" group by (month(at), e) count, sum(x*id) \"Of C\" \"丙\"\n"
		"aggregate all_c on c group by (y) count");
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(65536);
	engine_type_describe(schema_fixture_type(catalog, "a"), &out);
	engine_type_describe(schema_fixture_type(catalog, "c"), &out);
	assert_int_equal(cx_buf_status(&out), CX_OK);
	cx_reader reader = cx_reader_of(cx_buf_slice(&out));
	char shown[8000];
	const cx_slice first = cx_read_skip(&reader);
	assert_in_range(snprintf(shown, sizeof shown, "%s %s", wire_show(first),
	                         wire_show(reader.rest)),
	                1, sizeof shown - 1);
	static const char *const parts[] = {
		"{'name': 'a', 'id': 1, 'label_en': 'A', 'label_zh': '甲', 'layout': 1, "
		"'keep': false, 'readonly': false, 'single': false, 'cluster': 'r,m', "
		"'fields': [{'name': 'id', 'kind': 'int', 'label_en': 'ID', 'label_zh': "
		"'编号', "
		"'required': false, 'readonly': true, 'search': false}, ",
		"{'name': 'n', 'kind': 'string', 'label_en': 'N', 'label_zh': '名', "
		"'required': true, 'readonly': false, 'search': true, 'length_max': 9, "
		"'default': 'x'}, ",
		"{'name': 'e', 'kind': 'enum', 'label_en': 'e', 'label_zh': 'e', "
		"'required': false, 'readonly': false, 'search': false, 'labels': ['p', 'q'], "
		"'default': 'q'}, ",
		"'search': false, 'target': 'a', 'on_delete': 'cascade'}, ",
		"'search': false, 'length_max': 2, 'items_max': 3}, ",
		"'readonly': true, 'search': false, 'default': 0, 'rollup': 'sum(x - id) of c "
		"by a where x > "
		"-3 and y = true', 'state': 'readable'}], 'indexes': [{'name': 'ext_id', "
		"'unique': true, 'cluster': false, 'state': 'readable', 'columns': [{'field': "
		"'ext_id', "
		"'desc': false, 'folded': false}], 'where': 'ext_id'}, ",
		"{'name': 'r,m', 'unique': false, 'cluster': true, 'state': 'readable', "
		"'columns': [{'field': 'r', "
		"'desc': false, 'folded': false}, {'field': 'm', 'desc': true, 'folded': "
		"false}]}, ",
		"{'name': 'n,m', 'unique': false, 'cluster': false, 'state': 'readable', "
		"'columns': [{'field': 'n', "
		"'desc': false, 'folded': true}, {'field': 'm', 'desc': false, 'folded': "
		"false}], 'where': 'n'}], 'aggregates': []}",
		"'aggregates': [{'name': 'of_c', 'label_en': 'Of C', 'label_zh': '丙', "
		"'state': "
		"'readable', 'where': 'e in [p, s] and at notnull and x > id and y != false', "
		"'group': ['month(at)', 'e'], 'sums': ['x * id']}, {'name': 'all_c', "
		"'label_en': 'all_c', 'label_zh': 'all_c', 'state': 'readable', 'where': '', "
		"'group': ['y'], 'sums': []}]}",
	};
	for (size_t i = 0; i < CX_COUNT_OF(parts); i++) {
		if (strstr(shown, parts[i]) == NULL)
			fail_msg("%s\nis not in\n%s", parts[i], shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_searched_as_it_is_marked),
		cmocka_unit_test(every_kind_keeps_what_is_said_of_it),
		cmocka_unit_test(a_default_text_is_kept_in_nfc),
		cmocka_unit_test(system_fields_are_the_same_in_every_type),
		cmocka_unit_test(flags_of_types_are_kept),
		cmocka_unit_test(indexes_have_names_marks_and_conditions),
		cmocka_unit_test(a_cluster_and_a_unique_index_may_have_the_same_columns),
		cmocka_unit_test(unique_is_an_option_or_an_index_by_what_follows),
		cmocka_unit_test(columns_may_be_declared_after_the_index),
		cmocka_unit_test(words_of_the_language_are_names_where_nothing_is_in_doubt),
		cmocka_unit_test(references_know_their_target_and_how_they_are_found),
		cmocka_unit_test(every_name_is_found_and_no_other),
		cmocka_unit_test(every_type_and_label_is_found_and_no_other),
		cmocka_unit_test(a_description_says_what_applies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
