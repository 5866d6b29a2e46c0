/* SPDX-License-Identifier: Apache-2.0 */
/* Every way schema text can be wrong is refused with the line, the column and words that say
 * what was expected; nothing is returned then. */
#include "engine/schema/catalog.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

typedef struct row {
	const char *text;
	uint32_t line;
	uint32_t column;
	const char *message;
} row;

static void expect_refused(const row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cx_error error = { 0 };
		engine__catalog *untouched = (engine__catalog *)&error;
		engine__catalog *catalog = untouched;
		cx_status status = engine__catalog_of_text(
			wire_exact(cx_slice_of(rows[i].text)), &catalog, &error);
		if (status != CX_SCHEMA_SYNTAX)
			fail_msg("%s gave %s", rows[i].text, cx_status_name(status));
		if (error.line != rows[i].line || error.column != rows[i].column ||
		    strstr(error.text, rows[i].message) == NULL)
			fail_msg("%s\ngave %u:%u %s\nnot %u:%u %s", rows[i].text, error.line,
			         error.column, error.text, rows[i].line, rows[i].column,
			         rows[i].message);
		assert_ptr_equal(catalog, untouched);
	}
}

#define EXPECT_REFUSED(rows) expect_refused(rows, CX_COUNT_OF(rows))

static void a_text_is_types_and_extensions(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "", 1, 1, "expected \"type\", found no type at all" },
		{ "# only this", 1, 1, "found no type at all" },
		{ "a", 1, 1,
		  "expected \"type\", \"extend\", \"aggregate\" or \"time zone\", found "
		  "\"a\"" },
		{ "{", 1, 1,
		  "expected \"type\", \"extend\", \"aggregate\" or \"time zone\", found "
		  "\"{\"" },
		{ "\"x\"", 1, 1, "found the text \"x\"" },
		{ "type a {}\n}", 2, 1,
		  "expected \"type\", \"extend\", \"aggregate\" or \"time zone\", found "
		  "\"}\"" },
		{ "type a {} 12", 1, 11, "found \"12\"" },
		{ "type", 1, 5, "expected a type name, found the end of the text" },
		{ "type 7", 1, 6, "expected a type name, found \"7\"" },
		{ "type A {}", 1, 6, "expected a type name of a-z, then a-z, 0-9 and _" },
		{ "type _a {}", 1, 6, "found \"_a\"" },
		{ "type a", 1, 7, "expected \"{\", found the end" },
		{ "type a keeps {", 1, 8, "expected \"keep\", \"readonly\", \"single\" or" },
		{ "type a keep keep {}", 1, 13, "\"keep\" is given twice" },
		{ "type a keep \"A\" {}", 1, 13, "expected \"{\", found the text \"A\"" },
		{ "type a \"A\" \"甲\" \"C\" {}", 1, 16, "expected \"{\", found the text" },
		{ "type a \"\" {}", 1, 8, "a label may not be empty" },
		{ "type a {", 1, 9, "expected a field, an index or \"}\", found the end" },
		{ "type a { 12 }", 1, 10, "expected a field, an index or \"}\"" },
		{ "type a {}\ntype a {}", 2, 6, "type \"a\" is there already" },
		{ "extend a {}", 1, 8, "expected \"type\", found \"a\"" },
		{ "type a {} extend type b {}", 1, 23, "no type \"b\" before this" },
		{ "extend type a {} type a {}", 1, 13, "no type \"a\" before this" },
		{ "type a {} extend type a \"A\" {}", 1, 25, "expected \"{\"" },
		{ "type a {} extend type", 1, 22, "expected a type name, found the end" },
	};
	EXPECT_REFUSED(rows);
}

static void text_that_is_not_utf8_is_refused_at_its_first_bad_byte(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "\xff", 1, 1, "not UTF-8" },
		{ "type a \"甲\xff\" {}", 1, 10, "not UTF-8" },
		{ "type a {}\n # \xe5\xae", 2, 4, "not UTF-8" },
	};
	EXPECT_REFUSED(rows);
}

