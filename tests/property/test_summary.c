/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is asked for, every way of answering it (each maintained aggregate, each index,
 * several together, a scan) gives what a look at every record does, written out again here:
 * with null groups, days and months of a time zone, negative products, sums beyond 64 bits. And
 * pages concatenate to the whole. */
#include "engine/summary.h"
#include "tests/property/naive_groups.h"
#include "tests/property/random_query.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORES = 6, RECORDS = 160, ROUNDS = 90, TEAMS = 4 };

#define FIELDS                                                              \
	"a int b int flag bool stage enum(zeta, mid, alpha)\n"              \
	"who ref(team) on delete restrict at ts day date cost money\n"      \
	"need int required = 0 name string(20) bp int\n"                    \
	"index (a, b desc) index (stage, at desc) index (who, day)\n"       \
	"index (cost) index (flag, who) index some (day, name) where day\n" \
	"index (a) index (stage) index (who)\n"

static const char *const types[] = { "thing", "event" };

/* The where-clause of the aggregates of a store, in both languages. */
static const struct {
	const char *schema;
	const char *filter;
} wheres[] = {
	{ "", "nil" },
	{ "where stage = mid", "['=', 'stage', 'mid']" },
	{ "where stage in [mid, zeta]", "['in', 'stage', ['mid', 'zeta']]" },
	{ "where at notnull", "['notnull', 'at']" },
	{ "where a > 1", "['>', 'a', 1]" },
	{ "where flag = true and day notnull",
	  "['and', ['=', 'flag', true], ['notnull', 'day']]" },
};

typedef struct world {
	store_fixture store;
	dice dice;
	unsigned where;
	int zone_min;
	int64_t last[2];
} world;

static int by_groups, by_index, by_scan, refused;

static int64_t pick(world *self, int64_t below)
{
	return (int64_t)dice_below(&self->dice, (uint64_t)below);
}

/* ---- records ---- */

static void open_world(world *self)
{
	const char *where = wheres[self->where].schema;
	char schema[4000];
	snprintf(schema, sizeof schema,
	         "type org keep single { zone int = %d }\n"
	         "type team keep { name string(20) }\n"
	         "type thing {\n" FIELDS "}\n"
	         "type event {\n" FIELDS " cluster by (who, at desc) }\n"
	         "time zone org.zone\n"
	         "aggregate g1 on thing %s group by (stage, a)\n"
	         " count, sum(cost), sum(cost * bp), sum(need)\n"
	         "aggregate g2 on thing %s group by (day(at), flag) count, sum(cost - need),\n"
	         " sum(cost)\n"
	         "aggregate g3 on thing %s group by (who, month(day), stage)\n"
	         " count, sum(need), sum(bp)\n"
	         "aggregate g4 on thing group by (name, need) count, sum(b)\n"
	         "aggregate g5 on event %s group by (month(at), day(at), a) count\n",
	         self->zone_min, where, where, where, where);
	fixture_open(&self->store, schema);
	for (int i = 0; i < TEAMS; i++)
		fixture_create(&self->store, "team", "{}");
	self->last[0] = self->last[1] = 0;
}

static int64_t random_number(world *self)
{
	static const int64_t edges[] = { INT64_MIN, INT64_MAX, 255, -256, INT64_MAX - 1 };
	return pick(self, 5) == 0 ? edges[pick(self, CX_COUNT_OF(edges))] : pick(self, 8) - 3;
}

/* Around the turns of a few days and months. */
static int64_t random_day(world *self)
{
	static const int64_t days[] = { -32, -31, -1, 0, 1, 30, 31, 58, 59, 789, 790 };
	return days[pick(self, CX_COUNT_OF(days))];
}

static int64_t random_time(world *self)
{
	return random_day(self) * 86400000 - self->zone_min * 60000LL + pick(self, 3) - 1;
}

static void write_value(world *self, const engine_field *field, cx_buf *out)
{
	static const char *const names[] = { "", "a", "A", "张伟", "ab" };
	cx_write_text(out, field->name);
	const bool needed = strcmp(field->name, "need") == 0;
	if (!needed && pick(self, 4) == 0)
		cx_write_nil(out);
	else if (field->kind == ENGINE_BOOL)
		cx_write_bool(out, pick(self, 2) == 0);
	else if (field->kind == ENGINE_ENUM)
		cx_write_text(out, field->labels[pick(self, 3)]);
	else if (field->kind == ENGINE_REF)
		cx_write_int(out, 1 + pick(self, TEAMS));
	else if (field->kind == ENGINE_TS)
		cx_write_int(out, random_time(self));
	else if (field->kind == ENGINE_DATE)
		cx_write_int(out, random_day(self));
	else if (field->kind == ENGINE_STRING)
		cx_write_text(out, names[pick(self, CX_COUNT_OF(names))]);
	else if (needed)
		cx_write_int(out, pick(self, 9) - 4);
	else
		cx_write_int(out, random_number(self));
}

