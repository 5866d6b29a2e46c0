/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit of a schema: what stands at it is taken, one more is refused where it stands. */
#include "engine/schema/catalog.h"
#include "engine/schema/syntax.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that is put together. */
typedef struct writer {
	cx_buf text;
} writer;

static void begin(writer *self)
{
	self->text = CX_BUF_INIT(4 * ENGINE_SCHEMA_BYTES_MAX);
}

static void end(writer *self)
{
	cx_buf_release(&self->text);
}

#define ADD(self, ...) assert_true(cx_buf_printf(&(self)->text, __VA_ARGS__))

/* `what` in the message, or taken when it is NULL. */
static void expect(writer *self, const char *what)
{
	cx_error error = { 0 };
	cx_status status = engine_schema_check((cx_slice){ 0 },
	                                       wire_exact(cx_buf_slice(&self->text)), &error);
	if (what == NULL && status != CX_OK)
		fail_msg("%u:%u %s", error.line, error.column, error.text);
	if (what == NULL)
		return;
	assert_int_equal(status, CX_SCHEMA_SYNTAX);
	if (strstr(error.text, what) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", what, error.text);
	assert_true(error.line >= 1 && error.column >= 1);
}

/* What stands before and after a name. */
static void expect_name_limit(const char *before, const char *after)
{
	char name[ENGINE_NAME_MAX + 1];
	memset(name, 'a', sizeof name);
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "%s%.*s%s", before, ENGINE_NAME_MAX + over, name, after);
		expect(&self, over ? "at most 40 bytes, this one 41" : NULL);
		end(&self);
	}
}

static void names_have_at_most_40_bytes(void **state)
{
	(void)state;
	expect_name_limit("type ", " {}");
	expect_name_limit("type t { ", " int }");
	expect_name_limit("type t { f enum(x, ", ") }");
	expect_name_limit("type t { f int index ", " (f) }");
}

static void labels_have_at_most_240_bytes(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "type a \"%0*d\" { b int \"%0*d\" \"%0*d\" }",
		    ENGINE__LABEL_BYTES_MAX, 0, ENGINE__LABEL_BYTES_MAX, 0,
		    ENGINE__LABEL_BYTES_MAX + over, 0);
		expect(&self, over ? "at most 240 bytes, this one 241" : NULL);
		end(&self);
	}
}

static void a_type_has_at_most_128_fields(void **state)
{
	(void)state;
	int max = ENGINE_SLOTS_MAX - ENGINE_SYSTEM_SLOTS;
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "type a {");
		for (int i = 0; i < max / 2; i++)
			ADD(&self, "f%d int\n", i);
		ADD(&self, "} extend type a {");
		for (int i = max / 2; i < max + over; i++)
			ADD(&self, "f%d int\n", i);
		ADD(&self, "}");
		expect(&self, over ? "at most 120 fields" : NULL);
		end(&self);
	}
}

static void a_type_has_at_most_64_indexes(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "type a { c int cluster by (c)\n");
		/* The cluster, that of ext_id and half of the rest as options. */
		for (int i = 0; i < ENGINE_INDEXES_MAX - 2 + over; i++)
			ADD(&self, "f%d int %s\n", i, i % 2 == 0 ? "unique" : "");
		for (int i = 1; i < ENGINE_INDEXES_MAX - 2 + over; i += 2)
			ADD(&self, "index (f%d)\n", i);
		ADD(&self, "}");
		expect(&self, over ? "at most 63 indexes" : NULL);
		end(&self);
	}
}

static void an_index_has_at_most_8_columns(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "type a {");
		for (int i = 0; i <= ENGINE_COLUMNS_MAX; i++)
			ADD(&self, "f%d int\n", i);
		ADD(&self, "index (f0");
		for (int i = 1; i < ENGINE_COLUMNS_MAX + over; i++)
			ADD(&self, ", f%d", i);
		ADD(&self, ") }");
		expect(&self, over ? "at most 8 columns" : NULL);
		end(&self);
	}
}

static void a_name_made_of_columns_has_at_most_160_bytes(void **state)
{
	(void)state;
	/* Four names of 39 and 40 bytes and three commas. */
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "type a { a%038d int b%038d int c%038d int d%0*d int\n", 0, 0, 0,
		    38 + over, 0);
		ADD(&self, "index (a%038d, b%038d, c%038d, d%0*d) }", 0, 0, 0, 38 + over, 0);
		expect(&self, NULL); /* 159 and 160 bytes */
		end(&self);
	}
	writer self;
	begin(&self);
	ADD(&self, "type a { a%039d int b%039d int c%038d int d%038d int\n", 0, 0, 0, 0);
	ADD(&self, "index (a%039d, b%039d, c%038d, d%038d) }", 0, 0, 0, 0);
	expect(&self, "needs a name of its own"); /* 161 bytes */
	end(&self);
}

static void an_enum_has_at_most_64_labels(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "type a { b enum(l0");
		for (int i = 1; i < ENGINE_LABELS_MAX + over; i++)
			ADD(&self, ", l%d", i);
		ADD(&self, ") }");
		expect(&self, over ? "at most 64 labels" : NULL);
		end(&self);
	}
}

