/* SPDX-License-Identifier: Apache-2.0 */
/* Summaries: what the records a filter lets through come to, group by group, asked for in
 * words.
 *
 * Groups are made by up to ENGINE_GROUP_COLUMNS_MAX columns: "FIELD", "day(FIELD)",
 * "month(FIELD)" as the schema writes them. Null is a value to group by; without a column there
 * is one group, of all, if there is a record. A group has up to ENGINE_MEASURES_MAX values:
 *
 *   "count"          records
 *   "count(FIELD)"   records in which the field is not null
 *   "sum(a * b - c)" as the schema writes it; leaves out records in which a field of it is
 *                    null, so it is 0 when that is all of them
 *   "avg(a * b - c)" that sum, divided by the number of records in it, rounded to the nearest
 *                    integer, halves away from zero; null when there are none
 *   "min(FIELD)"     of bool, int, money, date, ts and enum fields; null when there is none
 *   "max(FIELD)"
 *
 * The rule over all: every plan answers what a look at every record would, and pages of one
 * snapshot concatenate to the whole. A summary is read from the groups of a maintained
 * aggregate (engine/aggregate.h) when one has all that is asked for, otherwise from the
 * records, which the planner of queries finds. */
#pragma once

#include "engine/aggregate.h"

enum {
	ENGINE_MEASURES_MAX = 16,
	ENGINE_SUMMARY_GROUPS_MAX = 50000, /* on all pages together */
	ENGINE_SUMMARY_KEY_MAX = 1024,     /* bytes of the columns of a group */
};

typedef struct engine_summary_query {
	/* Which records: type, filter, use_index, no_index, combine, allow_scan, deadline_ns,
	 * max_scan (keys or groups that may be looked at, for there is no part of an answer);
	 * the rest does not matter. With use_index it is read from the records. */
	engine_query records;
	cx_slice group;  /* MessagePack array of texts; empty or nil = none */
	cx_slice values; /* the same; empty or nil = count */
	/* MessagePack array of texts, at most ENGINE_ORDER_MAX: "sum(amount) desc", "owner";
	 * empty or nil = by the columns of the group, which decide between equals, too */
	cx_slice order;
	/* Read from this one, or an error. Its where-clause is part of what is asked, and
	 * without `group` or `values` they are its own. */
	const engine_aggregate *aggregate;
	bool no_aggregate; /* read from the records */
	size_t limit;      /* groups of a page; 0 = ENGINE_GROUPS_DEFAULT */
	cx_slice after;    /* the position an earlier page returned; empty = from the start */
} engine_summary_query;

enum { ENGINE_SUMMARY_COLUMNS = ENGINE_GROUP_COLUMNS_MAX + ENGINE_MEASURES_MAX };

typedef struct engine_summary_page {
	engine_reason reason; /* DONE, LIMIT or BYTES */
	size_t rows;
	uint64_t groups; /* those of other pages too */
	/* The aggregate it was read from, or NULL. */
	const engine_aggregate *aggregate;
	/* What it cost: keys or groups looked at, records fetched. */
	uint64_t keys_scanned;
	uint64_t rows_fetched;
	/* What each column holds. A sum or average of money alone is money, of anything else an
	 * int. */
	engine_kind kinds[ENGINE_SUMMARY_COLUMNS];
	size_t column_count;
	size_t position_size; /* 0: there are no more */
	uint8_t position[ENGINE_POSITION_BYTES_MAX];
} engine_summary_page;

/* Appends two MessagePack values: the names of the columns, the group's first; and an array
 * of rows, each an array with a value for each column, in order.
 * Values are as in a record; sums and averages as engine_sum_write. After an error a part may
 * have been appended.
 * Errors: those of filters and plans (engine/query.h); CX_INVALID_ARGUMENT (what is asked for,
 * and which word of it; an aggregate that cannot answer it; a term beyond the limit),
 * CX_TOO_LARGE (more than ENGINE_SUMMARY_GROUPS_MAX groups), CX_BUSY (the aggregate is being
 * built; CX_INVALID_ARGUMENT when that failed), CX_CURSOR_STALE, CX_DEADLINE, CX_SCAN_LIMIT. */
CX_MUST_USE cx_status engine_summary_run(engine_read *read, const engine_summary_query *query,
                                         cx_buf *out, engine_summary_page *ret,
                                         cx_error *error);

/* Writes how it would be read, as a MessagePack map: from groups {plan: "aggregate", aggregate:
 * name, equal: [columns fixed], range: column or nil}, from records the keys of
 * engine_query_explain_at; and
 *  rejected: from level 1 [{index, why}, … where records are read, {aggregate, why}, …],
 *  executed: level 2, as there; the nodes are "keys", "rows" where records are read, "groups"
 *   (records, or groups of the aggregate, in; groups out) and "page".
 * Errors: as above. */
CX_MUST_USE cx_status engine_summary_explain(engine_read *read,
                                             const engine_summary_query *query,
                                             engine_explain_level level, cx_buf *out,
                                             cx_error *error);
