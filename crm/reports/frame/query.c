/* SPDX-License-Identifier: Apache-2.0 */
/* Records by a condition, and by id. */
#include "base/check.h"
#include "base/msgpack.h"
#include "crm/reports/frame/read.h"
#include "crm/reports/frame/values.h"

#include <stdlib.h>

enum { FILTER_BYTES_MAX = 64 * 1024 };

/* ---- the filter ---- */

static void write_words(const char *words, cx_buf *out)
{
	const size_t place = cx_write_array_open(out);
	uint32_t count = 0;
	for (const char *at = words; *at != '\0'; count++) {
		const size_t size = strcspn(at, " ");
		cx_write_str(out, (cx_slice){ (const uint8_t *)at, size });
		at += size + (at[size] == ' ');
	}
	if (cx_buf_status(out) == CX_OK)
		cx_write_array_close(out, place, count);
}

static void write_numbers(const int64_t *numbers, size_t count, cx_buf *out)
{
	cx_write_array(out, count);
	for (size_t i = 0; i < count; i++)
		cx_write_int(out, numbers[i]);
}

static void write_condition(const crm__condition *condition, cx_buf *out)
{
	const bool is_list = strcmp(condition->operator, "in") == 0;
	uint32_t values = is_list;
	values += condition->a.kind != CRM__NONE;
	values += condition->b.kind != CRM__NONE;
	cx_write_array(out, 2 + values);
	cx_write_text(out, condition->operator);
	cx_write_text(out, condition->field);
	if (is_list && condition->words != NULL)
		write_words(condition->words, out);
	else if (is_list)
		write_numbers(condition->numbers, condition->count, out);
	if (condition->a.kind != CRM__NONE)
		crm__value_write(&condition->a, out);
	if (condition->b.kind != CRM__NONE)
		crm__value_write(&condition->b, out);
}

static void write_filter(const crm__query *query, cx_buf *out)
{
	if (query->where_count == 0)
		return;
	if (query->where_count > 1) {
		cx_write_array(out, query->where_count + 1);
		cx_write_text(out, "and");
	}
	for (size_t i = 0; i < query->where_count; i++)
		write_condition(&query->where[i], out);
}

/* ---- the query ---- */

typedef struct scan {
	crm__report *report;
	engine_query query;
	const engine_field *fields[CRM__FIELDS_MAX];
	uint16_t slots[CRM__FIELDS_MAX];
	size_t field_count;
	crm__record_sink *sink;
	void *context;
} scan;

static cx_status take_row(void *context, const engine_row *row)
{
	scan *self = context;
	crm__value values[CRM__FIELDS_MAX];
	cx_status status =
		crm__values_pick(self->report, row, self->fields, self->field_count, values);
	return status == CX_OK ? self->sink(self->context, values) : status;
}

static int compare_slots(const void *left, const void *right)
{
	return *(const uint16_t *)left - *(const uint16_t *)right;
}

static cx_status prepare_fields(scan *self, const char *words)
{
	cx_status status = crm__fields_of(self->report, self->query.type, words, self->fields,
	                                  &self->field_count);
	if (status != CX_OK)
		return status;
	for (size_t i = 0; i < self->field_count; i++)
		self->slots[i] = self->fields[i]->slot;
	qsort(self->slots, self->field_count, sizeof *self->slots, compare_slots);
	self->query.only = self->slots;
	self->query.only_count = self->field_count;
	return CX_OK;
}

static cx_status prepare_order(scan *self, const char *order)
{
	static const char down[] = " desc";
	char name[ENGINE_NAME_MAX + 1];
	const size_t size = strcspn(order, " ");
	CX_ASSERT(size > 0 && size < sizeof name);
	CX_ASSERT(order[size] == '\0' || strcmp(order + size, down) == 0);
	memcpy(name, order, size);
	name[size] = '\0';
	self->query.order_count = 1;
	self->query.order[0].descending = order[size] != '\0';
	return crm__field(self->report, self->query.type, name, &self->query.order[0].field);
}

