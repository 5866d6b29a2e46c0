/* SPDX-License-Identifier: Apache-2.0 */
/* Opportunities. Stage and probability say where one stands, the stage's kind whether it is
 * open, won or lost. What has been won or lost stays as it was, with whose it is, until it is
 * opened again. Amounts in other currencies count at the rate of the day they were written.
 *
 * | to                | needs                    | sets                                    |
 * |-------------------|--------------------------|-----------------------------------------|
 * | an open stage     |                          | probability, unless it is set by hand   |
 * | won               |                          | closed_at, credited_user, credited_team |
 * | lost              | lost_reason              | the same                                |
 * | open, from closed | CRM_CAUSE_REOPEN         | reopen_count; takes all of that back    |
 * | another rate      | CRM_CAUSE_REVALUE, open  | fx_rate_e8, amount_base                 |
 *
 * Each change of stage, state, amount, probability, close date or owner begins a row of
 * history (crm/rules/history.h). */
#include "base/msgpack.h"
#include "crm/crm.h"
#include "crm/rules/belongs.h"
#include "crm/rules/day.h"
#include "crm/rules/frozen.h"
#include "crm/rules/history.h"
#include "crm/rules/norms.h"
#include "crm/rules/number.h"
#include "crm/rules/rate.h"
#include "crm/rules/rules.h"
#include "engine/query.h"

enum {
	NUMBER,
	TITLE,
	CUSTOMER,
	CONTACT,
	STAGE,
	STATE,
	AMOUNT,
	CURRENCY,
	FX_RATE,
	AMOUNT_BASE,
	PROBABILITY_BP,
	PROBABILITY_MANUAL,
	EXPECTED_BASE,
	CLOSE_ON,
	LOST_REASON,
	LOST_NOTE,
	OWNER,
	STAGE_ENTERED_AT,
	CLOSED_AT,
	CREDITED_USER,
	CREDITED_TEAM,
	ORDER_COUNT,
	REOPEN_COUNT,
	STAGE_KIND,
	STAGE_SEQ,
	STAGE_PROBABILITY,
	OF_CONTACT,
	USER_TEAM,
	USER_ROLE,
	BASE,
	NUMBER_FORMAT,
	RATE_E8,
	SERIES,
	SERIES_LAST,
	ROW_OPPORTUNITY,
	ROW_VALID_FROM,
	ROW_VALID_TO,
	ROW_CAUSE,
	ROW_STAGE,
	ROW_STATE,
	ROW_AMOUNT_BASE,
	ROW_PROBABILITY_BP,
	ROW_CLOSE_ON,
	ROW_OWNER,
	ROW_BY,
	ROW_FROM_STAGE,
	ROW_IN_FROM_MS,
	ACTIVITY_OPPORTUNITY,
	ACTIVITY_CUSTOMER,
	ORDER_OPPORTUNITY,
	ORDER_CUSTOMER,
	CONTRACT_OPPORTUNITY,
	CONTRACT_CUSTOMER,
};
static const char *const fields[] = {
	[NUMBER] = "number",
	[TITLE] = "title",
	[CUSTOMER] = "customer",
	[CONTACT] = "contact",
	[STAGE] = "stage",
	[STATE] = "state",
	[AMOUNT] = "amount",
	[CURRENCY] = "currency",
	[FX_RATE] = "fx_rate_e8",
	[AMOUNT_BASE] = "amount_base",
	[PROBABILITY_BP] = "probability_bp",
	[PROBABILITY_MANUAL] = "probability_manual",
	[EXPECTED_BASE] = "expected_base",
	[CLOSE_ON] = "close_on",
	[LOST_REASON] = "lost_reason",
	[LOST_NOTE] = "lost_note",
	[OWNER] = "owner",
	[STAGE_ENTERED_AT] = "stage_entered_at",
	[CLOSED_AT] = "closed_at",
	[CREDITED_USER] = "credited_user",
	[CREDITED_TEAM] = "credited_team",
	[ORDER_COUNT] = "order_count",
	[REOPEN_COUNT] = "reopen_count",
	[STAGE_KIND] = "stage.kind",
	[STAGE_SEQ] = "stage.seq",
	[STAGE_PROBABILITY] = "stage.probability_bp",
	[OF_CONTACT] = "contact.customer",
	[USER_TEAM] = "user.team",
	[USER_ROLE] = "user.role",
	[BASE] = "org.base_currency",
	[NUMBER_FORMAT] = "org.number_format",
	[RATE_E8] = "fx_rate.rate_e8",
	[SERIES] = "number_series.series",
	[SERIES_LAST] = "number_series.last",
	[ROW_OPPORTUNITY] = "stage_history.opportunity",
	[ROW_VALID_FROM] = "stage_history.valid_from",
	[ROW_VALID_TO] = "stage_history.valid_to",
	[ROW_CAUSE] = "stage_history.cause",
	[ROW_STAGE] = "stage_history.stage",
	[ROW_STATE] = "stage_history.state",
	[ROW_AMOUNT_BASE] = "stage_history.amount_base",
	[ROW_PROBABILITY_BP] = "stage_history.probability_bp",
	[ROW_CLOSE_ON] = "stage_history.close_on",
	[ROW_OWNER] = "stage_history.owner",
	[ROW_BY] = "stage_history.by",
	[ROW_FROM_STAGE] = "stage_history.from_stage",
	[ROW_IN_FROM_MS] = "stage_history.in_from_ms",
	[ACTIVITY_OPPORTUNITY] = "activity.opportunity",
	[ACTIVITY_CUSTOMER] = "activity.customer",
	[ORDER_OPPORTUNITY] = "sales_order.opportunity",
	[ORDER_CUSTOMER] = "sales_order.customer",
	[CONTRACT_OPPORTUNITY] = "contract.opportunity",
	[CONTRACT_CUSTOMER] = "contract.customer",
};

