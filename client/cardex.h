/* SPDX-License-Identifier: Apache-2.0 */
/* libcardex: the client library of cardex, a record store for customer relations.
 *
 *     cardex_conn *conn;
 *     cardex_error error;
 *     if (cardex_connect("cardex+unix:///run/cardex.sock", NULL, &conn, &error) != CARDEX_OK)
 *             …error.message…
 *     cardex_result *page;
 *     cardex_request query = { .type = "customer", .order = "order_base desc", .limit = 20 };
 *     if (cardex_query(conn, &query, &page, &error) == CARDEX_OK) {
 *             for (size_t i = 0; i < cardex_row_count(page); i++)
 *                     puts(cardex_row_text(cardex_row_at(page, i), "name"));
 *             cardex_result_free(&page);
 *     }
 *     cardex_close(&conn);
 *
 * Rules that hold everywhere:
 * - A function that can fail returns a cardex_status; CARDEX_OK is 0. What it gives back comes
 *   in `ret`, written only on CARDEX_OK. The last parameter, which may be NULL, takes what a
 *   person should be told.
 * - All text is UTF-8 ended by a zero byte. Text passed in is only used during the call.
 * - A connection, and a result while it is read for the first time, belong to one thread at a
 *   time. Different connections and different results are independent.
 * - Structures are set to zero before they are filled ({ 0 } or designated initialisers);
 *   zero or NULL in a member means "not given".
 * - Nothing the server sends is trusted: answers are checked against limits before memory is
 *   taken, and one that makes no sense is CARDEX_MALFORMED.
 * - The library prints nothing, installs no signal handler and raises no SIGPIPE. */
#ifndef CARDEX_H
#define CARDEX_H

#include "cardex_value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- connections ---- */

typedef struct cardex_conn cardex_conn;
typedef struct cardex_result cardex_result;

/* Is told of each notification of the server; `params` lives during the call. */
typedef void cardex_notification_fn(void *context, const char *method,
                                    const cardex_value *params);

typedef struct cardex_options {
	const char *client_name; /* for the server's log */
	int connect_timeout_ms;  /* name look-up not included; 0 = 10 s, -1 = none */
	int request_timeout_ms;  /* of calls that wait; 0 = 60 s, -1 = none */
	size_t reply_bytes_max;  /* longest answer taken; 0 = 16 MiB */
	int spin_us; /* calls that wait look so long for the answer before they sleep; 0..10000
	              */
	cardex_notification_fn *on_notification; /* NULL: they are passed over */
	void *notification_context;
} cardex_options;

/* Connects and says hello. URIs:
 *   cardex://host  cardex://host:port  cardex://[::1]:7497    the port is 7497 unless given
 *   cardex+unix:///run/cardex.sock                            %xx stands for a byte
 * `options` may be NULL. End the connection with cardex_close().
 * Errors: CARDEX_INVALID_ARGUMENT (the URI), CARDEX_UNSUPPORTED (TLS and login: cardexs://,
 * user@), CARDEX_DISCONNECTED (nobody answers there), CARDEX_DEADLINE, CARDEX_MALFORMED (what
 * answers is no cardex), CARDEX_NO_MEMORY. */
CARDEX_CALL cardex_status cardex_connect(const char *uri, const cardex_options *options,
                                         cardex_conn **ret, cardex_error *error);

/* The same over a connected stream socket, which then belongs to the connection (on an error
 * it stays the caller's). It is made non-blocking. */
CARDEX_CALL cardex_status cardex_connect_fd(int fd, const cardex_options *options,
                                            cardex_conn **ret, cardex_error *error);

/* Closes, frees, and sets `*conn` to NULL; NULL is accepted. Requests without an answer get
 * CARDEX_DISCONNECTED. Results stay valid. Not to be called inside a callback. */
CARDEX_API void cardex_close(cardex_conn **conn);

/* What the server said of itself: a map with server, version, protocol, limits and seq. Lives
 * as long as the connection. */
CARDEX_API const cardex_value *cardex_hello(const cardex_conn *conn);

/* ---- schema ---- */

typedef enum cardex_kind {
	CARDEX_KIND_BOOL,
	CARDEX_KIND_INT,
	CARDEX_KIND_MONEY,
	CARDEX_KIND_DATE,
	CARDEX_KIND_TS,
	CARDEX_KIND_STRING,
	CARDEX_KIND_TEXT,
	CARDEX_KIND_ENUM,
	CARDEX_KIND_REF,
	CARDEX_KIND_BYTES,
	CARDEX_KIND_INT_LIST,
	CARDEX_KIND_STRING_LIST,
	CARDEX_KIND_OTHER /* one this library is too old for */
} cardex_kind;

