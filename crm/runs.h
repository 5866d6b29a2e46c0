/* SPDX-License-Identifier: Apache-2.0 */
/* Runs: what is worked out over all records from time to time, and written down.
 *
 * A run first reads: everything it works out comes from one snapshot, which it does not need
 * afterwards. Then it writes, in as many transactions as the caller likes, so that others can
 * write in between:
 *
 *   CX_SCOPED(crm_tier_run_free) crm_tier_run *run = NULL;
 *   status = crm_tier_run_new(read, &request, &run, &error);
 *   while (status == CX_OK && !crm_tier_run_is_done(run)) {
 *           begin a transaction
 *           status = crm_tier_run_write(run, write, &author, CRM_RUN_SLICE, &error);
 *           commit it, or abort it and give up }
 *
 * or all of it at once: crm_run_tiers(), crm_run_forecast(). A run is known by its instant (a
 * forecast by its number): given once more it writes what is missing of it, and nothing when
 * that is nothing. So one that was broken off is simply run again.
 *
 * Memory: about 250 bytes for each customer, 5 KB for each team and person. A transaction of
 * CRM_RUN_SLICE changes about 2 MiB.
 *
 * What is written goes past the rules (engine_change.internal), with cause CRM_CAUSE_TIERS or
 * none: customer.tier and forecast.actual are fields that only the store may set, and what the
 * rules would look up for each row the run knows. What they would refuse it does not write.
 *
 * Thread rule: a run belongs to one thread at a time. */
#pragma once

#include "crm/crm.h"
#include "engine/engine.h"

/* Records that one transaction of a run makes, more or less. */
enum { CRM_RUN_SLICE = 1000 };

/* ---- tiers ---- */

typedef struct crm_tier_request {
	int64_t as_of_ms; /* when it is for; 0 = now. Records are those of the snapshot */
	int64_t now_ms;
	/* MessagePack map name → integer: those of CRM_TIER_PARAMETERS (crm/stats/tier.h) that
	 * are not as usual; empty or nil = none. */
	cx_slice parameters;
} crm_tier_request;

typedef struct crm_tier_counts {
	uint64_t customers; /* graded */
	uint64_t written;   /* rows of customer_tier */
	uint64_t skipped;   /* had their row of this instant, or were deleted meanwhile */
	uint64_t by_hand;   /* of those written: a tier by hand that stands */
	uint64_t changed;   /* customers that have another tier than before */
	uint64_t dormant;   /* customers that became dormant */
	uint64_t tiers[4];  /* written, as customer_tier.tier has them */
} crm_tier_counts;

typedef struct crm_tier_run crm_tier_run;

/* Grades all customers that were made up to the instant.
 * Errors: CX_INVALID_ARGUMENT (an unknown parameter, or its value), CX_NO_TYPE, CX_NO_FIELD,
 * CX_NO_INDEX (the store's schema has not what it reads), CX_TOO_LARGE, CX_NO_MEMORY,
 * CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status crm_tier_run_new(engine_read *read, const crm_tier_request *request,
                                       crm_tier_run **ret, cx_error *error);
void crm_tier_run_free(crm_tier_run **run);

/* Writes the rows of the next `limit` customers. A customer's field `tier` becomes that of its
 * newest row; one that is active, and without a confirmed order in the window, becomes dormant.
 * Errors: those of writes; the transaction is then as it was before, and so is the run. */
CX_MUST_USE cx_status crm_tier_run_write(crm_tier_run *run, engine_write *write,
                                         const engine_author *author, size_t limit,
                                         cx_error *error);
bool crm_tier_run_is_done(const crm_tier_run *run);
/* What was written so far; lives as long as the run. */
const crm_tier_counts *crm_tier_run_counts(const crm_tier_run *run);

/* All of it, in a snapshot and transactions of its own. After an error what was committed
 * before stays, and the same run again goes on from there. Errors: CX_BUSY (the journal was
 * full for a minute), those of the parts. */
CX_MUST_USE cx_status crm_run_tiers(engine *store, const engine_author *author,
                                    const crm_tier_request *request, crm_tier_counts *ret,
                                    cx_error *error);

/* ---- forecasts ---- */

enum {
	CRM_FORECAST_MONTHS_DEFAULT = 6,
	CRM_FORECAST_MONTHS_MAX = 24,
};

typedef struct crm_forecast_request {
	int64_t as_of_ms; /* the instant it is made at; 0 = now. Records are the snapshot's */
	int64_t now_ms;
	int64_t run;     /* its number; 0 = the instant in ms */
	size_t months;   /* this one and those after it; 0 = CRM_FORECAST_MONTHS_DEFAULT */
	cx_slice method; /* "holt_winters": taken for the later months where there is history
	                  * enough, instead of the best; empty = none */
} crm_forecast_request;

typedef struct crm_forecast_counts {
	uint64_t scopes;  /* the organisation, teams and people that were looked at */
	uint64_t written; /* rows of forecast */
	uint64_t skipped; /* scopes that had rows of this run, or have nothing to forecast from
	                   */
	uint64_t actuals; /* rows of months gone by that were told what came */
} crm_forecast_counts;

typedef struct crm_forecast_run crm_forecast_run;

/* Works out, for the organisation, each active team with those below it, and each active
 * person:
 *
 *   weighted        Σ open amounts that are to close in the month, by their own probability
 *   stage_history   the same, by how often their stage led to a win (crm/findings/win_rate.h)
 *   ses … holt_winters  from the months of confirmed revenue before (crm/stats/outlook.h), each
 *                   that there is history enough for
 *   combined        this month and the next two: what was confirmed in it so far +
 * stage_history
 *                   + the median of what used to come that does not exist yet
 *                   (crm/findings/arrivals.h)
 *
 * `chosen` of a month: combined where there is one, then the best model, then stage_history.
 * Errors: CX_INVALID_ARGUMENT (months, method), as crm_tier_run_new(). */
CX_MUST_USE cx_status crm_forecast_run_new(engine_read *read,
                                           const crm_forecast_request *request,
                                           crm_forecast_run **ret, cx_error *error);
void crm_forecast_run_free(crm_forecast_run **run);

/* Writes the rows of the next scopes, until there are `limit`, each scope's whole; and what
 * came in months that are over by the instant, the last CRM_ACTUAL_MONTHS of them, into the
 * forecasts of all runs that do not say it yet. */
enum { CRM_ACTUAL_MONTHS = 24 };
CX_MUST_USE cx_status crm_forecast_run_write(crm_forecast_run *run, engine_write *write,
                                             const engine_author *author, size_t limit,
                                             cx_error *error);
bool crm_forecast_run_is_done(const crm_forecast_run *run);
const crm_forecast_counts *crm_forecast_run_counts(const crm_forecast_run *run);

CX_MUST_USE cx_status crm_run_forecast(engine *store, const engine_author *author,
                                       const crm_forecast_request *request,
                                       crm_forecast_counts *ret, cx_error *error);
