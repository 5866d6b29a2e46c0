/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/log.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum {
	LINE_BYTES_MAX = 4096,
	EVENTS_MAX = 64, /* events counted apart; further ones are never held back */
	WINDOW_MS = 10 * 1000,
};

/* How often an event came in its present window. */
typedef struct counted {
	const char *event;
	int64_t began_ms;
	uint64_t count;
	uint64_t held;
} counted;

static _Atomic daemon_log_level level_now = DAEMON_LOG_INFO;
static _Atomic daemon_log_format format_now = DAEMON_LOG_AS_TEXT;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static counted events[EVENTS_MAX];

void daemon_log_setup(daemon_log_level level, daemon_log_format format)
{
	atomic_store(&level_now, level);
	atomic_store(&format_now, format);
}

daemon_log_format daemon_log_format_now(void)
{
	return atomic_load(&format_now);
}

static const char *level_name(daemon_log_level level)
{
	static const char *const names[] = {
#define NAME(name, text) [DAEMON_LOG_##name] = text,
		DAEMON_LOG_LEVELS(NAME)
#undef NAME
	};
	return names[level];
}

/* Events are literals, so one event may have several addresses; that only counts it twice. */
static counted *find_counted(const char *event)
{
	for (size_t i = 0; i < EVENTS_MAX; i++) {
		if (events[i].event == NULL)
			events[i].event = event;
		if (events[i].event == event)
			return &events[i];
	}
	return NULL;
}

/* False when the event is held back; otherwise `*ret_held` were before it. */
static bool may_write(const char *event, int64_t now_ms, uint64_t *ret_held)
{
	bool may = true;
	*ret_held = 0;
	pthread_mutex_lock(&lock);
	counted *entry = find_counted(event);
	if (entry != NULL) {
		if (now_ms - entry->began_ms >= WINDOW_MS || now_ms < entry->began_ms) {
			*ret_held = entry->held;
			*entry = (counted){ .event = event, .began_ms = now_ms };
		}
		may = ++entry->count <= DAEMON_LOG_BURST;
		entry->held += may ? 0 : 1;
	}
	pthread_mutex_unlock(&lock);
	return may;
}

static bool is_plain(cx_slice text)
{
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];
		if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\')
			return false;
	}
	return text.size > 0;
}

/* Between quotes as JSON has them. Bytes outside ASCII pass: both forms are UTF-8, and a
 * stranger's bytes that are not come from client names only, which are checked before. */
static void write_quoted(cx_slice text, cx_buf *out)
{
	cx_buf_append_byte(out, '"');
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];
		if (c == '"' || c == '\\')
			cx_buf_printf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			cx_buf_printf(out, "\\u%04x", c);
		else
			cx_buf_append_byte(out, c);
	}
	cx_buf_append_byte(out, '"');
}

static void write_field(daemon_log_format format, const daemon_log_field *field, cx_buf *out)
{
	bool json = format == DAEMON_LOG_AS_JSON;
	cx_buf_printf(out, json ? ",\"%s\":" : " %s=", field->key);
	if (field->kind == DAEMON_LOG_NUMBER)
		cx_buf_printf(out, "%" PRId64, field->number);
	else if (!json && is_plain(field->text))
		cx_buf_append_slice(out, field->text);
	else
		write_quoted(field->text, out);
}

void daemon_log_line(daemon_log_format format, int64_t time_ms, daemon_log_level level,
                     const char *event, const daemon_log_field *fields, uint64_t held,
                     cx_buf *out)
{
	char time[CX_TS_TEXT_SIZE];
	cx_ts_format(time_ms, time);
	bool json = format == DAEMON_LOG_AS_JSON;
	cx_buf_printf(out,
	              json ? "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"" : "%s %s %s",
	              time, level_name(level), event);
	for (; fields->kind != DAEMON_LOG_END; fields++)
		write_field(format, fields, out);
	if (held > 0)
		write_field(format, &(daemon_log_field)LOG_NUMBER("held", held), out);
	cx_buf_printf(out, json ? "}\n" : "\n");
}

void daemon_log_write(daemon_log_level level, const char *event, const daemon_log_field *fields)
{
	if (level > atomic_load_explicit(&level_now, memory_order_relaxed))
		return;

	int64_t now_ms = cx_clock_wall_ms();
	uint64_t held = 0;
	if (!may_write(event, now_ms, &held))
		return;

	CX_SCOPED(cx_buf_release) cx_buf line = CX_BUF_INIT(LINE_BYTES_MAX);
	daemon_log_line(atomic_load_explicit(&format_now, memory_order_relaxed), now_ms, level,
	                event, fields, held, &line);
	if (cx_buf_status(&line) != CX_OK)
		return;
	/* One write, so lines of several threads do not mix. A log that cannot be written is
	 * nothing the daemon could report anywhere. */
	ssize_t written = write(STDERR_FILENO, line.data, line.size);
	(void)written;
}
