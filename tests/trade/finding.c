/* SPDX-License-Identifier: Apache-2.0 */
/* The search box and the change log. */
#include "base/hash.h"
#include "engine/changes.h"
#include "engine/search.h"
#include "tests/support/unit.h"
#include "tests/trade/part.h"
#include "tests/trade/reading.h"

#include <stdlib.h>

/* ---- 15: search ---- */

typedef struct box {
	const char *text;
	const char *type;
	/* What the pass looks for in the field; every one of them must be in it. */
	const char *field;
	const char *parts[2];
	const char *ends;  /* instead of the second part, what a telephone number ends with */
	bool common;       /* more are found than a query looks at */
	uint64_t keys_max; /* of the index, when it is not */
} box;

enum { BATCH = 256 }; /* the keys of the index are read in; a query ends behind one */
#define NEVER "\n"    /* is in no name */

static const box boxes[] = {
	{ "华东 医疗", "customer", "name", { "华东", "医疗" }, NULL, true, 0 },
	{ "华东 00012", "customer", "name", { "华东", "司00012" }, "00012", false, 20000 },
	{ "medical 00012", "customer", "name", { "Medical", " 00012" }, "00012", false, 20000 },
	{ "0000123", "customer", "phone", { "", NEVER }, "0000123", false, 500 },
	{ "SO-000009", "sales_order", "number", { "SO-000009", "" }, NULL, false, 500 },
	{ "OP-000009", "opportunity", "number", { "OP-000009", "" }, NULL, false, 500 },
	{ "CT-000009", "contract", "number", { "CT-000009", "" }, NULL, false, 500 },
	{ "跟进 000128", "activity", "subject", { "跟进", "000128" }, NULL, false, 500 },
};

typedef struct looking {
	const box *what;
	uint64_t found;
} looking;

static bool ends_with(const trade_record *record, const char *digits)
{
	const cx_slice phone = trade_value(record, "phone")->as.bytes;
	const size_t size = strlen(digits);
	return phone.size >= size && memcmp(phone.data + phone.size - size, digits, size) == 0;
}

static bool is_in(const trade_record *record, const box *what)
{
	const cx_value *value = trade_value(record, what->field);
	if (value->kind != CX_KIND_STR)
		return false;
	for (size_t i = 0; i < CX_COUNT_OF(what->parts); i++)
		if (memmem(value->as.bytes.data, value->as.bytes.size, what->parts[i],
		           strlen(what->parts[i])) == NULL &&
		    !(i == 1 && what->ends != NULL && ends_with(record, what->ends)))
			return false;
	return true;
}

static void look(void *context, const trade_record *record)
{
	looking *self = context;
	self->found += !record->deleted && is_in(record, self->what);
}

typedef struct hits {
	const box *what;
	cx_arena *arena;
	size_t count;
	bool good;
} hits;

static cx_status take_hit(void *context, const engine_hit *hit)
{
	hits *self = context;
	trade_record record = { .type = hit->row.type };
	const cx_scan_limits limits = { .bytes = hit->row.array.size,
		                        .items = 10000,
		                        .depth = 16 };
	assert_int_equal(cx_value_decode(hit->row.array, limits, self->arena, &record.row),
	                 CX_OK);
	self->good = self->good && is_in(&record, self->what);
	self->count++;
	return CX_OK;
}

static void check_box(const trade_world *world, const box *what)
{
	const engine_type *type = fixture_type(&world->store, what->type);
	const engine_search search = { .text = cx_slice_of(what->text),
		                       .types = &type,
		                       .type_count = 1 };
	hits found = { .what = what, .good = true };
	engine_search_report report;
	cx_error error = { 0 };
	assert_int_equal(cx_arena_new(1 << 20, &found.arena), CX_OK);
	assert_int_equal(
		engine_search_run(world->read, &search, take_hit, &found, &report, &error),
		CX_OK);
	cx_arena_free(&found.arena);
	looking all = { .what = what };
	trade_pass(world, what->type, look, &all);
	const uint64_t first =
		all.found < ENGINE_SEARCH_HITS_DEFAULT ? all.found : ENGINE_SEARCH_HITS_DEFAULT;
	if (!found.good || all.found == 0 || found.count != first)
		trade_complain(15, what->text, "%zu hits of %llu", found.count,
		               (unsigned long long)all.found);
	if (what->common ? report.keys_scanned > ENGINE_SEARCH_KEYS_DEFAULT + BATCH ||
	                           report.rows_fetched > ENGINE_SEARCH_ROWS_DEFAULT
	                 : report.end != ENGINE_SEARCH_DONE || report.found != all.found ||
	                           report.keys_scanned > what->keys_max ||
	                           report.rows_fetched > ENGINE_SEARCH_ROWS_DEFAULT)
		trade_complain(
			15, what->text, "ends by %s, found %llu of %llu, %llu keys, %llu rows",
			engine_search_end_name(report.end), (unsigned long long)report.found,
			(unsigned long long)all.found, (unsigned long long)report.keys_scanned,
			(unsigned long long)report.rows_fetched);
}