typedef struct cardex_field {
	const char *name;
	const char *label_en;
	const char *label_zh;
	cardex_kind kind;
	const char *kind_name;
	bool required;
	bool readonly; /* written by the store only */
	bool search;
	uint32_t length_max;       /* characters; 0 = not limited by the schema */
	uint32_t items_max;        /* of a list */
	const char *const *labels; /* of an enum, in order */
	size_t label_count;
	const char *target;                /* of a reference: the type; otherwise NULL */
	const char *on_delete;             /* of a reference: what deleting the target does */
	const cardex_value *default_value; /* NULL: none */
	const char
		*rollup;   /* how the store keeps it: "count of contact by customer"; or NULL */
	const char *state; /* of a rollup: "readable", "building" (partial), "failed" */
} cardex_field;

typedef struct cardex_column {
	const char *field;
	bool descending;
	bool folded; /* case and width do not count */
} cardex_column;

typedef struct cardex_index {
	const char *name;
	bool unique;
	bool cluster;
	const char *where; /* NULL, or the field without which a record has no entry */
	const cardex_column *columns;
	size_t column_count;
} cardex_index;

/* An aggregate that the store keeps, for cardex_aggregate(). */
typedef struct cardex_maintained {
	const char *name;
	const char *label_en;
	const char *label_zh;
	const char *where; /* of which records, as the schema has it; "" = all */
	const char *state; /* "readable"; "building" or "failed": it cannot be read */
	const char *const *group;
	size_t group_count;
	const char *const *sums;
	size_t sum_count;
} cardex_maintained;

typedef struct cardex_type {
	const char *name;
	const char *label_en;
	const char *label_zh;
	uint64_t layout;            /* of its rows */
	bool keep;                  /* never deleted */
	bool readonly;              /* written by the store only */
	bool single;                /* one record at most */
	const char *cluster;        /* index its records lie in, or NULL */
	const cardex_field *fields; /* in the order of a row: system fields first */
	size_t field_count;
	const cardex_index *indexes;
	size_t index_count;
	const cardex_maintained *aggregates;
	size_t aggregate_count;
} cardex_type;

typedef struct cardex_schema cardex_schema;

/* Fetches the schema, of one type or (NULL) of all. Everything reached through it lives until
 * cardex_schema_free(). Errors: CARDEX_NO_TYPE, and as cardex_call(). */
CARDEX_CALL cardex_status cardex_schema_get(cardex_conn *conn, const char *type,
                                            cardex_schema **ret, cardex_error *error);
CARDEX_API void cardex_schema_free(cardex_schema **schema);

/* The schema text; "" when only one type was asked for. */
CARDEX_API const char *cardex_schema_text(const cardex_schema *schema);
CARDEX_API size_t cardex_schema_type_count(const cardex_schema *schema);
CARDEX_API const cardex_type *cardex_schema_type_at(const cardex_schema *schema, size_t i);

/* NULL when there is none of that name. */
CARDEX_API const cardex_type *cardex_schema_type(const cardex_schema *schema, const char *name);
CARDEX_API const cardex_field *cardex_type_field(const cardex_type *type, const char *name);
CARDEX_API const cardex_index *cardex_type_index(const cardex_type *type, const char *name);

/* Sets a field from text as a person writes it: "true", "42", "12.50" (money: major units, two
 * decimals), "2026-11-23", "2026-11-23 08:15", a label, a list parted by commas; text, strings
 * and bytes as they are. Empty text is null except for text and strings.
 * Errors: CARDEX_TYPE (it is none; error->field names the field), CARDEX_INVALID_ARGUMENT. */
CARDEX_CALL cardex_status cardex_set_from_text(cardex_doc *fields, const cardex_field *field,
                                               const char *text, cardex_error *error);

/* ---- filters ---- */