static void a_field_is_name_kind_options_labels(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "type a { b }", 1, 12, "expected a kind of field (bool, int, money" },
		{ "type a { b integer }", 1, 12, "found \"integer\"" },
		{ "type a { B int }", 1, 10, "expected a field name of a-z" },
		{ "type a { id int }", 1, 10, "every type has a field \"id\" already" },
		{ "type a { rev int }", 1, 10, "every type has a field \"rev\"" },
		{ "type a { created_at ts }", 1, 10, "every type has a field" },
		{ "type a { created_by ts }", 1, 10, "every type has a field" },
		{ "type a { updated_at ts }", 1, 10, "every type has a field" },
		{ "type a { updated_by ts }", 1, 10, "every type has a field" },
		{ "type a { deleted_at ts }", 1, 10, "every type has a field" },
		{ "type a { ext_id int }", 1, 10, "every type has a field" },
		{ "type a { b int\n c int\n b ts }", 3, 2, "type \"a\" has a field \"b\"" },
		{ "type a {b int} extend type a {b ts}", 1, 31, "has a field \"b\" already" },
		{ "type a { b int \"B\" required }", 1, 20, "options come before the labels" },
		{ "type a { b int \"B\" = 1 }", 1, 20, "default comes before the labels" },
		{ "type a { required int }", 1, 10, "a word of the language" },
		{ "type a { where int }", 1, 10, "a word of the language" },
		{ "type a { search int }", 1, 10, "a word of the language" },
		{ "type a { b int required required }", 1, 25, "\"required\" is given twice" },
		{ "type a { b int unique unique }", 1, 23, "\"unique\" is given twice" },
		{ "type a { b int = 1 = 2 }", 1, 20, "a default is given twice" },
		{ "type a { b int \"\" }", 1, 16, "a label may not be empty" },
		{ "type a { b int \"B\" \"乙\" \"C\" }", 1, 24, "expected a field, an index" },
		{ "type a { b int search }", 1, 10, "\"search\" is for fields of kind" },
		{ "type a { b string(3) search search }", 1, 29, "\"search\" is given twice" },
		{ "type a { b string(3) search(fax) }", 1, 29,
		  "expected \"phone\" or \"recency\"" },
		{ "type a { b string(3) search(phone }", 1, 35, "expected \")\"" },
		{ "type a { b ts search(phone) }", 1, 10, "\"search\" is for fields of kind" },
		{ "type a { b text search(recency) }", 1, 10,
		  "for fields of kind ts and date" },
		{ "type a { b ts search(recency) c date search(recency) }", 1, 31,
		  "given to \"b\" already" },
		{ "type a { string }", 1, 17, "expected a kind of field" },
	};
	EXPECT_REFUSED(rows);
}

static void kinds_have_what_they_need_in_brackets(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "type a { b string }", 1, 19, "expected \"(\"" },
		{ "type a { b string() }", 1, 19, "expected a number of characters, found" },
		{ "type a { b string(0) }", 1, 19, "from 1 to 16384, found 0" },
		{ "type a { b string(-1) }", 1, 19, "from 1 to 16384, found -1" },
		{ "type a { b string(16385) }", 1, 19, "from 1 to 16384" },
		{ "type a { b string(5 }", 1, 21, "expected \")\"" },
		{ "type a { b enum }", 1, 17, "expected \"(\"" },
		{ "type a { b enum() }", 1, 17, "expected a label of the enum, found \")\"" },
		{ "type a { b enum(x,) }", 1, 19, "expected a label of the enum" },
		{ "type a { b enum(x y) }", 1, 19, "expected \",\" or \")\", found \"y\"" },
		{ "type a { b enum(x, y, x) }", 1, 23, "label \"x\" is given twice" },
		{ "type a { b enum(_x) }", 1, 17, "begins with a letter" },
		{ "type a { b enum(1) }", 1, 17, "expected a label of the enum, found \"1\"" },
		{ "type a { b ref }", 1, 16, "expected \"(\"" },
		{ "type a { b ref(c) on delete restrict }", 1, 16, "there is no type \"c\"" },
		{ "type a { b ref() }", 1, 16, "expected a type name" },
		{ "type a { b list }", 1, 17, "expected \"<\"" },
		{ "type a { b list<bool> }", 1, 17, "expected \"int\" or \"string\"" },
		{ "type a { b list<string> }", 1, 23, "expected \"(\"" },
		{ "type a { b list<int }", 1, 21, "expected \">\"" },
		{ "type a { b list<int>(0) }", 1, 22, "a number of items from 1 to 64" },
		{ "type a { b list<int>(65) }", 1, 22, "a number of items from 1 to 64" },
	};
	EXPECT_REFUSED(rows);
}

