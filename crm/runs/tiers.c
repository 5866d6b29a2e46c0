/* SPDX-License-Identifier: Apache-2.0 */
#include "base/msgpack.h"
#include "crm/findings/tier_facts.h"
#include "crm/reports/frame/read.h"
#include "crm/reports/reading.h"
#include "crm/runs.h"

#include <stdlib.h>

static const int64_t day_ms = 86400000;

struct crm_tier_run {
	crm__report reading; /* its arena; the snapshot is the caller's */
	crm__grading grading;
	char params[CRM_TIER_TEXT_SIZE];
	int64_t as_of_ms;
	size_t next; /* customer to write */
	crm_tier_counts counts;
};

void crm_tier_run_free(crm_tier_run **run)
{
	if (*run == NULL)
		return;
	crm__grading_release(&(*run)->grading);
	crm__reading_end(&(*run)->reading);
	free(*run);
	*run = NULL;
}

bool crm_tier_run_is_done(const crm_tier_run *run)
{
	return run->next == run->grading.count;
}

const crm_tier_counts *crm_tier_run_counts(const crm_tier_run *run)
{
	return &run->counts;
}

/* ---- reading ---- */

static cx_status read_parameters(cx_slice map, crm__tier_parameters *to, cx_error *error)
{
	*to = crm__tier_defaults();
	cx_reader reader = cx_reader_of(map);
	if (map.size == 0 || cx_read_if_nil(&reader))
		return CX_OK;
	const uint32_t count = cx_read_map(&reader);
	for (uint32_t i = 0; i < count && !reader.failed; i++) {
		const cx_slice name = cx_read_str(&reader);
		const int64_t value = cx_read_int(&reader);
		if (!reader.failed && !crm__tier_set(to, name, value))
			return cx_fail(
				error, CX_INVALID_ARGUMENT,
				"there is no parameter %.*s of tiers, or it cannot be %lld",
				CX_SLICE_ARG(name), (long long)value);
	}
	if (reader.failed)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "parameters of tiers are a map of names and integers");
	return CX_OK;
}

cx_status crm_tier_run_new(engine_read *read, const crm_tier_request *request,
                           crm_tier_run **ret, cx_error *error)
{
	crm__tier_parameters parameters;
	cx_status status = read_parameters(request->parameters, &parameters, error);
	if (status != CX_OK)
		return status;
	CX_SCOPED(crm_tier_run_free) crm_tier_run *run = calloc(1, sizeof *run);
	if (run == NULL)
		return CX_NO_MEMORY;
	run->as_of_ms = request->as_of_ms != 0 ? request->as_of_ms : request->now_ms;
	crm__tier_text(&parameters, run->params);
	status = crm__reading_begin(&run->reading, read, run->as_of_ms, error);
	if (status == CX_OK)
		status = crm__grading_read(&run->reading, &parameters, &run->grading);
	if (status != CX_OK)
		return status;
	run->counts.customers = run->grading.count;
	*ret = run;
	run = NULL;
	return CX_OK;
}

/* ---- writing ---- */

typedef struct writing {
	crm_tier_run *run;
	engine_write *write;
	crm__report reading; /* the inside of the transaction */
	engine_change change;
	cx_error *error;
	const engine_type *tiers;
	const engine_index *by_instant; /* customer, as_of */
	const engine_type *customers;
	crm_tier_counts counts;
} writing;

static cx_status has_row(const writing *self, int64_t customer, bool *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf values = CX_BUF_INIT(64);
	engine_row row;
	cx_write_array(&values, 2);
	cx_write_int(&values, customer);
	cx_write_int(&values, self->run->as_of_ms);
	cx_status status = cx_buf_status(&values);
	if (status == CX_OK)
		status = engine_lookup(engine_write_view(self->write), self->by_instant,
		                       cx_buf_slice(&values), &row, self->error);
	*ret = status == CX_OK;
	return status == CX_NOT_FOUND ? CX_OK : status;
}

static void put_int(cx_buf *out, const char *name, int64_t value)
{
	cx_write_text(out, name);
	cx_write_int(out, value);
}

static void put_text(cx_buf *out, const char *name, const char *value)
{
	cx_write_text(out, name);
	cx_write_text(out, value);
}

static void put_row(const writing *self, const crm__graded *one, cx_buf *out)
{
	const size_t always = 11;
	char reason[CRM_TIER_REASON_SIZE], rfm[4];
	const crm__customer_scores *scores = &one->scores;
	const bool ordered = one->facts.f_count > 0;
	crm__graded_reason(&self->run->grading, one, reason);
	rfm[0] = (char)('0' + scores->r);
	rfm[1] = (char)('0' + scores->f);
	rfm[2] = (char)('0' + scores->m);
	rfm[3] = '\0';
	cx_write_map(out, always + ordered + one->has_expiry);
	put_int(out, "customer", one->id);
	put_int(out, "as_of", self->run->as_of_ms);
	put_text(out, "tier", crm__tier_label(one->verdict.tier));
	put_int(out, "value_score", scores->value);
	put_int(out, "potential_score", scores->potential);
	put_int(out, "f_count", one->facts.f_count);
	put_int(out, "m_base", one->facts.m_base);
	put_text(out, "rfm", rfm);
	cx_write_text(out, "manual");
	cx_write_bool(out, one->manual);
	put_text(out, "reason", one->manual ? one->reason : reason);
	put_text(out, "params", self->run->params);
	if (ordered)
		put_int(out, "r_days", one->facts.r_days);
	if (one->has_expiry)
		put_int(out, "expires_on", one->expires_on);
}