/* Parses a filter:
 *
 *     owner = 7 and stage in (1, 2) and (name ~^ 'Acme' or tax_id is null)
 *
 *   =  !=  <  <=  >  >=       of any kind; text byte by byte, enums in the order of labels
 *   =~  ~^ (or prefix~)       text equal, beginning with; case and width do not count
 *   prefix 'x'                text beginning with exactly this
 *   between a and b           both ends included
 *   in (a, b, …)   not in (…)
 *   has x                     a list field that holds x
 *   is null   is not null
 *   and  or  not  ( )         not binds closest, then and
 *
 * Values: 42, 'text' ('' is one quote), true, false, 2026-11-23 (a date, or midnight UTC for a
 * ts field), 2026-11-23T08:15:00Z, a bare word (a label). A comparison with a field that is
 * null is never true.
 *
 * With `type` (from cardex_schema_get(); may be NULL) names and labels are checked, values are
 * read by the field's kind, and amounts of money are major units: 12.50 and 12 are 1250 and
 * 1200 minor units. Without it integers go as they are and 12.50 is refused.
 *
 * Errors: CARDEX_INVALID_ARGUMENT (not a filter), CARDEX_NO_FIELD, CARDEX_TYPE;
 * error->column is the 1-based position in `text`, in bytes. CARDEX_TOO_DEEP (nested deeper
 * than 64), CARDEX_TOO_LARGE, CARDEX_NO_MEMORY. Free the filter with cardex_doc_free(). */
CARDEX_CALL cardex_status cardex_filter_parse(const char *text, const cardex_type *type,
                                              cardex_doc **ret, cardex_error *error);

/* ---- requests ---- */

typedef enum cardex_method {
	CARDEX_METHOD_NONE,
	CARDEX_METHOD_PING,
	CARDEX_METHOD_GET,
	CARDEX_METHOD_LOOKUP,
	CARDEX_METHOD_QUERY,
	CARDEX_METHOD_COUNT,
	CARDEX_METHOD_CREATE,
	CARDEX_METHOD_UPDATE,
	CARDEX_METHOD_UPSERT,
	CARDEX_METHOD_DELETE,
	CARDEX_METHOD_UNDELETE,
	CARDEX_METHOD_PURGE,
	CARDEX_METHOD_BATCH,
	CARDEX_METHOD_SCHEMA_GET,
	CARDEX_METHOD_STATS,
	CARDEX_METHOD_CHECK,
	CARDEX_METHOD_SCHEMA_PLAN,
	CARDEX_METHOD_SCHEMA_APPLY,
	CARDEX_METHOD_INDEX_STATUS,
	CARDEX_METHOD_INDEX_CANCEL,
	CARDEX_METHOD_SEARCH,
	CARDEX_METHOD_CHANGES,
	CARDEX_METHOD_HISTORY,
	CARDEX_METHOD_AS_OF,
	CARDEX_METHOD_ANALYZE,
	CARDEX_METHOD_WATCH, /* these three by cardex_watch() and cardex_unwatch() */
	CARDEX_METHOD_UNWATCH,
	CARDEX_METHOD_CREDIT,
	CARDEX_METHOD_AGGREGATE,
	CARDEX_METHOD_REPORT /* by cardex_report_run(): cardex_report.h */
} cardex_method;

typedef struct cardex_batch cardex_batch;

/* One request. Members a method does not take are not sent. Nothing is kept of it after the
 * call it is passed to. */
/* How much an explained query says. */
typedef enum cardex_explain {
	CARDEX_EXPLAIN_NONE,     /* it is answered */
	CARDEX_EXPLAIN_PLAN,     /* what would be done */
	CARDEX_EXPLAIN_REJECTED, /* and what not, and why */
	CARDEX_EXPLAIN_EXECUTED  /* and what it has cost: it is run */
} cardex_explain;

/* Records that come with the rows of a query or a get. */
typedef struct cardex_include {
	const char *
		type; /* records of this type that refer to a row; NULL: the one it refers to */
	const char *ref;     /* the reference: of `type`, or of the rows */
	const char *columns; /* NULL = all */
	const char *order;   /* of the records of a row; NULL = the newest first */
	size_t limit;        /* of the records of a row; 0 = the server's choice */
} cardex_include;

