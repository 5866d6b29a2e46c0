/* SPDX-License-Identifier: Apache-2.0 */
/* Every method of the protocol in one list: what it is called, what it takes, whether it reads
 * or writes. Dispatch, help and the tables of the documentation are made from it. */
#pragma once

/* Parameters, in order, as they may stand in a method's list:
 *   TYPE       str    name of a record type
 *   ID         int    record id; inside a batch also {"$": n}
 *   INDEX      str    name of an index of that type
 *   VALUES     array  one value per column of the index
 *   FIELDS     map    field name → value
 *   FILTER     array  a filter (engine/query.h), or nil for all
 *   TEXT       str    what to search for (engine/search.h)
 *   OPERATIONS array  of [method, parameter, …]
 *   SCHEMA     str    schema text, or nil for the one that is there
 *   WATCH      int    number of a watch of this connection
 *   AMOUNT     int    >= 1
 *   REPORT     str    name of a report (crm/report.h), or nil for the list of them
 *   OTHER      int    id of a second record
 * After them every method takes one optional map of options, and no other option than its
 * own. */

/* A parameter: P(C name, member of proto_request, text) */
#define PROTO_PARAMETERS(P)                     \
	P(TYPE, type, "type")                   \
	P(ID, id, "id")                         \
	P(INDEX, index, "index")                \
	P(VALUES, values, "values")             \
	P(FIELDS, fields, "fields")             \
	P(FILTER, filter, "filter")             \
	P(TEXT, text, "text")                   \
	P(OPERATIONS, operations, "operations") \
	P(SCHEMA, schema, "schema")             \
	P(WATCH, watch, "watch")                \
	P(AMOUNT, amount, "n")                  \
	P(REPORT, report, "report")             \
	P(OTHER, other, "other")

/* An option: O(C name, member of proto_options, name on the wire, kind).
 * Kinds: FLAG bool · COUNT int >= 0 · WORD str · BYTES bin (a str is taken too) · RAW any
 * value, kept as bytes. */
