/* SPDX-License-Identifier: Apache-2.0 */
/* A schema while it is made: the structures of engine/schema.h, still open to writing. */
#pragma once

#include "base/arena.h"
#include "engine/aggregate.h"
#include "engine/schema/syntax.h"

typedef struct engine__model {
	engine_schema schema;
	engine_type *types;           /* = schema.types */
	engine_field **fields;        /* fields[n] = types[n].fields */
	engine_index **indexes;       /* indexes[n] = types[n].indexes */
	engine_aggregate *aggregates; /* = schema.aggregates */
	engine_rollup *rollups;       /* of all fields, schema.rollup_count */
} engine__model;

/* Which field of a type has which slot already: the name by slot, empty where a field was
 * dropped, or is now. System fields first. Fields that are not among them get slots behind. */
typedef struct engine__places {
	cx_slice type;
	const cx_slice *names;
	uint16_t count; /* at most ENGINE_SLOTS_MAX */
} engine__places;

typedef struct engine__places_list {
	const engine__places *items;
	size_t count;
} engine__places_list;

/* Makes the schema of a tree and checks all of it. Ids and tree numbers stay 0, layouts are 1,
 * indexes readable, the text is empty. `places` may be NULL, and types may be missing in it:
 * fields then have their slots in the order of the text. Everything is copied into the arena;
 * tree and places may go.
 * Errors: CX_SCHEMA_SYNTAX, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__model_of(const engine__syntax *syntax,
                                       const engine__places_list *places, cx_arena *arena,
                                       engine__model *ret, cx_error *error);

/* ---- the parts ---- */

/* Where a part works and what it works on. */
typedef struct engine__builder {
	engine__model *model;
	const engine__places_list *places; /* or NULL */
	cx_arena *arena;
	cx_error *error;
} engine__builder;

/* The fields of type `number`, all but what refers to other types and to indexes. */
CX_MUST_USE cx_status engine__build_fields(const engine__builder *builder,
                                           const engine__syntax_type *written, uint16_t number);

/* Its indexes. Fields must be there. */
CX_MUST_USE cx_status engine__build_indexes(const engine__builder *builder,
                                            const engine__syntax_type *written,
                                            uint16_t number);

/* Its references: targets, rules of deletion, and by which index referring records are found.
 * Fields and indexes of all types must be there. */
CX_MUST_USE cx_status engine__build_references(const engine__builder *builder,
                                               const engine__syntax_type *written,
                                               uint16_t number);

/* Whether the index has an entry for every live record in which the field is set, first by it:
 * then the records referring to one are found by it. */
bool engine__index_leads(const engine_index *index, const engine_field *field);
/* Aggregates and the time zone; then rollups. References of all types must be there. */
CX_MUST_USE cx_status engine__build_aggregates(const engine__builder *builder,
                                               const engine__syntax *syntax);
CX_MUST_USE cx_status engine__build_rollups(const engine__builder *builder,
                                            const engine__syntax *syntax);

/* Whether the least and the greatest of a parent's records are found by the index. */
bool engine__rollup_orders(const engine_index *index, const engine_rollup *rollup);
/* An index by which they are; a readable one if there is one. NULL: there is none. */
const engine_index *engine__rollup_index(const engine_rollup *rollup);
/* Chooses the indexes that rollups use anew, as their states have been set. */
void engine__rollups_settle(engine__model *model);

/* A date named "month(source)": what values of a bucket are. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__build_bucket_field(cx_arena *arena, const engine_field *source,
                                                 engine_bucket bucket,
                                                 const engine_field **ret);

/* Why there are no groups by this; NULL when there are. Static storage. */
const char *engine__group_column_refusal(const engine_field *source, engine_bucket bucket);

/* Shares out the bytes of a key; false when some text could be cut. */
bool engine__group_columns_share_out(engine_group_column *columns, size_t count);

/* The default of a field as MessagePack. */
CX_MUST_USE cx_status engine__build_default(const engine__builder *builder,
                                            const engine__syntax_literal *literal,
                                            engine_field *field);

static inline bool engine__kind_is_text(engine_kind kind)
{
	return kind == ENGINE_STRING || kind == ENGINE_TEXT;
}

/* A zero-ended copy; NULL without memory. */
const char *engine__build_text(cx_arena *arena, cx_slice text);

/* Fills `error` and returns CX_NO_MEMORY. */
cx_status engine__build_no_memory(cx_error *error);