typedef struct cardex_request {
	cardex_method method; /* for cardex_call(), cardex_submit() and cardex_batch_add() */
	const char *type;
	int64_t id;               /* get update delete undelete purge */
	bool id_is_outcome;       /* in a batch: `id` is the number of an earlier operation */
	const char *index;        /* lookup upsert */
	const cardex_doc *values; /* lookup: one per column of the index */
	const cardex_doc *fields; /* create update upsert; report: its parameters */
	const cardex_doc *filter; /* query count aggregate; NULL = all */
	const cardex_batch *batch;

	const char *columns; /* get lookup query search: only these fields, "id, name" */
	const char *order;   /* query aggregate: "order_base desc, id" */
	size_t limit; /* query: rows of a page; report: rows; search: hits; 0 = the server's
	                 choice */
	const void *after; /* query aggregate: where to go on, from cardex_page */
	size_t after_size;
	const char *use_index;  /* query count aggregate: this index or an error */
	bool allow_scan;        /* query count aggregate: permit reading every record */
	bool with_count;        /* query: count all that match, too */
	bool estimate;          /* query (with_count), count: about how many, from statistics */
	cardex_explain explain; /* query aggregate: the plan, see cardex_result_value() */
	bool deleted;           /* get: a deleted record too */
	uint32_t deadline_ms;   /* reads: time it may take in the server; 0 = its default */
	int64_t if_rev;         /* writes: only when the record has this revision; > 0 */
	bool dry_run;           /* writes: say what would happen, and take it back */
	/* writes: a name for whoever sends, of at most 64 bytes, and a number that no other of
	 * its requests has. Sent once more after CARDEX_DISCONNECTED or CARDEX_DEADLINE, the
	 * request changes nothing more and gets the first answer. NULL = not given */
	const char *rid_sender;
	uint64_t rid_number;

	/* search: words parted by blanks; report: its name, NULL = the list; schema.plan,
	 * schema.apply: one's own part of the schema, NULL = the one there is */
	const char *text;
	/* search changes watch: only these types, "customer, contact"; NULL = all */
	const char *types;
	bool highlights; /* search: say where it was found */

	const char *const *no_index; /* query count aggregate: indexes that are not used */
	size_t no_index_count;
	/* query: keys looked at, after which the page ends. aggregate, report: more of them, or
	 * of groups kept, are CARDEX_SCAN_LIMIT. 0 = no limit; of a report the server's. */
	uint64_t max_scan;
	const cardex_include *include; /* get query: see cardex_row_included() */
	size_t include_count;
	const char *base; /* schema: the part before one's own: "stored" (NULL), "program",
	                     "none" */
	bool may_lose;    /* schema.apply: drop fields with their values */
	uint64_t from; /* changes, watch: the first seq; 0 = the oldest kept, or from now on */
	uint64_t before; /* history: changes before this seq; 0 = all */
	uint64_t seq;    /* as_of: after this change; or 0, and at_ms says when */
	/* as_of: at this time, ms since 1970 UTC; writes: it happened then; > 0 */
	int64_t at_ms;
	const char *duplicates; /* create, upsert of customers: "off", "warn", "block" */
	bool state_hash;        /* check: the hash of all records too */
	uint32_t from_part;     /* watch: parts of `from` before this one were taken already */
	bool snapshot;          /* watch: first the records that there are */
	/* watch, with `snapshot` and `from`: go on with rows behind this one, which
	 * cardex_watcher_row() told; NULL = from the first */
	const char *rows_after_type;
	int64_t rows_after_id;
	uint32_t credit; /* watch: notifications that may come before one is taken; 0 = 16 */
	uint64_t watch;  /* unwatch, credit: number of the watch */
	/* aggregate: what makes a group, "owner, month(closed_at)", NULL = all are one; what is
	 * said of each, "count, sum(amount_base), avg(n), min(at), max(at)", NULL = count; and
	 * a maintained aggregate that has to answer, NULL = what is fastest */
	const char *group;
	const char *measures;
	const char *aggregate;
} cardex_request;

/* Sends the request and waits for its answer; other answers that come meanwhile go to their
 * callbacks. Free the result with cardex_result_free().
 * Errors: what the server says; CARDEX_DISCONNECTED (whether a write was done is then not
 * known), CARDEX_DEADLINE (no answer within request_timeout_ms; the same holds),
 * CARDEX_BUSY, CARDEX_TOO_LARGE, CARDEX_NO_MEMORY, CARDEX_MALFORMED,
 * CARDEX_INVALID_ARGUMENT (also: called inside a callback). */
CARDEX_CALL cardex_status cardex_call(cardex_conn *conn, const cardex_request *request,
                                      cardex_result **ret, cardex_error *error);

/* ---- calls by name: short forms of cardex_call() ---- */

CARDEX_CALL cardex_status cardex_ping(cardex_conn *conn, cardex_error *error);

/* A live record. Errors: CARDEX_NOT_FOUND. */
CARDEX_CALL cardex_status cardex_get(cardex_conn *conn, const char *type, int64_t id,
                                     cardex_result **ret, cardex_error *error);
/* A live record by a unique index. Errors: CARDEX_NOT_FOUND. */
CARDEX_CALL cardex_status cardex_lookup(cardex_conn *conn, const char *type, const char *index,
                                        const cardex_doc *values, cardex_result **ret,
                                        cardex_error *error);
/* One page. `request->method` does not matter. */
CARDEX_CALL cardex_status cardex_query(cardex_conn *conn, const cardex_request *request,
                                       cardex_result **ret, cardex_error *error);