static const crm__rate_fields rate_at = { .base = BASE, .rate_e8 = RATE_E8 };

static const crm__number_fields number_at = {
	.number = NUMBER, .format = NUMBER_FORMAT, .series = SERIES, .last = SERIES_LAST
};

static const crm__history_fields history_at = {
	.stage = STAGE,
	.state = STATE,
	.amount_base = AMOUNT_BASE,
	.probability_bp = PROBABILITY_BP,
	.close_on = CLOSE_ON,
	.owner = OWNER,
	.row_opportunity = ROW_OPPORTUNITY,
	.row_valid_from = ROW_VALID_FROM,
	.row_valid_to = ROW_VALID_TO,
	.row_cause = ROW_CAUSE,
	.row_stage = ROW_STAGE,
	.row_state = ROW_STATE,
	.row_amount_base = ROW_AMOUNT_BASE,
	.row_probability_bp = ROW_PROBABILITY_BP,
	.row_close_on = ROW_CLOSE_ON,
	.row_owner = ROW_OWNER,
	.row_by = ROW_BY,
	.row_from_stage = ROW_FROM_STAGE,
	.row_in_from_ms = ROW_IN_FROM_MS,
	.user = USER_TEAM,
};

static const crm__belonging belongings[] = { { CONTACT, OF_CONTACT, false } };

static const crm__referrer referrers[] = {
	{ ACTIVITY_OPPORTUNITY, ACTIVITY_CUSTOMER },
	{ ORDER_OPPORTUNITY, ORDER_CUSTOMER },
	{ CONTRACT_OPPORTUNITY, CONTRACT_CUSTOMER },
};

static const crm__belongs belongs = {
	.customer = CUSTOMER,
	.names = fields,
	.items = belongings,
	.item_count = CX_COUNT_OF(belongings),
	.referrers = referrers,
	.referrer_count = CX_COUNT_OF(referrers),
};

static crm_cause cause_of(const engine_draft *draft)
{
	return (crm_cause)engine_draft_change(draft)->cause;
}

static bool is_open(const engine_draft *draft)
{
	return engine_draft_is(draft, STATE, "open");
}

static bool was_closed(const engine_draft *draft)
{
	return engine_draft_was(draft, STATE, "won") || engine_draft_was(draft, STATE, "lost");
}

static bool reopens(const engine_draft *draft)
{
	return cause_of(draft) == CRM_CAUSE_REOPEN;
}

/* ---- the stage ---- */

