/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/property/random_query.h"

#include "base/msgpack.h"
#include "tests/support/unit.h"

#include <string.h>

#define FIELDS                                     \
	"  a int\n"                                \
	"  b int\n"                                \
	"  cost money\n"                           \
	"  day date\n"                             \
	"  at ts\n"                                \
	"  flag bool\n"                            \
	"  stage enum(zeta, mid, alpha)\n"         \
	"  name string(60) search\n"               \
	"  note text\n"                            \
	"  code bytes\n"                           \
	"  who ref(team) on delete restrict\n"     \
	"  numbers list<int>(4)\n"                 \
	"  words list<string(5)>(3)\n"             \
	"  nick string(30) search\n"               \
	"  index (a, b desc)\n"                    \
	"  index (a)\n"                            \
	"  index (b)\n"                            \
	"  index (stage, day)\n"                   \
	"  index (who, day)\n"                     \
	"  index (who)\n"                          \
	"  index (b desc, a)\n"                    \
	"  index (stage, at desc, name)\n"         \
	"  index (name)\n"                         \
	"  index folded_name (name folded, a)\n"   \
	"  index (note)\n"                         \
	"  index down (note desc, a)\n"            \
	"  index folded_note (note folded desc)\n" \
	"  index (cost, day)\n"                    \
	"  index (flag, who, stage)\n"             \
	"  index some (day, name) where day\n"     \
	"  unique pair (a, at, name)\n"            \
	"  unique (note, b) where note\n"          \
	"  unique (cost)\n"

const char random_schema[] = "type team keep { name string(20) }\n"
			     "type thing {\n" FIELDS "}\n"
			     "type event {\n" FIELDS "  cluster by (who, at desc, name)\n"
			     "}\n";

enum { LONG = 600, CHUNKED = 20000, TEAMS = 4 };

/* That may still be written into the filter; none for a type that is not searched. */
static unsigned matches_left;

/* ---- values ---- */

static int64_t random_number(dice *random)
{
	static const int64_t edges[] = { INT64_MIN, INT64_MAX, -1, 0, 255, 256 };
	if (dice_one_in(random, 8))
		return edges[dice_below(random, CX_COUNT_OF(edges))];
	return (int64_t)dice_below(random, 7) - 2;
}

static void write_name(dice *random, cx_buf *out)
{
	static const char *const names[] = { "",    "a",    "A",         "ab",     "Ab",
		                             "Ａ",  "é",    "e\xcc\x81", "张伟",   "张",
		                             "ß",   "ss",   "zz",        "a\x01",  "ab c",
		                             "ﬁ x", "FI X", "张偉",      "müller", "MÜLLER" };
	cx_write_text(out, names[dice_below(random, CX_COUNT_OF(names))]);
}

/* Mostly x's: as many as a key holds, some more, many more, as many as make a row long. */
static void write_note(dice *random, cx_buf *out)
{
	if (dice_one_in(random, 3)) {
		write_name(random, out);
		return;
	}
	static char text[CHUNKED];
	static const size_t sizes[] = { 1, 150, 400, LONG };
	size_t size = sizes[dice_below(random, CX_COUNT_OF(sizes))];
	if (dice_one_in(random, 2))
		size = 470 + dice_below(random, 20);
	else if (dice_one_in(random, 10))
		size = CHUNKED;
	memset(text, 'x', size);
	if (dice_one_in(random, 2))
		text[size - 1] = (char)('w' + dice_below(random, 3));
	if (dice_one_in(random, 4))
		text[0] = 'X';
	cx_write_str(out, (cx_slice){ .data = (const uint8_t *)text, .size = size });
}

static void write_code(dice *random, cx_buf *out)
{
	uint8_t bytes[LONG];
	const size_t size =
		dice_one_in(random, 3) ? LONG - dice_below(random, 2) : dice_below(random, 4);
	memset(bytes, dice_one_in(random, 2) ? 0 : 0xff, size);
	if (size > 0)
		bytes[size - 1] = (uint8_t)dice_below(random, 3);
	cx_write_bin(out, (cx_slice){ .data = bytes, .size = size });
}

