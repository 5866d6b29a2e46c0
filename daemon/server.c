/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/server.h"

#include "base/clock.h"
#include "crm/crm.h"
#include "daemon/context.h"
#include "daemon/exec/analyst.h"
#include "daemon/exec/workers.h"
#include "daemon/exec/writer.h"
#include "daemon/net/listener.h"
#include "daemon/net/loop.h"
#include "daemon/notify.h"
#include "daemon/process.h"
#include "daemon/version.h"
#include "engine/admin.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	LOOPS_MAX = 64,
	LOOPS_DEFAULT_MAX = 4,
	SPARE_READERS = 16,
	READERS_CHECK_S = 60,
	HEALTH_CHECK_S = 1,
	LISTENERS_MAX = 2,
};

struct daemon_server {
	daemon_context context;
	struct event_base *base;
	struct event *signal_events[3];
	struct event wake_event;
	struct event readers_event;
	struct event health_event;
	struct event watchdog_event;
	struct event drain_event; /* the end of the time to drain */
	daemon__listener *listeners[LISTENERS_MAX];
	daemon__loop *loops[LOOPS_MAX];
	unsigned loop_count;
	unsigned next_loop;
	daemon__analyst *analyst;
	uint64_t connections_max;
	uint64_t watchdog_ns;
	uint64_t drain_began_ns; /* 0 = it does not drain */
	int exit_status;
};

static unsigned loops_wanted(const daemon_config *config)
{
	if (config->threads_loops > 0)
		return (unsigned)config->threads_loops;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (processors < 1)
		return 1;
	return processors < LOOPS_DEFAULT_MAX ? (unsigned)processors : LOOPS_DEFAULT_MAX;
}

static cx_status open_store(daemon_server *server, cx_error *error)
{
	const daemon_config *config = server->context.config;
	CX_SCOPED(cx_buf_release) cx_buf extra = CX_BUF_INIT(ENGINE_SCHEMA_BYTES_MAX);
	cx_status status = daemon_config_schema(config, &extra, error);
	if (status != CX_OK)
		return status;
	const engine_options options = {
		.schema = crm_schema_text(),
		.rules = crm_rules(),
		.schema_extra = cx_buf_slice(&extra),
		.map_bytes = config->store_map_bytes,
		.journal_bytes = config->store_journal_bytes,
		.journal_age_ms = config->store_journal_age_ms,
		.readers_max = (unsigned)(loops_wanted(config) + config->threads_workers +
		                          SPARE_READERS),
		.any_filesystem = config->store_any_filesystem,
		.skip_structure_check = config->store_verify_on_open != DAEMON_VERIFY_ALWAYS,
		.sort_records_max = (uint32_t)config->limits_sort_records,
		.scan_records_max = (uint32_t)config->limits_scan_records,
	};
	return engine_open(config->store_path, &options, &server->context.store, error);
}

/* A store made by another version, or with a schema of its own. */
static void warn_of_rules(const engine *store)
{
	const engine_rules *rules = crm_rules();
	for (size_t i = 0; i < rules->count; i++) {
		const char *missing = engine_rule_missing(store, rules->items[i]);
		if (missing != NULL)
			DAEMON_LOG(WARN, "rule unused", LOG_TEXT("type", rules->items[i]->type),
			           LOG_TEXT("missing", missing));
	}
}

static void log_start(const daemon_server *server)
{
	engine_stats stats = { 0 };
	cx_status status = engine_stats_get(server->context.store, &stats);
	DAEMON_LOG(INFO, "daemon started", LOG_TEXT("version", daemon_version()),
	           LOG_TEXT("store", server->context.config->store_path),
	           LOG_TEXT("made", engine_was_created(server->context.store) ? "yes" : "no"),
	           LOG_NUMBER("seq", status == CX_OK ? stats.seq : 0),
	           LOG_NUMBER("loops", server->loop_count));
}