static cx_status take_id(void *context, const engine_row *row)
{
	*(int64_t *)context = row->id;
	return CX_OK;
}

static cx_status fail_stages(cx_error *error)
{
	return cx_fail_field(error, CX_CHECK, "stage",
	                     "there is no open stage to begin in: create stages first, "
	                     "docs/rules.md has those most begin with");
}

/* The open one that comes first. */
static cx_status first_stage(engine_draft *draft, int64_t *ret_id, cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(64);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, "kind");
	cx_write_text(&filter, "open");
	engine_read *view = engine_draft_view(draft);
	const engine_type *type =
		engine_schema_type(engine_read_schema(view), CX_SLICE_LITERAL("stage"));
	const engine_query query = {
		.type = type,
		.filter = cx_buf_slice(&filter),
		.order = { { .field = engine_type_field(type, CX_SLICE_LITERAL("seq")) } },
		.order_count = 1,
		.limit = 1,
		.allow_scan = true,
	};
	engine_page page;
	*ret_id = 0;
	cx_status status = cx_buf_status(&filter);
	if (status == CX_OK)
		status = engine_query_run(view, &query, take_id, ret_id, &page, error);
	return status == CX_OK && *ret_id == 0 ? fail_stages(error) : status;
}

/* Where a new one begins, and where one that is opened again goes on, if nobody says so. */
static cx_status choose_stage(engine_draft *draft, cx_error *error)
{
	const bool begins = !engine_draft_existed(draft) && engine_draft_is_null(draft, STAGE);
	const bool goes_on = engine_draft_existed(draft) && reopens(draft) &&
	                     !engine_draft_is_given(draft, STAGE);
	int64_t stage = 0;
	cx_status status = CX_OK;
	if (!begins && !goes_on)
		return CX_OK;
	if (goes_on)
		status = crm__history_last_open(draft, &history_at, &stage, error);
	if (status == CX_OK && stage == 0)
		status = first_stage(draft, &stage, error);
	if (status == CX_OK)
		engine_draft_set_int(draft, STAGE, stage);
	return status;
}

/* ---- what may not be ---- */

static cx_status check_reopen(engine_draft *draft, cx_error *error)
{
	const int64_t author = engine_draft_change(draft)->author.user;
	engine_draft *user;
	if (!engine_draft_existed(draft) || !was_closed(draft))
		return cx_fail_field(error, CX_CHECK, "state",
		                     "only an opportunity that is won or lost is opened again");
	if (!is_open(draft))
		return cx_fail_field(error, CX_CHECK, "stage",
		                     "an opportunity is opened again in a stage that is open");
	if (author == 0)
		return CX_OK;
	cx_status status = engine_draft_load(draft, USER_ROLE, author, &user, error);
	if (status != CX_OK)
		return status == CX_NOT_FOUND ? CX_OK : status;
	if (engine_draft_is_null(user, USER_ROLE) ||
	    engine_draft_is(user, USER_ROLE, "manager") ||
	    engine_draft_is(user, USER_ROLE, "admin"))
		return CX_OK;
	return cx_fail_field(error, CX_DENIED, "state",
	                     "only a manager opens opportunity %lld again: user %lld is %s",
	                     (long long)engine_draft_id(draft), (long long)author,
	                     engine_draft_label(user, USER_ROLE));
}

static cx_status check_closed(const engine_draft *draft, cx_error *error)
{
	static const unsigned figures[] = { AMOUNT, CURRENCY, CLOSE_ON, PROBABILITY_BP,
		                            PROBABILITY_MANUAL };
	const char *state = engine_draft_old_label(draft, STATE);
	if (engine_draft_is_changed(draft, STAGE))
		return cx_fail_field(error, CX_CHECK, "stage",
		                     "opportunity %lld is %s and stays in its stage: a manager "
		                     "can reopen it",
		                     (long long)engine_draft_id(draft), state);
	const crm__frozen frozen = { .fields = figures,
		                     .count = CX_COUNT_OF(figures),
		                     .names = fields,
		                     .since = "once the opportunity is won or lost",
		                     .instead = "reopen it" };
	return crm__frozen_check(&frozen, draft, error);
}

