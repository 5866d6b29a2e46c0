/* SPDX-License-Identifier: Apache-2.0 */
/* Service requests: new → assigned → in_progress ↔ waiting → resolved → closed; any open one
 * may be handed over, and one that is done may be taken up again. The time spent waiting for
 * the customer moves the limit. One that is older may be entered as it stands. */
#include "base/msgpack.h"
#include "crm/rules/belongs.h"
#include "crm/rules/moves.h"
#include "crm/rules/norms.h"
#include "crm/rules/number.h"
#include "crm/rules/rules.h"

enum {
	NUMBER,
	CUSTOMER,
	CONTACT,
	ORDER,
	PRIORITY,
	STATUS,
	HANDLER,
	DUE_AT,
	FIRST_RESPONSE_AT,
	RESOLVED_AT,
	CLOSED_AT,
	WAITING_MS,
	WAITING_SINCE,
	REOPEN_COUNT,
	RESOLUTION,
	CREATED_AT,
	OF_CONTACT,
	OF_ORDER,
	SLA_HOURS,
	NUMBER_FORMAT,
	SERIES,
	SERIES_LAST,
	TITLE,
	ACTIVITY_REQUEST,
	ACTIVITY_CUSTOMER,
	FEEDBACK_REQUEST,
	FEEDBACK_CUSTOMER,
};
static const char *const fields[] = {
	[NUMBER] = "number",
	[CUSTOMER] = "customer",
	[CONTACT] = "contact",
	[ORDER] = "order",
	[PRIORITY] = "priority",
	[STATUS] = "status",
	[HANDLER] = "handler",
	[DUE_AT] = "due_at",
	[FIRST_RESPONSE_AT] = "first_response_at",
	[RESOLVED_AT] = "resolved_at",
	[CLOSED_AT] = "closed_at",
	[WAITING_MS] = "waiting_ms",
	[WAITING_SINCE] = "waiting_since",
	[REOPEN_COUNT] = "reopen_count",
	[RESOLUTION] = "resolution",
	[CREATED_AT] = "created_at",
	[OF_CONTACT] = "contact.customer",
	[OF_ORDER] = "sales_order.customer",
	[SLA_HOURS] = "org.sla_hours",
	[NUMBER_FORMAT] = "org.number_format",
	[SERIES] = "number_series.series",
	[SERIES_LAST] = "number_series.last",
	[TITLE] = "title",
	[ACTIVITY_REQUEST] = "activity.service_request",
	[ACTIVITY_CUSTOMER] = "activity.customer",
	[FEEDBACK_REQUEST] = "feedback.service_request",
	[FEEDBACK_CUSTOMER] = "feedback.customer",
};

static const crm__number_fields number = {
	.number = NUMBER, .format = NUMBER_FORMAT, .series = SERIES, .last = SERIES_LAST
};

static const crm__move moves[] = {
	{ "", "new" },
	{ "", "assigned" },
	{ "", "in_progress" },
	{ "", "waiting" },
	{ "", "resolved" },
	{ "", "closed" },
	{ "new", "assigned" },
	{ "assigned", "in_progress" },
	{ "in_progress", "waiting" },
	{ "in_progress", "resolved" },
	{ "in_progress", "assigned" },
	{ "waiting", "in_progress" },
	{ "waiting", "resolved" },
	{ "waiting", "assigned" },
	{ "resolved", "closed" },
	{ "resolved", "in_progress" },
	{ "closed", "in_progress" },
};

static const crm__belonging belongings[] = {
	{ CONTACT, OF_CONTACT, true },
	{ ORDER, OF_ORDER, false },
};

static const crm__referrer referrers[] = {
	{ ACTIVITY_REQUEST, ACTIVITY_CUSTOMER },
	{ FEEDBACK_REQUEST, FEEDBACK_CUSTOMER },
};

static const crm__belongs belongs = {
	.customer = CUSTOMER,
	.names = fields,
	.items = belongings,
	.item_count = CX_COUNT_OF(belongings),
	.referrers = referrers,
	.referrer_count = CX_COUNT_OF(referrers),
};

static const int64_t HOUR_MS = 3600000;

static int64_t now_of(const engine_draft *draft)
{
	return engine_author_at(&engine_draft_change(draft)->author);
}

static bool is_done(const engine_draft *draft)
{
	return engine_draft_is(draft, STATUS, "resolved") ||
	       engine_draft_is(draft, STATUS, "closed");
}

static bool was_done(const engine_draft *draft)
{
	return engine_draft_was(draft, STATUS, "resolved") ||
	       engine_draft_was(draft, STATUS, "closed");
}

/* ---- what a move asks for and brings about ---- */

static cx_status check_needs(const engine_draft *draft, cx_error *error)
{
	if (engine_draft_is_null(draft, HANDLER) && !engine_draft_is(draft, STATUS, "new"))
		return cx_fail_field(error, CX_CHECK, "handler",
		                     "a request that is %s needs a handler",
		                     engine_draft_label(draft, STATUS));
	if (engine_draft_is_null(draft, RESOLUTION) && is_done(draft))
		return cx_fail_field(error, CX_CHECK, "resolution",
		                     "a request that is %s needs a resolution",
		                     engine_draft_label(draft, STATUS));
	return CX_OK;
}

static void take_up_again(engine_draft *draft)
{
	engine_draft_set_int(draft, REOPEN_COUNT, engine_draft_int(draft, REOPEN_COUNT) + 1);
	engine_draft_set_null(draft, RESOLVED_AT);
	engine_draft_set_null(draft, CLOSED_AT);
	if (!engine_draft_is_given(draft, RESOLUTION))
		engine_draft_set_null(draft, RESOLUTION); /* the next one is another */
}