static cx_status make_row(writing *self, const crm__graded *one)
{
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	engine_outcome outcome;
	put_row(self, one, &fields);
	cx_status status = cx_buf_status(&fields);
	return status == CX_OK ? engine_create(self->write, self->tiers, cx_buf_slice(&fields),
	                                       &self->change, &outcome, self->error)
	                       : status;
}

/* ---- the customer itself ---- */

static cx_status note_instant(void *context, const crm__value *values)
{
	*(int64_t *)context = values[0].number;
	return CX_OK;
}

/* A row by hand may be newer than this run. */
static cx_status is_newest(writing *self, int64_t customer, bool *ret)
{
	int64_t newest = self->run->as_of_ms;
	const crm__condition where[] = { crm__equal("customer", crm__number(customer)) };
	const crm__query query = { .type = "customer_tier",
		                   .where = where,
		                   .where_count = 1,
		                   .index = "customer,as_of",
		                   .order = "as_of desc",
		                   .limit = 1,
		                   .fields = "as_of" };
	cx_status status = crm__query_run(&self->reading, &query, note_instant, &newest);
	*ret = newest == self->run->as_of_ms;
	return status;
}

enum { TIER, LIFECYCLE, LAST_ORDER };

static bool falls_asleep(const writing *self, const crm__value *customer)
{
	const crm_tier_run *run = self->run;
	const int64_t from = run->as_of_ms - run->grading.parameters.window_days * day_ms;
	return crm__is(&customer[LIFECYCLE], "active") &&
	       (crm__is_null(&customer[LAST_ORDER]) || customer[LAST_ORDER].number <= from);
}

static cx_status change_customer(writing *self, const crm__graded *one,
                                 const crm__value *customer)
{
	const char *tier = crm__tier_label(one->verdict.tier);
	const bool sleeps = falls_asleep(self, customer);
	bool other = !crm__is(&customer[TIER], tier);
	cx_status status = CX_OK;
	if (other)
		status = is_newest(self, one->id, &other);
	if (status != CX_OK || !(other || sleeps))
		return status;

	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(256);
	engine_outcome outcome;
	cx_write_map(&fields, (size_t)other + sleeps);
	if (other)
		put_text(&fields, "tier", tier);
	if (sleeps)
		put_text(&fields, "lifecycle", "dormant");
	status = cx_buf_status(&fields);
	if (status == CX_OK)
		status = engine_update(self->write, self->customers, one->id,
		                       cx_buf_slice(&fields), &self->change, &outcome,
		                       self->error);
	self->counts.changed += other;
	self->counts.dormant += sleeps;
	return status;
}

static cx_status write_one(writing *self, const crm__graded *one)
{
	crm__value customer[CRM__FIELDS_MAX];
	bool there = false;
	cx_status status = has_row(self, one->id, &there);
	if (status == CX_OK && !there)
		status = crm__get(&self->reading, "customer", one->id,
		                  "tier lifecycle last_order_at", customer);
	if (there || status == CX_NOT_FOUND) { /* deleted meanwhile */
		self->counts.skipped++;
		return CX_OK;
	}
	if (status == CX_OK)
		status = make_row(self, one);
	if (status != CX_OK)
		return status;
	self->counts.written++;
	self->counts.by_hand += one->manual;
	self->counts.tiers[one->verdict.tier]++;
	return change_customer(self, one, customer);
}

static cx_status find_index(writing *self)
{
	self->by_instant = engine_type_index(self->tiers, CX_SLICE_LITERAL("customer,as_of"));
	if (self->by_instant != NULL)
		return CX_OK;
	return cx_fail(self->error, CX_NO_INDEX, "customer_tier has no index customer,as_of");
}

static cx_status begin(writing *self, int64_t now_ms)
{
	cx_status status = crm__reading_begin(&self->reading, engine_write_view(self->write),
	                                      now_ms, self->error);
	if (status == CX_OK)
		status = crm__type(&self->reading, "customer", &self->customers);
	if (status == CX_OK)
		status = crm__type(&self->reading, "customer_tier", &self->tiers);
	return status == CX_OK ? find_index(self) : status;
}

static void end(writing *self)
{
	crm__reading_end(&self->reading);
}

cx_status crm_tier_run_write(crm_tier_run *run, engine_write *write,
                             const engine_author *author, size_t limit, cx_error *error)
{
	const engine_mark mark = engine_write_mark(write);
	CX_SCOPED(end)
	writing self = {
		.run = run,
		.write = write,
		.change = { .author = *author, .internal = true, .cause = CRM_CAUSE_TIERS },
		.error = error,
		.counts = run->counts,
	};
	cx_status status = begin(&self, author->now_ms);
	size_t next = run->next;
	for (size_t done = 0; done < limit && next < run->grading.count && status == CX_OK;
	     done++)
		status = write_one(&self, &run->grading.items[next++]);
	if (status != CX_OK) {
		engine_write_rollback(write, mark);
		return status;
	}
	run->next = next;
	run->counts = self.counts;
	return CX_OK;
}
