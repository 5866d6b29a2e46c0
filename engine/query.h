/* SPDX-License-Identifier: Apache-2.0 */
/* Queries over one record type: filter, order, limit, pages, counts and plans.
 *
 * A filter is a MessagePack array, operator first:
 *   ["and", f, …]  ["or", f, …]  ["not", f]
 *   ["=", field, v]  "!="  "<"  "<="  ">"  ">="
 *   ["between", field, low, high]   both ends included
 *   ["in", field, [v, …]]           at most ENGINE_FILTER_VALUES_MAX values
 *   ["prefix", field, text]         string and text fields
 *   ["contains", field, text]       the same; "contains~" compares folded forms
 *   ["match", text]                 a search (engine/search.h) finds the record by this text
 *   ["match", field, text]          … by this field alone
 *   ["null", field]  ["notnull", field]
 *   ["has", field, v]               list fields
 *   ["exists", type, field, f]      some record of that type refers to this one by the field,
 * and f (nil = any) holds for it
 *   ["exists", field, f]            the record this reference field leads to holds f
 * In an exists no other can stand, and no match. Both find live records and are true or false,
 * never unknown. The search index says which records a match can find; when they are more than
 * some hundred, or it is being built, the match is looked for in what the rest of the query
 * finds. A comparison with a null field is never true, "not" of it included (three-valued
 * logic), and nil is no value to compare with. Text compares byte by byte, unless a folded form
 * is asked for: "=~" and "prefix~" compare the folded forms (case and width do not count), and
 * are what folded index columns serve. Enums compare by the order of their labels.
 *
 * Records that are equal in the order asked for come in an order of the plan, the same from
 * page to page: by ascending id where they were sorted; put `id` last to fix it.
 *
 * The rule over all: every plan returns what reading every record would, and pages
 * concatenate to the whole. */
#pragma once

#include "engine/record.h"

enum {
	ENGINE_FILTER_DEPTH_MAX = 8,
	ENGINE_FILTER_NODES_MAX = 200,
	ENGINE_FILTER_VALUES_MAX = 1000, /* of all "in" together */
	ENGINE_FILTER_EXISTS_MAX = 4,
	ENGINE_FILTER_MATCH_MAX = 4,
	ENGINE_ORDER_MAX = 4,
	ENGINE_PAGE_RECORDS_MAX = 10000,
	ENGINE_PAGE_RECORDS_DEFAULT = 100,
	ENGINE_PAGE_BYTES_MAX = 256 * 1024, /* soft: a page ends after the row that passes it */
	ENGINE_POSITION_BYTES_MAX = 1200,
	ENGINE_NO_INDEX_MAX = 16, /* indexes that a query may exclude */
};

typedef struct engine_order {
	const engine_field *field;
	bool descending; /* null comes first ascending, last descending */
} engine_order;

/* Whether one query may be answered from several indexes. */
typedef enum engine_combine {
	ENGINE_COMBINE_AS_CHEAPEST,
	ENGINE_COMBINE_NEVER,
	ENGINE_COMBINE_UNITE, /* an "or" from one index for each of its parts, or an error */
	ENGINE_COMBINE_INTERSECT, /* several equalities from one index each, or an error */
} engine_combine;

typedef struct engine_query {
	const engine_type *type;
	cx_slice filter; /* MessagePack; empty or nil = all live records */
	engine_order order[ENGINE_ORDER_MAX];
	size_t order_count; /* 0: any order, but the same from page to page */
	size_t limit;       /* 0 = ENGINE_PAGE_RECORDS_DEFAULT */
	cx_slice after;     /* the position an earlier page returned; empty = from the start */
	const engine_index *use_index; /* this one or an error; NULL = the planner's choice */
	const engine_index *no_index[ENGINE_NO_INDEX_MAX]; /* none of these */
	size_t no_index_count;
	engine_combine combine;
	/* Slots of the fields the sink looks at; NULL = all. The others may be nil in the rows,
	 * whose bytes then live only until the sink returns. */
	const uint16_t *only;
	size_t only_count;
	bool by_id;      /* every record of the type, by ascending id; no index is looked at */
	int64_t above;   /* with by_id: only those with a greater id; pages keep it. 0 = all */
	bool allow_scan; /* permit reading every record of a large type */
	uint64_t max_scan; /* keys a page looks at before it ends; 0 = no limit */
	/* Keys after which a plan that was chosen by its cost, and has found no row yet, may be
	 * given up for the next best one; 0 = ten times those expected, and 2,000 at least. */
	uint64_t give_up_keys;
	uint64_t
		deadline_ns; /* cx_clock_monotonic_ns() time at which the page ends; 0 = none */
} engine_query;

/* Takes one row; anything but CX_OK ends the query with that status. The row's bytes live as
 * long as the snapshot. */
typedef cx_status engine_row_sink(void *context, const engine_row *row);