#define PROTO_OPTIONS(O)                                                                      \
	O(CLIENT, client, "client", WORD)  /* hello: who calls, for the log */                \
	O(ERRORS, errors, "errors", WORD)  /* hello: "string" (default) or "map" */           \
	O(ONLY, only, "fields", RAW)       /* array of field names: only these */             \
	O(LAYOUT, layout, "layout", COUNT) /* layout the client knows: no names */            \
	O(WHERE, where, "filter", RAW)                                                        \
	O(ORDER, order, "order", RAW) /* ["amount desc", "id"] */                             \
	O(LIMIT, limit, "limit", COUNT)                                                       \
	O(AFTER, after, "after", BYTES)     /* continuation of an earlier page */             \
	O(EXPLAIN, explain, "explain", RAW) /* the plan instead of rows; level 0..2 */        \
	O(ALLOW_SCAN, allow_scan, "allow_scan", FLAG)                                         \
	O(USE_INDEX, use_index, "use_index", WORD)                                            \
	O(COUNT, count, "count", RAW) /* the number of all; "exact" or "estimate" */          \
	O(DEADLINE, deadline_ms, "deadline_ms", COUNT)                                        \
	O(IF_REV, if_rev, "if_rev", COUNT)                                                    \
	O(DELETED, deleted, "deleted", FLAG)          /* get: a deleted record too */         \
	O(ONLY_TYPE, only_type, "type", WORD)         /* schema.get: one type */              \
	O(DRY_RUN, dry_run, "dry_run", FLAG)          /* writes: try, and take it back */     \
	O(RID, rid, "rid", RAW)                       /* writes: [sender, number], once */    \
	O(TYPES, types, "types", RAW)                 /* array of names of types */           \
	O(HIGHLIGHTS, highlights, "highlights", FLAG) /* search: where it was found */        \
	O(BASE, base, "base", WORD) /* schema.plan, apply: stored, program, none */           \
	O(MAY_LOSE, may_lose, "may_lose", FLAG) /* schema.apply: drop fields */               \
	O(FROM, from, "from", COUNT) /* changes, watch: the first seq; else the first id */   \
	O(BEFORE, before, "before", COUNT) /* history: those before this seq */               \
	O(SEQ, seq, "seq", COUNT)          /* as_of: after this change */                     \
	O(AT, at, "at", COUNT)             /* in ms; as_of: then; writes: it happened then */ \
	O(STATE_HASH, state_hash, "state_hash", FLAG) /* check: hash of all records */        \
	O(NO_INDEX, no_index, "no_index", RAW)        /* array of names: none of these */     \
	O(MAX_SCAN, max_scan, "max_scan", COUNT)      /* keys that are looked at */           \
	O(INCLUDE, include, "include", RAW)     /* array of maps: what the rows refer to */   \
	O(SNAPSHOT, snapshot, "snapshot", FLAG) /* watch: the rows there are, first */        \
	O(CREDIT, credit, "credit", COUNT)      /* watch: notifications that may come */      \
	O(ROWS_AFTER, rows_after, "rows_after", RAW)  /* watch: [type, id], the last row */   \
	O(GROUP, group, "group", RAW)                 /* aggregate: array of columns */       \
	O(VALUES, values, "values", RAW)              /* aggregate: array of words */         \
	O(NAME, name, "name", WORD)                   /* aggregate: a maintained one */       \
	O(PARAMS, params, "params", RAW)              /* report, runs: map name → value */  \
	O(LINES, lines, "lines", RAW)                 /* convert: array of maps of fields */  \
	O(IDS, ids, "ids", RAW)                       /* transfer: array of ids */            \
	O(OWNER, owner, "owner", COUNT)               /* transfer: all of this user */        \
	O(ON, on, "on", COUNT)                        /* revalue: the day of the rates */     \
	O(DUPLICATES, duplicates, "duplicates", WORD) /* off, warn, block */                  \
	O(RUN, run, "run", COUNT)                     /* run_forecast: its number */          \
	O(MONTHS, months, "months", COUNT)            /* run_forecast: how far it goes */     \
	O(MODEL, model, "model", WORD)                /* run_forecast: instead of the best */

#define PROTO_BIT(option) (1ULL << PROTO_OPTION_##option)

/* A method: M(C name, name on the wire, access, parameters, options, result)
 * access: READ, WRITE, or NONE (changes no record and reads none). Inside a batch only WRITE
 * methods that answer with the outcome of one record: proto_method_may_be_batched().
 * `parameters` is a list of PROTO_P_x ended by PROTO_P_END. */
