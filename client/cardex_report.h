/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: figures of the trade, computed by the server over one snapshot.
 *
 *     cardex_doc *params = cardex_fields_new();
 *     cardex_set_text(params, "from", "month-12");
 *     cardex_result *result;
 *     if (cardex_report_run(conn, "win_rate", params, &result, &error) == CARDEX_OK) {
 *             int section = cardex_report_section_of(result, "months");
 *             cardex_report_section months;
 *             if (section >= 0 && cardex_report_section_at(result, section, &months))
 *                     for (size_t row = 0; row < months.row_count; row++)
 *                             …cardex_report_int(result, section, row, "won")…
 *             cardex_result_free(&result);
 *     }
 *     cardex_doc_free(&params);
 *
 * Which reports there are, and their parameters: cardex_report_list(), docs/reports.md. The
 * rules of cardex.h hold; all that is reached through a result lives until it is freed. */
#ifndef CARDEX_REPORT_H
#define CARDEX_REPORT_H

#include "cardex.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs a report. `params` (may be NULL) are fields by the names of its parameters; values may
 * be of the parameter's kind or text as people write it: "2026-11-01", "today-30", "month-1",
 * the login of a user. cardex_request with CARDEX_METHOD_REPORT has limits, too.
 * Errors: CARDEX_INVALID_ARGUMENT (no such report or parameter, a value that is none),
 * CARDEX_NOT_FOUND (the record a parameter names), CARDEX_SCAN_LIMIT, CARDEX_DEADLINE, and as
 * cardex_call(). */
CARDEX_CALL cardex_status cardex_report_run(cardex_conn *conn, const char *name,
                                            const cardex_doc *params, cardex_result **ret,
                                            cardex_error *error);

/* All reports there are: a list of maps for cardex_result_value(), see docs/reports.md. */
CARDEX_CALL cardex_status cardex_report_list(cardex_conn *conn, cardex_result **ret,
                                             cardex_error *error);

/* What a report says of itself. */
typedef struct cardex_report_info {
	const char *name;
	uint64_t seq;               /* the state of the store that was read */
	int64_t as_of_ms;           /* the instant it speaks of */
	const char *currency;       /* of amounts that have no other */
	const cardex_value *params; /* map: name → value, as it was used */
	size_t section_count;
	size_t note_count;
	uint64_t keys;    /* index keys, groups and records looked up */
	uint64_t fetched; /* records read */
} cardex_report_info;

/* False when the result is not that of a report. */
CARDEX_API bool cardex_report_info_of(const cardex_result *result, cardex_report_info *ret);

/* What a reader should know of the figures. False past the last. */
CARDEX_API bool cardex_report_note(const cardex_result *result, size_t i, const char **ret_en,
                                   const char **ret_zh);

typedef struct cardex_report_section {
	const char *name;
	const char *label_en;
	const char *label_zh;
	size_t column_count;
	size_t row_count;
	bool more; /* rows were left out */
} cardex_report_section;

/* A section by number, from 0; false past the last. The number of a name, -1: none. */
CARDEX_API bool cardex_report_section_at(const cardex_result *result, size_t section,
                                         cardex_report_section *ret);
CARDEX_API int cardex_report_section_of(const cardex_result *result, const char *name);

/* What a column holds: what its number stands for. */
typedef enum cardex_report_kind {
	CARDEX_REPORT_BOOL,
	CARDEX_REPORT_INT,
	CARDEX_REPORT_MONEY, /* minor units */
	CARDEX_REPORT_BP,    /* 10000 is 100 % */
	CARDEX_REPORT_CENTI, /* times 100 */
	CARDEX_REPORT_MILLI, /* times 1000 */
	CARDEX_REPORT_DATE,  /* days since 1970-01-01 */
	CARDEX_REPORT_MONTH, /* its first day */
	CARDEX_REPORT_TS,    /* ms since 1970 UTC */
	CARDEX_REPORT_MS,    /* a length of time */
	CARDEX_REPORT_TEXT,
	CARDEX_REPORT_ENUM,
	CARDEX_REPORT_REF,  /* id of a record of type `of` */
	CARDEX_REPORT_ID,   /* the same of the record that the row is about; it has no name */
	CARDEX_REPORT_OTHER /* one this library is too old for */
} cardex_report_kind;

typedef struct cardex_report_column {
	const char *name;
	cardex_report_kind kind;
	const char *label_en;
	const char *label_zh;
	/* REF, ID: the type. MONEY: the column with the currency of the row; NULL: it is that
	 * of the report. */
	const char *of;
} cardex_report_column;

/* A column by number, from 0; false past the last. The number of a name, -1: none. */
CARDEX_API bool cardex_report_column_at(const cardex_result *result, size_t section,
                                        size_t column, cardex_report_column *ret);
CARDEX_API int cardex_report_column_of(const cardex_result *result, size_t section,
                                       const char *name);

/* The value of a cell by numbers; NULL past the end. A sum beyond 64 bits is text. */
CARDEX_API const cardex_value *cardex_report_cell(const cardex_result *result, size_t section,
                                                  size_t row, size_t column);
/* The value by the column's name; null, 0 or NULL when there is none. */
CARDEX_API bool cardex_report_is_null(const cardex_result *result, size_t section, size_t row,
                                      const char *column);
CARDEX_API int64_t cardex_report_int(const cardex_result *result, size_t section, size_t row,
                                     const char *column);
CARDEX_API const char *cardex_report_text(const cardex_result *result, size_t section,
                                          size_t row, const char *column);

/* What a record that a REF column leads to is called; NULL when it has no name. */
CARDEX_API const char *cardex_report_name(const cardex_result *result, const char *type,
                                          int64_t id, bool chinese);

#ifdef __cplusplus
}
#endif

#endif