/* The next page of the same query: frees `*page` and puts the next one there. On an error the
 * page stays. Errors: CARDEX_INVALID_ARGUMENT (it was the last: see cardex_page),
 * CARDEX_CURSOR_STALE. */
CARDEX_CALL cardex_status cardex_next(cardex_conn *conn, cardex_result **page,
                                      cardex_error *error);
/* `filter` may be NULL. */
CARDEX_CALL cardex_status cardex_count(cardex_conn *conn, const char *type,
                                       const cardex_doc *filter, uint64_t *ret,
                                       cardex_error *error);

/* Counts, sums, averages, least and greatest values of the records that `request->filter` lets
 * through, by group (docs/aggregates.md). One page of rows, in the order of the group's
 * columns; cardex_next() gives the next. Sums and averages beyond 64 bits are text.
 * `request->method` does not matter. Errors: CARDEX_INVALID_ARGUMENT (what is asked for cannot
 * be had, and why), CARDEX_TOO_LARGE (too many groups), CARDEX_FULL_SCAN_REFUSED, CARDEX_BUSY.
 */
CARDEX_CALL cardex_status cardex_aggregate(cardex_conn *conn, const cardex_request *request,
                                           cardex_result **ret, cardex_error *error);

/* Full-text search: `request->text` in the searched fields of `request->types`. The hits come
 * with cardex_result_hits() and cardex_result_hit(). `request->method` does not matter.
 * Errors: CARDEX_INVALID_ARGUMENT (nothing to search for), CARDEX_TOO_LONG, CARDEX_NO_TYPE,
 * CARDEX_NO_FIELD, CARDEX_BUSY (the index is being built). */
CARDEX_CALL cardex_status cardex_search(cardex_conn *conn, const cardex_request *request,
                                        cardex_result **ret, cardex_error *error);

/* The change log from `request->from` on, of `types`, about `limit` changes; the other members
 * are ignored. The root of the result is the list [changes, next, {seq, oldest, …}] of
 * docs/protocol.md. Errors: CARDEX_COMPACTED (no longer kept), CARDEX_NO_TYPE, … */
CARDEX_CALL cardex_status cardex_changes(cardex_conn *conn, const cardex_request *request,
                                         cardex_result **ret, cardex_error *error);

/* The changes of one record before seq `before` (0 = all), newest first, at most `limit` (0:
 * 100): the list [changes, cut]. Errors: CARDEX_NOT_FOUND (there never was one), … */
CARDEX_CALL cardex_status cardex_history(cardex_conn *conn, const char *type, int64_t id,
                                         uint64_t before, uint32_t limit, cardex_result **ret,
                                         cardex_error *error);

/* The record as it was after the change `seq`, or, when that is 0, at `at_ms` (ms since 1970
 * UTC): a result like that of cardex_get(). Errors: CARDEX_NOT_FOUND (it was not there then),
 * CARDEX_COMPACTED (what is needed is not kept), … */
CARDEX_CALL cardex_status cardex_as_of(cardex_conn *conn, const char *type, int64_t id,
                                       uint64_t seq, int64_t at_ms, cardex_result **ret,
                                       cardex_error *error);

/* What a write did. */
typedef struct cardex_outcome {
	int64_t id;
	int64_t rev;       /* afterwards; 0 after purge */
	uint64_t seq;      /* number of the change in the store */
	uint32_t affected; /* records changed, with those a delete took along */
	bool created;
} cardex_outcome;

/* In all of these `ret` may be NULL. */
CARDEX_CALL cardex_status cardex_create(cardex_conn *conn, const char *type,
                                        const cardex_doc *fields, cardex_outcome *ret,
                                        cardex_error *error);
CARDEX_CALL cardex_status cardex_update(cardex_conn *conn, const char *type, int64_t id,
                                        const cardex_doc *fields, cardex_outcome *ret,
                                        cardex_error *error);
/* Updates the record whose columns in the unique index equal those in `fields`, or makes it. */
CARDEX_CALL cardex_status cardex_upsert(cardex_conn *conn, const char *type, const char *index,
                                        const cardex_doc *fields, cardex_outcome *ret,
                                        cardex_error *error);
CARDEX_CALL cardex_status cardex_delete(cardex_conn *conn, const char *type, int64_t id,
                                        cardex_outcome *ret, cardex_error *error);
CARDEX_CALL cardex_status cardex_undelete(cardex_conn *conn, const char *type, int64_t id,
                                          cardex_outcome *ret, cardex_error *error);
CARDEX_CALL cardex_status cardex_purge(cardex_conn *conn, const char *type, int64_t id,
                                       cardex_outcome *ret, cardex_error *error);