void trade_check_search(const trade_world *world)
{
	for (size_t i = 0; i < CX_COUNT_OF(boxes); i++)
		check_box(world, &boxes[i]);
}

/* ---- 25: changes ---- */

/* The whole log in one pass: a hash of each change, by seq. */
typedef struct whole {
	uint64_t *hashes;
	uint64_t last;
	int64_t creates, deletes;
} whole;

static uint64_t hash_of(const engine_logged *change)
{
	const uint64_t head = (uint64_t)change->id * 31 + (uint64_t)change->kind;
	return cx_hash64(change->fields, cx_hash64(change->row, head));
}

static cx_status take_whole(void *context, const engine_logged *change)
{
	whole *self = context;
	assert_true(change->seq == self->last + (change->part == 0));
	self->last = change->seq;
	self->hashes[change->seq] ^= hash_of(change) + change->part;
	self->creates += change->kind == ENGINE_CHANGED_CREATE;
	self->deletes += change->kind == ENGINE_CHANGED_DELETE && change->part == 0;
	return CX_OK;
}

typedef struct resumed {
	const whole *whole;
	uint64_t next, hash;
	size_t changes;
	bool good;
} resumed;

static cx_status take_resumed(void *context, const engine_logged *change)
{
	resumed *self = context;
	self->changes++;
	self->hash ^= hash_of(change) + change->part;
	self->good = self->good && change->seq == self->next;
	if (!change->last)
		return CX_OK;
	self->good = self->good && self->hash == self->whole->hashes[self->next++];
	self->hash = 0;
	return CX_OK;
}

/* What is handed over begins where it was asked for, and ends soon after `max`. */
static void check_resumed(const trade_world *world, const whole *all, uint64_t from, size_t max)
{
	resumed self = { .whole = all, .next = from, .good = true };
	uint64_t next = 0, keys = 0;
	cx_error error = { 0 };
	assert_int_equal(engine_changes_read(world->read, from, NULL, 0, max, take_resumed,
	                                     &self, &next, &keys, &error),
	                 CX_OK);
	const uint64_t left = all->last + 1 - from;
	/* The next change tells that the last was whole. A long one lies in pieces. */
	const uint64_t most = self.changes + self.changes / 10 + 1;
	if (!self.good || next != self.next || self.changes > max + 10 || keys > most ||
	    (left > 0 && self.changes < (left < max ? left : max)))
		trade_complain(25, "changes since a number",
		               "%zu changes from %llu to %llu, at most %zu asked for; %llu "
		               "keys",
		               self.changes, (unsigned long long)from, (unsigned long long)next,
		               max, (unsigned long long)keys);
}

static int64_t made_in_all(const trade_sizes *sizes)
{
	return 1 + TRADE_TEAMS + TRADE_STAGES + sizes->users + sizes->products +
	       sizes->campaigns + sizes->customers + sizes->contacts + sizes->opportunities +
	       sizes->histories + sizes->activities + sizes->orders + sizes->lines +
	       sizes->payments + sizes->contracts + sizes->requests + sizes->feedbacks +
	       sizes->touches + sizes->targets;
}

void trade_check_changes(const trade_world *world)
{
	const uint64_t seqs = engine_read_seq(world->read);
	whole all = { .hashes = calloc(seqs + 2, sizeof *all.hashes) };
	assert_non_null(all.hashes);
	uint64_t next = 1;
	while (next <= seqs) {
		cx_error error = { 0 };
		assert_int_equal(engine_changes_read(world->read, next, NULL, 0, 10000,
		                                     take_whole, &all, &next, NULL, &error),
		                 CX_OK);
	}
	const int64_t made = made_in_all(&world->sizes);
	if (all.last != seqs || all.creates != made || all.deletes == 0 ||
	    all.creates + all.deletes != (int64_t)seqs)
		trade_complain(25, "all changes", "%lld made, not %lld; %lld deleted of %llu",
		               (long long)all.creates, (long long)made, (long long)all.deletes,
		               (unsigned long long)seqs);
	for (uint64_t from = 1; from <= seqs + 1; from += 1 + seqs / 23)
		check_resumed(world, &all, from, 100);
	check_resumed(world, &all, seqs, 100);
	check_resumed(world, &all, seqs + 1, 100);
	free(all.hashes);
}
