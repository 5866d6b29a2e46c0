/* SPDX-License-Identifier: Apache-2.0 */
/* What calls of libcardex take and give: statuses and errors, documents, values, dates. Comes
 * with cardex.h, whose rules hold here too. */
#ifndef CARDEX_VALUE_H
#define CARDEX_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CARDEX_API      __attribute__((visibility("default")))
#define CARDEX_MUST_USE __attribute__((warn_unused_result))
#else
#define CARDEX_API
#define CARDEX_MUST_USE
#endif
/* What every function that can fail is. */
#define CARDEX_CALL CARDEX_API CARDEX_MUST_USE

/* ---- statuses and errors ---- */

/* The number of a status is that of the protocol and never changes. 1xx protocol, 2xx login,
 * 3xx schema, 4xx data, 5xx limits, 6xx continuations, 9xx internal. */
typedef enum cardex_status {
	CARDEX_OK = 0,
	CARDEX_MALFORMED = 100,          /* the bytes are not a well-formed message */
	CARDEX_TOO_LARGE = 101,          /* larger than the limit */
	CARDEX_TOO_DEEP = 102,           /* nested deeper than the limit */
	CARDEX_UNKNOWN_METHOD = 103,     /* no such method */
	CARDEX_INVALID_ARGUMENT = 104,   /* an argument is not valid */
	CARDEX_DENIED = 200,             /* not permitted */
	CARDEX_NO_TYPE = 300,            /* no such record type */
	CARDEX_NO_FIELD = 301,           /* no such field */
	CARDEX_NO_INDEX = 302,           /* no such index */
	CARDEX_SCHEMA_SYNTAX = 303,      /* the schema text is not valid */
	CARDEX_LAYOUT_CHANGED = 304,     /* the record layout is another one */
	CARDEX_UNSAFE_CHANGE = 305,      /* the schema cannot be changed so */
	CARDEX_NOT_FOUND = 400,          /* no such record */
	CARDEX_CONFLICT_REV = 401,       /* the record has another revision */
	CARDEX_UNIQUE = 402,             /* the value is taken by another record */
	CARDEX_TYPE = 403,               /* the value has the wrong type */
	CARDEX_REQUIRED = 404,           /* a required field is missing */
	CARDEX_READ_ONLY_FIELD = 405,    /* the field is written by the store only */
	CARDEX_DANGLING_REFERENCE = 406, /* the record referred to does not exist */
	CARDEX_RESTRICTED = 407,         /* live records refer to this record */
	CARDEX_TOO_LONG = 408,           /* the value is longer than its field allows */
	CARDEX_NOT_DELETED = 409,        /* the record is not deleted */
	CARDEX_CHECK = 410,              /* a rule of the record type refuses the value */
	CARDEX_RID_REUSED = 411,         /* the number was another request's */
	CARDEX_DEADLINE = 500,           /* the deadline passed */
	CARDEX_SCAN_LIMIT = 501,         /* the scan reached its limit */
	CARDEX_BUSY = 502,               /* too much work is waiting */
	CARDEX_STORAGE_FULL = 503,       /* the store has no room left */
	CARDEX_FULL_SCAN_REFUSED = 504,  /* no index serves this and a full scan is refused */
	CARDEX_SORT_LIMIT = 505,         /* too many records to sort without an index */
	CARDEX_SHUTTING_DOWN = 506,      /* the server is stopping */
	CARDEX_DISCONNECTED = 507,       /* the connection is closed */
	CARDEX_CURSOR_STALE = 600,       /* the continuation does not fit this query any more */
	CARDEX_COMPACTED = 601,          /* what is asked for is not kept any more */
	CARDEX_NO_MEMORY = 900,          /* out of memory */
	CARDEX_IO = 901,                 /* reading or writing the disk failed */
	CARDEX_CORRUPT = 902,            /* the stored bytes are damaged */
	CARDEX_LOCKED = 903,             /* another process holds the store */
	CARDEX_UNSUPPORTED = 904,        /* not supported */
	CARDEX_INTERNAL = 905 /* internal error, or a status this library is too old for */
} cardex_status;

/* What a person is told beside a status. All text is zero-ended and cut at a character. */
typedef struct cardex_error {
	cardex_status status;
	bool retryable;    /* the same request may succeed later */
	uint32_t line;     /* 1-based position in schema text or a filter; 0 = none */
	uint32_t column;   /* in bytes */
	char field[64];    /* the field it is about, or "" */
	char index[64];    /* the index it is about, or "" */
	char message[256]; /* never empty after a failure */
} cardex_error;

/* "NOT_FOUND"; static storage. "INTERNAL" for a number that is no status. */
CARDEX_API const char *cardex_status_name(cardex_status status);

/* One plain sentence; static storage. */
CARDEX_API const char *cardex_status_text(cardex_status status);

