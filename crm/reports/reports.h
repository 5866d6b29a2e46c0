/* SPDX-License-Identifier: Apache-2.0 */
/* Every report in one list: dispatch, help and the table of docs/reports.md are made from it.
 * A report is a `const crm__definition crm__report_<C name>` in a file of this folder. */
#pragma once

#include "crm/reports/frame/report.h"

/* R(C name, name, what it tells, the same in Chinese) */
#define CRM_SALES(R)                                                                        \
	R(performance, "performance",                                                       \
	  "Sales performance of people, teams and months against targets",                  \
	  "销售业绩与目标(按人员、团队、月份)")                                             \
	R(customer_conversion, "customer_conversion",                                       \
	  "Customers that bought for the first time, of those that had not",                \
	  "客户转化率(按负责人、团队、月份)")                                               \
	R(win_loss, "win_loss", "What was won and lost, by month, and why it was lost",     \
	  "赢单、输单及输单原因")                                                           \
	R(product_sales, "product_sales", "Products sold by month", "产品销售(按月)")       \
	R(activity_volume, "activity_volume", "Activities done, by kind, month and person", \
	  "活动量(按类型、月份、人员)")                                                     \
	R(campaign_response, "campaign_response",                                           \
	  "How many of those that campaigns reached have responded", "市场活动响应率")

#define CRM_STATISTICS(R)                                                                   \
	R(tiers, "tiers", "Tiers of customers: how many, which and why, what has changed",  \
	  "客户分级:数量、名单与原因、级别变动")                                            \
	R(priority, "priority", "Which open opportunities of a person come first, and why", \
	  "某人的在跟商机优先级及其构成")                                                   \
	R(stage_win_rates, "stage_win_rates", "How often each stage led to a win",          \
	  "各阶段历史赢率")                                                                 \
	R(campaigns, "campaigns", "What campaigns have won, and what that cost",            \
	  "市场活动归因与投资回报")                                                         \
	R(forecast, "forecast", "Revenue of the months ahead, from history and pipeline",   \
	  "销售预测(历史与管道)")                                                           \
	R(forecast_actual, "forecast_actual", "What was forecast, against what came",       \
	  "预测与实际对比")                                                                 \
	R(activity_effect, "activity_effect",                                               \
	  "Whether early activities go with winning opportunities", "活动对商机的影响")

#define CRM_REPORTS(R)                                                                      \
	R(customer, "customer", "All about one customer, as of one instant",                \
	  "单个客户的全貌(同一时点)")                                                       \
	R(board, "board", "Pipeline board: totals by stage, first cards by expected close", \
	  "商机看板:各阶段合计与最早预计成交的商机")                                        \
	R(pipeline, "pipeline", "The pipeline as it was at an instant, by stage or person", \
	  "任意时点的在途商机(按阶段或人员)")                                               \
	R(movement, "movement", "What became of the pipeline between two instants",         \
	  "两个时点之间的商机变动")                                                         \
	R(funnel, "funnel", "Moves between stages, and the time spent before",              \
	  "阶段流转与停留时长")                                                             \
	R(conversion, "conversion",                                                         \
	  "Which share of opportunities came further, or to an order",                      \
	  "商机阶段转化率与转订单率")                                                       \
	R(cycle, "cycle", "Time to win, and sales velocity", "成交周期与销售速度")          \
	R(service, "service", "Service: queue, overdue, response and resolution times",     \
	  "服务:队列、超时、响应与解决时效")                                                \
	R(satisfaction, "satisfaction", "Net promoter score and complaints",                \
	  "净推荐值与投诉率")                                                               \
	R(contracts, "contracts", "Contracts: value in force, expiring, renewed",           \
	  "合同:有效金额、即将到期、续约率")                                                \
	R(receivables, "receivables", "What is owed, by how long it is overdue",            \
	  "应收账款与账龄")                                                                 \
	CRM_STATISTICS(R)                                                                   \
	CRM_SALES(R)

#define CRM__REPORT_DECLARE(name, text, en, zh) extern const crm__definition crm__report_##name;
CRM_REPORTS(CRM__REPORT_DECLARE)
#undef CRM__REPORT_DECLARE
