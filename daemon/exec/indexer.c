/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exec/indexer.h"

#include "daemon/log.h"
#include "engine/search.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* Records or keys of a slice: at first about a hundredth of a second. One is always few enough.
 */
enum { WORK_FIRST = 256, PAUSE_MS = 2 };

struct daemon__indexer {
	engine *store;
	pthread_t thread;
	atomic_bool stops;
};

/* One transaction. */
static cx_status build_slice(engine *store, uint32_t work, engine_search_state *ret,
                             cx_error *error)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	cx_status status = engine_write_begin(store, &write);
	if (status == CX_OK)
		status = engine_search_build(write, work, ret, error);
	return status == CX_OK ? engine_write_commit(&write) : status;
}

/* Others write between two slices. */
static void pause_between(void)
{
	const struct timespec time = { .tv_nsec = PAUSE_MS * 1000000L };
	nanosleep(&time, NULL);
}

static cx_status build_all(daemon__indexer *indexer, engine_search_state *ret, cx_error *error)
{
	engine_search_state state = ENGINE_SEARCH_CLEARING;
	uint32_t work = WORK_FIRST;
	cx_status status = CX_OK;
	while (status == CX_OK && state != ENGINE_SEARCH_READY &&
	       !atomic_load(&indexer->stops)) {
		status = build_slice(indexer->store, work, &state, error);
		/* Long texts make more of a transaction than it holds. */
		if (status == CX_TOO_LARGE && work > 1) {
			work /= 2;
			status = CX_OK;
		}
		pause_between();
	}
	*ret = state;
	return status;
}

static void *run(void *context)
{
	daemon__indexer *indexer = context;
	cx_error error = { 0 };
	DAEMON_LOG(INFO, "search building",
	           LOG_TEXT("text", "another tokenizer made the index"));
	engine_search_state state = ENGINE_SEARCH_CLEARING;
	cx_status status = build_all(indexer, &state, &error);
	if (status != CX_OK)
		DAEMON_LOG(ERROR, "search unbuilt", LOG_TEXT("status", cx_status_name(status)),
		           LOG_TEXT("text", "searches are refused until the next start"));
	else if (state == ENGINE_SEARCH_READY)
		DAEMON_LOG(INFO, "search built",
		           LOG_TEXT("text", "searches are answered again"));
	return NULL;
}

static cx_status read_state(engine *store, engine_search_state *ret)
{
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	cx_status status = engine_read_begin(store, &read);
	return status == CX_OK ? engine_search_state_get(read, ret) : status;
}

cx_status daemon__indexer_new(engine *store, daemon__indexer **ret)
{
	engine_search_state state = ENGINE_SEARCH_READY;
	cx_status status = read_state(store, &state);
	if (status != CX_OK)
		return status;
	if (state == ENGINE_SEARCH_READY) {
		*ret = NULL;
		return CX_OK;
	}
	daemon__indexer *indexer = calloc(1, sizeof *indexer);
	if (indexer == NULL)
		return CX_NO_MEMORY;
	indexer->store = store;
	if (pthread_create(&indexer->thread, NULL, run, indexer) != 0) {
		free(indexer);
		return CX_NO_MEMORY;
	}
	*ret = indexer;
	return CX_OK;
}

void daemon__indexer_free(daemon__indexer **indexer)
{
	if (*indexer == NULL)
		return;
	atomic_store(&(*indexer)->stops, true);
	pthread_join((*indexer)->thread, NULL);
	free(*indexer);
	*indexer = NULL;
}