static void write_word(dice *random, cx_buf *out)
{
	static const char *const words[] = { "", "a", "b", "vip", "é" };
	cx_write_text(out, words[dice_below(random, CX_COUNT_OF(words))]);
}

static void write_items(dice *random, const engine_field *field, cx_buf *out)
{
	const size_t count = dice_below(random, field->items_max + 1);
	cx_write_array(out, count);
	for (size_t i = 0; i < count; i++) {
		if (field->kind == ENGINE_INT_LIST)
			cx_write_int(out, random_number(random));
		else
			write_word(random, out);
	}
}

static void write_value(dice *random, const engine_field *field, cx_buf *out)
{
	switch (field->kind) {
	case ENGINE_BOOL:
		cx_write_bool(out, dice_one_in(random, 2));
		return;
	case ENGINE_INT:
		cx_write_int(out, random_number(random));
		return;
	case ENGINE_MONEY: /* unique */
		cx_write_int(out, (int64_t)dice_below(random, 4000) - 100);
		return;
	case ENGINE_DATE:
	case ENGINE_TS:
		cx_write_int(out, (int64_t)dice_below(random, 9) - 4);
		return;
	case ENGINE_STRING:
		write_name(random, out);
		return;
	case ENGINE_TEXT:
		write_note(random, out);
		return;
	case ENGINE_ENUM:
		cx_write_text(out, field->labels[dice_below(random, field->label_count)]);
		return;
	case ENGINE_REF:
		cx_write_int(out, 1 + (int64_t)dice_below(random, TEAMS));
		return;
	case ENGINE_BYTES:
		write_code(random, out);
		return;
	case ENGINE_INT_LIST:
	case ENGINE_STRING_LIST:
		write_items(random, field, out);
		return;
	}
}

void random_fields(dice *random, const engine_type *type, cx_buf *out)
{
	cx_write_map(out, (size_t)(type->field_count - ENGINE_SYSTEM_SLOTS));
	for (uint16_t slot = ENGINE_SYSTEM_SLOTS; slot < type->field_count; slot++) {
		const engine_field *field = &type->fields[slot];
		cx_write_text(out, field->name);
		if (dice_one_in(random, 5))
			cx_write_nil(out);
		else
			write_value(random, field, out);
	}
}

/* ---- filters ---- */

static bool is_list(const engine_field *field)
{
	return field->kind == ENGINE_INT_LIST || field->kind == ENGINE_STRING_LIST;
}

static bool is_text(const engine_field *field)
{
	return field->kind == ENGINE_STRING || field->kind == ENGINE_TEXT;
}

static const engine_field *random_field(dice *random, const engine_type *type)
{
	if (dice_one_in(random, 12))
		return &type->fields[ENGINE_SLOT_ID];
	if (dice_one_in(random, 25))
		return &type->fields[ENGINE_SLOT_DELETED_AT];
	const uint64_t users = type->field_count - (uint64_t)ENGINE_SYSTEM_SLOTS;
	return &type->fields[ENGINE_SYSTEM_SLOTS + dice_below(random, users)];
}

/* A value to compare with, of an item for lists. */
static void write_wanted(dice *random, const engine_field *field, cx_buf *out)
{
	if (field->slot == ENGINE_SLOT_ID)
		cx_write_int(out, (int64_t)dice_below(random, 320) - 5);
	else if (field->kind == ENGINE_INT_LIST)
		cx_write_int(out, random_number(random));
	else if (field->kind == ENGINE_STRING_LIST)
		write_word(random, out);
	else
		write_value(random, field, out);
}

static void write_in(dice *random, const engine_field *field, cx_buf *out)
{
	const size_t count = dice_one_in(random, 20) ? 0 : 1 + dice_below(random, 5);
	cx_write_array(out, 3);
	cx_write_text(out, "in");
	cx_write_text(out, field->name);
	cx_write_array(out, count);
	for (size_t i = 0; i < count; i++)
		write_wanted(random, field, out);
}