static cx_status check_customer(engine_draft *draft, cx_error *error)
{
	if (!engine_draft_existed(draft) || !engine_draft_is_changed(draft, CUSTOMER) ||
	    cause_of(draft) == CRM_CAUSE_MERGE)
		return CX_OK;
	if (was_closed(draft) || engine_draft_int(draft, ORDER_COUNT) > 0)
		return cx_fail_field(error, CX_CHECK, "customer",
		                     "opportunity %lld is won or lost, or has orders: its "
		                     "customer stays",
		                     (long long)engine_draft_id(draft));
	return crm__belongs_keep(draft, &belongs, error);
}

static cx_status check_lost(const engine_draft *draft, cx_error *error)
{
	const bool has_reason = !engine_draft_is_null(draft, LOST_REASON);
	if (!engine_draft_is(draft, STATE, "lost")) {
		if (!has_reason || !engine_draft_is_changed(draft, LOST_REASON))
			return CX_OK;
		return cx_fail_field(error, CX_CHECK, "lost_reason",
		                     "only a lost opportunity has a reason for it");
	}
	if (!has_reason)
		return cx_fail_field(error, CX_CHECK, "lost_reason",
		                     "an opportunity is lost for a reason: give lost_reason");
	if (engine_draft_is(draft, LOST_REASON, "other") &&
	    engine_draft_text(draft, LOST_NOTE).size == 0)
		return cx_fail_field(error, CX_CHECK, "lost_note",
		                     "lost_reason is \"other\": say which in lost_note");
	return CX_OK;
}

static cx_status check_numbers(const engine_draft *draft, cx_error *error)
{
	const int64_t bp = engine_draft_int(draft, PROBABILITY_BP);
	if (engine_draft_int(draft, AMOUNT) < 0)
		return cx_fail_field(error, CX_CHECK, "amount", "an amount is 0 or more");
	if (bp < 0 || bp > CRM_BP_ONE)
		return cx_fail_field(error, CX_CHECK, "probability_bp",
		                     "a probability is 0 to %d", CRM_BP_ONE);
	return CX_OK;
}

static cx_status check(engine_draft *draft, cx_error *error)
{
	cx_status status = check_numbers(draft, error);
	if (status == CX_OK)
		status = crm__norms_not_blank(draft, TITLE, "title", error);
	if (status == CX_OK && reopens(draft))
		status = check_reopen(draft, error);
	else if (status == CX_OK && was_closed(draft))
		status = check_closed(draft, error);
	if (status == CX_OK && cause_of(draft) == CRM_CAUSE_REVALUE && !is_open(draft))
		return cx_fail_field(error, CX_CHECK, "fx_rate_e8",
		                     "only an open opportunity takes another rate");
	if (status == CX_OK)
		status = check_customer(draft, error);
	if (status == CX_OK)
		status = check_lost(draft, error);
	return status == CX_OK ? crm__belongs_check(draft, &belongs, error) : status;
}

/* ---- figures ---- */

/* Whether the probability is one that somebody chose. */
static bool is_by_hand(const engine_draft *draft)
{
	if (engine_draft_is_null(draft, PROBABILITY_BP) || !is_open(draft))
		return false;
	if (engine_draft_is_given(draft, PROBABILITY_MANUAL))
		return engine_draft_int(draft, PROBABILITY_MANUAL) != 0;
	if (engine_draft_is_given(draft, PROBABILITY_BP) &&
	    engine_draft_is_changed(draft, PROBABILITY_BP))
		return true;
	return engine_draft_int(draft, PROBABILITY_MANUAL) != 0 && !was_closed(draft);
}

/* It follows the stage; what the stage says later of its own is for later moves. */
static void set_probability(engine_draft *draft, const engine_draft *stage)
{
	const bool by_hand = is_by_hand(draft);
	const bool had = engine_draft_existed(draft) &&
	                 !engine_draft_is_changed(draft, STAGE) &&
	                 engine_draft_old_int(draft, PROBABILITY_MANUAL) == 0 &&
	                 !engine_draft_is_changed(draft, PROBABILITY_BP) &&
	                 !engine_draft_is_null(draft, PROBABILITY_BP);
	engine_draft_set_int(draft, PROBABILITY_MANUAL, by_hand);
	if (!by_hand && !had)
		engine_draft_set_int(draft, PROBABILITY_BP,
		                     engine_draft_int(stage, STAGE_PROBABILITY));
}