static cx_status start_threads(daemon_server *server)
{
	daemon_context *context = &server->context;
	cx_status status = daemon__writer_new(context, &context->writer);
	if (status == CX_OK)
		status = daemon__workers_new(context, &context->workers);
	if (status == CX_OK)
		status = daemon__analyst_new(context, &server->analyst);
	unsigned wanted = loops_wanted(context->config);
	while (status == CX_OK && server->loop_count < wanted) {
		status = daemon__loop_new(context, server->loop_count,
		                          &server->loops[server->loop_count]);
		server->loop_count += status == CX_OK;
	}
	return status;
}

static void begin_drain(daemon_server *server, uint64_t time_ms)
{
	if (server->drain_began_ns != 0)
		return;
	server->drain_began_ns = cx_clock_monotonic_ns();
	daemon_notify("STOPPING=1");
	for (size_t i = 0; i < LISTENERS_MAX; i++)
		daemon__listener_free(&server->listeners[i]);
	for (unsigned i = 0; i < server->loop_count; i++)
		daemon__loop_order(server->loops[i], DAEMON__DRAIN);
	const struct timeval time = { .tv_sec = (time_t)(time_ms / 1000) };
	if (evtimer_add(&server->drain_event, &time) != 0)
		event_active(&server->drain_event, EV_TIMEOUT, 1); /* takes no memory */
}

/* What was answered is on disk, so nothing is lost but the answers that were not given. */
__attribute__((noreturn)) static void end_now(daemon_server *server, const char *reason)
{
	DAEMON_LOG(
		WARN, "daemon ended", LOG_TEXT("reason", reason),
		LOG_NUMBER("connections", atomic_load(&server->context.counters.connections)));
	_exit(server->exit_status != DAEMON_EXIT_OK ? server->exit_status
	                                            : DAEMON_EXIT_UNFINISHED);
}

static void on_signal(evutil_socket_t number, short what, void *context)
{
	daemon_server *server = context;
	(void)what;
	if (number == SIGHUP) {
		DAEMON_LOG(INFO, "config kept",
		           LOG_TEXT("text", "no option can be changed while it runs"));
		return;
	}
	if (server->drain_began_ns != 0)
		end_now(server, "a second signal");
	DAEMON_LOG(
		INFO, "daemon stops",
		LOG_TEXT("signal", number == SIGTERM ? "SIGTERM" : "SIGINT"),
		LOG_NUMBER("connections", atomic_load(&server->context.counters.connections)));
	begin_drain(server, DAEMON_DRAIN_MS);
}

/* What was answered is kept; nothing more is taken. */
static void stop_failed(daemon_server *server)
{
	server->exit_status = DAEMON_EXIT_IO;
	begin_drain(server, DAEMON_DRAIN_FAILED_MS);
}

static void on_wake(evutil_socket_t fd, short what, void *context)
{
	daemon_server *server = context;
	eventfd_t count = 0;
	(void)what;
	(void)eventfd_read(fd, &count);
	if (daemon__writer_has_failed(server->context.writer))
		stop_failed(server);
	if (atomic_load(&server->context.loops_ended) == server->loop_count)
		event_base_loopbreak(server->base);
}

static void on_drain_end(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	end_now(context, "what is in flight takes too long");
}

static void on_readers_check(evutil_socket_t fd, short what, void *context)
{
	daemon_server *server = context;
	(void)fd;
	(void)what;
	unsigned cleared = engine_readers_check(server->context.store);
	if (cleared > 0)
		DAEMON_LOG(WARN, "readers cleared", LOG_NUMBER("count", cleared));
}

/* A merge may fail while nobody writes. */
static void on_health_check(evutil_socket_t fd, short what, void *context)
{
	daemon_server *server = context;
	(void)fd;
	(void)what;
	if (server->drain_began_ns != 0 || !engine_has_failed(server->context.store))
		return;
	DAEMON_LOG(ERROR, "store failed",
	           LOG_TEXT("text", "what was answered is in the journal; the next start "
	                            "takes it up"));
	stop_failed(server);
}

/* Half of the time the manager waits. A writer that has been at one group for so long hangs:
 * then nothing is sent, and the manager restarts the daemon. */
static void on_watchdog(evutil_socket_t fd, short what, void *context)
{
	daemon_server *server = context;
	(void)fd;
	(void)what;
	if (daemon__writer_busy_ns(server->context.writer) < server->watchdog_ns / 2)
		daemon_notify("WATCHDOG=1");
}

