/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up firm, written by the rules of the trade as its people would have written it: at
 * scale 1 100,000 customers, 200,000 opportunities on their way through the stages, 50,000
 * orders with a line each, 1,000,000 activities, over three years. The same from run to run. */
#pragma once

#include "bench/workload.h"
#include "engine/engine.h"

enum { FIRM_USERS = 50, FIRM_TEAMS = 5, FIRM_DAYS = 1096, FIRM_TODAY = 20500 };

/* The beginning of the day that is the firm's present, in ms since 1970. */
#define FIRM_NOW_MS (FIRM_TODAY * INT64_C(86400000))

/* Fills a new store that was opened with crm_schema_text() and crm_rules(). */
cx_status bench_firm_make(engine *store, int64_t customers, cx_error *error);