/* Maps, for cardex_result_value(). */
CARDEX_CALL cardex_status cardex_stats(cardex_conn *conn, cardex_result **ret,
                                       cardex_error *error);
CARDEX_CALL cardex_status cardex_check(cardex_conn *conn, cardex_result **ret,
                                       cardex_error *error);
/* Takes the statistics of all indexes anew. */
CARDEX_CALL cardex_status cardex_analyze(cardex_conn *conn, cardex_result **ret,
                                         cardex_error *error);

/* What a schema text would change, or changes: a map for cardex_result_value(), with "steps"
 * and their number by verdict; docs/protocol.md. `text`, `base`, `may_lose`: see
 * cardex_request. Errors: CARDEX_SCHEMA_SYNTAX, CARDEX_UNSAFE_CHANGE (apply: nothing happened),
 * and as cardex_call(). */
CARDEX_CALL cardex_status cardex_schema_plan(cardex_conn *conn, const char *text,
                                             const char *base, cardex_result **ret,
                                             cardex_error *error);
CARDEX_CALL cardex_status cardex_schema_apply(cardex_conn *conn, const char *text,
                                              const char *base, bool may_lose,
                                              cardex_result **ret, cardex_error *error);

/* How the indexes, aggregates and rollups of a type (NULL: of all) are: an array of maps. */
CARDEX_CALL cardex_status cardex_index_status(cardex_conn *conn, const char *type,
                                              cardex_result **ret, cardex_error *error);
/* Gives up an index, aggregate or rollup that is being built.
 * Errors: CARDEX_NO_TYPE, CARDEX_NO_INDEX, CARDEX_INVALID_ARGUMENT (it is not being built). */
CARDEX_CALL cardex_status cardex_index_cancel(cardex_conn *conn, const char *type,
                                              const char *index, cardex_error *error);

/* ---- batches: several writes, all or none ---- */

/* NULL without memory. Failure is sticky, as in documents. */
CARDEX_API cardex_batch *cardex_batch_new(void);
CARDEX_API void cardex_batch_free(cardex_batch **batch);

/* Adds a write (create update upsert delete undelete purge) and returns its number, from 0, for
 * cardex_set_outcome() and id_is_outcome. Copies the request. */
CARDEX_API size_t cardex_batch_add(cardex_batch *batch, const cardex_request *operation);

/* CARDEX_OK, or why an operation could not be added; `error` says which. */
CARDEX_API cardex_status cardex_batch_status(const cardex_batch *batch, cardex_error *error);

/* Runs it. `*ret` (may be NULL to not know) has one outcome per operation:
 * cardex_result_outcome(). */
CARDEX_CALL cardex_status cardex_batch_run(cardex_conn *conn, const cardex_batch *batch,
                                           cardex_result **ret, cardex_error *error);

/* ---- requests in flight ---- */

/* Takes the answer of a submitted request. `result` is NULL unless `status` is CARDEX_OK and is
 * then the callee's to free; `error` lives during the call. Inside it requests may be
 * submitted, but nothing that waits may be called, nor cardex_process() or cardex_close(). */
typedef void cardex_reply_fn(void *context, cardex_status status, cardex_result *result,
                             const cardex_error *error);

/* Queues the request; it goes out when the connection is processed or waited for. Answers come
 * in any order, each once: `reply` (may be NULL) is called for every request for which this
 * returned CARDEX_OK, at the latest by cardex_close().
 * Errors: CARDEX_BUSY (1000 requests are without an answer, or 16 MiB are not sent yet: process
 * some first), CARDEX_INVALID_ARGUMENT, CARDEX_TOO_LARGE and CARDEX_TOO_DEEP (over the limits
 * that hello told; nothing is sent), CARDEX_DISCONNECTED, CARDEX_NO_MEMORY. */
CARDEX_CALL cardex_status cardex_submit(cardex_conn *conn, const cardex_request *request,
                                        cardex_reply_fn *reply, void *context,
                                        cardex_error *error);

/* The same for the page after `page`. */
CARDEX_CALL cardex_status cardex_submit_next(cardex_conn *conn, const cardex_result *page,
                                             cardex_reply_fn *reply, void *context,
                                             cardex_error *error);

/* For an event loop: poll cardex_fd() for cardex_events() (POLLIN, and POLLOUT while bytes wait
 * to be sent), then call cardex_process(), which sends and receives what is possible without
 * waiting and calls the callbacks. Poll level-triggered: what is left, the end of the
 * connection too, is for the next call.
 * Errors: CARDEX_DISCONNECTED, CARDEX_MALFORMED (the server's bytes make no sense): the
 * connection is then of no more use, and all requests have had their callback. */