static cx_status add_signals(daemon_server *server)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
	for (size_t i = 0; i < CX_COUNT_OF(numbers); i++) {
		struct event *event = evsignal_new(server->base, numbers[i], on_signal, server);
		server->signal_events[i] = event;
		if (event == NULL || event_add(event, NULL) != 0)
			return CX_NO_MEMORY;
	}
	return CX_OK;
}

static cx_status add_periodic(struct event *event, struct event_base *base,
                              event_callback_fn callback, void *context, uint64_t period_us)
{
	const struct timeval time = { .tv_sec = (time_t)(period_us / 1000000),
		                      .tv_usec = (suseconds_t)(period_us % 1000000) };
	event_assign(event, base, -1, EV_PERSIST, callback, context);
	return event_add(event, &time) == 0 ? CX_OK : CX_NO_MEMORY;
}

static cx_status add_events(daemon_server *server)
{
	server->base = event_base_new();
	server->context.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (server->base == NULL || server->context.wake_fd < 0)
		return CX_NO_MEMORY;
	event_assign(&server->wake_event, server->base, server->context.wake_fd,
	             EV_READ | EV_PERSIST, on_wake, server);
	evtimer_assign(&server->drain_event, server->base, on_drain_end, server);
	if (event_add(&server->wake_event, NULL) != 0)
		return CX_NO_MEMORY;
	cx_status status = add_periodic(&server->readers_event, server->base, on_readers_check,
	                                server, READERS_CHECK_S * UINT64_C(1000000));
	if (status == CX_OK)
		status = add_periodic(&server->health_event, server->base, on_health_check,
		                      server, HEALTH_CHECK_S * UINT64_C(1000000));
	server->watchdog_ns = daemon_notify_watchdog_ns();
	if (status == CX_OK && server->watchdog_ns > 0)
		status = add_periodic(&server->watchdog_event, server->base, on_watchdog,
		                      server, server->watchdog_ns / 2000);
	return status;
}

static void clamp_connections(daemon_server *server)
{
	uint64_t wanted = server->context.config->limits_connections;
	uint64_t most = daemon_process_connections_max();
	server->connections_max = wanted < most ? wanted : most;
	if (wanted > most)
		DAEMON_LOG(WARN, "connections limited", LOG_NUMBER("wanted", wanted),
		           LOG_NUMBER("allowed", most));
}

cx_status daemon_server_new(const daemon_config *config, daemon_server **ret, cx_error *error)
{
	CX_SCOPED(daemon_server_free) daemon_server *server = calloc(1, sizeof *server);
	if (server == NULL)
		return cx_fail(error, CX_NO_MEMORY, "out of memory");
	server->context.config = config;
	server->context.wake_fd = -1;
	server->context.started_ns = cx_clock_monotonic_ns();
	pthread_mutex_init(&server->context.watches.lock, NULL);
	clamp_connections(server);

	cx_status status = daemon_clock_init(&server->context.clock, config->clock_file, error);
	if (status == CX_OK)
		status = open_store(server, error);
	if (status != CX_OK)
		return status;
	status = add_events(server);
	daemon_process_hold_signals();
	if (status == CX_OK)
		status = start_threads(server);
	daemon_process_let_signals();
	if (status != CX_OK)
		return cx_fail(error, status, "cannot start the threads: %s",
		               cx_status_text(status));
	warn_of_rules(server->context.store);
	log_start(server);
	*ret = server;
	server = NULL; /* now the caller's */
	return CX_OK;
}

static void free_event(struct event **event)
{
	if (*event != NULL)
		event_free(*event);
	*event = NULL;
}