static void write_simple(dice *random, const char *op, const engine_field *field, cx_buf *out)
{
	cx_write_array(out, 3);
	cx_write_text(out, op);
	cx_write_text(out, field->name);
	write_wanted(random, field, out);
}

static void write_null_test(dice *random, const engine_field *field, cx_buf *out)
{
	cx_write_array(out, 2);
	cx_write_text(out, dice_one_in(random, 2) ? "null" : "notnull");
	cx_write_text(out, field->name);
}

static void write_between(dice *random, const engine_field *field, cx_buf *out)
{
	cx_write_array(out, 4);
	cx_write_text(out, "between");
	cx_write_text(out, field->name);
	write_wanted(random, field, out);
	write_wanted(random, field, out);
}

/* Words that a search takes for one term each. */
static void write_match(dice *random, cx_buf *out)
{
	static const char *const texts[] = { "a",    "A",    "ab",  "é",        "e\xcc\x81",
		                             "张伟", "伟",   "张",  "ß",        "z",
		                             "zz",   "x",    "xx",  "FI",       "x fi",
		                             "偉",   "ab c", "mül", "MÜLLER a", "x w",
		                             "q" };
	static const char *const fields[] = { "name", "nick" };
	const bool one = dice_one_in(random, 2);
	matches_left--;
	cx_write_array(out, one ? 3 : 2);
	cx_write_text(out, "match");
	if (one)
		cx_write_text(out, fields[dice_below(random, CX_COUNT_OF(fields))]);
	cx_write_text(out, texts[dice_below(random, CX_COUNT_OF(texts))]);
}

static void write_leaf(dice *random, const engine_type *type, cx_buf *out)
{
	static const char *const comparisons[] = { "=", "=", "=", "!=", "<", "<=", ">", ">=" };
	static const char *const text_ops[] = { "prefix", "prefix~",  "=~",
		                                "=~",     "contains", "contains~" };
	const engine_field *field = random_field(random, type);
	if (matches_left > 0 && dice_one_in(random, 10))
		write_match(random, out);
	else if (dice_one_in(random, 8))
		write_null_test(random, field, out);
	else if (is_list(field))
		write_simple(random, "has", field, out);
	else if (is_text(field) && dice_one_in(random, 2))
		write_simple(random, text_ops[dice_below(random, CX_COUNT_OF(text_ops))], field,
		             out);
	else if (dice_one_in(random, 5))
		write_in(random, field, out);
	else if (dice_one_in(random, 8))
		write_between(random, field, out);
	else
		write_simple(random, comparisons[dice_below(random, CX_COUNT_OF(comparisons))],
		             field, out);
}

static void write_filter(dice *random, const engine_type *type, unsigned depth, cx_buf *out)
{
	if (depth >= 4 || dice_one_in(random, 2)) {
		write_leaf(random, type, out);
		return;
	}
	if (dice_one_in(random, 6)) {
		cx_write_array(out, 2);
		cx_write_text(out, "not");
		write_filter(random, type, depth + 1, out);
		return;
	}
	const size_t below = dice_one_in(random, 15) ? 0 : 1 + dice_below(random, 3);
	cx_write_array(out, below + 1);
	cx_write_text(out, dice_one_in(random, 4) ? "or" : "and");
	for (size_t i = 0; i < below; i++)
		write_filter(random, type, depth + 1, out);
}

/* A choice of values for one field, written as "or". */
static void write_choice(dice *random, const engine_type *type, cx_buf *out)
{
	const engine_field *field = &type->fields[ENGINE_SYSTEM_SLOTS + dice_below(random, 8)];
	cx_write_array(out, 4);
	cx_write_text(out, "or");
	write_simple(random, "=", field, out);
	write_in(random, field, out);
	write_simple(random, "=", field, out);
}