static void a_default_is_a_value_of_its_field(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "type a { b int = }", 1, 18, "expected a value, found \"}\"" },
		{ "type a { b int = \"1\" }", 1, 18, "expected a number as the default" },
		{ "type a { b int = one }", 1, 18, "expected a number" },
		{ "type a { b int = [1] }", 1, 18, "expected a number" },
		{ "type a { b money = true }", 1, 20, "expected a number" },
		{ "type a { b bool = 1 }", 1, 19, "expected true or false" },
		{ "type a { b bool = \"true\" }", 1, 19, "expected true or false" },
		{ "type a { b date = 2932897 }", 1, 19, "outside the years -9999 to 9999" },
		{ "type a { b date = \"2026-01-01\" }", 1, 19, "expected a number" },
		{ "type a { b ts = 253402300800000 }", 1, 17, "outside the years" },
		{ "type a { b ts = -9223372036854775808 }", 1, 17, "outside the years" },
		{ "type a { b string(2) = x }", 1, 24, "expected a text in quotes" },
		{ "type a { b string(2) = \"abc\" }", 1, 24, "3 characters, the field 2" },
		{ "type a { b text = 1 }", 1, 19, "expected a text" },
		{ "type a { b enum(x) = y }", 1, 22, "the enum has no label \"y\"" },
		{ "type a { b enum(x) = \"x\" }", 1, 22, "expected a label of the enum" },
		{ "type a { b bytes = \"x\" }", 1, 20, "kind bytes has no default" },
		{ "type a keep { b ref(a) = 1 }", 1, 26, "kind ref has no default" },
		{ "type a { b list<int> = 1 }", 1, 24, "expected a list in brackets" },
		{ "type a { b list<int>(2) = [1, 2, 3] }", 1, 27, "3 items, the field 2" },
		{ "type a { b list<int> = [1, x] }", 1, 28, "expected a number" },
		{ "type a { b list<int> = [1, [2]] }", 1, 28, "expected a value" },
		{ "type a { b list<int> = [1 2] }", 1, 27, "expected \",\" or \"]\"" },
		{ "type a { b list<int> = [1,] }", 1, 27, "expected a value" },
		{ "type a { b list<int> = [", 1, 25, "expected a value, found the end" },
		{ "type a { b list<string(1)> = [\"ab\"] }", 1, 31, "2 characters" },
	};
	EXPECT_REFUSED(rows);
}

static void a_reference_has_a_rule_that_can_hold(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "type a { b ref(a) }", 1, 16, "expected \"on delete restrict\"" },
		{ "type a { b ref(a) on delete }", 1, 29,
		  "expected \"restrict\", \"cascade\"" },
		{ "type a { b ref(a) on delete nothing }", 1, 29, "found \"nothing\"" },
		{ "type a { b ref(a) on delete set_null on delete cascade }", 1, 38,
		  "\"on\" is given twice" },
		{ "type a { b int on delete cascade }", 1, 16, "for fields of kind ref" },
		{ "type a { b ref(a) \"B\" on delete cascade }", 1, 23,
		  "\"on delete\" comes before the labels" },
		{ "type a { b ref(a) required on delete set_null }", 1, 28,
		  "a required field cannot be set to null" },
		{ "type a { b ref(k) on delete cascade } type k keep {}", 1, 19,
		  "records of \"k\" are kept" },
		{ "type a { b ref(k) on delete set_null } type k keep {}", 1, 19,
		  "records of \"k\" are kept" },
		{ "type a { b ref(k) on delete keep } type k keep {}", 1, 19,
		  "records of \"k\" are kept, never deleted" },
		{ "type k keep { b ref(a) on delete keep } type a {}", 1, 24,
		  "records of \"k\" are kept: they cannot be erased" },
		{ "type h { b ref(a) on delete keep } type a { c ref(h) on delete cascade }", 1,
		  51, "nothing can refer to them" },
		{ "type a { n int readonly = 0 rollup count of h by b } "
		  "type h { b ref(a) on delete keep index (b) }",
		  1, 50, "no rollup can go by it" },
		{ "type k keep { b ref(a) on delete cascade } type a {}", 1, 24,
		  "records of \"k\" are kept: they cannot be deleted" },
	};
	EXPECT_REFUSED(rows);
}

