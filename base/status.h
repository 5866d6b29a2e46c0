/* SPDX-License-Identifier: Apache-2.0 */
/* The outcomes of every function of the tree that can fail, in one list.
 *
 * A wire number is part of the protocol: it is never changed and never used
 * again. The groups: 1xx protocol, 2xx login, 3xx schema, 4xx data, 5xx limits,
 * 6xx continuations, 9xx internal. The class says who can act: the CALLER by
 * asking differently, anyone by asking again later (RETRY), or the people who
 * run the SERVER. */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

/* S(name, wire number, class, text) */
#define CX_STATUSES(S)                                                                       \
	S(OK, 0, CALLER, "done")                                                             \
	S(MALFORMED, 100, CALLER, "the bytes are not a well-formed message")                 \
	S(TOO_LARGE, 101, CALLER, "larger than the limit")                                   \
	S(TOO_DEEP, 102, CALLER, "nested deeper than the limit")                             \
	S(UNKNOWN_METHOD, 103, CALLER, "no such method")                                     \
	S(INVALID_ARGUMENT, 104, CALLER, "an argument is not valid")                         \
	S(DENIED, 200, CALLER, "not permitted")                                              \
	S(NO_TYPE, 300, CALLER, "no such record type")                                       \
	S(NO_FIELD, 301, CALLER, "no such field")                                            \
	S(NO_INDEX, 302, CALLER, "no such index")                                            \
	S(SCHEMA_SYNTAX, 303, CALLER, "the schema text is not valid")                        \
	S(LAYOUT_CHANGED, 304, CALLER, "the record layout is another one")                   \
	S(UNSAFE_CHANGE, 305, CALLER, "the schema cannot be changed so")                     \
	S(NOT_FOUND, 400, CALLER, "no such record")                                          \
	S(CONFLICT_REV, 401, CALLER, "the record has another revision")                      \
	S(UNIQUE, 402, CALLER, "the value is taken by another record")                       \
	S(TYPE, 403, CALLER, "the value has the wrong type")                                 \
	S(REQUIRED, 404, CALLER, "a required field is missing")                              \
	S(READ_ONLY_FIELD, 405, CALLER, "the field is written by the store only")            \
	S(DANGLING_REFERENCE, 406, CALLER, "the record referred to does not exist")          \
	S(RESTRICTED, 407, CALLER, "live records refer to this record")                      \
	S(TOO_LONG, 408, CALLER, "the value is longer than its field allows")                \
	S(NOT_DELETED, 409, CALLER, "the record is not deleted")                             \
	S(CHECK, 410, CALLER, "a rule of the record type refuses the value")                 \
	S(RID_REUSED, 411, CALLER, "the number was another request's")                       \
	S(DEADLINE, 500, RETRY, "the deadline passed")                                       \
	S(SCAN_LIMIT, 501, CALLER, "the scan reached its limit")                             \
	S(BUSY, 502, RETRY, "too much work is waiting")                                      \
	S(STORAGE_FULL, 503, SERVER, "the store has no room left")                           \
	S(FULL_SCAN_REFUSED, 504, CALLER, "no index serves this and a full scan is refused") \
	S(SORT_LIMIT, 505, CALLER, "too many records to sort without an index")              \
	S(SHUTTING_DOWN, 506, RETRY, "the server is stopping")                               \
	S(DISCONNECTED, 507, RETRY, "the connection is closed")                              \
	S(CURSOR_STALE, 600, CALLER, "the continuation does not fit this query any more")    \
	S(COMPACTED, 601, CALLER, "what is asked for is not kept any more")                  \
	S(NO_MEMORY, 900, RETRY, "out of memory")                                            \
	S(IO, 901, SERVER, "reading or writing the disk failed")                             \
	S(CORRUPT, 902, SERVER, "the stored bytes are damaged")                              \
	S(LOCKED, 903, SERVER, "another process holds the store")                            \
	S(UNSUPPORTED, 904, SERVER, "not supported")                                         \
	S(INTERNAL, 905, SERVER, "internal error")

typedef enum cx_status {
#define CX_STATUS_MEMBER(name, wire, class_, text) CX_##name,
	CX_STATUSES(CX_STATUS_MEMBER)
#undef CX_STATUS_MEMBER
} cx_status;

/* Who can act on a status. */
typedef enum cx_status_class {
	CX_CLASS_CALLER,
	CX_CLASS_RETRY,
	CX_CLASS_SERVER,
} cx_status_class;

enum {
	CX_STATUS_COUNT = 0
#define CX_STATUS_ONE(name, wire, class_, text) +1
	CX_STATUSES(CX_STATUS_ONE)
#undef CX_STATUS_ONE
};

/* "NOT_FOUND"; static storage. */
const char *cx_status_name(cx_status status);

/* One plain sentence; static storage. */
const char *cx_status_text(cx_status status);

uint32_t cx_status_wire(cx_status status);

/* The status of a wire number; a number this build does not know is
 * CX_INTERNAL. */
cx_status cx_status_of_wire(uint32_t wire);

cx_status_class cx_status_class_of(cx_status status);

bool cx_status_is_retryable(cx_status status);

enum { CX_ERROR_TEXT_SIZE = 256, CX_ERROR_NAME_SIZE = 64 };

/* What a human is told beside a status. No allocation; a caller that does not
 * care passes NULL wherever a `cx_error *` is taken. `line` and `column` are
 * 1-based, 0 = none. `field` and `index` name what the error is about, or are
 * empty. All text is UTF-8, zero-ended and cut at a character boundary. */
typedef struct cx_error {
	cx_status status;
	uint32_t line;
	uint32_t column;
	char text[CX_ERROR_TEXT_SIZE];
	char field[CX_ERROR_NAME_SIZE];
	char index[CX_ERROR_NAME_SIZE];
} cx_error;

/* Makes it say nothing; for one that may be needed and mostly is not. */
static inline void cx_error_clear(cx_error *error)
{
	error->status = CX_OK;
	error->line = error->column = 0;
	error->text[0] = error->field[0] = error->index[0] = '\0';
}

/* Fills `error` (when not NULL; line, column, field and index are cleared) and
 * returns `status`, so that failing is one line: return cx_fail(error, CX_TYPE,
 * "…", …). */
CX_PRINTF(3, 4)
cx_status cx_fail(cx_error *error, cx_status status, const char *format, ...);

/* The same, naming the field the error is about. */
CX_PRINTF(4, 5)
cx_status cx_fail_field(cx_error *error, cx_status status, const char *field,
                        const char *format, ...);
