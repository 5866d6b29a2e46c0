/* SPDX-License-Identifier: Apache-2.0 */
/* What a report reads: records by id, records by a condition, groups of aggregates. All of it
 * is counted and bounded (crm__spend). */
#pragma once

#include "crm/reports/frame/report.h"

enum { CRM__FIELDS_MAX = 32, CRM__CONDITIONS_MAX = 8 };

/* ---- records ---- */

typedef struct crm__condition {
	const char *operator;
	const char *field;
	crm__value a, b;
	const char *words;
	const int64_t *numbers;
	size_t count;
} crm__condition;

/* field OP value: = != < <= > >= */
static inline crm__condition crm__compare(const char *field, const char *operator,
                                          crm__value value)
{
	return (crm__condition){ .operator= operator, .field = field, .a = value };
}

static inline crm__condition crm__equal(const char *field, crm__value value)
{
	return crm__compare(field, "=", value);
}

/* Both included. */
static inline crm__condition crm__between(const char *field, int64_t low, int64_t high)
{
	return (crm__condition){ .operator= "between",
		                 .field = field,
		                 .a = crm__number(low),
		                 .b = crm__number(high) };
}

/* One of these words, parted by blanks. */
static inline crm__condition crm__one_of(const char *field, const char *words)
{
	return (crm__condition){ .operator= "in", .field = field, .words = words };
}

/* One of these ids, at least one of them, at most ENGINE_FILTER_VALUES_MAX. */
static inline crm__condition crm__one_of_ids(const char *field, const int64_t *ids,
                                             size_t count)
{
	return (crm__condition){
		.operator= "in", .field = field, .numbers = ids, .count = count
	};
}

static inline crm__condition crm__present(const char *field)
{
	return (crm__condition){ .operator= "notnull", .field = field };
}

static inline crm__condition crm__absent(const char *field)
{
	return (crm__condition){ .operator= "null", .field = field };
}

typedef struct crm__query {
	const char *type;
	const crm__condition *where; /* all must hold */
	size_t where_count;
	const char *index; /* this one; NULL: what the planner takes */
	const char *order; /* "close_on", "at desc"; NULL: any */
	size_t limit;      /* of records; 0 = all */
	bool allow_scan;   /* not for reports, but for runs over all records */
	/* What the sink is given, in order, parted by blanks: "id stage amount_base". */
	const char *fields;
} crm__query;

/* Takes one record; texts live until it returns. */
typedef cx_status crm__record_sink(void *context, const crm__value *values);

/* Reads the records that hold, page after page; there is no full scan. Errors: those of
 * queries (engine/query.h), of crm__spend, the sink's. */
CX_MUST_USE cx_status crm__query_run(crm__report *report, const crm__query *query,
                                     crm__record_sink *sink, void *context);

/* The same into rows of the section that is begun, whose columns are the fields. Stops where
 * there is no room for more rows; one record after the limit is looked at, to know of it. */
CX_MUST_USE cx_status crm__query_rows(crm__report *report, const crm__query *query);

/* A section whose columns are these fields of the type, by what the schema says of them. Lives
 * until the report has ended. Errors: CX_NO_TYPE, CX_NO_FIELD, CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__section_of(crm__report *self, const crm__section *named,
                                      const char *type_name, const char *words,
                                      const crm__section **ret);

/* A live record; values as of crm__query. Errors: CX_NOT_FOUND. */
CX_MUST_USE cx_status crm__get(crm__report *report, const char *type, int64_t id,
                               const char *fields, crm__value *ret);

/* ---- groups of aggregates ---- */

typedef struct crm__groups {
	const char *aggregate;
	crm__value prefix[ENGINE_GROUP_COLUMNS_MAX]; /* values of the first columns */
	size_t prefix_count;
	crm__value low, high; /* of the next column, both included; NONE: not bound */
	size_t limit;         /* so many at most; 0 = all */
} crm__groups;

typedef struct crm__group {
	crm__value columns[ENGINE_GROUP_COLUMNS_MAX];
	uint64_t count;
	engine_sum sums[ENGINE_SUMS_MAX];
} crm__group;

typedef cx_status crm__group_sink(void *context, const crm__group *group);

/* In the order of their columns. Errors: CX_NO_INDEX (the schema has no such aggregate),
 * CX_BUSY, those of crm__spend, the sink's. */
CX_MUST_USE cx_status crm__groups_walk(crm__report *report, const crm__groups *groups,
                                       crm__group_sink *sink, void *context);

/* All of them added up; `columns` are not set. */
CX_MUST_USE cx_status crm__groups_total(crm__report *report, const crm__groups *groups,
                                        crm__group *ret);

/* ---- people ---- */

typedef struct crm__people {
	bool all; /* nobody in particular: `ids` is not set */
	const int64_t *ids;
	size_t count;
} crm__people;

/* Whom the parameters mean: that user; or those of the team and of the teams below it, whether
 * they are active or not, by id; or all. Either may be null.
 * Errors: CX_TOO_LARGE (more than ENGINE_FILTER_VALUES_MAX). */
CX_MUST_USE cx_status crm__people_of(crm__report *report, const crm__value *user,
                                     const crm__value *team, crm__people *ret);

/* The team and the teams below it, as ids like those of people; all for a null. */
CX_MUST_USE cx_status crm__teams_of(crm__report *report, const crm__value *team,
                                    crm__people *ret);

/* Every user there is. Errors: as above. */
CX_MUST_USE cx_status crm__people_everybody(crm__report *report, crm__people *ret);

/* Whether one of them has this id; a null belongs to nobody in particular. */
bool crm__people_have(const crm__people *people, const crm__value *id);