static void write_fields(world *self, const engine_type *type, cx_buf *out)
{
	cx_write_map(out, (size_t)(type->field_count - ENGINE_SYSTEM_SLOTS));
	for (uint16_t slot = ENGINE_SYSTEM_SLOTS; slot < type->field_count; slot++)
		write_value(self, &type->fields[slot], out);
}

/* What passes the limit of a kept sum is refused; nothing else is. */
static void change_one(world *self, int kind)
{
	const engine_type *type = fixture_type(&self->store, types[kind]);
	const engine_change change = { .author.now_ms = self->store.now_ms++ };
	engine_outcome outcome;
	engine_write *write = self->store.write;
	const int64_t last = self->last[kind];
	const int64_t id = last > 0 && pick(self, 4) == 0 ? 1 + pick(self, last) : 0;
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(1 << 16);
	write_fields(self, type, &fields);
	cx_status status;
	if (id == 0)
		status = engine_create(write, type, cx_buf_slice(&fields), &change, &outcome,
		                       NULL);
	else if (pick(self, 3) == 0)
		status = engine_delete(write, type, id, &change, &outcome, NULL);
	else
		status = engine_update(write, type, id, cx_buf_slice(&fields), &change,
		                       &outcome, NULL);
	assert_true(status == CX_OK || status == CX_NOT_FOUND || status == CX_INVALID_ARGUMENT);
	if (status == CX_OK && id == 0)
		self->last[kind] = outcome.id;
}

static void fill(world *self)
{
	fixture_begin(&self->store);
	for (int i = 0; i < 2 * RECORDS; i++)
		change_one(self, i % 2);
	fixture_commit(&self->store);
}

/* ---- questions ---- */

static const char *const columns[] = { "stage", "a",    "day(at)",  "month(at)",
	                               "flag",  "who",  "day",      "month(day)",
	                               "name",  "need", "day(day)", "b" };
static const char *const values[] = {
	"count",          "sum(cost)",        "sum(cost * bp)",   "sum(need)", "sum(bp)",
	"sum(b)",         "sum(a)",           "sum(-need)",       "avg(need)", "avg(cost)",
	"avg(cost * bp)", "avg(a)",           "avg(bp)",          "min(a)",    "max(a)",
	"min(stage)",     "max(at)",          "min(cost)",        "count(a)",  "count(at)",
	"count(who)",     "sum(cost - need)", "avg(cost - need)", "max(need)", "count(name)",
};