static cx_status prepare_index(scan *self, const char *name)
{
	self->query.use_index = engine_type_index(self->query.type, cx_slice_of(name));
	if (self->query.use_index != NULL)
		return CX_OK;
	return cx_fail(self->report->error, CX_NO_INDEX,
	               "the report reads the index %s of %s, which the schema of this store "
	               "has not",
	               name, self->query.type->name);
}

static cx_status prepare(scan *self, const crm__query *query)
{
	cx_status status = crm__type(self->report, query->type, &self->query.type);
	self->query.allow_scan = query->allow_scan;
	if (status == CX_OK)
		status = prepare_fields(self, query->fields);
	if (status == CX_OK && query->order != NULL)
		status = prepare_order(self, query->order);
	if (status == CX_OK && query->index != NULL)
		status = prepare_index(self, query->index);
	return status;
}

/* Pages are of one snapshot, so together they are the whole. */
static cx_status run_pages(scan *self, size_t limit)
{
	crm__report *report = self->report;
	engine_page page = { 0 };
	size_t left = limit;
	do {
		self->query.limit = ENGINE_PAGE_RECORDS_MAX;
		if (limit != 0 && left < ENGINE_PAGE_RECORDS_MAX)
			self->query.limit = left;
		self->query.max_scan = report->keys_max - report->keys + 1;
		self->query.deadline_ns = report->deadline_ns;
		engine_page next;
		self->query.after = (cx_slice){ page.position, page.position_size };
		cx_status status = engine_query_run(report->read, &self->query, take_row, self,
		                                    &next, report->error);
		if (status == CX_OK)
			status = crm__spend(report, next.keys_scanned, next.rows_fetched);
		if (status != CX_OK)
			return status;
		left -= limit != 0 ? next.rows : 0;
		page = next;
	} while (page.position_size != 0 && (limit == 0 || left > 0));
	return CX_OK;
}

cx_status crm__query_run(crm__report *report, const crm__query *query, crm__record_sink *sink,
                         void *context)
{
	CX_ASSERT(query->where_count <= CRM__CONDITIONS_MAX);
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(FILTER_BYTES_MAX);
	scan self = { .report = report, .sink = sink, .context = context };
	cx_status status = prepare(&self, query);
	if (status != CX_OK)
		return status;
	write_filter(query, &filter);
	if (cx_buf_status(&filter) != CX_OK)
		return cx_buf_status(&filter);
	self.query.filter = cx_buf_slice(&filter);
	return run_pages(&self, query->limit);
}

cx_status crm__get(crm__report *report, const char *type, int64_t id, const char *fields,
                   crm__value *ret)
{
	const engine_type *found;
	const engine_field *wanted[CRM__FIELDS_MAX];
	size_t count = 0;
	engine_row row;
	cx_status status = crm__type(report, type, &found);
	if (status == CX_OK)
		status = crm__fields_of(report, found, fields, wanted, &count);
	if (status == CX_OK)
		status = engine_get(report->read, found, id, &row, report->error);
	if (status == CX_OK)
		status = crm__values_pick(report, &row, wanted, count, ret);
	return status == CX_OK ? crm__spend(report, 1, 1) : status;
}

/* ---- straight into rows ---- */

typedef struct rows {
	crm__report *report;
	size_t left; /* of the limit */
} rows;

static cx_status put_row(void *context, const crm__value *values)
{
	rows *self = context;
	crm__report *report = self->report;
	if (self->left == 0) {
		report->more = true;
		return CX_OK;
	}
	self->left--;
	if (!crm__row(report))
		return CX_OK;
	for (size_t i = 0; i < report->section->column_count; i++)
		crm__put(report, &values[i]);
	return CX_OK;
}

cx_status crm__query_rows(crm__report *report, const crm__query *query)
{
	CX_ASSERT(report->section != NULL);
	const size_t room = report->rows_max - report->rows;
	rows self = { .report = report,
		      .left = query->limit != 0 && query->limit < room ? query->limit : room };
	crm__query limited = *query;
	limited.limit = self.left + 1;
	return crm__query_run(report, &limited, put_row, &self);
}
