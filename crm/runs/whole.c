/* SPDX-License-Identifier: Apache-2.0 */
/* Runs from end to end. */
#include "crm/runs.h"

#include <time.h>

/* One slice of either kind of run. */
typedef cx_status slice(void *run, engine_write *write, const engine_author *author,
                        cx_error *error);

/* Waits, for a minute at most, while the journal has no room before it is merged. */
static cx_status begin(engine *store, engine_write **ret)
{
	enum { TRIES = 3000 };
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	cx_status status = engine_write_begin(store, ret);
	for (int i = 0; status == CX_BUSY && i < TRIES; i++) {
		nanosleep(&pause, NULL);
		status = engine_write_begin(store, ret);
	}
	return status;
}

static cx_status write_slice(engine *store, slice *one, void *run, const engine_author *author,
                             cx_error *error)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	cx_status status = begin(store, &write);
	if (status == CX_OK)
		status = one(run, write, author, error);
	return status == CX_OK ? engine_write_commit(&write) : status;
}

static cx_status slice_of_tiers(void *run, engine_write *write, const engine_author *author,
                                cx_error *error)
{
	return crm_tier_run_write(run, write, author, CRM_RUN_SLICE, error);
}

cx_status crm_run_tiers(engine *store, const engine_author *author,
                        const crm_tier_request *request, crm_tier_counts *ret, cx_error *error)
{
	CX_SCOPED(crm_tier_run_free) crm_tier_run *run = NULL;
	engine_read *read = NULL;
	cx_status status = engine_read_begin(store, &read);
	if (status == CX_OK)
		status = crm_tier_run_new(read, request, &run, error);
	engine_read_end(&read);
	while (status == CX_OK && !crm_tier_run_is_done(run))
		status = write_slice(store, slice_of_tiers, run, author, error);
	if (status == CX_OK)
		*ret = *crm_tier_run_counts(run);
	return status;
}

static cx_status slice_of_forecast(void *run, engine_write *write, const engine_author *author,
                                   cx_error *error)
{
	return crm_forecast_run_write(run, write, author, CRM_RUN_SLICE, error);
}

cx_status crm_run_forecast(engine *store, const engine_author *author,
                           const crm_forecast_request *request, crm_forecast_counts *ret,
                           cx_error *error)
{
	CX_SCOPED(crm_forecast_run_free) crm_forecast_run *run = NULL;
	engine_read *read = NULL;
	cx_status status = engine_read_begin(store, &read);
	if (status == CX_OK)
		status = crm_forecast_run_new(read, request, &run, error);
	engine_read_end(&read);
	while (status == CX_OK && !crm_forecast_run_is_done(run))
		status = write_slice(store, slice_of_forecast, run, author, error);
	if (status == CX_OK)
		*ret = *crm_forecast_run_counts(run);
	return status;
}