static bool is_among(const char *const *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

static void add_word(const char **list, size_t *count, const char *word)
{
	if (!is_among(list, *count, word))
		list[(*count)++] = word;
}

enum { TIME_SIZE = 100 };

/* A range of "at" that begins or ends with a day, or beside it. */
static void write_time_condition(world *self, char text[TIME_SIZE])
{
	static const char *const ops[] = { ">=", "<", ">", "<=" };
	const long long zone_ms = self->zone_min * 60000LL;
	const long long start = random_day(self) * 86400000 - zone_ms - pick(self, 2);
	const long long end = random_day(self) * 86400000 - zone_ms - pick(self, 2);
	if (pick(self, 2) == 0)
		snprintf(text, TIME_SIZE, "['between', 'at', %lld, %lld]", start, end);
	else
		snprintf(text, TIME_SIZE, "['%s', 'at', %lld]", ops[pick(self, 4)], start);
}

/* Conditions that groups may decide, beside the where-clause or without it. */
static cx_slice decided_filter(world *self)
{
	static const char *const conditions[] = {
		"['=', 'stage', 'mid']",
		"['in', 'stage', ['zeta', 'mid']]",
		"['null', 'a']",
		"['>', 'a', 2]",
		"['or', ['=', 'a', 1], ['=', 'stage', 'mid']]",
		"['not', ['<', 'a', 2]]",
		"['notnull', 'at']",
		"['null', 'at']",
		"['=', 'who', 2]",
		"['>=', 'day', 31]",
		"['between', 'day', 0, 30]",
		"['<', 'day', 31]",
		"['=', 'flag', false]",
		"['=', 'name', '']",
		"['prefix', 'name', 'a']",
		"['<=', 'need', 0]",
	};
	char text[800];
	const char *other = conditions[pick(self, CX_COUNT_OF(conditions))];
	char time[TIME_SIZE];
	write_time_condition(self, time);
	const char *more = pick(self, 2) == 0 ? time : conditions[pick(self, 16)];
	if (pick(self, 3) == 0)
		snprintf(text, sizeof text, "%s", wheres[self->where].filter);
	else if (strcmp(wheres[self->where].filter, "nil") == 0 || pick(self, 4) == 0)
		snprintf(text, sizeof text, "['and', %s, %s]", other, more);
	else
		snprintf(text, sizeof text, "['and', %s, %s, %s]", wheres[self->where].filter,
		         more, other);
	return wire(text);
}

/* What the aggregates may answer. */
static const struct {
	const char *type;
	const char *columns[6];
	const char *values[9];
	const char *conditions[5];
} shapes[] = {
	{ "thing",
	  { "stage", "a" },
	  { "count", "sum(cost)", "sum(cost * bp)", "sum(need)", "avg(need)", "max(a)",
	    "avg(a)", "count(a)", "min(stage)" },
	  { "['=', 'stage', 'mid']", "['>', 'a', 2]", "['or', ['=', 'a', 1], ['null', 'a']]",
	    "['in', 'stage', ['zeta', 'mid']]", "['not', ['=', 'a', 0]]" } },
	{ "thing",
	  { "day(at)", "month(at)", "flag" },
	  { "count", "sum(cost - need)", "sum(cost)", "count(at)", "count(flag)", "max(flag)" },
	  { "['notnull', 'at']", "['=', 'flag', true]", "['>=', 'at', 0]",
	    "['!=', 'flag', true]", "['null', 'at']" } },
	{ "thing",
	  { "who", "month(day)", "stage" },
	  { "count", "sum(need)", "sum(bp)", "avg(need)", "count(day)", "count(who)" },
	  { "['=', 'who', 2]", "['>=', 'day', 31]", "['between', 'day', 0, 30]",
	    "['in', 'who', [1, 3]]", "['<', 'day', 790]" } },
	{ "thing",
	  { "name", "need" },
	  { "count", "sum(b)", "sum(need)", "sum(-need)", "min(need)", "max(need)", "avg(need)",
	    "count(name)" },
	  { "['=', 'name', 'a']", "['prefix', 'name', 'a']", "['<', 'need', 1]",
	    "['between', 'need', -1, 2]", "['>', 'name', 'A']" } },
	{ "event",
	  { "month(at)", "day(at)", "a" },
	  { "count", "count(at)", "max(a)", "avg(a)", "sum(a)", "min(a)" },
	  { "['notnull', 'at']", "['>', 'a', 1]", "['=', 'a', 0]", "['null', 'at']",
	    "['in', 'a', [0, 1, 2]]" } },
};

static const char *one_of(world *self, const char *const *list, size_t room)
{
	size_t count = 0;
	while (count < room && list[count] != NULL)
		count++;
	return list[pick(self, (int64_t)count)];
}

static question shaped_question(world *self)
{
	const int64_t shape = pick(self, CX_COUNT_OF(shapes));
	question ask = { .type = fixture_type(&self->store, shapes[shape].type) };
	for (int64_t i = pick(self, COLUMNS + 1); i > 0; i--)
		add_word(ask.columns, &ask.column_count,
		         one_of(self, shapes[shape].columns, 6));
	for (int64_t i = 1 + pick(self, 3); i > 0; i--)
		add_word(ask.values, &ask.value_count, one_of(self, shapes[shape].values, 9));
	char text[600];
	char time[TIME_SIZE] = "['and']";
	if (strstr(shapes[shape].columns[0], "(at)") != NULL && pick(self, 4) > 0)
		write_time_condition(self, time);
	snprintf(text, sizeof text, "['and', %s, %s, %s, %s]", time,
	         strcmp(wheres[self->where].filter, "nil") == 0 ? "['and']"
	                                                        : wheres[self->where].filter,
	         pick(self, 3) > 0 ? "['and']" : one_of(self, shapes[shape].conditions, 5),
	         pick(self, 3) > 0 ? "['and']" : one_of(self, shapes[shape].conditions, 5));
	ask.filter = wire(text);
	return ask;
}

static question random_question(world *self)
{
	if (pick(self, 2) == 0)
		return shaped_question(self);
	question ask = { .type = fixture_type(&self->store, types[pick(self, 4) == 0]) };
	for (int64_t i = pick(self, COLUMNS + 1); i > 0; i--)
		add_word(ask.columns, &ask.column_count,
		         columns[pick(self, CX_COUNT_OF(columns))]);
	for (int64_t i = 1 + pick(self, pick(self, 2) == 0 ? 1 : VALUES); i > 0; i--)
		add_word(ask.values, &ask.value_count, values[pick(self, CX_COUNT_OF(values))]);
	if (pick(self, 3) > 0) {
		ask.filter = decided_filter(self);
		return ask;
	}
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(1 << 16);
	random_filter(&self->dice, ask.type, &filter);
	ask.filter = wire_exact(cx_buf_slice(&filter));
	return ask;
}

static void random_order_of(world *self, question *ask)
{
	if (pick(self, 2) == 0)
		return;
	const int64_t at = pick(self, (int64_t)(ask->column_count + ask->value_count));
	ask->order = (size_t)at < ask->column_count
	                     ? ask->columns[at]
	                     : ask->values[at - (int64_t)ask->column_count];
	ask->descending = pick(self, 2) == 0;
}

/* ---- asking ---- */

static cx_slice words_of(const char *const *words, size_t count)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 12);
	cx_write_array(&out, count);
	for (size_t i = 0; i < count; i++)
		cx_write_text(&out, words[i]);
	return wire_exact(cx_buf_slice(&out));
}