static bool needs_rate(const engine_draft *draft)
{
	return engine_draft_is_null(draft, FX_RATE) ||
	       engine_draft_is_changed(draft, CURRENCY) || cause_of(draft) == CRM_CAUSE_REVALUE;
}

static cx_status find_rate(engine_draft *draft, crm__conversion *ret, cx_error *error)
{
	const cx_slice currency = engine_draft_text(draft, CURRENCY);
	int64_t today;
	if (!needs_rate(draft)) {
		*ret = (crm__conversion){ .from = currency,
			                  .rate_e8 = engine_draft_int(draft, FX_RATE) };
		return crm__rate_base(draft, &rate_at, &ret->to, error);
	}
	cx_status status = crm__day_today(draft, &today);
	return status == CX_OK ? crm__rate_on(draft, &rate_at, currency, today, ret, error)
	                       : status;
}

static cx_status set_base(engine_draft *draft, cx_error *error)
{
	if (!needs_rate(draft) && !engine_draft_is_changed(draft, AMOUNT) &&
	    !engine_draft_is_null(draft, AMOUNT_BASE))
		return CX_OK;
	crm__conversion at;
	int64_t base;
	cx_status status = find_rate(draft, &at, error);
	if (status == CX_OK)
		status = crm__rate_apply(engine_draft_int(draft, AMOUNT), &at, "amount", &base,
		                         error);
	if (status != CX_OK)
		return status;
	engine_draft_set_int(draft, FX_RATE, at.rate_e8);
	engine_draft_set_int(draft, AMOUNT_BASE, base);
	return CX_OK;
}

static cx_status set_figures(engine_draft *draft, const engine_draft *stage, cx_error *error)
{
	int64_t expected;
	set_probability(draft, stage);
	cx_status status = set_base(draft, error);
	if (status != CX_OK)
		return status;
	const bool fits = crm__amount_of_bp(engine_draft_int(draft, AMOUNT_BASE),
	                                    engine_draft_int(draft, PROBABILITY_BP), &expected);
	if (!fits)
		return cx_fail_field(error, CX_TOO_LARGE, "amount", "the amount is too large");
	engine_draft_set_int(draft, EXPECTED_BASE, expected);
	return CX_OK;
}

/* ---- closing and opening ---- */

static cx_status credit(engine_draft *draft, cx_error *error)
{
	const int64_t owner = engine_draft_int(draft, OWNER);
	engine_draft *user;
	cx_status status = engine_draft_load(draft, USER_TEAM, owner, &user, error);
	if (status != CX_OK) /* told when it is written */
		return status == CX_NOT_FOUND ? CX_OK : status;
	engine_draft_set_int(draft, CREDITED_USER, owner);
	engine_draft_set_int(draft, CREDITED_TEAM, engine_draft_int(user, USER_TEAM));
	return CX_OK;
}

static void take_back(engine_draft *draft)
{
	static const unsigned closing[] = { CLOSED_AT, CREDITED_USER, CREDITED_TEAM,
		                            LOST_REASON, LOST_NOTE };
	for (size_t i = 0; i < CX_COUNT_OF(closing); i++)
		engine_draft_set_null(draft, closing[i]);
	engine_draft_set_int(draft, REOPEN_COUNT, engine_draft_int(draft, REOPEN_COUNT) + 1);
}

static cx_status set_times(engine_draft *draft, cx_error *error)
{
	int64_t when_ms;
	if (!engine_draft_is_changed(draft, STAGE))
		return CX_OK;
	cx_status status = crm__history_when(draft, &history_at, &when_ms, error);
	if (status != CX_OK)
		return status;
	engine_draft_set_int(draft, STAGE_ENTERED_AT, when_ms);
	if (is_open(draft))
		return CX_OK;
	engine_draft_set_int(draft, CLOSED_AT, when_ms);
	return credit(draft, error);
}