static void write_flag_or(dice *random, const engine_type *type, const char *name, cx_buf *out)
{
	const engine_field *field = engine_type_field(type, cx_slice_of(name));
	if (dice_one_in(random, 6))
		write_leaf(random, type, out);
	else if (dice_one_in(random, 4))
		write_in(random, field, out);
	else
		write_simple(random, "=", field, out);
}

/* Equalities of fields that have an index of their own. */
static void write_meeting(dice *random, const engine_type *type, cx_buf *out)
{
	static const char *const names[] = { "a", "b", "who" };
	const size_t first = dice_below(random, CX_COUNT_OF(names));
	const bool more = dice_one_in(random, 2);
	cx_write_array(out, more ? 4 : 3);
	cx_write_text(out, "and");
	for (size_t i = 0; i < 2; i++) {
		const char *name = names[(first + i) % CX_COUNT_OF(names)];
		write_simple(random, "=", engine_type_field(type, cx_slice_of(name)), out);
	}
	if (more)
		write_leaf(random, type, out);
}

/* An "or" of equalities of fields that have indexes with nothing or the same after them, and a
 * condition beside it. */
static void write_parts(dice *random, const engine_type *type, cx_buf *out)
{
	static const char *const names[] = { "stage", "who", "a", "b", "flag" };
	const size_t some = dice_one_in(random, 2) ? 2 : CX_COUNT_OF(names);
	const size_t parts = 2 + dice_below(random, 3);
	cx_write_array(out, 3);
	cx_write_text(out, "and");
	write_leaf(random, type, out);
	cx_write_array(out, parts + 1);
	cx_write_text(out, "or");
	for (size_t i = 0; i < parts; i++)
		write_flag_or(random, type, names[dice_below(random, some)], out);
}

void random_filter(dice *random, const engine_type *type, cx_buf *out)
{
	const engine_field *name = engine_type_field(type, CX_SLICE_LITERAL("name"));
	const bool searched = name != NULL && name->search_as == ENGINE_SEARCH_TEXT;
	matches_left = searched ? ENGINE_FILTER_MATCH_MAX : 0;
	if (dice_one_in(random, 15)) {
		cx_write_nil(out);
		return;
	}
	if (dice_one_in(random, 10)) {
		write_choice(random, type, out);
		return;
	}
	if (dice_one_in(random, 5)) {
		write_parts(random, type, out);
		return;
	}
	if (dice_one_in(random, 6)) {
		write_meeting(random, type, out);
		return;
	}
	if (dice_one_in(random, 2)) {
		write_filter(random, type, 1, out);
		return;
	}
	/* What people ask for: some conditions, all of which must hold. */
	const size_t parts = 1 + dice_below(random, 4);
	cx_write_array(out, parts + 1);
	cx_write_text(out, "and");
	for (size_t i = 0; i < parts; i++)
		write_leaf(random, type, out);
}

void random_order(dice *random, const engine_type *type, engine_query *query)
{
	query->order_count = 0;
	if (dice_one_in(random, 3)) /* what comes together of several indexes, or of none */
		return;
	if (dice_one_in(random, 4)) {
		const char *name = dice_one_in(random, 3) ? "id" : "day";
		query->order[query->order_count++] =
			(engine_order){ .field = engine_type_field(type, cx_slice_of(name)),
			                .descending = dice_one_in(random, 2) };
		return;
	}
	if (dice_one_in(random,
	                4)) { /* what is left in an index when its first column is fixed */
		static const char *const names[] = { "id", "day", "at" };
		const char *name = names[dice_below(random, CX_COUNT_OF(names))];
		query->order[query->order_count++] =
			(engine_order){ .field = engine_type_field(type, cx_slice_of(name)),
			                .descending = dice_one_in(random, 2) };
		return;
	}
	const size_t count = dice_below(random, ENGINE_ORDER_MAX);
	for (size_t i = 0; i < count; i++) {
		const engine_field *field = random_field(random, type);
		if (is_list(field))
			continue;
		query->order[query->order_count++] =
			(engine_order){ .field = field, .descending = dice_one_in(random, 2) };
	}
}
