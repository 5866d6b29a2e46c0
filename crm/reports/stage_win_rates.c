/* SPDX-License-Identifier: Apache-2.0 */
/* How often opportunities that came to a stage were won, beside the probability that people
 * gave it. */
#include "crm/findings/win_rate.h"
#include "crm/reports/reports.h"
#include "crm/stats/proportion.h"

enum { BP = 10000 };

static const crm__column columns[] = {
	{ "stage", CRM_REF, "stage", "Stage", "销售阶段" },
	{ "entered", CRM_INT, NULL, "Came to it", "进入数" },
	{ "won", CRM_INT, NULL, "Won", "赢单" },
	{ "lost", CRM_INT, NULL, "Lost", "输单" },
	{ "open", CRM_INT, NULL, "Still open", "仍在跟进" },
	{ "closed_bp", CRM_BP, NULL, "Closed", "已关闭占比" },
	{ "plain_bp", CRM_BP, NULL, "Won of closed", "赢单占比" },
	{ "low_bp", CRM_BP, NULL, "From (95 %)", "下限(95%)" },
	{ "high_bp", CRM_BP, NULL, "To (95 %)", "上限(95%)" },
	{ "default_bp", CRM_BP, NULL, "Default probability", "默认赢率" },
	{ "rate_bp", CRM_BP, NULL, "Win rate from history", "历史赢率" },
};

static const crm__section section = { "stages", "Win rate by stage", "各阶段历史赢率", columns,
	                              CX_COUNT_OF(columns) };

static void put(crm__report *report, const crm__win_rate *rate)
{
	if (!crm__row(report))
		return;
	const int64_t closed = rate->won + rate->lost;
	const crm__interval sure = crm__wilson((crm__share){ rate->won, closed });
	crm__put_number(report, rate->stage);
	crm__put_number(report, closed + rate->still_open);
	crm__put_number(report, rate->won);
	crm__put_number(report, rate->lost);
	crm__put_number(report, rate->still_open);
	crm__put_share(report, closed, closed + rate->still_open);
	crm__put_share(report, rate->won, closed);
	if (closed > 0) {
		crm__put_number(report, crm__round_to(sure.low, BP));
		crm__put_number(report, crm__round_to(sure.high, BP));
	} else {
		crm__put_null(report);
		crm__put_null(report);
	}
	crm__put_number(report, rate->default_bp);
	crm__put_number(report, rate->rate_bp);
}

static cx_status run(crm__report *report)
{
	crm__win_rates rates;
	cx_status status = crm__win_rates_read(report, &rates);
	if (status != CX_OK)
		return status;
	crm__section_begin(report, &section);
	for (size_t i = 0; i < rates.count; i++)
		if (rates.items[i].open)
			put(report, &rates.items[i]);
	crm__section_end(report);
	crm__note(report,
	          "Of opportunities that first came to the stage between 540 and 180 days ago, "
	          "as nearly all of these are closed by now.",
	          "统计首次进入该阶段在 540 至 180 天前的商机,此时基本都已关闭。");
	crm__note(report,
	          "The rate from history counts the default probability like 20 closed "
	          "opportunities, so that few of them do not mislead.",
	          "历史赢率将默认赢率计为 20 个已关闭商机,以免样本过少造成误导。");
	return CX_OK;
}

const crm__definition crm__report_stage_win_rates = { NULL, 0, run };
