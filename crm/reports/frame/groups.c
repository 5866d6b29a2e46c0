/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of maintained aggregates. */
#include "base/check.h"
#include "base/msgpack.h"
#include "crm/reports/frame/read.h"
#include "crm/reports/frame/values.h"

enum { REQUEST_BYTES_MAX = 4096 };

typedef struct walk {
	crm__report *report;
	const engine_aggregate *aggregate;
	crm__group_sink *sink;
	void *context;
} walk;

static cx_status take_group(void *context, const engine_group *group)
{
	const walk *self = context;
	const engine_aggregate *aggregate = self->aggregate;
	crm__group ret = { .count = group->count };
	memcpy(ret.sums, group->sums, sizeof ret.sums);
	cx_reader reader = cx_reader_of(group->columns);
	const uint32_t columns = cx_read_array(&reader);
	for (uint32_t i = 0; i < columns && i < aggregate->column_count; i++)
		ret.columns[i] = crm__value_read(&reader);
	if (reader.failed || columns != aggregate->column_count)
		return cx_fail(self->report->error, CX_CORRUPT, "a group of %s cannot be read",
		               aggregate->name);
	return self->sink(self->context, &ret);
}

/* The bytes of a request: prefix, low and high one after the other. */
static void write_request(const crm__groups *groups, cx_buf *out, engine_group_query *ret)
{
	size_t prefix = 0, low = 0;
	if (groups->prefix_count > 0) {
		cx_write_array(out, groups->prefix_count);
		for (size_t i = 0; i < groups->prefix_count; i++)
			crm__value_write(&groups->prefix[i], out);
	}
	prefix = out->size;
	if (groups->low.kind != CRM__NONE)
		crm__value_write(&groups->low, out);
	low = out->size;
	if (groups->high.kind != CRM__NONE)
		crm__value_write(&groups->high, out);
	const cx_slice whole = cx_buf_slice(out);
	ret->prefix = (cx_slice){ whole.data, prefix };
	ret->low = (cx_slice){ cx_slice_from(whole, prefix).data, low - prefix };
	ret->high = cx_slice_from(whole, low);
}

static cx_status prepare(walk *self, const crm__groups *groups, cx_buf *bytes,
                         engine_group_query *ret)
{
	self->aggregate =
		engine_schema_aggregate(self->report->schema, cx_slice_of(groups->aggregate));
	if (self->aggregate == NULL)
		return cx_fail(
			self->report->error, CX_NO_INDEX,
			"the report reads the aggregate %s, which the schema of this store "
			"has not",
			groups->aggregate);
	*ret = (engine_group_query){ .aggregate = self->aggregate, .limit = groups->limit };
	write_request(groups, bytes, ret);
	return cx_buf_status(bytes);
}

cx_status crm__groups_walk(crm__report *report, const crm__groups *groups,
                           crm__group_sink *sink, void *context)
{
	CX_SCOPED(cx_buf_release) cx_buf bytes = CX_BUF_INIT(REQUEST_BYTES_MAX);
	walk self = { .report = report, .sink = sink, .context = context };
	engine_group_query query;
	cx_status status = prepare(&self, groups, &bytes, &query);
	engine_group_page page = { 0 };
	while (status == CX_OK) {
		engine_group_page next;
		query.after = (cx_slice){ page.position, page.position_size };
		status = engine_aggregate_groups(report->read, &query, take_group, &self, &next,
		                                 report->error);
		if (status == CX_OK)
			status = crm__spend(report, next.keys, 0);
		if (status == CX_OK && (next.position_size == 0 || groups->limit != 0))
			return CX_OK;
		page = next;
	}
	return status;
}

static cx_status add_group(void *context, const crm__group *group)
{
	crm__group *self = context;
	self->count += group->count;
	for (size_t i = 0; i < ENGINE_SUMS_MAX; i++)
		self->sums[i] = engine_sum_add(self->sums[i], group->sums[i]);
	return CX_OK;
}

cx_status crm__groups_total(crm__report *report, const crm__groups *groups, crm__group *ret)
{
	*ret = (crm__group){ 0 };
	return crm__groups_walk(report, groups, add_group, ret);
}