static cx_status complete(engine_draft *draft, const engine_draft *stage, cx_error *error)
{
	cx_status status = crm__rate_currency(draft, CURRENCY, &rate_at, error);
	if (status == CX_OK)
		status = set_figures(draft, stage, error);
	if (status == CX_OK)
		status = set_times(draft, error);
	if (status == CX_OK && engine_draft_existed(draft) && reopens(draft))
		take_back(draft);
	if (status == CX_OK && !engine_draft_existed(draft))
		status = crm__number_give(draft, CRM__NUMBERED_OPPORTUNITY, &number_at, error);
	return status;
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	engine_draft *stage;
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	cx_status status = choose_stage(draft, error);
	if (status == CX_OK && engine_draft_is_null(draft, STAGE))
		return CX_OK; /* the engine says that it is required */
	if (status == CX_OK)
		status = engine_draft_load(draft, STAGE_KIND, engine_draft_int(draft, STAGE),
		                           &stage, error);
	if (status == CX_NOT_FOUND)
		return CX_OK; /* and that it is not there */
	if (status != CX_OK)
		return status;
	engine_draft_set_label(draft, STATE, engine_draft_label(stage, STAGE_KIND));
	status = check(draft, error);
	return status == CX_OK ? complete(draft, stage, error) : status;
}

/* ---- history ---- */

static const char *named_cause(const engine_draft *draft)
{
	switch (cause_of(draft)) {
	case CRM_CAUSE_REOPEN:
		return "reopen";
	case CRM_CAUSE_CONVERT:
		return "convert";
	case CRM_CAUSE_MERGE:
		return "merge";
	case CRM_CAUSE_REVALUE:
		return "revalue";
	case CRM_CAUSE_NONE:
	case CRM_CAUSE_TIERS:
		break;
	}
	return NULL;
}

/* The most telling of what has changed; NULL: nothing of history. */
static const char *changed_cause(const engine_draft *draft)
{
	static const struct {
		unsigned field;
		const char *cause;
	} causes[] = {
		{ STAGE, "stage" },
		{ AMOUNT_BASE, "amount" },
		{ PROBABILITY_BP, "probability" },
		{ CLOSE_ON, "close_on" },
		{ OWNER, "owner" },
	};
	const char *named = named_cause(draft);
	if (engine_draft_is_changed(draft, STATE) && named == NULL && !is_open(draft))
		return engine_draft_is(draft, STATE, "won") ? "win" : "lose";
	for (size_t i = 0; i < CX_COUNT_OF(causes); i++)
		if (engine_draft_is_changed(draft, causes[i].field))
			return named != NULL ? named : causes[i].cause;
	return NULL;
}

static cx_status write_update(engine_draft *draft, cx_error *error)
{
	crm__history_event event = { .cause = changed_cause(draft) };
	if (event.cause == NULL)
		return CX_OK;
	if (engine_draft_is_changed(draft, STAGE)) {
		event.from_stage = engine_draft_old_int(draft, STAGE);
		event.in_from_ms = engine_draft_int(draft, STAGE_ENTERED_AT) -
		                   engine_draft_old_int(draft, STAGE_ENTERED_AT);
	}
	return crm__history_write(draft, &history_at, &event, error);
}

/* One that was written by no rule has no history to go on with. */
static bool has_figures(const engine_draft *draft)
{
	return !engine_draft_is_null(draft, STATE) &&
	       !engine_draft_is_null(draft, AMOUNT_BASE) &&
	       !engine_draft_is_null(draft, PROBABILITY_BP);
}

static cx_status after(engine_draft *draft, cx_error *error)
{
	const bool told_late = engine_draft_change(draft)->author.at_ms > 0;
	crm__history_event event = { .cause = told_late ? "import" : "create" };
	cx_status status = crm__belongs_back(draft, &belongs, error);
	if (status != CX_OK || !has_figures(draft))
		return status;
	switch (engine_draft_event(draft)) {
	case ENGINE_CREATES:
		break;
	case ENGINE_UPDATES:
		return write_update(draft, error);
	case ENGINE_DELETES:
		event = (crm__history_event){ .cause = "delete", .ends = true };
		break;
	case ENGINE_UNDELETES:
		event.cause = "undelete";
		break;
	}
	return crm__history_write(draft, &history_at, &event, error);
}

const engine_rule crm__opportunity_rule = {
	.type = "opportunity",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