static void set_if_null(engine_draft *draft, unsigned field, int64_t value)
{
	if (engine_draft_is_null(draft, field))
		engine_draft_set_int(draft, field, value);
}

static void leave_waiting(engine_draft *draft, int64_t now)
{
	const int64_t since = engine_draft_is_null(draft, WAITING_SINCE)
	                              ? now
	                              : engine_draft_int(draft, WAITING_SINCE);
	if (now > since)
		engine_draft_set_int(draft, WAITING_MS,
		                     engine_draft_int(draft, WAITING_MS) + (now - since));
	engine_draft_set_null(draft, WAITING_SINCE);
}

/* The times of a move that is allowed. */
static void stamp(engine_draft *draft)
{
	const int64_t now = now_of(draft);
	if (was_done(draft) && !is_done(draft))
		take_up_again(draft);
	if (engine_draft_was(draft, STATUS, "waiting"))
		leave_waiting(draft, now);
	if (engine_draft_is(draft, STATUS, "waiting"))
		engine_draft_set_int(draft, WAITING_SINCE, now);
	if (!engine_draft_is(draft, STATUS, "new") &&
	    !engine_draft_is(draft, STATUS, "assigned"))
		set_if_null(draft, FIRST_RESPONSE_AT, now);
	if (is_done(draft))
		set_if_null(draft, RESOLVED_AT, now);
	if (engine_draft_is(draft, STATUS, "closed"))
		set_if_null(draft, CLOSED_AT, now);
}

/* ---- the limit ---- */

/* Hours that the priority has; below 0 when the organisation gives none. */
static cx_status hours_of(engine_draft *draft, int64_t *ret, cx_error *error)
{
	engine_draft *org;
	cx_status status = engine_draft_single(draft, SLA_HOURS, &org, error);
	if (status != CX_OK)
		return status;
	*ret = -1;
	if (engine_draft_is_null(org, SLA_HOURS))
		return CX_OK;
	/* urgent, high, normal, low: the labels of priority from the last to the first */
	enum { URGENT = 3 };
	const int64_t place = URGENT - engine_draft_int(draft, PRIORITY);
	cx_reader reader = cx_reader_of(engine_draft_text(org, SLA_HOURS));
	const uint32_t count = cx_read_array(&reader);
	if (place < 0 || place >= (int64_t)count)
		return CX_OK;
	cx_read_skip_many(&reader, (uint32_t)place);
	const int64_t hours = cx_read_int(&reader);
	if (!reader.failed)
		*ret = hours;
	return reader.failed ? CX_CORRUPT : CX_OK;
}

static cx_status set_due(engine_draft *draft, cx_error *error)
{
	int64_t hours, due;
	cx_status status = hours_of(draft, &hours, error);
	if (status != CX_OK)
		return status;
	const int64_t made_at = engine_draft_existed(draft)
	                                ? engine_draft_int(draft, CREATED_AT)
	                                : now_of(draft);
	const bool good =
		hours >= 0 && !__builtin_mul_overflow(hours, HOUR_MS, &due) &&
		!__builtin_add_overflow(due, made_at, &due) &&
		!__builtin_add_overflow(due, engine_draft_int(draft, WAITING_MS), &due);
	if (good)
		engine_draft_set_int(draft, DUE_AT, due);
	else
		engine_draft_set_null(draft, DUE_AT);
	return CX_OK;
}

/* A priority has the hours that hold when it is given; waiting moves what was set then. */
static cx_status follow_limit(engine_draft *draft, cx_error *error)
{
	if (engine_draft_is_changed(draft, PRIORITY))
		return set_due(draft, error);
	const int64_t waited =
		engine_draft_int(draft, WAITING_MS) - engine_draft_old_int(draft, WAITING_MS);
	int64_t due = engine_draft_int(draft, DUE_AT);
	if (waited > 0 && !engine_draft_is_null(draft, DUE_AT) &&
	    !__builtin_add_overflow(due, waited, &due))
		engine_draft_set_int(draft, DUE_AT, due);
	return CX_OK;
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES ||
	    engine_draft_is_null(draft, STATUS) || engine_draft_is_null(draft, PRIORITY))
		return CX_OK; /* what is missing is told when it is written */
	const crm__moves table = { moves, CX_COUNT_OF(moves) };
	cx_status status = crm__norms_not_blank(draft, TITLE, "title", error);
	if (status == CX_OK)
		status = crm__moves_check(&table, draft, STATUS, "status", error);
	if (status == CX_OK)
		status = check_needs(draft, error);
	if (status == CX_OK)
		status = crm__belongs_check(draft, &belongs, error);
	if (status == CX_OK)
		status = crm__belongs_keep(draft, &belongs, error);
	if (status != CX_OK)
		return status;
	if (engine_draft_is_changed(draft, STATUS))
		stamp(draft);
	status = follow_limit(draft, error);
	return status == CX_OK && !engine_draft_existed(draft)
	               ? crm__number_give(draft, CRM__NUMBERED_SERVICE_REQUEST, &number, error)
	               : status;
}

/* What comes back finds its customer's records as they are by now. */
static cx_status after(engine_draft *draft, cx_error *error)
{
	return crm__belongs_back(draft, &belongs, error);
}

const engine_rule crm__service_request_rule = {
	.type = "service_request",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
