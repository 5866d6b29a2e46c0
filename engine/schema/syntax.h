/* SPDX-License-Identifier: Apache-2.0 */
/* Schema text as a tree: what is written, before anything is looked up. Everything lives in
 * the arena the tree was parsed into; slices that need no unescaping point into the text.
 * Lists are in the order of the text. */
#pragma once

#include "engine/schema.h"
#include "engine/schema/lexer.h"

enum {
	/* A list's characters have 4 bytes at most, so a string never passes a `text`. */
	ENGINE__STRING_LENGTH_MAX = ENGINE_TEXT_BYTES_MAX / 4,
	ENGINE__LABEL_BYTES_MAX = 240, /* of the label of a type or field */
};

typedef struct engine__syntax_name {
	cx_slice text; /* empty: none was given */
	engine__position at;
} engine__syntax_name;

/* A value of an enum, in the order of the declaration. */
typedef struct engine__syntax_label {
	engine__syntax_name name;
	struct engine__syntax_label *next;
} engine__syntax_label;

typedef enum engine__literal_kind {
	ENGINE__LITERAL_NUMBER,
	ENGINE__LITERAL_TEXT,
	ENGINE__LITERAL_NAME, /* true, false, a label of an enum */
	ENGINE__LITERAL_LIST,
} engine__literal_kind;

typedef struct engine__syntax_literal {
	engine__literal_kind kind;
	engine__position at;
	int64_t number;                       /* NUMBER */
	cx_slice text;                        /* TEXT (escapes resolved), NAME */
	struct engine__syntax_literal *items; /* LIST; they are no lists */
	uint32_t count;
	struct engine__syntax_literal *next;
} engine__syntax_literal;

/* A comparison of a where-clause. A name as the literal is a label, true, false, or another
 * field of the record. */
typedef struct engine__syntax_condition {
	engine__syntax_name field;
	engine_comparison comparison;
	engine__syntax_literal *literal; /* a list: "in"; NULL: null, notnull */
	struct engine__syntax_condition *next;
} engine__syntax_condition;

/* A product of one or two fields, added or subtracted. */
typedef struct engine__syntax_term {
	engine__syntax_name factors[ENGINE_FACTORS_MAX];
	uint16_t factor_count;
	bool minus;
	struct engine__syntax_term *next;
} engine__syntax_term;

typedef struct engine__syntax_sum {
	engine__position at;
	engine__syntax_term *terms;
	uint16_t term_count;
	struct engine__syntax_sum *next;
} engine__syntax_sum;

/* rollup KIND(what) of TYPE by REF where … */
typedef struct engine__syntax_rollup {
	engine__position at;
	engine_rollup_kind kind;
	engine__syntax_sum sum;     /* SUM */
	engine__syntax_name source; /* MIN, MAX */
	engine__syntax_name type;
	engine__syntax_name ref;
	engine__syntax_condition *conditions;
	uint16_t condition_count;
} engine__syntax_rollup;

typedef struct engine__syntax_field {
	engine__syntax_name name;
	engine_kind kind;
	uint32_t length_max;
	uint32_t items_max;
	engine__syntax_label *labels;
	uint16_t label_count;
	engine__syntax_name target;
	bool on_delete_given;
	engine_on_delete on_delete;
	engine__position on_delete_at;
	bool required;
	bool readonly;
	bool search; /* given */
	engine_search_as search_as;
	bool unique;
	engine__syntax_literal *default_value; /* NULL = none */
	engine__syntax_rollup *rollup;         /* NULL = none */
	cx_slice label_en;                     /* empty = none */
	cx_slice label_zh;
	struct engine__syntax_field *next;
} engine__syntax_field;

typedef struct engine__syntax_column {
	engine__syntax_name name;
	bool descending;
	bool folded;
	struct engine__syntax_column *next;
} engine__syntax_column;

typedef struct engine__syntax_index {
	engine__position at;
	engine__syntax_name name;
	bool unique;
	bool cluster;
	engine__syntax_column *columns;
	uint16_t column_count;
	engine__syntax_name where;
	struct engine__syntax_index *next;
} engine__syntax_index;

typedef struct engine__syntax_type {
	engine__syntax_name name;
	cx_slice label_en;
	cx_slice label_zh;
	bool keep;
	bool readonly;
	bool single;
	engine__syntax_field *fields;
	engine__syntax_field **fields_end;
	uint16_t field_count;
	engine__syntax_index *indexes;
	engine__syntax_index **indexes_end;
	uint16_t index_count;
	struct engine__syntax_type *next;
} engine__syntax_type;

typedef struct engine__syntax_group {
	engine__syntax_name field;
	engine_bucket bucket;
	struct engine__syntax_group *next;
} engine__syntax_group;

typedef struct engine__syntax_aggregate {
	engine__syntax_name name;
	engine__syntax_name type;
	engine__syntax_condition *conditions;
	uint16_t condition_count;
	engine__syntax_group *groups;
	uint16_t group_count;
	engine__syntax_sum *sums;
	uint16_t sum_count;
	bool counts;
	cx_slice label_en;
	cx_slice label_zh;
	struct engine__syntax_aggregate *next;
} engine__syntax_aggregate;

/* Zero is the empty schema. */
typedef struct engine__syntax {
	engine__syntax_type *types;
	engine__syntax_type *last;
	uint16_t type_count;
	engine__syntax_aggregate *aggregates;
	engine__syntax_aggregate *last_aggregate;
	uint16_t aggregate_count;
	engine__syntax_name zone_type; /* "time zone TYPE.FIELD"; empty = UTC */
	engine__syntax_name zone_field;
} engine__syntax;

static inline bool engine__syntax_is_given(engine__syntax_name name)
{
	return name.text.size > 0;
}
