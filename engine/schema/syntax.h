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

/* Zero is the empty schema. */
typedef struct engine__syntax {
	engine__syntax_type *types;
	engine__syntax_type *last;
	uint16_t type_count;
} engine__syntax;

static inline bool engine__syntax_is_given(engine__syntax_name name)
{
	return name.text.size > 0;
}