static void a_list_has_at_most_64_items(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "type a { b list<int> = [0");
		for (int i = 1; i < ENGINE_LIST_ITEMS_MAX + over; i++)
			ADD(&self, ", %d", i);
		ADD(&self, "] }");
		expect(&self, over ? "at most 64 items" : NULL);
		end(&self);
	}
}

static void a_schema_has_at_most_200_types(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		for (int i = 0; i < ENGINE_TYPES_MAX + over; i++)
			ADD(&self, "type t%d {}\n", i);
		expect(&self, over ? "at most 200 types" : NULL);
		end(&self);
	}
}

static void a_store_has_room_for_960_types_and_indexes(void **state)
{
	(void)state;
	/* Fifteen types with 63 indexes, that of ext_id included, fill it. */
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		for (int t = 0; t < 15; t++) {
			ADD(&self, "type t%d {", t);
			for (int i = 0; i < 62 + (t == 14 ? over : 0); i++)
				ADD(&self, "f%d int unique\n", i);
			ADD(&self, "}\n");
		}
		expect(&self, over ? "more than 960 types and indexes" : NULL);
		end(&self);
	}
}

static void keys_have_room_for_their_columns(void **state)
{
	(void)state;
	/* As many columns of text as an index may have still get a share each; what cannot be
	 * shared out is the business of engine/index/key.h. */
	writer self;
	begin(&self);
	ADD(&self, "type a {");
	for (int i = 0; i < ENGINE_COLUMNS_MAX; i++)
		ADD(&self, "f%d text\n", i);
	ADD(&self, "index i (f0, f1, f2, f3, f4, f5, f6, f7) }");
	expect(&self, NULL);
	end(&self);
}

static void a_default_text_is_as_long_as_its_field_may_be(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "type a { b string(5) = \"客户客户客%s\" }", over ? "户" : "");
		expect(&self, over ? "6 characters, the field 5" : NULL);
		end(&self);
	}
	for (int over = 0; over <= 1; over++) {
		writer self;
		begin(&self);
		ADD(&self, "type a { b text = \"%0*d\" }", ENGINE_TEXT_BYTES_MAX + over, 0);
		expect(&self, over ? "at most 65536 bytes" : NULL);
		end(&self);
	}
}

static void a_text_has_at_most_a_mebibyte(void **state)
{
	(void)state;
	static const char type[] = "type a {}";
	for (size_t over = 0; over <= 1; over++) {
		size_t size = ENGINE_SCHEMA_BYTES_MAX + over;
		uint8_t *text = malloc(size);
		assert_non_null(text);
		memset(text, ' ', size);
		memcpy(text, type, sizeof type - 1);
		cx_slice slice = { .data = text, .size = size };
		assert_int_equal(engine_schema_check((cx_slice){ 0 }, slice, NULL),
		                 over ? CX_TOO_LARGE : CX_OK);
		/* Both texts together. */
		cx_slice more = cx_slice_of(over ? "" : " ");
		assert_int_equal(engine_schema_check(slice, more, NULL), CX_TOO_LARGE);
		free(text);
	}
}

/* The most that a text can hold of the smallest things there are; a second is far more than
 * it takes. */
static void the_largest_text_is_parsed_in_bounded_memory(void **state)
{
	(void)state;
	writer self;
	begin(&self);
	size_t fields = 0;
	for (int t = 0; t < ENGINE_TYPES_MAX; t++) {
		ADD(&self, "type t%d {", t);
		for (int f = 0; f < ENGINE_SLOTS_MAX - ENGINE_SYSTEM_SLOTS; f++) {
			if (self.text.size > ENGINE_SCHEMA_BYTES_MAX - 300)
				break;
			ADD(&self, "f%d enum(", f);
			for (int l = 0; l < ENGINE_LABELS_MAX; l++)
				ADD(&self, "%s%c%d", l == 0 ? "" : ",", 'a' + l % 26, l / 26);
			ADD(&self, ")");
			fields++;
		}
		ADD(&self, "}");
		if (self.text.size > ENGINE_SCHEMA_BYTES_MAX - 300)
			break;
	}
	assert_true(fields > 3000);
	expect(&self, NULL);
	end(&self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_at_most_40_bytes),
		cmocka_unit_test(labels_have_at_most_240_bytes),
		cmocka_unit_test(a_type_has_at_most_128_fields),
		cmocka_unit_test(a_type_has_at_most_64_indexes),
		cmocka_unit_test(an_index_has_at_most_8_columns),
		cmocka_unit_test(a_name_made_of_columns_has_at_most_160_bytes),
		cmocka_unit_test(an_enum_has_at_most_64_labels),
		cmocka_unit_test(a_list_has_at_most_64_items),
		cmocka_unit_test(a_schema_has_at_most_200_types),
		cmocka_unit_test(a_store_has_room_for_960_types_and_indexes),
		cmocka_unit_test(keys_have_room_for_their_columns),
		cmocka_unit_test(a_default_text_is_as_long_as_its_field_may_be),
		cmocka_unit_test(a_text_has_at_most_a_mebibyte),
		cmocka_unit_test(the_largest_text_is_parsed_in_bounded_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