CARDEX_API int cardex_fd(const cardex_conn *conn);
CARDEX_API short cardex_events(const cardex_conn *conn);
CARDEX_CALL cardex_status cardex_process(cardex_conn *conn, cardex_error *error);

/* Requests without an answer. */
CARDEX_API size_t cardex_unanswered(const cardex_conn *conn);

/* Processes until at most `unanswered_max` requests are without an answer: 0 waits for all,
 * 500 keeps a pipeline filled. `timeout_ms` -1 = none.
 * Errors: CARDEX_DEADLINE; as cardex_process(). */
CARDEX_CALL cardex_status cardex_wait(cardex_conn *conn, size_t unanswered_max, int timeout_ms,
                                      cardex_error *error);

/* ---- watching changes ---- */

/* Is told, while the connection is processed or waited for. Each may be NULL; values live
 * during the call. What a reply callback may do may be done in them, cardex_unwatch() too. */
typedef struct cardex_watch_handlers {
	void *context;
	/* A change, a map: docs/protocol.md. Each comes once, in order of seq and part. */
	void (*on_change)(void *context, const cardex_value *change);
	/* With `snapshot`, before any change: a record as list of values, one for each name. It
	 * may show a change that comes later: compare `rev`, and keep the newer. */
	void (*on_row)(void *context, const char *type, const cardex_value *names,
	               const cardex_value *row);
	void (*on_rows_end)(void *context);
	/* All up to `seq` was handed over, or passed over as not asked for; at first when there
	 * is no more for now. */
	void (*on_progress)(void *context, uint64_t seq);
	/* Nothing comes any more: CARDEX_COMPACTED (what comes next is not kept: take a
	 * snapshot), CARDEX_SHUTTING_DOWN, CARDEX_DISCONNECTED (also from cardex_close()), … */
	void (*on_end)(void *context, const cardex_error *error);
} cardex_watch_handlers;

typedef struct cardex_watcher cardex_watcher;

/* Watches changes: `request->types`, `filter` (with exactly one type), `columns`, `from` and
 * `from_part`, or `snapshot`, or to go on with one `snapshot`, `from` and `rows_after_type` and
 * `_id`, and `credit`; the other members are ignored. Waits for the
 * answer; what comes afterwards goes to `handlers`, which is copied. The library gives credit
 * for what the handlers have taken. Poll cardex_fd() and call cardex_process() to go on. The
 * watcher is the caller's until cardex_unwatch(), also after it or the connection has ended.
 * Errors: CARDEX_COMPACTED, CARDEX_NO_TYPE, CARDEX_NO_FIELD, CARDEX_INVALID_ARGUMENT,
 * CARDEX_TOO_LARGE (64 watches of one connection), and as cardex_call(). */
CARDEX_CALL cardex_status cardex_watch(cardex_conn *conn, const cardex_request *request,
                                       const cardex_watch_handlers *handlers,
                                       cardex_watcher **ret, cardex_error *error);

/* Ends it without waiting: no handler is called any more. Frees, and sets `*watcher` to NULL;
 * NULL is accepted. */
CARDEX_API void cardex_unwatch(cardex_watcher **watcher);

/* Where to go on after what the handlers have taken: `from`, and in `ret_part` (may be NULL)
 * `from_part` of a later cardex_watch(). Inside on_change that change counts as taken. 0 while
 * rows of a snapshot are still to come: cardex_watcher_row() then. */
CARDEX_API uint64_t cardex_watcher_next(const cardex_watcher *watcher, uint32_t *ret_part);

/* Where to go on while rows of a snapshot are still to come: behind the last one that on_row
 * has taken, or is being told. Returns `from` of a later cardex_watch() with `snapshot`, and
 * sets `rows_after_type`, which lives as long as the watcher, and `rows_after_id`. 0 when there
 * was no row yet, or they have ended. */
CARDEX_API uint64_t cardex_watcher_row(const cardex_watcher *watcher, const char **ret_type,
                                       int64_t *ret_id);

/* ---- results ---- */

/* Everything reached through a result lives until it is freed, whatever becomes of the
 * connection. Sets `*result` to NULL; NULL is accepted. */
CARDEX_API void cardex_result_free(cardex_result **result);

/* The whole answer as the protocol has it. */
CARDEX_API const cardex_value *cardex_result_value(const cardex_result *result);

/* The outcome of a write, or of operation `i` of a batch (0 for a single write). False when
 * there is none. */
