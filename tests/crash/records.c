/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/records.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "engine/admin.h"
#include "engine/record.h"
#include "tests/crash/ledger.h"

#include <stdio.h>
#include <string.h>

enum {
	FIRM,
	PERSON,
	CALL,
	FIELDS_BYTES_MAX = 16 * 1024,
	TEXT_BYTES_MAX = 6000,
	BATCH_MAX = 5,
	IDS_LEFT = 8, /* to what is written after a crash */
};

static const char schema[] =
	"type firm \"Firm\" { code string(40) required unique size int\n"
	"  parent ref(firm) on delete set_null index (size, code desc) }\n"
	"type person \"Person\" { firm ref(firm) on delete cascade required\n"
	"  boss ref(person) on delete set_null name string(300) n int\n"
	"  index (firm, name) unique by_pair (name, n) where name }\n"
	"type call \"Call\" { person ref(person) on delete cascade required\n"
	"  at int required firm ref(firm) on delete restrict text text\n"
	"  cluster by (person, at desc) index (text) }\n";

static const engine_type *type_of(const engine *opened, int type)
{
	static const char *const names[RECORD_TYPES] = { "firm", "person", "call" };
	return engine_schema_type(engine_schema_of(opened), cx_slice_of(names[type]));
}

cx_status records_open(const char *path, const engine_options *options, engine **ret,
                       cx_error *error)
{
	engine_options with_schema = *options;
	with_schema.schema = cx_slice_of(schema);
	return engine_open(path, &with_schema, ret, error);
}

/* ---- fields ---- */

/* What a batch has made so far. */
typedef struct batch {
	int64_t ids[BATCH_MAX];
	size_t count;
} batch;

static int64_t any_id(const records *self, int type)
{
	return 1 + (int64_t)dice_below(self->roll, (uint64_t)self->last_ids[type] + 1);
}

/* Nil, a record, or what an earlier operation of the batch made, of whatever type. */
static void write_ref(records *self, const char *name, int type, bool required,
                      const batch *before)
{
	cx_buf *out = &self->fields;
	cx_write_text(out, name);
	if (!required && dice_one_in(self->roll, 2)) {
		cx_write_nil(out);
	} else if (before->count > 0 && dice_one_in(self->roll, 2)) {
		cx_write_map(out, 1);
		cx_write_text(out, "$");
		cx_write_uint(out, dice_below(self->roll, before->count));
	} else {
		cx_write_int(out, any_id(self, type));
	}
}

static void write_int(records *self, const char *name, uint64_t below)
{
	cx_write_text(&self->fields, name);
	cx_write_int(&self->fields, (int64_t)dice_below(self->roll, below));
}

static void write_text(records *self, const char *name, uint64_t different, size_t size_max)
{
	char text[TEXT_BYTES_MAX];
	uint64_t number = dice_below(self->roll, different);
	size_t size = 4 + dice_below(self->roll, size_max - 4);
	memset(text, 'a' + (int)(number % 26), size);
	snprintf(text, 4, "%03d", (int)number);
	text[3] = '-';
	cx_write_text(&self->fields, name);
	cx_write_str(&self->fields, (cx_slice){ (const uint8_t *)text, size });
}

static cx_slice any_fields(records *self, int type, const batch *before)
{
	cx_buf_clear(&self->fields);
	switch (type) {
	case FIRM:
		cx_write_map(&self->fields, 3);
		write_text(self, "code", 100, 8);
		write_int(self, "size", 5);
		write_ref(self, "parent", FIRM, false, before);
		break;
	case PERSON:
		cx_write_map(&self->fields, 4);
		write_ref(self, "firm", FIRM, true, before);
		write_ref(self, "boss", PERSON, false, before);
		write_text(self, "name", 20, 60);
		write_int(self, "n", 5);
		break;
	default:
		cx_write_map(&self->fields, 4);
		write_ref(self, "person", PERSON, true, before);
		write_int(self, "at", 50);
		write_ref(self, "firm", FIRM, false, before);
		write_text(self, "text", 100,
		           dice_one_in(self->roll, 8) ? TEXT_BYTES_MAX : 100);
	}
	CX_ASSERT(cx_buf_status(&self->fields) == CX_OK);
	return cx_buf_slice(&self->fields);
}

/* ---- requests ---- */