static void an_index_has_columns_that_can_be_ordered(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "type a { index }", 1, 16, "expected \"(\"" },
		{ "type a { index () }", 1, 17, "expected a field name, found \")\"" },
		{ "type a { index (b) }", 1, 17, "type \"a\" has no field \"b\"" },
		{ "type a { b int index (b up) }", 1, 25, "expected \"desc\", \"folded\"" },
		{ "type a { b int index unique (b) }", 1, 22, "no name for an index" },
		{ "type a { b int unique x (b, c) }", 1, 29, "has no field \"c\"" },
		{ "type a { b int index (b desc desc) }", 1, 30, "\"desc\" is given twice" },
		{ "type a { b int index (b, b desc) }", 1, 26, "\"b\" is a column twice" },
		{ "type a { b int index (b }", 1, 25, "expected \",\" or \")\", found \"}\"" },
		{ "type a { b bytes index (b) }", 1, 25, "kind bytes cannot be a column" },
		{ "type a { b list<int> index (b) }", 1, 29, "kind list<int> cannot be" },
		{ "type a { b list<string(3)> unique }", 1, 10, "cannot be a column" },
		{ "type a { b int index (b folded) }", 1, 23, "\"folded\" is for columns" },
		{ "type a { index (deleted_at) }", 1, 17, "deleted_at is in no index" },
		{ "type a { index (id) }", 1, 17, "id is in every index already" },
		{ "type a { b int index (b) where c }", 1, 32, "has no field \"c\"" },
		{ "type a { b int c int index (b) where c }", 1, 38, "must be a column" },
		{ "type a { b int index (b) where }", 1, 32, "expected a field name" },
		{ "type a { b int index (b)\n index x (b) }", 2, 2,
		  "\"b\" has the same columns" },
		{ "type a { b int unique index (b) }", 1, 23, "\"b\" has the same columns" },
		{ "type a { unique (ext_id) }", 1, 10, "\"ext_id\" has the same columns" },
		{ "type a { b int index (b) index (b desc) }", 1, 26,
		  "an index \"b\" is there already" },
		{ "type a { b int c int index x (b) index x (c) }", 1, 34,
		  "an index \"x\" is there already" },
		{ "type a { b int c int index ext_id (b, c) }", 1, 22,
		  "an index \"ext_id\" is there already" },
	};
	EXPECT_REFUSED(rows);
}

static void a_cluster_is_one_and_plain(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "type a { b int cluster (b) }", 1, 24, "expected \"by\"" },
		{ "type a { b int cluster by b }", 1, 27, "expected \"(\"" },
		{ "type a { b int c int cluster by (b) cluster x by (c) }", 1, 37,
		  "has a cluster already" },
		{ "type a { b text cluster by (b folded) }", 1, 29, "no folded columns" },
		{ "type a { b text cluster by (b) }", 1, 17, "too long for the key" },
		{ "type a { b string(200) cluster by (b) }", 1, 24, "too long for the key" },
		{ "type a { cluster by (created_at) }", 1, 22, "no system fields" },
		{ "type a { b int cluster by (b) index x (b) }", 1, 31, "the same columns" },
		{ "type a { b int c int cluster by (b, c) unique (b, c) }", 1, 40,
		  "an index \"b,c\" is there already" },
		{ "type a { b int cluster by (b) where b }", 1, 31, "a word of the language" },
	};
	EXPECT_REFUSED(rows);
}

#define DEAL                                                                                  \
	"type deal { state enum(open, won) amount money at ts on date t text s string(200) "  \
	"l list<int> b bool firm ref(firm) on delete cascade boss ref(boss) index (amount) }" \
	" type firm { x int } type boss keep single { y int = 1441 z string(3) }"             \
	" type many { v int w int readonly unique }\n"