/* The library's version, "0.1.0". */
CARDEX_API const char *cardex_version(void);
/* ---- building values ---- */

/* A document: field names with values, or a list of values. Growing fails quietly: what does
 * not fit (8 MiB) or finds no memory is remembered, and the request that carries the document
 * fails for that reason. All functions accept NULL documents. */
typedef struct cardex_doc cardex_doc;

/* NULL without memory. */
CARDEX_API cardex_doc *cardex_fields_new(void);
CARDEX_API cardex_doc *cardex_list_new(void);

/* Frees and sets `*doc` to NULL; NULL is accepted. */
CARDEX_API void cardex_doc_free(cardex_doc **doc);

/* CARDEX_OK, or why it failed: CARDEX_TOO_LARGE, CARDEX_NO_MEMORY, CARDEX_INVALID_ARGUMENT
 * (a list used as fields or the other way round, no name, a bad number). */
CARDEX_API cardex_status cardex_doc_status(const cardex_doc *doc);

/* One field each, by name; the server refuses a name that comes twice. NULL text is null.
 * money is in minor units, a date in days since 1970-01-01, a ts in milliseconds since 1970
 * UTC, an enum its label, a reference the id: cardex_date_parse() and others help. */
CARDEX_API void cardex_set_null(cardex_doc *fields, const char *name);
CARDEX_API void cardex_set_bool(cardex_doc *fields, const char *name, bool value);
CARDEX_API void cardex_set_int(cardex_doc *fields, const char *name, int64_t value);
CARDEX_API void cardex_set_text(cardex_doc *fields, const char *name, const char *value);
CARDEX_API void cardex_set_bytes(cardex_doc *fields, const char *name, const void *bytes,
                                 size_t size);
/* A copy of a list. */
CARDEX_API void cardex_set_list(cardex_doc *fields, const char *name, const cardex_doc *list);
/* The id that operation number `operation` (0-based) of the same batch made or changed. */
CARDEX_API void cardex_set_outcome(cardex_doc *fields, const char *name, size_t operation);

/* The same for lists: of values (list fields, cardex_lookup()), or a filter as the protocol
 * has it: ["=", "owner", 7]. */
CARDEX_API void cardex_add_null(cardex_doc *list);
CARDEX_API void cardex_add_bool(cardex_doc *list, bool value);
CARDEX_API void cardex_add_int(cardex_doc *list, int64_t value);
CARDEX_API void cardex_add_text(cardex_doc *list, const char *value);
CARDEX_API void cardex_add_bytes(cardex_doc *list, const void *bytes, size_t size);
CARDEX_API void cardex_add_list(cardex_doc *list, const cardex_doc *other);

/* Dates as "2026-11-23", times as "2026-11-23T08:15:00.250Z" (a space for the T, no seconds,
 * and another zone than Z, "+08:00", are taken too). False when the text is none. */
CARDEX_API bool cardex_date_parse(const char *text, int64_t *ret_days);
CARDEX_API bool cardex_ts_parse(const char *text, int64_t *ret_ms);
CARDEX_API void cardex_date_format(int64_t days, char text[32]);
CARDEX_API void cardex_ts_format(int64_t ms, char text[40]);

/* ---- reading values ---- */

typedef struct cardex_value cardex_value;

typedef enum cardex_value_kind {
	CARDEX_VALUE_NULL,
	CARDEX_VALUE_BOOL,
	CARDEX_VALUE_INT,
	CARDEX_VALUE_FLOAT,
	CARDEX_VALUE_TEXT,
	CARDEX_VALUE_BYTES,
	CARDEX_VALUE_LIST,
	CARDEX_VALUE_MAP
} cardex_value_kind;

/* All of these take NULL as null, and give 0, false or NULL for a value of another kind. */
CARDEX_API cardex_value_kind cardex_value_kind_of(const cardex_value *value);
CARDEX_API bool cardex_value_bool(const cardex_value *value);
CARDEX_API int64_t cardex_value_int(const cardex_value *value);
CARDEX_API double cardex_value_float(const cardex_value *value); /* of an integer too */
CARDEX_API const char *cardex_value_text(const cardex_value *value);
/* Of text and bytes. `ret_size` may be NULL. */
CARDEX_API const void *cardex_value_bytes(const cardex_value *value, size_t *ret_size);
/* Elements of a list, pairs of a map. */
CARDEX_API size_t cardex_value_count(const cardex_value *value);
/* Element of a list, value of a pair; NULL past the end. */
CARDEX_API const cardex_value *cardex_value_at(const cardex_value *value, size_t i);
/* Key of a pair; NULL past the end. */
CARDEX_API const cardex_value *cardex_value_key(const cardex_value *map, size_t i);
/* Value of the text key, NULL when it is not there. */
CARDEX_API const cardex_value *cardex_value_member(const cardex_value *map, const char *key);
#ifdef __cplusplus
}
#endif

#endif
