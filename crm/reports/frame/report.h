/* SPDX-License-Identifier: Apache-2.0 */
/* A report while it runs: what a file of crm/reports/ is written with.
 *
 * Every function returns the status that the report then ends with. Nothing here is freed by
 * a report: what it takes from the arena lives until it has ended.
 *
 * Thread rule: one thread. */
#pragma once

#include "base/arena.h"
#include "crm/report.h"
#include "engine/aggregate.h"

typedef struct crm__report crm__report;

/* ---- values ---- */

typedef enum crm__value_kind {
	CRM__NONE, /* not given */
	CRM__NULL,
	CRM__NUMBER, /* bool, int, money, date, ts, ref */
	CRM__TEXT,   /* string, text, enum */
} crm__value_kind;

typedef struct crm__value {
	crm__value_kind kind;
	int64_t number;
	cx_slice text;
} crm__value;

static inline crm__value crm__number(int64_t number)
{
	return (crm__value){ .kind = CRM__NUMBER, .number = number };
}

static inline crm__value crm__text(const char *text)
{
	return (crm__value){ .kind = CRM__TEXT, .text = cx_slice_of(text) };
}

static inline bool crm__is_null(const crm__value *value)
{
	return value->kind == CRM__NULL || value->kind == CRM__NONE;
}

/* Whether it is this text. */
static inline bool crm__is(const crm__value *value, const char *text)
{
	return value->kind == CRM__TEXT && cx_slice_equal(value->text, cx_slice_of(text));
}

/* ---- what a report is ---- */

typedef struct crm__param {
	const char *name;
	crm_report_kind kind; /* BOOL INT DATE MONTH TS TEXT ENUM REF */
	const char *of;       /* REF: the type; ENUM: the words, parted by blanks */
	bool required;
	/* As a caller may write it: "12", "now", "today-30" (days), "month-11" (months); NULL:
	 * none, it is null then. */
	const char *fallback;
	int64_t low, high; /* INT: both included; 0, 0 = any */
	const char *help_en, *help_zh;
} crm__param;

/* Two parameters: whose records a report is about. */
#define CRM__PARAM_OWNED                                           \
	{ .name = "owner",                                         \
	  .kind = CRM_REF,                                         \
	  .of = "user",                                            \
	  .help_en = "only of this person",                        \
	  .help_zh = "仅此人" },                                   \
	{                                                          \
		.name = "team", .kind = CRM_REF, .of = "team",     \
		.help_en = "only of this team and those below it", \
		.help_zh = "仅此团队及下级团队"           \
	}

enum { CRM__PARAMS_MAX = 12, CRM__COLUMNS_MAX = 32 };

typedef struct crm__definition {
	const crm__param *params;
	size_t param_count;
	cx_status (*run)(crm__report *report);
} crm__definition;

typedef struct crm__column {
	const char *name;
	crm_report_kind kind;
	const char *of; /* REF: the type; MONEY: the column of the currency, NULL = base */
	const char *label_en, *label_zh;
} crm__column;

typedef struct crm__section {
	const char *name;
	const char *label_en, *label_zh;
	const crm__column *columns;
	size_t column_count;
} crm__section;

/* What is noted of a record that a REF column leads to. */
typedef struct crm__name_of {
	const engine_type *type;
	int64_t id;
} crm__name_of;

struct crm__report {
	engine_read *read;
	const engine_schema *schema;
	const crm__definition *definition;
	cx_error *error;
	cx_arena *arena;

	uint64_t deadline_ns;
	uint64_t keys_max;
	size_t rows_max;
	uint64_t keys; /* so far */
	uint64_t fetched;
	size_t rows;

	char currency[8]; /* of the organisation */
	int64_t zone_min; /* minutes east of UTC */
	int64_t now_ms;
	int64_t as_of_ms; /* now, unless the report sets it */
	crm__value params[CRM__PARAMS_MAX];

	cx_buf *out;
	size_t sections_place;
	uint32_t section_count;
	const crm__section *section; /* NULL between two */
	size_t rows_place;
	uint32_t row_count;
	size_t column; /* of the row that is being written */
	bool more;     /* rows of the section were left out */
	cx_buf notes;
	uint32_t note_count;
	crm__name_of *names;
	size_t name_count, name_capacity;
};

/* ---- parameters ---- */

/* The value of a parameter of the definition (asserted). A TS, DATE or MONTH is a number. */
const crm__value *crm__param_of(const crm__report *self, const char *name);
/* The same where it has a default or is required, so that there is one (asserted). */
int64_t crm__param_number(const crm__report *self, const char *name);

/* Errors: CX_INVALID_ARGUMENT: the parameters `from` and `to` are the wrong way round. */
CX_MUST_USE cx_status crm__check_span(const crm__report *self, int64_t from, int64_t to);

/* ---- the calendar of the organisation ---- */

/* Whether reports can count with a day or an instant, from it many months back and ahead: it
 * lies in the years 1000 to 8999. What callers write must. */
bool crm__calendar_has_day(int64_t day);
bool crm__calendar_has(int64_t ms);

int64_t crm__day_of(const crm__report *self, int64_t ms);
/* When a day begins. */
int64_t crm__day_ms(const crm__report *self, int64_t day);
int64_t crm__today(const crm__report *self);
/* First day of the month of a day; of the month so many later. */
int64_t crm__month_of(int64_t day);
int64_t crm__month_add(int64_t month, int64_t count);

/* ---- the answer ---- */

/* Sections come one after the other, rows in them, cells in those, all in order. `section`
 * lives until the report has ended. */
void crm__section_begin(crm__report *self, const crm__section *section);
void crm__section_end(crm__report *self);
/* Begins a row; false when there is no room for it, and none must be written then. */
CX_MUST_USE bool crm__row(crm__report *self);

void crm__put_null(crm__report *self);
void crm__put_number(crm__report *self, int64_t number);
void crm__put_bool(crm__report *self, bool value);
void crm__put_sum(crm__report *self, engine_sum sum);
void crm__put_text(crm__report *self, cx_slice text);
void crm__put(crm__report *self, const crm__value *value);
/* part ÷ whole × scale, rounded half away from zero; null when `whole` is 0. */
void crm__put_ratio(crm__report *self, engine_sum part, engine_sum whole, int64_t scale);
/* The same as basis points. */
void crm__put_share(crm__report *self, int64_t part, int64_t whole);

/* What a reader should know; literals. In the second form "{}" stands for the number. */
void crm__note(crm__report *self, const char *en, const char *zh);
void crm__note_number(crm__report *self, const char *en, const char *zh, int64_t number);

/* part ÷ whole × scale, rounded half away from zero, both of either sign. False when `whole`
 * is 0 or the quotient does not fit. */
bool crm__ratio(engine_sum part, engine_sum whole, int64_t scale, int64_t *ret);

/* ---- what every read does ---- */

/* Counts what was looked at. Errors: CX_SCAN_LIMIT, CX_DEADLINE. */
CX_MUST_USE cx_status crm__spend(crm__report *report, uint64_t keys, uint64_t fetched);

/* Errors: CX_NO_TYPE, CX_NO_FIELD: the store's schema has none of that name. */
CX_MUST_USE cx_status crm__type(crm__report *report, const char *name, const engine_type **ret);
CX_MUST_USE cx_status crm__field(crm__report *report, const engine_type *type, const char *name,
                                 const engine_field **ret);