static void an_aggregate_is_over_what_can_be_grouped_and_summed(void **state)
{
	(void)state;
	static const row rows[] = {
		{ DEAL "aggregate", 2, 10, "expected a name of the aggregate" },
		{ DEAL "aggregate a on none group by (at) count", 2, 16, "no type \"none\"" },
		{ DEAL "aggregate a on deal count", 2, 21, "expected \"group\"" },
		{ DEAL "aggregate a on deal group by () count", 2, 31, "a field name" },
		{ DEAL "aggregate a on deal group by (nope) count", 2, 31,
		  "no field \"nope\"" },
		{ DEAL "aggregate a on deal group by (t) count", 2, 31, "cannot be grouped" },
		{ DEAL "aggregate a on deal group by (l) count", 2, 31, "cannot be grouped" },
		{ DEAL "aggregate a on deal group by (s) count", 2, 31, "too long together" },
		{ DEAL "aggregate a on deal group by (deleted_at) count", 2, 31, "no group" },
		{ DEAL "aggregate a on deal group by (month(amount)) count", 2, 37,
		  "of a ts or a date" },
		{ DEAL "aggregate a on deal group by (year(at)) count", 2, 31,
		  "expected \"day\", \"month\" or a field name" },
		{ DEAL "aggregate a on deal group by (at, at) count", 2, 35, "a column twice" },
		{ DEAL "aggregate a on deal group by (id,rev,at,on,b,boss) count", 2, 46,
		  "at most 5 columns" },
		{ DEAL "aggregate a on deal group by (at)", 2, 34, "expected \"sum\"" },
		{ DEAL "aggregate a on deal group by (at) count, count", 2, 42, "twice" },
		{ DEAL "aggregate a on deal group by (at) sum(state)", 2, 39,
		  "cannot be summed" },
		{ DEAL "aggregate a on deal group by (at) sum(at * at * at)", 2, 49,
		  "at most 2 fields are multiplied" },
		{ DEAL "aggregate a on deal group by (at) sum(at / at)", 2, 42, "unexpected" },
		{ DEAL "aggregate a on deal group by (at) sum(at), sum(at)", 2, 48,
		  "there twice" },
		{ DEAL
		  "aggregate a on deal group by (at) count aggregate a on firm group by (x) "
		  "count",
		  2, 51, "there already" },
		{ DEAL "aggregate a on deal where t = \"x\" group by (at) count", 2, 27,
		  "can only be null or notnull" },
		{ DEAL "aggregate a on deal where state = lost group by (at) count", 2, 35,
		  "a label of the enum" },
		{ DEAL "aggregate a on deal where b = 1 group by (at) count", 2, 31,
		  "true or false" },
		{ DEAL "aggregate a on deal where amount = \"1\" group by (at) count", 2, 36,
		  "expected a number" },
		{ DEAL "aggregate a on deal where amount = at group by (at) count", 2, 36,
		  "cannot be compared" },
		{ DEAL "aggregate a on deal where at in [] group by (at) count", 2, 33,
		  "a value in the list" },
		{ DEAL "aggregate a on deal where at = [1] group by (at) count", 2, 32,
		  "after \"in\"" },
		{ DEAL "aggregate a on deal where at ! 1 group by (at) count", 2, 32, "\"=\"" },
		{ DEAL "aggregate a on deal where deleted_at null group by (at) count", 2, 27,
		  "in no aggregate" },
	};
	EXPECT_REFUSED(rows);
}

static void a_time_zone_is_one_number_of_one_record(void **state)
{
	(void)state;
	static const row rows[] = {
		{ DEAL "time boss.y", 2, 6, "expected \"zone\"" },
		{ DEAL "time zone boss", 2, 15, "expected \".\"" },
		{ DEAL "time zone firm.x", 2, 11, "keep single" },
		{ DEAL "time zone boss.z", 2, 16, "kind int" },
		{ DEAL "time zone boss.y", 2, 16, "beyond a day" },
		{ DEAL "time zone nope.y", 2, 11, "no type" },
		{ DEAL "time zone boss.y time zone boss.y", 2, 23, "twice" },
	};
	EXPECT_REFUSED(rows);
}

#define FIRM DEAL "extend type firm { "
#define PART \
	" } type part { f ref(firm) on delete cascade n int d date e enum(a) index (f, n) }"

static void a_rollup_is_kept_where_it_can_be_kept(void **state)
{
	(void)state;
	static const row rows[] = {
		{ FIRM "c int readonly = 0 rollup count of none by f" PART, 2, 55, "no type" },
		{ FIRM "c int readonly = 0 rollup count of part by q" PART, 2, 63, "no field" },
		{ FIRM "c int readonly = 0 rollup count of part by n" PART, 2, 63,
		  "is no reference to \"firm\"" },
		{ FIRM "c int = 0 rollup count of part by f" PART, 2, 30, "readonly" },
		{ FIRM "c int readonly rollup count of part by f" PART, 2, 35,
		  "the default 0" },
		{ FIRM "c money readonly = 0 rollup count of part by f" PART, 2, 41,
		  "kind int" },
		{ FIRM "c date readonly rollup max(n) of part by f" PART, 2, 36,
		  "what it is taken from of kind int" },
		{ FIRM "c date readonly rollup max(d) of part by f" PART, 2, 47,
		  "needs an index (f, d)" },
		{ FIRM "c int readonly = 1 rollup max(n) of part by f" PART, 2, 39,
		  "no default" },
		{ FIRM "c int readonly rollup max(e) of part by f" PART, 2, 46, "min and max" },
		{ FIRM "c int readonly = 0 rollup sum(e) of part by f" PART, 2, 50, "summed" },
		{ FIRM "c int readonly = 0 rollup count of part by f unique (c)" PART, 2, 39,
		  "a rollup cannot be" },
		{ FIRM "c int readonly = 0 rollup sum(c) of firm by p p ref(firm) on delete "
		       "set_null" PART,
		  2, 39, "without end" },
		{ DEAL "extend type boss { c int readonly = 0 rollup count of deal by boss }",
		  2, 63, "needs an index led by \"boss\"" },
	};
	EXPECT_REFUSED(rows);
}

