/* SPDX-License-Identifier: Apache-2.0 */
/* A filter, read from its MessagePack form (engine/query.h) and bound to the fields of a type.
 *
 * It is a tree of nodes in one array, each node before those below it. What leaves compare are
 * *operands*: a field's value, or its folded form. A filter is evaluated over an array of
 * operand values, wherever they come from: a row, or the columns of an index key.
 *
 * Truth has three values. The filter holds for a record when it is TRUE. */
#pragma once

#include "base/arena.h"
#include "engine/query.h"
#include "engine/row/value.h"

enum {
	ENGINE__FILTER_BYTES_MAX = 256 * 1024,
	/* Folding makes at most 11 bytes of one. */
	ENGINE__FOLDED_BYTES_MAX = 16 * ENGINE__FILTER_BYTES_MAX,
};

/* What follows an operator. */
typedef enum engine__op_form {
	ENGINE__FORM_GROUP, /* filters */
	ENGINE__FORM_NONE,  /* field */
	ENGINE__FORM_ONE,   /* field, value */
	ENGINE__FORM_TWO,   /* field, value, value */
	ENGINE__FORM_MANY,  /* field, array of values */
	ENGINE__FORM_TEXT,  /* string or text field, text */
	ENGINE__FORM_ITEM,  /* list field, value of an item */
	ENGINE__FORM_OTHER, /* (type and) reference field, filter of the other record */
	ENGINE__FORM_WORDS, /* (field,) text */
} engine__op_form;

/* O(name, text, form) */
#define ENGINE__OPS(O)                                     \
	O(AND, "and", GROUP)                               \
	O(OR, "or", GROUP)                                 \
	O(NOT, "not", GROUP)                               \
	O(EQUAL, "=", ONE) /* read as IN with one value */ \
	O(NOT_EQUAL, "!=", ONE)                            \
	O(LESS, "<", ONE)                                  \
	O(LESS_EQUAL, "<=", ONE)                           \
	O(GREATER, ">", ONE)                               \
	O(GREATER_EQUAL, ">=", ONE)                        \
	O(BETWEEN, "between", TWO)                         \
	O(IN, "in", MANY)                                  \
	O(PREFIX, "prefix", TEXT)                          \
	O(FOLDED_EQUAL, "=~", TEXT)                        \
	O(FOLDED_PREFIX, "prefix~", TEXT)                  \
	O(CONTAINS, "contains", TEXT)                      \
	O(FOLDED_CONTAINS, "contains~", TEXT)              \
	O(MATCH, "match", WORDS)                           \
	O(IS_NULL, "null", NONE)                           \
	O(NOT_NULL, "notnull", NONE)                       \
	O(HAS, "has", ITEM)                                \
	O(EXISTS, "exists", OTHER)

typedef enum engine__op {
#define ENGINE__OP_MEMBER(name, text, form) ENGINE__OP_##name,
	ENGINE__OPS(ENGINE__OP_MEMBER)
#undef ENGINE__OP_MEMBER
		ENGINE__OP_UNTRUE, /* the planner's own: the one filter below it is not TRUE */
} engine__op;

typedef enum engine__truth {
	ENGINE__FALSE,
	ENGINE__UNKNOWN,
	ENGINE__TRUE,
} engine__truth;

typedef struct engine__exists engine__exists; /* engine/query/exists.h */
typedef struct engine__match engine__match;   /* engine/query/match.h */
struct engine__relations;

typedef struct engine__node {
	engine__op op;
	uint16_t end;                /* the node after this one and all below it */
	uint16_t operand;            /* leaves: what is compared */
	uint16_t value_count;        /* leaves */
	const engine_field *field;   /* leaves; NULL in groups */
	const engine__value *values; /* IN: ascending, each once */
	cx_slice folded;             /* folded operators: the folded form of values[0] */
	engine__exists *exists;      /* EXISTS; `field` is the id, or the reference */
	engine__match *match;        /* MATCH; `field` is the id */
	/* What the search index told of this snapshot, and may tell otherwise of the next
	 * page's: only the path by id is bounded by it, and no order depends on it. */
	bool told;
} engine__node;

typedef struct engine__operand {
	const engine_field *field;
	bool folded;
} engine__operand;

typedef struct engine__filter {
	const engine_type *type;
	engine__node *nodes;
	uint16_t node_count;
	engine__operand *operands; /* by slot, the plain one before the folded one */
	uint16_t operand_count;
	uint16_t *conjuncts; /* nodes, all of which must be TRUE; none = every record */
	uint16_t conjunct_count;
	bool names_deleted;                  /* deleted records are not left out then */
	struct engine__relations *relations; /* of its exists and match; NULL: none */
} engine__filter;

/* Reads and binds. Everything lives in the arena, or in `bytes`. "exists" is refused: use
 * engine__filter_bind. So is "match".
 * Errors: CX_MALFORMED, CX_INVALID_ARGUMENT, CX_NO_FIELD, CX_TYPE, CX_TOO_LONG, CX_TOO_DEEP,
 * CX_TOO_LARGE, CX_NO_MEMORY; `error` says where it went wrong. */
CX_MUST_USE cx_status engine__filter_read(const engine_type *type, cx_slice bytes,
                                          cx_arena *arena, engine__filter *ret,
                                          cx_error *error);

/* The same with "exists" and "match", which are decided by reading through the handle; it has
 * to be alive while the filter is used. */
CX_MUST_USE cx_status engine__filter_bind(engine_read *read, const engine_type *type,
                                          cx_slice bytes, cx_arena *arena, engine__filter *ret,
                                          cx_error *error);

/* Why nothing that was decided by the filter is to be believed; CX_OK otherwise. */
cx_status engine__filter_failure(const engine__filter *filter, cx_error *error);

/* Appends a node of another filter and all below it; there must be room. */
void engine__filter_copy_node(const engine__filter *from, uint16_t node, engine__filter *to);

/* Simplifies what was read without changing what it means: groups of one become that one,
 * "or" of equalities of one field becomes "in", "not" of a null test its opposite. Then finds
 * operands and conjuncts. Part of engine__filter_read. */
CX_MUST_USE cx_status engine__filter_simplify(engine__filter *filter, cx_arena *arena);

/* Finds operands and conjuncts of nodes that are simple. Part of engine__filter_simplify.
 * Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__filter_index(engine__filter *filter, cx_arena *arena);

/* The truth of one node. `operands[i]` is the value of filter->operands[i]; those that nodes
 * below this one name must be set. */
engine__truth engine__filter_evaluate(const engine__filter *filter, uint16_t node,
                                      const engine__value *operands);

/* Takes the operands marked in `wanted` from a row. `folded` is emptied and holds folded
 * texts afterwards; the others point into the row. Errors: CX_CORRUPT, those of `folded`. */
CX_MUST_USE cx_status engine__filter_operands(const engine__filter *filter, const bool *wanted,
                                              cx_slice array, cx_buf *folded,
                                              engine__value *operands);

/* Marks the operands that a node and those below it compare. */
void engine__filter_wants(const engine__filter *filter, uint16_t node, bool *wanted);
