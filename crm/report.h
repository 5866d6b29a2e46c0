/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: what an organisation asks of its records, computed over one snapshot from short
 * ranges of indexes and from maintained aggregates.
 *
 * A report has a name and takes parameters; crm_report_list() tells all of them. What it
 * answers is one MessagePack map:
 *
 *   {report: name, seq: of the snapshot, as_of: the instant it speaks of, in ms,
 *    params: {name → value, as it was used}, currency: base currency of the organisation,
 *    sections: [{name, label_en, label_zh,
 *                columns: [{name, kind, label_en, label_zh, of: see below, or nil}],
 *                rows: [[a value for each column], …], more: rows were left out}, …],
 *    notes: [{text_en, text_zh}, …], what a reader should know of the figures,
 *    names: {type → [[id, name_en, name_zh], …]} of the records that REF columns lead to,
 *    keys: index keys, groups and records looked up, fetched: records read}
 *
 * Every value may be nil: there is no such figure. A percentage of nothing is none. */
#pragma once

#include "engine/engine.h"

/* Kinds of columns: K(name in C, name in messages) */
#define CRM_REPORT_KINDS(K)                                                                    \
	K(BOOL, "bool")                                                                        \
	K(INT, "int")                                                                          \
	K(MONEY, "money") /* minor units; of: the column with the row's currency, nil: base */ \
	K(BP, "bp")       /* 10000 is 100 % */                                                 \
	K(CENTI, "centi") /* times 100 */                                                      \
	K(MILLI, "milli") /* times 1000: quantities, factors */                                \
	K(DATE, "date")   /* days since 1970-01-01 */                                          \
	K(MONTH, "month") /* its first day */                                                  \
	K(TS, "ts")       /* ms since 1970 UTC */                                              \
	K(MS, "ms")       /* a length of time */                                               \
	K(TEXT, "text")                                                                        \
	K(ENUM, "enum") /* one word of a list */                                               \
	K(REF, "ref")   /* id of a record; of: its type */                                     \
	K(ID, "id")     /* the same of the record that the row is about */

typedef enum crm_report_kind {
#define CRM_REPORT_KIND_MEMBER(name, text) CRM_##name,
	CRM_REPORT_KINDS(CRM_REPORT_KIND_MEMBER)
#undef CRM_REPORT_KIND_MEMBER
} crm_report_kind;

/* "money"; static storage. */
const char *crm_report_kind_name(crm_report_kind kind);

enum {
	CRM_REPORT_ROWS_DEFAULT = 1000, /* of all sections together */
	CRM_REPORT_ROWS_MAX = 10000,
	CRM_REPORT_KEYS_DEFAULT = 2000000, /* keys looked at before it is given up */
};

typedef struct crm_report_request {
	cx_slice name;
	cx_slice params;      /* MessagePack map name → value; empty or nil = none */
	int64_t now_ms;       /* what "now" is unless the parameter `now` says */
	uint64_t deadline_ns; /* cx_clock_monotonic_ns() time; 0 = none */
	uint64_t keys_max;    /* 0 = CRM_REPORT_KEYS_DEFAULT */
	size_t rows_max;      /* 0 = CRM_REPORT_ROWS_DEFAULT */
} crm_report_request;

/* Runs a report and appends its answer. After an error a part may have been appended.
 * Errors: CX_INVALID_ARGUMENT (no such report, a parameter that it does not take, a value that
 * is none of its kind, a required one that is missing), CX_NOT_FOUND (the record a parameter
 * names), CX_NO_TYPE, CX_NO_FIELD, CX_NO_INDEX (the store's schema has not what it reads),
 * CX_SCAN_LIMIT (keys_max), CX_DEADLINE, CX_BUSY (an aggregate is being built), CX_CORRUPT,
 * CX_IO, CX_NO_MEMORY, CX_TOO_LARGE. */
CX_MUST_USE cx_status crm_report_run(engine_read *read, const crm_report_request *request,
                                     cx_buf *out, cx_error *error);

/* Appends all there are, in order of their table: an array of maps
 * {name, help_en, help_zh, params: [{name, kind, of, required, default: as a caller may write
 *  it, or nil, help_en, help_zh}]}. Kinds of parameters are those of columns; of: the type of
 * REF, the words of ENUM parted by blanks. */
void crm_report_list(cx_buf *out);
