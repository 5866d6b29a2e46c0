/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a maintained aggregate has all that a summary asks for, and how it is taken from its
 * groups: finer ones are added up to the groups asked for. */
#pragma once

#include "engine/query/cover.h"
#include "engine/summary/groups.h"

/* Where a measure comes from. */
typedef struct engine__source {
	int sum;       /* of the aggregate; -1: none */
	int column;    /* whose value it is of; -1: none */
	bool minus;    /* the column counts against it */
	uint8_t nulls; /* a bit for each column in which null leaves the records out */
} engine__source;

typedef struct engine__supply {
	engine__cover cover;
	/* How each column of the request is found: its day or month of a column. */
	uint8_t from[ENGINE_GROUP_COLUMNS_MAX];
	engine_group_column columns[ENGINE_GROUP_COLUMNS_MAX];
	engine__source measures[ENGINE_MEASURES_MAX];
} engine__supply;

/* False when it has not; then *ret_missing names the column or measure, or is "filter".
 * `ret_missing` may be NULL. */
bool engine__supply_of(const engine__request *request, const engine__cover_terms *terms,
                       const engine_aggregate *aggregate, engine__supply *ret,
                       const char **ret_missing);

/* The best of the type's. */
bool engine__supply_find(const engine__request *request, const engine__cover_terms *terms,
                         engine__supply *ret);

/* Adds what the aggregate has to the groups. Errors: as engine__cover_each and
 * engine__groups_take. */
CX_MUST_USE cx_status engine__supply_read(engine_read *read, const engine__supply *supply,
                                          engine__cover_work *work, engine__groups *groups,
                                          cx_error *error);