#define PROTO_METHODS(M)                                                                       \
	M(HELLO, "hello", NONE, (PROTO_P_END), PROTO_BIT(CLIENT) | PROTO_BIT(ERRORS),          \
	  "map: server, version, protocol, limits, seq")                                       \
	M(PING, "ping", NONE, (PROTO_P_END), 0, "\"pong\"")                                    \
	M(GET, "get", READ, (PROTO_P_TYPE, PROTO_P_ID, PROTO_P_END),                           \
	  PROTO_BIT(ONLY) | PROTO_BIT(LAYOUT) | PROTO_BIT(DELETED) | PROTO_BIT(INCLUDE),       \
	  "[layout, names, row], with include [layout, names, row, include]")                  \
	M(LOOKUP, "lookup", READ, (PROTO_P_TYPE, PROTO_P_INDEX, PROTO_P_VALUES, PROTO_P_END),  \
	  PROTO_BIT(ONLY) | PROTO_BIT(LAYOUT), "[layout, names, row]")                         \
	M(QUERY, "query", READ, (PROTO_P_TYPE, PROTO_P_END),                                   \
	  PROTO_BIT(WHERE) | PROTO_BIT(ORDER) | PROTO_BIT(LIMIT) | PROTO_BIT(ONLY) |           \
	          PROTO_BIT(LAYOUT) | PROTO_BIT(AFTER) | PROTO_BIT(EXPLAIN) |                  \
	          PROTO_BIT(ALLOW_SCAN) | PROTO_BIT(USE_INDEX) | PROTO_BIT(COUNT) |            \
	          PROTO_BIT(DEADLINE) | PROTO_BIT(NO_INDEX) | PROTO_BIT(MAX_SCAN) |            \
	          PROTO_BIT(INCLUDE),                                                          \
	  "[layout, names, rows, after, reason, {seq, count, keys, fetched, include}], or "    \
	  "the plan")                                                                          \
	M(COUNT, "count", READ, (PROTO_P_TYPE, PROTO_P_FILTER, PROTO_P_END),                   \
	  PROTO_BIT(ALLOW_SCAN) | PROTO_BIT(USE_INDEX) | PROTO_BIT(NO_INDEX) |                 \
	          PROTO_BIT(COUNT) | PROTO_BIT(DEADLINE),                                      \
	  "int")                                                                               \
	M(AGGREGATE, "aggregate", READ, (PROTO_P_TYPE, PROTO_P_END),                           \
	  PROTO_BIT(GROUP) | PROTO_BIT(VALUES) | PROTO_BIT(NAME) | PROTO_BIT(WHERE) |          \
	          PROTO_BIT(ORDER) | PROTO_BIT(LIMIT) | PROTO_BIT(AFTER) |                     \
	          PROTO_BIT(EXPLAIN) | PROTO_BIT(ALLOW_SCAN) | PROTO_BIT(USE_INDEX) |          \
	          PROTO_BIT(NO_INDEX) | PROTO_BIT(DEADLINE) | PROTO_BIT(MAX_SCAN),             \
	  "[columns, rows, after, reason, {seq, kinds, groups, keys, fetched, aggregate}], "   \
	  "or the plan")                                                                       \
	M(REPORT, "report", READ, (PROTO_P_REPORT, PROTO_P_END),                               \
	  PROTO_BIT(PARAMS) | PROTO_BIT(LIMIT) | PROTO_BIT(MAX_SCAN) | PROTO_BIT(DEADLINE),    \
	  "map: report, sections, notes, …; an array of maps for nil")                         \
	M(SEARCH, "search", READ, (PROTO_P_TEXT, PROTO_P_END),                                 \
	  PROTO_BIT(ONLY) | PROTO_BIT(LIMIT) | PROTO_BIT(DEADLINE) | PROTO_BIT(TYPES) |        \
	          PROTO_BIT(HIGHLIGHTS),                                                       \
	  "[hits, end, {seq, found, keys, fetched}]; a hit is a map")                          \
	M(CHANGES, "changes", READ, (PROTO_P_END),                                             \
	  PROTO_BIT(LIMIT) | PROTO_BIT(DEADLINE) | PROTO_BIT(TYPES) | PROTO_BIT(FROM),         \
	  "[changes, next, {seq, oldest, keys}]; a change is a map")                           \
	M(HISTORY, "history", READ, (PROTO_P_TYPE, PROTO_P_ID, PROTO_P_END),                   \
	  PROTO_BIT(LIMIT) | PROTO_BIT(BEFORE) | PROTO_BIT(DEADLINE),                          \
	  "[changes, cut]; a change is a map")                                                 \
	M(AS_OF, "as_of", READ, (PROTO_P_TYPE, PROTO_P_ID, PROTO_P_END),                       \
	  PROTO_BIT(ONLY) | PROTO_BIT(LAYOUT) | PROTO_BIT(SEQ) | PROTO_BIT(AT) |               \
	          PROTO_BIT(DEADLINE),                                                         \
	  "[layout, names, row]")                                                              \
	M(CREATE, "create", WRITE, (PROTO_P_TYPE, PROTO_P_FIELDS, PROTO_P_END),                \
	  PROTO_BIT(DRY_RUN) | PROTO_BIT(RID) | PROTO_BIT(AT) | PROTO_BIT(DUPLICATES),         \
	  "[id, rev, seq, affected, created], with duplicates [id, rev, seq, affected, "       \
	  "created, candidates]")                                                              \
	M(UPDATE, "update", WRITE, (PROTO_P_TYPE, PROTO_P_ID, PROTO_P_FIELDS, PROTO_P_END),    \
	  PROTO_BIT(IF_REV) | PROTO_BIT(DRY_RUN) | PROTO_BIT(RID) | PROTO_BIT(AT),             \
	  "[id, rev, seq, affected, created]")                                                 \
	M(UPSERT, "upsert", WRITE, (PROTO_P_TYPE, PROTO_P_INDEX, PROTO_P_FIELDS, PROTO_P_END), \
	  PROTO_BIT(IF_REV) | PROTO_BIT(DRY_RUN) | PROTO_BIT(RID) | PROTO_BIT(AT) |            \
	          PROTO_BIT(DUPLICATES),                                                       \
	  "[id, rev, seq, affected, created], with duplicates [id, rev, seq, affected, "       \
	  "created, candidates]")                                                              \
	M(DELETE, "delete", WRITE, (PROTO_P_TYPE, PROTO_P_ID, PROTO_P_END),                    \
	  PROTO_BIT(IF_REV) | PROTO_BIT(DRY_RUN) | PROTO_BIT(RID),                             \
	  "[id, rev, seq, affected, created]")                                                 \
	M(UNDELETE, "undelete", WRITE, (PROTO_P_TYPE, PROTO_P_ID, PROTO_P_END),                \
	  PROTO_BIT(IF_REV) | PROTO_BIT(DRY_RUN) | PROTO_BIT(RID),                             \
	  "[id, rev, seq, affected, created]")                                                 \
	M(PURGE, "purge", WRITE, (PROTO_P_TYPE, PROTO_P_ID, PROTO_P_END),                      \
	  PROTO_BIT(IF_REV) | PROTO_BIT(DRY_RUN) | PROTO_BIT(RID),                             \
	  "[id, rev, seq, affected, created]")                                                 \
	M(BATCH, "batch", WRITE, (PROTO_P_OPERATIONS, PROTO_P_END),                            \
	  PROTO_BIT(DRY_RUN) | PROTO_BIT(RID) | PROTO_BIT(AT),                                 \
	  "array of the operations' results")                                                  \
	M(SCHEMA_GET, "schema.get", NONE, (PROTO_P_END), PROTO_BIT(ONLY_TYPE),                 \
	  "map: types (array of descriptions), text, own, generation")                         \
	M(SCHEMA_PLAN, "schema.plan", READ, (PROTO_P_SCHEMA, PROTO_P_END), PROTO_BIT(BASE),    \
	  "map: generation, instant, rebuild, refused, losing, steps")                         \
	M(SCHEMA_APPLY, "schema.apply", NONE, (PROTO_P_SCHEMA, PROTO_P_END),                   \
	  PROTO_BIT(BASE) | PROTO_BIT(MAY_LOSE),                                               \
	  "map: generation, instant, rebuild, refused, losing, steps")                         \
	M(INDEX_STATUS, "index.status", READ, (PROTO_P_END), PROTO_BIT(ONLY_TYPE),             \
	  "array of maps: type, index, state, entries, …")                                     \
	M(INDEX_CANCEL, "index.cancel", NONE, (PROTO_P_TYPE, PROTO_P_INDEX, PROTO_P_END), 0,   \
	  "true")                                                                              \
	M(STATS, "stats", READ, (PROTO_P_END), 0, "map")                                       \
	M(CHECK, "check", READ, (PROTO_P_END), PROTO_BIT(DEADLINE) | PROTO_BIT(STATE_HASH),    \
	  "map: records, entries, references, findings, texts; state_hash if asked for")       \
	M(ANALYZE, "analyze", READ, (PROTO_P_END), PROTO_BIT(DEADLINE), "map: epoch, indexes") \
	M(WATCH, "watch", READ, (PROTO_P_END),                                                 \
	  PROTO_BIT(TYPES) | PROTO_BIT(WHERE) | PROTO_BIT(ONLY) | PROTO_BIT(FROM) |            \
	          PROTO_BIT(SNAPSHOT) | PROTO_BIT(CREDIT) | PROTO_BIT(ROWS_AFTER),             \
	  "[watch, seq]; then notifications")                                                  \
	M(UNWATCH, "unwatch", NONE, (PROTO_P_WATCH, PROTO_P_END), 0, "true")                   \
	M(CREDIT, "credit", NONE, (PROTO_P_WATCH, PROTO_P_AMOUNT, PROTO_P_END), 0,             \
	  "int: the credit there is now")                                                      \
	M(CONVERT, "convert", WRITE, (PROTO_P_ID, PROTO_P_FIELDS, PROTO_P_END),                \
	  PROTO_BIT(LINES) | PROTO_BIT(IF_REV) | PROTO_BIT(DRY_RUN) | PROTO_BIT(RID) |         \
	          PROTO_BIT(AT),                                                               \
	  "[id, rev, seq, affected, created] of the order")                                    \
	M(REOPEN, "reopen", WRITE, (PROTO_P_TYPE, PROTO_P_ID, PROTO_P_FIELDS, PROTO_P_END),    \
	  PROTO_BIT(IF_REV) | PROTO_BIT(DRY_RUN) | PROTO_BIT(RID) | PROTO_BIT(AT),             \
	  "[id, rev, seq, affected, created]")                                                 \
	M(TRANSFER, "transfer", WRITE, (PROTO_P_ID, PROTO_P_END),                              \
	  PROTO_BIT(TYPES) | PROTO_BIT(IDS) | PROTO_BIT(OWNER) | PROTO_BIT(WHERE) |            \
	          PROTO_BIT(LIMIT) | PROTO_BIT(DRY_RUN) | PROTO_BIT(RID),                      \
	  "map: seq, transferred, more, types")                                                \
	M(MERGE, "merge", WRITE, (PROTO_P_ID, PROTO_P_OTHER, PROTO_P_FIELDS, PROTO_P_END),     \
	  PROTO_BIT(DRY_RUN) | PROTO_BIT(RID),                                                 \
	  "map: id, rev, seq, merge, moved, filled, gone")                                     \
	M(UNMERGE, "unmerge", WRITE, (PROTO_P_ID, PROTO_P_END),                                \
	  PROTO_BIT(DRY_RUN) | PROTO_BIT(RID),                                                 \
	  "map: id, rev, seq, merge, moved, filled, gone")                                     \
	M(REVALUE, "revalue", WRITE, (PROTO_P_END),                                            \
	  PROTO_BIT(ON) | PROTO_BIT(FROM) | PROTO_BIT(LIMIT) | PROTO_BIT(DRY_RUN) |            \
	          PROTO_BIT(RID),                                                              \
	  "map: seq, looked, revalued, next")                                                  \
	M(DUPLICATES, "duplicates", READ, (PROTO_P_FIELDS, PROTO_P_END),                       \
	  PROTO_BIT(FROM) | PROTO_BIT(LIMIT) | PROTO_BIT(DEADLINE),                            \
	  "map: seq, candidates; without fields: seq, pairs, next")                            \
	M(RUN_TIERS, "run_tiers", WRITE, (PROTO_P_END),                                        \
	  PROTO_BIT(AT) | PROTO_BIT(PARAMS) | PROTO_BIT(DEADLINE),                             \
	  "map: seq, customers, written, skipped, by_hand, changed, dormant, tiers")           \
	M(RUN_FORECAST, "run_forecast", WRITE, (PROTO_P_END),                                  \
	  PROTO_BIT(AT) | PROTO_BIT(RUN) | PROTO_BIT(MONTHS) | PROTO_BIT(MODEL) |              \
	          PROTO_BIT(DEADLINE),                                                         \
	  "map: seq, run, scopes, written, skipped, actuals")

/* A notification of the server: N(C name, name on the wire, parameters) */
#define PROTO_NOTIFICATIONS(N)                                  \
	N(CHANGE, "change", "watch, changes, next")             \
	N(ROW, "row", "watch, type, layout, names, rows, more") \
	N(PROGRESS, "progress", "watch, seq")                   \
	N(WATCH_END, "watch_end", "watch, error")               \
	N(ERROR, "error", "\"NAME: text\"")