static cx_slice order_of(const question *ask)
{
	char text[80];
	const char *const term = text;
	if (ask->order == NULL)
		return (cx_slice){ 0 };
	snprintf(text, sizeof text, "%s%s", ask->order, ask->descending ? " desc" : "");
	return words_of(&term, 1);
}

static engine_summary_query query_of(const question *ask)
{
	return (engine_summary_query){
		.records = { .type = ask->type, .filter = ask->filter, .allow_scan = true },
		.group = words_of(ask->columns, ask->column_count),
		.values = words_of(ask->values, ask->value_count),
		.order = order_of(ask),
	};
}

/* Rows of all pages, one after the other. */
static cx_status ask_pages(engine_read *read, engine_summary_query query, cx_buf *rows,
                           engine_summary_page *page, cx_error *error)
{
	uint8_t position[ENGINE_POSITION_BYTES_MAX];
	for (int pages = 0; pages < 1000; pages++) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 22);
		cx_status status = engine_summary_run(read, &query, &out, page, error);
		if (status != CX_OK)
			return status;
		cx_reader reader = cx_reader_of(cx_buf_slice(&out));
		cx_read_skip(&reader);
		assert_int_equal(cx_read_array(&reader), page->rows);
		cx_buf_append_slice(rows, reader.rest);
		if (page->position_size == 0)
			return CX_OK;
		assert_true(page->rows == query.limit);
		memcpy(position, page->position, page->position_size);
		query.after = (cx_slice){ .data = position, .size = page->position_size };
	}
	fail_msg("no end");
	return CX_OK;
}

static void show_question(const question *ask, const char *how)
{
	print_message(
		"%s %s, group %s, values %s, order %s%s: %s\n", ask->type->name,
		wire_show(ask->filter), wire_show(words_of(ask->columns, ask->column_count)),
		wire_show(words_of(ask->values, ask->value_count)),
		ask->order != NULL ? ask->order : "-", ask->descending ? " desc" : "", how);
}

/* Asks in one way; false when this way cannot be gone. */
static bool compare(engine_read *read, const question *ask, const engine_summary_query *query,
                    const answer *expected, const char *how)
{
	CX_SCOPED(cx_buf_release) cx_buf rows = CX_BUF_INIT(1 << 22);
	CX_SCOPED(cx_buf_release) cx_buf wanted = CX_BUF_INIT(1 << 22);
	CX_UNSET engine_summary_page page;
	cx_error error;
	cx_error_clear(&error);
	cx_status status = ask_pages(read, *query, &rows, &page, &error);
	const bool beyond = strstr(error.text, "is beyond") != NULL;
	if (status == CX_INVALID_ARGUMENT && !beyond &&
	    (query->records.use_index != NULL || query->aggregate != NULL ||
	     query->records.combine != ENGINE_COMBINE_AS_CHEAPEST))
		return false;
	if (expected->overflows) {
		refused++;
		if (!beyond) {
			show_question(ask, how);
			fail_msg("a term beyond the limit was taken");
		}
		return true;
	}
	if (status != CX_OK) {
		show_question(ask, how);
		fail_msg("%s", error.text);
	}
	naive_groups_write(ask, expected, &wanted);
	if (!cx_slice_equal(cx_buf_slice(&rows), cx_buf_slice(&wanted)) ||
	    page.groups != expected->count) {
		show_question(ask, how);
		print_message("is       [%llu] %s\n", (unsigned long long)page.groups,
		              rows.size > 0 ? wire_show(cx_buf_slice(&rows)) : "");
		print_message("should be [%zu] %s\n", expected->count,
		              wanted.size > 0 ? wire_show(cx_buf_slice(&wanted)) : "");
		fail();
	}
	by_groups += page.aggregate != NULL;
	return true;
}

