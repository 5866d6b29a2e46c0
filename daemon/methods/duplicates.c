/* SPDX-License-Identifier: Apache-2.0 */
/* duplicates: customers that may be one; and what creates and upserts say of them. */
#include "daemon/methods/duplicates.h"

#include "daemon/methods/answers.h"
#include "daemon/methods/selection.h"

#include <stdio.h>

static void write_why(unsigned why, cx_buf *out)
{
	cx_write_array(out, (size_t)__builtin_popcount(why));
	for (unsigned i = 0; i < CRM_LIKENESS_COUNT; i++)
		if ((why & 1u << i) != 0)
			cx_write_text(out, crm_likeness_name((crm_likeness)i));
}

static void write_candidate(const crm_candidate *candidate, cx_buf *out)
{
	cx_write_text(out, "id");
	cx_write_int(out, candidate->customer);
	cx_write_text(out, "why");
	write_why(candidate->why, out);
	cx_write_text(out, "weight");
	cx_write_uint(out, candidate->weight);
	cx_write_text(out, "contact");
	if (candidate->contact > 0)
		cx_write_int(out, candidate->contact);
	else
		cx_write_nil(out);
}

void daemon__candidates_write(const crm_candidates *candidates, cx_buf *out)
{
	cx_write_array(out, candidates->count);
	for (size_t i = 0; i < candidates->count; i++) {
		cx_write_map(out, 4);
		write_candidate(&candidates->items[i], out);
	}
}

/* ---- all of the store ---- */

typedef struct writing {
	cx_buf *out;
	uint32_t count;
} writing;

static cx_status write_pair(void *context, int64_t customer, const crm_candidate *other)
{
	writing *self = context;
	cx_write_map(self->out, 5);
	cx_write_text(self->out, "customer");
	cx_write_int(self->out, customer);
	write_candidate(other, self->out);
	self->count++;
	return cx_buf_status(self->out);
}

static void write_seq(daemon__call *call)
{
	cx_write_text(call->out, "seq");
	cx_write_uint(call->out, engine_read_seq(call->read));
}

static cx_status answer_all(daemon__call *call, cx_error *error)
{
	const proto_options *options = &call->request->options;
	size_t limit = 0;
	cx_status status = daemon__selection_limit(options, CRM_SLICE_MAX, &limit, error);
	if (status != CX_OK)
		return status;
	const int64_t from = options->from > INT64_MAX ? INT64_MAX : (int64_t)options->from;
	cx_write_map(call->out, 3);
	write_seq(call);
	cx_write_text(call->out, "pairs");
	const size_t place = cx_write_array_open(call->out);
	writing self = { .out = call->out };
	int64_t next = 0;
	status = crm_duplicates_walk(call->read, from, limit, call->deadline_ns, write_pair,
	                             &self, &next, error);
	if (status != CX_OK)
		return status;
	cx_write_array_close(call->out, place, self.count);
	cx_write_text(call->out, "next");
	if (next > 0)
		cx_write_int(call->out, next);
	else
		cx_write_nil(call->out);
	return CX_OK;
}

static bool is_empty_map(cx_slice map)
{
	cx_reader reader = cx_reader_of(map);
	return cx_read_map(&reader) == 0;
}

cx_status daemon__answer_duplicates(daemon__call *call, cx_error *error)
{
	if (is_empty_map(call->request->fields))
		return answer_all(call, error);
	crm_candidates found;
	cx_status status =
		crm_duplicates_of(call->read, call->request->fields, (int64_t)0, &found, error);
	if (status != CX_OK)
		return status;
	cx_write_map(call->out, 2);
	write_seq(call);
	cx_write_text(call->out, "candidates");
	daemon__candidates_write(&found, call->out);
	return CX_OK;
}

/* ---- creates and upserts ---- */

static cx_status policy_of(engine_read *read, const proto_options *options, crm_policy *ret,
                           cx_error *error)
{
	if ((options->given & PROTO_BIT(DUPLICATES)) == 0)
		return crm_policy_of(read, ret, error);
	if (crm_policy_find(options->duplicates, ret))
		return CX_OK;
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "duplicates is \"off\", \"warn\" or \"block\", not \"%.*s\"",
	               CX_SLICE_ARG(options->duplicates));
}

static cx_status fail_blocked(const crm_candidates *found, cx_error *error)
{
	const crm_candidate *first = &found->items[0];
	char why[96] = "";
	size_t used = 0;
	for (unsigned i = 0; i < CRM_LIKENESS_COUNT && used < sizeof why; i++)
		if ((first->why & 1u << i) != 0)
			used += (size_t)snprintf(why + used, sizeof why - used, "%s%s",
			                         used > 0 ? ", " : "",
			                         crm_likeness_name((crm_likeness)i));
	char others[40] = "";
	if (found->count > 1)
		snprintf(others, sizeof others, " and %zu other%s", found->count - 1,
		         found->count > 2 ? "s" : "");
	return cx_fail(error, CX_UNIQUE,
	               "customer %lld%s may be the same, by %s: change that one, or give "
	               "duplicates as \"warn\" or \"off\"",
	               (long long)first->customer, others, why);
}

cx_status daemon__duplicates_look(engine_write *write, const engine_type *type,
                                  const proto_options *options, const engine_outcome *outcome,
                                  daemon__likes *ret, cx_error *error)
{
	ret->told = false;
	ret->candidates.count = 0;
	const bool is_asked = (options->given & PROTO_BIT(DUPLICATES)) != 0;
	const bool is_customer =
		cx_slice_equal(cx_slice_of(type->name), CX_SLICE_LITERAL("customer"));
	if (!is_customer && is_asked)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "duplicates are looked for among customers, not %s records",
		               type->name);
	if (!is_customer)
		return CX_OK;
	engine_read *read = engine_write_view(write);
	crm_policy policy;
	cx_status status = policy_of(read, options, &policy, error);
	if (status != CX_OK)
		return status;
	ret->told = is_asked && policy != CRM_DUPLICATES_OFF;
	if (policy == CRM_DUPLICATES_OFF || !outcome->created ||
	    (policy == CRM_DUPLICATES_WARN && !is_asked))
		return CX_OK;
	status = crm_duplicates_of_customer(read, outcome->id, &ret->candidates, error);
	if (status == CX_OK && policy == CRM_DUPLICATES_BLOCK && ret->candidates.count > 0)
		return fail_blocked(&ret->candidates, error);
	return status;
}
