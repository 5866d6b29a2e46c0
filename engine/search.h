/* SPDX-License-Identifier: Apache-2.0 */
/* Full-text search over the fields that the schema marks `search`.
 *
 * A query is words parted by blanks; a record is found when each of them is in some searched
 * field. What does not count: case, width and other compatibility forms (NFKC casefold), and
 * whatever is no letter, mark or digit. Then
 *
 * - in scripts that part their words ("acme", "00042") a word finds the words that begin with
 *   it, and what follows a border of letters and digits inside one: "202511" finds "so202511";
 * - in Han, kana, hangul and other scripts that do not, it is found anywhere: "医", "东医";
 * - a word with several parts ("SO-202511-00042", "A4纸") is found where all of them follow one
 *   another, whatever lies between them;
 * - in a field marked `search(phone)`, digits are found as the beginning of a number, and as
 * its end when there are 4 or more; blanks and + - . ( ) between digits do not count on either
 *   side.
 *
 * The index is kept in the writer's transaction: what was just written is found, in it already.
 * Every record found was looked at again, so nothing is found that is not there. What lies
 * behind ENGINE_SEARCH_FIELD_BYTES_MAX of a field, or ENGINE_SEARCH_RECORD_BYTES_MAX of all of
 * a record, is not searched.
 *
 * Order: first records with a field that *is* the query, then those with a field that begins
 * with one of its words, then the others; among equals the newest, by the field that the schema
 * marks `search(recency)`, else by updated_at. The work of a query is bounded; when the bound
 * ends it, the answer says so (ENGINE_SEARCH_SCAN): every hit is right, but others, and better
 * ones, may be missing. There is no continuation, as the order of all is not known then; a
 * longer query, or fewer types, is the way on. */
#pragma once

#include "engine/record.h"

enum {
	ENGINE_SEARCH_TEXT_BYTES_MAX = 512, /* of a query */
	ENGINE_SEARCH_WORDS_MAX = 16,
	ENGINE_SEARCH_FIELD_BYTES_MAX = 16 * 1024,
	ENGINE_SEARCH_RECORD_BYTES_MAX = 32 * 1024,
	ENGINE_SEARCH_HITS_MAX = 1000,
	ENGINE_SEARCH_HITS_DEFAULT = 20,
	ENGINE_SEARCH_KEYS_DEFAULT = 100 * 1000, /* keys of the index that a query looks at */
	ENGINE_SEARCH_ROWS_DEFAULT = 2000,       /* records */
	ENGINE_SEARCH_BYTES_MAX = 16 * 1024 * 1024, /* of those records */
	ENGINE_SEARCH_SPANS_MAX = 32,               /* of a hit */
};

/* How a hit matches. M(name, text), the best first */
#define ENGINE_MATCHES(M) M(EXACT, "exact") M(PREFIX, "prefix") M(INSIDE, "inside")
typedef enum engine_match {
#define ENGINE_MATCH_MEMBER(name, text) ENGINE_MATCH_##name,
	ENGINE_MATCHES(ENGINE_MATCH_MEMBER)
#undef ENGINE_MATCH_MEMBER
} engine_match;

const char *engine_match_name(engine_match match);

/* Where it was found, for highlights: bytes of the text as it is stored. */
typedef struct engine_span {
	const engine_field *field;
	uint32_t from;
	uint32_t size;
} engine_span;

typedef struct engine_hit {
	engine_row row;
	engine_match match;
	int64_t recent_ms;        /* what it was ordered by */
	const engine_span *spans; /* by field, then position, none in another; at most
	                           * ENGINE_SEARCH_SPANS_MAX; during the call only */
	size_t span_count;
} engine_hit;

typedef struct engine_search {
	cx_slice text;
	const engine_type *const
		*types; /* type_count of them; 0 = all that have a searched field */
	size_t type_count;
	size_t limit;         /* hits; 0 = ENGINE_SEARCH_HITS_DEFAULT */
	bool spans;           /* tell where it was found */
	uint64_t deadline_ns; /* cx_clock_monotonic_ns() at which it ends; 0 = none */
	uint32_t keys_max;    /* 0 = ENGINE_SEARCH_KEYS_DEFAULT */
	uint32_t rows_max;    /* 0 = ENGINE_SEARCH_ROWS_DEFAULT */
} engine_search;

/* Why it ended. E(name, text) */
#define ENGINE_SEARCH_ENDS(E)                                                             \
	E(DONE, "done")   /* these are all */                                             \
	E(LIMIT, "limit") /* there are more; these are the first of all */                \
	E(SCAN,                                                                           \
	  "scan") /* it looked at keys_max keys, rows_max or too many bytes of records */ \
	E(TIME, "time")
typedef enum engine_search_end {
#define ENGINE_SEARCH_END_MEMBER(name, text) ENGINE_SEARCH_##name,
	ENGINE_SEARCH_ENDS(ENGINE_SEARCH_END_MEMBER)
#undef ENGINE_SEARCH_END_MEMBER
} engine_search_end;

const char *engine_search_end_name(engine_search_end end);

typedef struct engine_search_report {
	engine_search_end end;
	size_t hits;
	uint64_t found; /* records that matched; all of them when the end is DONE or LIMIT */
	uint64_t keys_scanned;
	uint64_t rows_fetched;
} engine_search_report;

/* Takes one hit; anything but CX_OK ends the search with that status. The row's bytes live as
 * long as the snapshot. */
typedef cx_status engine_hit_sink(void *context, const engine_hit *hit);

/* Searches one snapshot, or the inside of a transaction, and hands the hits to `sink` in order.
 * Errors: CX_INVALID_ARGUMENT (nothing to search for: no letter and no digit; too many words; a
 * type without a searched field; a limit over ENGINE_SEARCH_HITS_MAX), CX_TOO_LONG,
 * CX_MALFORMED (not UTF-8), CX_BUSY (the index is being built), CX_NO_MEMORY, CX_CORRUPT,
 * CX_IO. */
CX_MUST_USE cx_status engine_search_run(engine_read *read, const engine_search *search,
                                        engine_hit_sink *sink, void *context,
                                        engine_search_report *ret, cx_error *error);

/* ---- the index ---- */

/* An index made by another tokenizer, of another Unicode version, or for other fields is not
 * readable: it is cleared and then built, in slices, while writes go on and keep what they
 * change right in it already. S(name, text) */
#define ENGINE_SEARCH_STATES(S) \
	S(READY, "ready")       \
	S(CLEARING, "clearing") \
	S(BUILDING, "building")
typedef enum engine_search_state {
#define ENGINE_SEARCH_STATE_MEMBER(name, text) ENGINE_SEARCH_##name,
	ENGINE_SEARCH_STATES(ENGINE_SEARCH_STATE_MEMBER)
#undef ENGINE_SEARCH_STATE_MEMBER
} engine_search_state;

const char *engine_search_state_name(engine_search_state state);

CX_MUST_USE cx_status engine_search_state_get(engine_read *read, engine_search_state *ret);

/* Does up to `work_max` (> 0) keys or records of what is left to do, within the transaction;
 * the place reached is stored in it. `*ret_state` is what is then to do: nothing once READY.
 * Errors: CX_TOO_LARGE and CX_STORAGE_FULL (roll back, and do it in a transaction of its own,
 * or with less work), CX_CORRUPT, CX_NO_MEMORY, CX_IO. */
CX_MUST_USE cx_status engine_search_build(engine_write *write, uint32_t work_max,
                                          engine_search_state *ret_state, cx_error *error);

/* Begins to build it anew, from the start. */
CX_MUST_USE cx_status engine_search_rebuild(engine_write *write);