static void by_every_index(engine_read *read, const question *ask, const answer *expected)
{
	engine_summary_query query = query_of(ask);
	for (uint16_t i = 0; i < ask->type->index_count; i++) {
		query.records.use_index = &ask->type->indexes[i];
		by_index += compare(read, ask, &query, expected, query.records.use_index->name);
	}
	query.records.use_index = NULL;
	query.no_aggregate = true;
	query.records.combine = ENGINE_COMBINE_UNITE;
	by_index += compare(read, ask, &query, expected, "united");
	query.records.combine = ENGINE_COMBINE_INTERSECT;
	by_index += compare(read, ask, &query, expected, "intersected");
}

static void by_records(engine_read *read, const question *ask, const answer *expected)
{
	engine_summary_query query = query_of(ask);
	query.no_aggregate = true;
	assert_true(compare(read, ask, &query, expected, "records"));
	for (uint16_t i = 0; i < ask->type->index_count; i++)
		if (!ask->type->indexes[i].cluster)
			query.records.no_index[query.records.no_index_count++] =
				&ask->type->indexes[i];
	by_scan += compare(read, ask, &query, expected, "scan");
}

/* An aggregate asked for by name is about the records of its where-clause. */
static void by_every_name(world *self, engine_read *read, const question *ask,
                          const naive_table *table)
{
	static answer expected;
	for (uint16_t i = 0; i < ask->type->aggregate_count; i++) {
		engine_summary_query query = query_of(ask);
		query.aggregate = ask->type->aggregates[i];
		const bool all = strcmp(query.aggregate->name, "g4") == 0;
		naive_groups(ask, table, wire(all ? "nil" : wheres[self->where].filter),
		             self->zone_min, &expected);
		compare(read, ask, &query, &expected, query.aggregate->name);
	}
}

static void ask_one(world *self, engine_read *read, const naive_table *tables)
{
	static answer expected;
	question ask = random_question(self);
	random_order_of(self, &ask);
	const naive_table *table = &tables[ask.type == tables[1].type];
	naive_groups(&ask, table, (cx_slice){ 0 }, self->zone_min, &expected);
	engine_summary_query query = query_of(&ask);
	assert_true(compare(read, &ask, &query, &expected, "free"));
	query.limit = (size_t)(1 + pick(self, 5));
	assert_true(compare(read, &ask, &query, &expected, "free, in pages"));
	by_records(read, &ask, &expected);
	by_every_index(read, &ask, &expected);
	by_every_name(self, read, &ask, table);
}

static void every_plan_answers_what_the_records_say(void **state)
{
	(void)state;
	static const int zones[] = { 480, -330, 0, 1440, -1440 };
	static world self;
	self.dice = dice_init();
	for (unsigned i = 0; i < STORES; i++) {
		self.where = i % CX_COUNT_OF(wheres);
		self.zone_min = zones[pick(&self, CX_COUNT_OF(zones))];
		open_world(&self);
		fill(&self);
		fixture_assert_sound(&self.store);
		{
			CX_SCOPED(engine_read_end) engine_read *read = NULL;
			assert_int_equal(engine_read_begin(self.store.engine, &read), CX_OK);
			naive_table tables[2];
			for (int kind = 0; kind < 2; kind++)
				naive_read(&tables[kind], read,
				           fixture_type(&self.store, types[kind]),
				           self.last[kind]);
			for (int round = 0; round < ROUNDS; round++)
				ask_one(&self, read, tables);
			for (int kind = 0; kind < 2; kind++)
				naive_release(&tables[kind]);
		}
		fixture_close(&self.store);
	}
	print_message("%d by groups, %d by an index, %d scans, %d refused, %d beyond 64 bits\n",
	              by_groups, by_index, by_scan, refused, naive_beyond_64_bits);
	assert_true(by_groups > 100 && by_index > 100 && by_scan > 100 &&
	            naive_beyond_64_bits > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_plan_answers_what_the_records_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
