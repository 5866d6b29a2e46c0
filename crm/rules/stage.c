/* SPDX-License-Identifier: Apache-2.0 */
/* Stages of the pipeline. There is one in which opportunities are won and one in which they are
 * lost; what kind a stage is does not change once it has been used. */
#include "base/msgpack.h"
#include "crm/figures/amount.h"
#include "crm/rules/newest.h"
#include "crm/rules/norms.h"
#include "crm/rules/rules.h"

enum { CODE, KIND, PROBABILITY_BP, STALE_DAYS };
static const char *const fields[] = {
	[CODE] = "code",
	[KIND] = "kind",
	[PROBABILITY_BP] = "probability_bp",
	[STALE_DAYS] = "stale_days",
};

static cx_status check_probability(const engine_draft *draft, cx_error *error)
{
	const int64_t bp = engine_draft_int(draft, PROBABILITY_BP);
	if (engine_draft_is_null(draft, PROBABILITY_BP))
		return CX_OK; /* it is required */
	if (bp < 0 || bp > CRM_BP_ONE)
		return cx_fail_field(error, CX_CHECK, "probability_bp",
		                     "a probability is 0 to %d", CRM_BP_ONE);
	if (engine_draft_is(draft, KIND, "won") && bp != CRM_BP_ONE)
		return cx_fail_field(error, CX_CHECK, "probability_bp",
		                     "the probability of the stage won is %d", CRM_BP_ONE);
	if (engine_draft_is(draft, KIND, "lost") && bp != 0)
		return cx_fail_field(error, CX_CHECK, "probability_bp",
		                     "the probability of the stage lost is 0");
	return CX_OK;
}

/* Finds a record by ["and", ["=", field, value], ["!=", "id", not_id]]. */
static cx_status find(engine_draft *draft, crm__newest what, const char *field,
                      const char *label, int64_t number, int64_t *ret_id, cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(256);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "and");
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, field);
	if (label != NULL)
		cx_write_text(&filter, label);
	else
		cx_write_int(&filter, number);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "!=");
	cx_write_text(&filter, "id");
	cx_write_int(&filter, label != NULL ? engine_draft_id(draft) : 0);
	what.filter = cx_buf_slice(&filter);
	cx_status status = cx_buf_status(&filter);
	return status == CX_OK ? crm__newest_find(draft, &what, ret_id, error) : status;
}

static cx_status check_only(engine_draft *draft, cx_error *error)
{
	const char *kind = engine_draft_label(draft, KIND);
	if (kind == NULL || engine_draft_is(draft, KIND, "open"))
		return CX_OK;
	int64_t other = 0;
	const crm__newest stages = { .type = "stage", .by = "seq" };
	cx_status status = find(draft, stages, "kind", kind, 0, &other, error);
	if (status != CX_OK || other == 0)
		return status;
	return cx_fail_field(error, CX_CHECK, "kind",
	                     "stage %lld is the one in which opportunities are %s already: "
	                     "change that one",
	                     (long long)other, kind);
}

static cx_status check_kind(engine_draft *draft, cx_error *error)
{
	static const crm__newest uses[] = { { .type = "opportunity", .by = "amount" },
		                            { .type = "stage_history", .by = "valid_from" } };
	if (!engine_draft_existed(draft) || !engine_draft_is_changed(draft, KIND))
		return CX_OK;
	for (size_t i = 0; i < CX_COUNT_OF(uses); i++) {
		int64_t user = 0;
		cx_status status = find(draft, uses[i], "stage", NULL, engine_draft_id(draft),
		                        &user, error);
		if (status != CX_OK)
			return status;
		if (user != 0)
			return cx_fail_field(
				error, CX_CHECK, "kind",
				"%s %lld was in this stage, so its kind stays: make another "
				"stage",
				uses[i].type, (long long)user);
	}
	return CX_OK;
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_int(draft, STALE_DAYS) < 0)
		return cx_fail_field(error, CX_CHECK, "stale_days", "days are 0 or more");
	cx_status status = crm__norms_not_blank(draft, CODE, "code", error);
	if (status == CX_OK)
		status = check_probability(draft, error);
	if (status == CX_OK)
		status = check_only(draft, error);
	return status == CX_OK ? check_kind(draft, error) : status;
}

const engine_rule crm__stage_rule = {
	.type = "stage",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