static void lines_are_those_of_the_text_that_is_checked(void **state)
{
	(void)state;
	cx_slice base = cx_slice_of("type a {\n b int\n}\n");
	cx_error error = { 0 };
	assert_int_equal(
		engine_schema_check(base, cx_slice_of("extend type a {\n c x\n}"), &error),
		CX_SCHEMA_SYNTAX);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 4);

	/* Found later than the parsing, and still by the line of its own text. */
	assert_int_equal(
		engine_schema_check(base, cx_slice_of("\n\nextend type a { b int }"), &error),
		CX_SCHEMA_SYNTAX);
	assert_int_equal(error.line, 3);
	assert_int_equal(error.column, 17);

	assert_int_equal(engine_schema_check(cx_slice_of("type a {\n b what }"),
	                                     cx_slice_of("type c {}"), &error),
	                 CX_SCHEMA_SYNTAX);
	assert_int_equal(error.line, 0);
	assert_true(cx_slice_starts_with(cx_slice_of(error.text),
	                                 cx_slice_of("line 2 of the schema before it: ")));

	assert_int_equal(
		engine_schema_check(base, cx_slice_of("extend type a { c int }"), NULL), CX_OK);
	assert_int_equal(engine_schema_check(base, cx_slice_of(""), NULL), CX_OK);
	assert_int_equal(engine_schema_check(cx_slice_of(""), base, NULL), CX_OK);
}

/* A prefix is whole only where it ends behind a type; everywhere else it is refused. */
static void every_cut_of_a_text_is_refused_or_whole(void **state)
{
	(void)state;
	const char *first =
		"type a \"A\" \"甲\" keep { b string(3) = \"x\\n\" unique \"B\" \"乙\" }";
	const char *second = " type c { d ref(a) required e list<int>(2) = [1, -2]\n"
			     " f enum(x, y) = y g ref(c) on delete set_null # 注\n"
			     " cluster by (h, f desc) h string(20) index n (h folded desc) }";
	char text[512];
	int length = snprintf(text, sizeof text, "%s%s", first, second);
	assert_in_range(length, 1, sizeof text - 1);
	for (size_t size = 0; size <= (size_t)length; size++) {
		cx_slice cut = { .data = (const uint8_t *)text, .size = size };
		cx_status status = engine_schema_check((cx_slice){ 0 }, wire_exact(cut), NULL);
		bool whole = size == strlen(first) || size == strlen(first) + 1 ||
		             size == (size_t)length;
		assert_int_equal(status, whole ? CX_OK : CX_SCHEMA_SYNTAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_types_and_extensions),
		cmocka_unit_test(text_that_is_not_utf8_is_refused_at_its_first_bad_byte),
		cmocka_unit_test(a_field_is_name_kind_options_labels),
		cmocka_unit_test(kinds_have_what_they_need_in_brackets),
		cmocka_unit_test(a_default_is_a_value_of_its_field),
		cmocka_unit_test(a_reference_has_a_rule_that_can_hold),
		cmocka_unit_test(an_index_has_columns_that_can_be_ordered),
		cmocka_unit_test(a_cluster_is_one_and_plain),
		cmocka_unit_test(an_aggregate_is_over_what_can_be_grouped_and_summed),
		cmocka_unit_test(a_time_zone_is_one_number_of_one_record),
		cmocka_unit_test(a_rollup_is_kept_where_it_can_be_kept),
		cmocka_unit_test(lines_are_those_of_the_text_that_is_checked),
		cmocka_unit_test(every_cut_of_a_text_is_refused_or_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
