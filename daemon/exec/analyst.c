/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exec/analyst.h"

#include "base/clock.h"
#include "daemon/exec/writer.h"
#include "daemon/log.h"
#include "engine/analyze.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { PERIOD_MS = 60 * 1000, REST_MS = 20, MS_PER_S = 1000, NS_PER_MS = 1000 * 1000 };

struct daemon__analyst {
	daemon_context *context;
	engine_read *read; /* rests between slices */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t stops;
	bool stopped; /* guarded by mutex */
};

/* True when it was told to stop meanwhile. */
static bool rest(daemon__analyst *self, unsigned time_ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += time_ms / MS_PER_S;
	until.tv_nsec += (long)(time_ms % MS_PER_S) * NS_PER_MS;
	if (until.tv_nsec >= MS_PER_S * (long)NS_PER_MS) {
		until.tv_sec++;
		until.tv_nsec -= MS_PER_S * (long)NS_PER_MS;
	}
	pthread_mutex_lock(&self->mutex);
	int waited = 0;
	while (!self->stopped && waited == 0)
		waited = pthread_cond_timedwait(&self->stops, &self->mutex, &until);
	const bool stopped = self->stopped;
	pthread_mutex_unlock(&self->mutex);
	return stopped;
}

/* `*ret_done` stays false when it was stopped. */
static cx_status read_all(daemon__analyst *self, engine_analysis *analysis, bool *ret_done)
{
	while (!*ret_done && !rest(self, REST_MS)) {
		cx_status status = engine_read_renew(self->read);
		if (status == CX_OK)
			status = engine_analysis_step(analysis, self->read, ret_done);
		engine_read_rest(self->read);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status analyze(daemon__analyst *self)
{
	CX_SCOPED(engine_analysis_free) engine_analysis *analysis = NULL;
	const uint64_t begun = cx_clock_monotonic_ns();
	bool done = false;
	cx_status status = engine_analysis_new(self->context->store, &analysis);
	if (status == CX_OK)
		status = read_all(self, analysis, &done);
	if (status != CX_OK || !done)
		return status;
	uint64_t epoch = 0;
	status = engine_analysis_commit(&analysis, &epoch);
	if (status == CX_OK)
		DAEMON_LOG(INFO, "indexes analyzed", LOG_NUMBER("epoch", epoch),
		           LOG_NUMBER("ms", (cx_clock_monotonic_ns() - begun) / NS_PER_MS));
	return status;
}

static cx_status look(daemon__analyst *self)
{
	bool due = false;
	cx_status status = engine_read_renew(self->read);
	if (status == CX_OK)
		status = engine_analysis_is_due(self->read, &due);
	engine_read_rest(self->read);
	if (status != CX_OK || !due || atomic_exchange(&self->context->analyzes, true))
		return status;
	status = analyze(self);
	atomic_store(&self->context->analyzes, false);
	return status;
}

static void *run(void *context)
{
	daemon__analyst *self = context;
	while (!rest(self, PERIOD_MS)) {
		if (daemon__writer_has_failed(self->context->writer))
			break;
		cx_status status = look(self);
		if (status != CX_OK)
			DAEMON_LOG(WARN, "analysis failed",
			           LOG_TEXT("status", cx_status_name(status)));
	}
	return NULL;
}

static bool init(daemon__analyst *self)
{
	pthread_condattr_t monotonic;
	if (pthread_condattr_init(&monotonic) != 0)
		return false;
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	const bool good = pthread_cond_init(&self->stops, &monotonic) == 0;
	pthread_condattr_destroy(&monotonic);
	if (good)
		pthread_mutex_init(&self->mutex, NULL);
	return good;
}

cx_status daemon__analyst_new(daemon_context *context, daemon__analyst **ret)
{
	daemon__analyst *self = calloc(1, sizeof *self);
	if (self == NULL || !init(self)) {
		free(self);
		return CX_NO_MEMORY;
	}
	self->context = context;
	cx_status status = engine_read_begin(context->store, &self->read);
	if (status == CX_OK) {
		engine_read_rest(self->read);
		if (pthread_create(&self->thread, NULL, run, self) == 0) {
			*ret = self;
			return CX_OK;
		}
		status = CX_NO_MEMORY;
	}
	engine_read_end(&self->read);
	pthread_cond_destroy(&self->stops);
	pthread_mutex_destroy(&self->mutex);
	free(self);
	return status;
}

void daemon__analyst_free(daemon__analyst **analyst)
{
	daemon__analyst *self = *analyst;
	if (self == NULL)
		return;
	pthread_mutex_lock(&self->mutex);
	self->stopped = true;
	pthread_cond_signal(&self->stops);
	pthread_mutex_unlock(&self->mutex);
	pthread_join(self->thread, NULL);
	engine_read_end(&self->read);
	pthread_cond_destroy(&self->stops);
	pthread_mutex_destroy(&self->mutex);
	free(self);
	*analyst = NULL;
}