/* Why a page ended. */
#define ENGINE_REASONS(R)                                             \
	R(DONE, "done")                                               \
	R(LIMIT, "limit") /* it has as many rows as were asked for */ \
	R(BYTES, "bytes") /* ENGINE_PAGE_BYTES_MAX */                 \
	R(TIME, "time")   /* the deadline came */                     \
	R(SCAN, "scan")   /* max_scan keys were looked at; it may have no row */
typedef enum engine_reason {
#define ENGINE_REASON_MEMBER(name, text) ENGINE_REASON_##name,
	ENGINE_REASONS(ENGINE_REASON_MEMBER)
#undef ENGINE_REASON_MEMBER
} engine_reason;

const char *engine_reason_name(engine_reason reason);

typedef struct engine_page {
	engine_reason reason;
	size_t rows;
	bool gave_up; /* a plan turned out to be dear, and another was carried out instead */
	/* What it cost, that plan too. */
	uint64_t keys_scanned;
	uint64_t rows_fetched;
	uint64_t rechecks_failed; /* rows fetched that the filter then refused */
	/* Of an explained query, 0 otherwise: bytes of the rows fetched, and time taken by keys
	 * and by fetching rows. */
	uint64_t bytes_read;
	uint64_t scan_ns;
	uint64_t fetch_ns;
	/* Where the next page begins: pass it as `after` of the same query. 0 bytes when done;
	 * those after them are not set. */
	size_t position_size;
	uint8_t position[ENGINE_POSITION_BYTES_MAX];
} engine_page;

/* Runs the query over one snapshot and hands its rows to `sink` in order.
 * Errors: CX_MALFORMED, CX_NO_FIELD, CX_TYPE, CX_TOO_LONG, CX_INVALID_ARGUMENT, CX_TOO_DEEP,
 * CX_TOO_LARGE (the filter), CX_INVALID_ARGUMENT (a limit over ENGINE_PAGE_RECORDS_MAX, a
 * use_index that cannot serve the query),
 * CX_FULL_SCAN_REFUSED (with what index would help), CX_SORT_LIMIT, CX_CURSOR_STALE,
 * CX_DEADLINE (not one row could be found in time), CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine_query_run(engine_read *read, const engine_query *query,
                                       engine_row_sink *sink, void *context, engine_page *ret,
                                       cx_error *error);

/* Counts the matching records, exactly; order, limit and after do not matter. Uses the index
 * alone where it holds all that the filter asks.
 * Errors: as engine_query_run; CX_DEADLINE. */
CX_MUST_USE cx_status engine_query_count(engine_read *read, const engine_query *query,
                                         uint64_t *ret, cx_error *error);

/* About how many records match, from statistics (engine/analyze.h), entry counts and a look at
 * a few keys; reads no record and is never refused as a scan. Conditions are taken to be
 * independent of each other. Errors: those of the filter; CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine_query_estimate(engine_read *read, const engine_query *query,
                                            uint64_t *ret, cx_error *error);

/* How much an explanation says. */
typedef enum engine_explain_level {
	ENGINE_EXPLAIN_PLAN,     /* what would be done */
	ENGINE_EXPLAIN_REJECTED, /* and what not, with a reason each */
	ENGINE_EXPLAIN_EXECUTED, /* and what the first page has cost: it is run */
} engine_explain_level;

/* Writes the plan as a MessagePack map, the keys of which stay what they are:
 * {plan: "get" | "unique" | "index" | "cluster" | "scan" | "union" | "intersection",
 *  index: name or nil, ranges: n, equal: [fields fixed by the ranges], range: field or nil,
 *  reverse: bool, merge: bool, order: "none" | "index" | "sort", filter_in_index: bool,
 *  recheck: bool, covering: the rows come from index keys alone: bool, rows_of_type: n,
 *  estimate: keys, or nil when nothing had to be estimated, hint: what was used of it
 *  ("use_index" | "no_index" | "combine") or nil, stats_epoch: of the statistics, 0 = none,
 *  search: records that the search index found for a match, or nil,
 *  legs: of a union or an intersection [{plan, index, ranges, equal, range, filter_in_index,
 *   recheck, estimate}, …], otherwise empty,
 *  rejected: from level 1 [{index, why}, …],
 *  executed: level 2 {rows, reason, us, gave_up: where the plan was given up {index, keys,
 *   next: the index read instead}, nodes: from the keys to the page [{node: "keys" |
 * "rows" | "sort" | "page", rows_in, rows_out, keys, fetched, rechecks_failed, bytes, us},
 * …]}}. Errors: as engine_query_run. */
CX_MUST_USE cx_status engine_query_explain_at(engine_read *read, const engine_query *query,
                                              engine_explain_level level, cx_buf *out,
                                              cx_error *error);

/* The same at ENGINE_EXPLAIN_REJECTED. */
CX_MUST_USE cx_status engine_query_explain(engine_read *read, const engine_query *query,
                                           cx_buf *out, cx_error *error);