/* Jobs refer to connections, so the loops end first: none ends before its jobs are back. */
void daemon_server_free(daemon_server **server)
{
	daemon_server *self = *server;
	if (self == NULL)
		return;
	for (size_t i = 0; i < LISTENERS_MAX; i++)
		daemon__listener_free(&self->listeners[i]);
	for (unsigned i = 0; i < self->loop_count; i++)
		daemon__loop_order(self->loops[i], DAEMON__DRAIN);
	for (unsigned i = 0; i < self->loop_count; i++)
		daemon__loop_free(&self->loops[i]);
	daemon__analyst_free(&self->analyst);
	daemon__writer_free(&self->context.writer);
	daemon__workers_free(&self->context.workers);
	engine_close(&self->context.store);
	pthread_mutex_destroy(&self->context.watches.lock);
	for (size_t i = 0; i < CX_COUNT_OF(self->signal_events); i++)
		free_event(&self->signal_events[i]);
	if (self->base != NULL)
		event_base_free(self->base);
	if (self->context.wake_fd >= 0)
		close(self->context.wake_fd);
	free(self);
	*server = NULL;
}

void daemon_server_adopt(daemon_server *server, int fd, bool tcp)
{
	daemon_counters *counters = &server->context.counters;
	cx_status status = CX_BUSY;
	if (atomic_fetch_add(&counters->connections, 1) < server->connections_max) {
		uint64_t number = atomic_fetch_add(&counters->connections_total, 1) + 1;
		daemon__loop *loop = server->loops[server->next_loop];
		server->next_loop = (server->next_loop + 1) % server->loop_count;
		status = daemon__loop_give(loop, fd, tcp, number);
	}
	if (status == CX_OK)
		return;
	atomic_fetch_sub(&counters->connections, 1);
	atomic_fetch_add(&counters->connections_refused, 1);
	DAEMON_LOG(WARN, "conn refused", LOG_TEXT("status", cx_status_name(status)),
	           LOG_NUMBER("connections", atomic_load(&counters->connections)));
	daemon__listener_turn_away(fd, status,
	                           status == CX_BUSY ? "there are too many connections" : NULL);
}

static void on_accept(void *context, int fd, bool tcp)
{
	daemon_server_adopt(context, fd, tcp);
}

static cx_status add_listener(daemon_server *server, const daemon__address *address,
                              cx_error *error)
{
	size_t at = server->listeners[0] != NULL;
	cx_status status = daemon__listener_new(
		server->base, address, server->context.config->listen_unix_mode, on_accept,
		server, &server->listeners[at], error);
	if (status != CX_OK)
		return status;
	char text[DAEMON__ADDRESS_TEXT_SIZE];
	daemon__listener_address(server->listeners[at], text);
	DAEMON_LOG(INFO, "listener opened", LOG_TEXT("address", text));
	return CX_OK;
}

cx_status daemon_server_listen(daemon_server *server, cx_error *error)
{
	const daemon_config *config = server->context.config;
	daemon__address address;
	cx_status status = add_signals(server);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot handle signals");
	if (config->listen_unix[0] != '\0') {
		daemon__address_of_path(config->listen_unix, &address);
		status = add_listener(server, &address, error);
	}
	if (status == CX_OK && config->listen_tcp[0] != '\0') {
		status = daemon__address_parse_tcp(config->listen_tcp, &address, error);
		if (status == CX_OK)
			status = add_listener(server, &address, error);
	}
	return status;
}

/* The file is all there is afterwards. */
static void settle(daemon_server *server)
{
	cx_status status = engine_settle(server->context.store);
	if (status == CX_OK || server->exit_status != DAEMON_EXIT_OK)
		return;
	DAEMON_LOG(ERROR, "store unsettled", LOG_TEXT("status", cx_status_name(status)),
	           LOG_TEXT("text", "the journal stays; the next start goes on from it"));
	server->exit_status = DAEMON_EXIT_IO;
}

int daemon_server_run(daemon_server *server)
{
	DAEMON_LOG(INFO, "daemon ready", LOG_NUMBER("pid", getpid()));
	daemon_notify("READY=1");
	event_base_dispatch(server->base);
	daemon__analyst_free(&server->analyst);
	settle(server);
	DAEMON_LOG(INFO, "daemon stopped",
	           LOG_NUMBER("requests", atomic_load(&server->context.counters.requests)),
	           LOG_NUMBER("writes", atomic_load(&server->context.counters.writes)));
	return server->exit_status;
}