CARDEX_API bool cardex_result_outcome(const cardex_result *result, size_t i,
                                      cardex_outcome *ret);

/* What a query says beside its rows. */
typedef struct cardex_page {
	bool more;          /* there are more: cardex_next() */
	const char *reason; /* why the page ended: "done" "limit" "bytes" "time" "scan" */
	const void *after;  /* where the next page begins, for cardex_request; NULL when done */
	size_t after_size;
	uint64_t seq;     /* the state of the store that was read */
	int64_t count;    /* of all that match, when asked for, of all groups; otherwise -1 */
	uint64_t keys;    /* index keys looked at */
	uint64_t fetched; /* records read */
} cardex_page;

/* NULL when the result is no page of a query or aggregate. */
CARDEX_API const cardex_page *cardex_result_page(const cardex_result *result);

/* What a search says beside its hits. */
typedef struct cardex_hits {
	size_t count;
	/* Why it ended: "done" (these are all), "limit" (the best of all), "scan" (so much was
	 * looked at; better ones may be missing), "time". */
	const char *end;
	uint64_t seq;     /* the state of the store that was read */
	uint64_t found;   /* records that matched, as far as it looked */
	uint64_t keys;    /* keys of the index looked at */
	uint64_t fetched; /* records read */
} cardex_hits;

typedef struct cardex_hit {
	const char *type;
	int64_t id;
	const char *match; /* "exact": a field is the text; "prefix"; "inside" */
	int64_t recent_ms; /* hits that match as well come in this order, the latest first */
	const cardex_value *fields; /* map: those asked for, else where it was found */
	/* Map: field → list of [first byte, bytes] of its text; NULL unless asked for. */
	const cardex_value *highlights;
} cardex_hit;

/* NULL when the result is not that of a search. */
CARDEX_API const cardex_hits *cardex_result_hits(const cardex_result *result);

/* Hit `i` in order, the best first. False past the last. */
CARDEX_API bool cardex_result_hit(const cardex_result *result, size_t i, cardex_hit *ret);

/* Rows of get, lookup (one), query and aggregate. */
typedef struct cardex_row cardex_row;
CARDEX_API size_t cardex_row_count(const cardex_result *result);
CARDEX_API const cardex_row *cardex_row_at(const cardex_result *result, size_t i);

/* What was included (cardex_request): the number of includes, and all records of one of them,
 * for its columns; NULL when there is none. It lives as long as `result`; do not free it. */
CARDEX_API size_t cardex_include_count(const cardex_result *result);
CARDEX_API const cardex_result *cardex_included(const cardex_result *result, size_t include);

/* The records that one include brought for a row: of a reference 0 or 1. NULL past the end. */
CARDEX_API size_t cardex_row_included_count(const cardex_row *row, size_t include);
CARDEX_API const cardex_row *cardex_row_included(const cardex_row *row, size_t include,
                                                 size_t i);
/* True when there are others that the limit has left out. */
CARDEX_API bool cardex_row_included_more(const cardex_row *row, size_t include);

/* Columns of the rows: their number, names, and the number of a name, -1 when there is none. */
CARDEX_API size_t cardex_column_count(const cardex_result *result);
CARDEX_API const char *cardex_column_name(const cardex_result *result, size_t column);
CARDEX_API int cardex_column_of(const cardex_result *result, const char *name);

/* What a column of an aggregate holds: "int", "money", "date", the kind of the field … NULL in
 * other results. */
CARDEX_API const char *cardex_column_kind(const cardex_result *result, size_t column);

/* The value of a column by name or number; NULL when there is no such column. */
CARDEX_API const cardex_value *cardex_row_value(const cardex_row *row, const char *name);
CARDEX_API const cardex_value *cardex_row_column(const cardex_row *row, size_t column);

/* The same as C values: 0, false or NULL when it is null. Asking for a column that is not
 * there, or as a wrong kind, gives that too and is remembered: cardex_result_misread(). */
CARDEX_API bool cardex_row_is_null(const cardex_row *row, const char *name);
CARDEX_API bool cardex_row_bool(const cardex_row *row, const char *name);
CARDEX_API int64_t cardex_row_int(const cardex_row *row, const char *name);
CARDEX_API const char *cardex_row_text(const cardex_row *row, const char *name);
CARDEX_API const void *cardex_row_bytes(const cardex_row *row, const char *name,
                                        size_t *ret_size);

/* NULL when every read by name so far made sense; otherwise what the first wrong one was. */
CARDEX_API const char *cardex_result_misread(const cardex_result *result);

#ifdef __cplusplus
}
#endif

#endif