static cx_status do_any(records *self, engine_write *write, batch *before)
{
	int kind = (int)dice_below(self->roll, RECORD_TYPES);
	const engine_type *type = type_of(self->engine, kind);
	int64_t id = any_id(self, kind);
	const engine_change change = {
		.author = { .now_ms = ++self->now_ms },
		.references = { before->ids, before->count },
	};
	engine_outcome outcome;
	cx_status status;
	switch (dice_below(self->roll, 10)) {
	case 0:
		status = engine_delete(write, type, id, &change, &outcome, NULL);
		break;
	case 1:
		status = engine_undelete(write, type, id, &change, &outcome, NULL);
		break;
	case 2:
		status = engine_purge(write, type, id, &change, &outcome, NULL);
		break;
	case 3:
	case 4:
	case 5:
		status = engine_update(write, type, id, any_fields(self, kind, before), &change,
		                       &outcome, NULL);
		break;
	default:
		if (self->last_ids[kind] >= RECORD_IDS_MAX - IDS_LEFT)
			return CX_NOT_FOUND;
		status = engine_create(write, type, any_fields(self, kind, before), &change,
		                       &outcome, NULL);
	}
	if (status == CX_OK)
		before->ids[before->count++] = outcome.id;
	if (status == CX_OK && self->last_ids[kind] < outcome.id)
		self->last_ids[kind] = outcome.id;
	CX_ASSERT(cx_status_class_of(status) == CX_CLASS_CALLER);
	return status;
}

void records_request(records *self, engine_write *write)
{
	if (self->fields.limit == 0)
		self->fields = CX_BUF_INIT(FIELDS_BYTES_MAX);
	batch done = { 0 };
	uint64_t count =
		dice_one_in(self->roll, 3) ? 2 + dice_below(self->roll, BATCH_MAX - 1) : 1;
	engine_mark mark = engine_write_mark(write);
	while (count-- > 0)
		if (do_any(self, write, &done) != CX_OK) {
			engine_write_rollback(write, mark);
			return;
		}
}

cx_status records_add_firm(engine *opened, engine_write *write, int64_t code)
{
	const engine_type *type = type_of(opened, FIRM);
	const engine_change change = { .author = { .now_ms = code } };
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(FIELDS_BYTES_MAX);
	engine_outcome outcome;
	char text[32];
	snprintf(text, sizeof text, "after %lld", (long long)code);
	cx_write_map(&fields, 1);
	cx_write_text(&fields, "code");
	cx_write_text(&fields, text);
	cx_status status =
		engine_create(write, type, cx_buf_slice(&fields), &change, &outcome, NULL);
	if (status != CX_OK)
		return status;
	cx_buf_clear(&fields);
	cx_write_map(&fields, 1);
	cx_write_text(&fields, "size");
	cx_write_int(&fields, 7);
	return engine_update(write, type, outcome.id, cx_buf_slice(&fields), &change, &outcome,
	                     NULL);
}

/* ---- looking ---- */

cx_status records_hash(engine *opened, engine_read *read, uint64_t seq, uint64_t *ret)
{
	uint64_t sum = ledger_hash_pair(seq, cx_slice_of("seq"), (cx_slice){ 0 });
	for (int type = 0; type < RECORD_TYPES; type++)
		for (int64_t id = 1; id <= RECORD_IDS_MAX; id++) {
			engine_row row;
			cx_status status =
				engine_get_any(read, type_of(opened, type), id, &row, NULL);
			if (status == CX_NOT_FOUND)
				continue;
			if (status != CX_OK)
				return status;
			const cx_slice key = { (const uint8_t *)&id, sizeof id };
			sum += ledger_hash_pair((uint64_t)type, key, row.array);
		}
	*ret = sum;
	return CX_OK;
}

static void keep_first(void *context, const char *text)
{
	char *first = context;
	if (first[0] == '\0')
		snprintf(first, CX_ERROR_TEXT_SIZE, "%s", text);
}

/* That there are no records but those that the hash has. */
static cx_status check_count(engine *opened, engine_read *read, int type, cx_error *error)
{
	uint64_t expected = 0;
	uint64_t count;
	engine_row row;
	for (int64_t id = 1; id <= RECORD_IDS_MAX; id++)
		expected +=
			engine_get_any(read, type_of(opened, type), id, &row, NULL) == CX_OK;
	cx_status status = engine_type_count(read, type_of(opened, type), &count);
	if (status == CX_OK && count != expected)
		status = CX_CORRUPT;
	return status == CX_OK ? CX_OK : cx_fail(error, status, "records of type %d", type);
}

cx_status records_check(engine *opened, engine_read *read, cx_error *error)
{
	char first[CX_ERROR_TEXT_SIZE] = "";
	engine_check_report report;
	cx_status status = engine_check(read, 0, keep_first, first, &report);
	if (status == CX_OK && report.findings > 0)
		status = CX_CORRUPT;
	if (status != CX_OK)
		return cx_fail(error, status, "%s", first);
	for (int type = 0; type < RECORD_TYPES && status == CX_OK; type++)
		status = check_count(opened, read, type, error);
	return status;
}
