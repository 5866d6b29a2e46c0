/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one line per event on standard error.
 *
 *   2026-11-23T08:15:00.250Z info conn opened conn=7 peer=unix
 *   {"time":"2026-11-23T08:15:00.250Z","level":"info","event":"conn opened","conn":7, …}
 *
 * An event is a fixed pair of lower-case words, written by the code that decides. What stands
 * in records is never logged. An event that repeats more than DAEMON_LOG_BURST times within
 * ten seconds is held back; its next line says how often (`held=`).
 *
 * Thread rule: any thread. There is one log per process, as there is one standard error. */
#pragma once

#include "base/buf.h"

enum { DAEMON_LOG_BURST = 20 };

/* L(name, text), the loudest first. */
#define DAEMON_LOG_LEVELS(L) L(ERROR, "error") L(WARN, "warn") L(INFO, "info") L(DEBUG, "debug")

typedef enum daemon_log_level {
#define DAEMON_LOG_LEVEL_MEMBER(name, text) DAEMON_LOG_##name,
	DAEMON_LOG_LEVELS(DAEMON_LOG_LEVEL_MEMBER)
#undef DAEMON_LOG_LEVEL_MEMBER
} daemon_log_level;

#define DAEMON_LOG_FORMATS(F) F(TEXT, "text") F(JSON, "json")

typedef enum daemon_log_format {
#define DAEMON_LOG_FORMAT_MEMBER(name, text) DAEMON_LOG_AS_##name,
	DAEMON_LOG_FORMATS(DAEMON_LOG_FORMAT_MEMBER)
#undef DAEMON_LOG_FORMAT_MEMBER
} daemon_log_format;

/* What is below `level` is left out. Before the first call: info, text. */
void daemon_log_setup(daemon_log_level level, daemon_log_format format);

/* May be called in a signal handler. */
daemon_log_format daemon_log_format_now(void);

typedef enum daemon_log_kind {
	DAEMON_LOG_END,
	DAEMON_LOG_NUMBER,
	DAEMON_LOG_WORDS,
} daemon_log_kind;

/* One key=value of a line. */
typedef struct daemon_log_field {
	const char *key;
	daemon_log_kind kind;
	int64_t number;
	cx_slice text; /* any bytes; what is not plain is escaped */
} daemon_log_field;

#define LOG_NUMBER(key_, value_)                                                      \
	{                                                                             \
		.key = (key_), .kind = DAEMON_LOG_NUMBER, .number = (int64_t)(value_) \
	}
#define LOG_TEXT(key_, value_)                                                       \
	{                                                                            \
		.key = (key_), .kind = DAEMON_LOG_WORDS, .text = cx_slice_of(value_) \
	}
#define LOG_SLICE(key_, value_)                                           \
	{                                                                 \
		.key = (key_), .kind = DAEMON_LOG_WORDS, .text = (value_) \
	}

/* DAEMON_LOG(INFO, "conn closed", LOG_NUMBER("conn", id), LOG_TEXT("reason", text));
 * at least one field. `event` is a literal. */
#define DAEMON_LOG(level, event, ...)      \
	daemon_log_write(                  \
		DAEMON_LOG_##level, event, \
		(const daemon_log_field[]){ __VA_ARGS__, { .kind = DAEMON_LOG_END } })

/* `fields` is ended by DAEMON_LOG_END. */
void daemon_log_write(daemon_log_level level, const char *event,
                      const daemon_log_field *fields);

/* Appends the line that daemon_log_write writes, its line end included. `held` > 0 is added as
 * a last field. */
void daemon_log_line(daemon_log_format format, int64_t time_ms, daemon_log_level level,
                     const char *event, const daemon_log_field *fields, uint64_t held,
                     cx_buf *out);
