/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of an open store: record types, their fields and indexes, as plain structures
 * that everyone may read. They never change and live as long as the engine they came from.
 *
 * A store's schema may change while it is open (engine/evolve.h): then there is another set of
 * structures, the next *generation*. What is read through a snapshot or a transaction is named
 * by the schema it knows, engine_read_schema(); pointers of two generations do not mix.
 *
 * Where rows are concerned a field is known by its *slot*: its position in the row's array.
 * The first ENGINE_SYSTEM_SLOTS are the system fields, the same in every type. A slot is never
 * used for another field: that of a field that was dropped stays as a hole. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

enum {
	ENGINE_SLOTS_MAX = 128,  /* fields of a type, system fields included */
	ENGINE_COLUMNS_MAX = 8,  /* columns of an index */
	ENGINE_INDEXES_MAX = 64, /* of a type */
	ENGINE_TYPES_MAX = 200,
	ENGINE_LABELS_MAX = 64,            /* values of an enum */
	ENGINE_NAME_MAX = 40,              /* bytes of a type, field or label name */
	ENGINE_INDEX_NAME_MAX = 160,       /* bytes of an index name */
	ENGINE_TEXT_BYTES_MAX = 64 * 1024, /* of a `text` or `bytes` field */
	ENGINE_RECORD_BYTES_MAX = 1024 * 1024,
	ENGINE_LIST_ITEMS_MAX = 64,
	ENGINE_SCHEMA_BYTES_MAX = 1024 * 1024,
};

enum {
	ENGINE_SLOT_ID,
	ENGINE_SLOT_REV,
	ENGINE_SLOT_CREATED_AT,
	ENGINE_SLOT_CREATED_BY,
	ENGINE_SLOT_UPDATED_AT,
	ENGINE_SLOT_UPDATED_BY,
	ENGINE_SLOT_DELETED_AT,
	ENGINE_SLOT_EXT_ID,
	ENGINE_SYSTEM_SLOTS,
};

/* K(name in C, name in schema text and messages) */
#define ENGINE_KINDS(K)                                                                       \
	K(BOOL, "bool")                                                                       \
	K(INT, "int")       /* int64 */                                                       \
	K(MONEY, "money")   /* int64 minor units of the record's currency */                  \
	K(DATE, "date")     /* days since 1970-01-01 */                                       \
	K(TS, "ts")         /* ms since 1970 UTC */                                           \
	K(STRING, "string") /* text of at most `length_max` characters */                     \
	K(TEXT, "text")     /* text of at most ENGINE_TEXT_BYTES_MAX bytes */                 \
	K(ENUM, "enum")     /* one of the labels; stored as the label, ordered as declared */ \
	K(REF, "ref")       /* id of a record of type `target` */                             \
	K(BYTES, "bytes")                                                                     \
	K(INT_LIST, "list<int>")                                                              \
	K(STRING_LIST, "list<string>")

typedef enum engine_kind {
#define ENGINE_KIND_MEMBER(name, text) ENGINE_##name,
	ENGINE_KINDS(ENGINE_KIND_MEMBER)
#undef ENGINE_KIND_MEMBER
} engine_kind;

/* "money"; static storage. */
const char *engine_kind_name(engine_kind kind);

/* ---- aggregates: how they are written; engine/aggregate.h says what they are ---- */

enum {
	ENGINE_AGGREGATES_MAX = 200,
	ENGINE_GROUP_COLUMNS_MAX = 5,
	ENGINE_SUMS_MAX = 6,
	ENGINE_TERMS_MAX = 4, /* of a sum */
	ENGINE_FACTORS_MAX = 2,
	ENGINE_CONDITIONS_MAX = 8, /* of a where-clause */
};

/* Whole days and months, as the date of their first day. */
typedef enum engine_bucket {
	ENGINE_BUCKET_NONE,
	ENGINE_BUCKET_DAY,
	ENGINE_BUCKET_MONTH,
} engine_bucket;

typedef enum engine_comparison {
	ENGINE_EQUAL, /* one of a list of values */
	ENGINE_NOT_EQUAL,
	ENGINE_LESS,
	ENGINE_LESS_EQUAL,
	ENGINE_GREATER,
	ENGINE_GREATER_EQUAL,
	ENGINE_IS_NULL,
	ENGINE_NOT_NULL,
} engine_comparison;

typedef enum engine_rollup_kind {
	ENGINE_ROLLUP_COUNT,
	ENGINE_ROLLUP_SUM,
	ENGINE_ROLLUP_MIN,
	ENGINE_ROLLUP_MAX,
} engine_rollup_kind;

typedef enum engine_on_delete {
	ENGINE_RESTRICT, /* refused while live records refer to it */
	ENGINE_CASCADE,  /* those are deleted with it, under one delete id */
	ENGINE_SET_NULL, /* their reference is cleared; undelete brings it back */
	ENGINE_KEEP,     /* they stay, and so does their reference; purge erases them, too */
} engine_on_delete;

/* S(name in C, name in messages): whether an index may be used. */
#define ENGINE_INDEX_STATES(S)                                               \
	S(READABLE, "readable") /* complete */                               \
	S(BUILDING, "building") /* kept by writes, not complete, not read */ \
	S(FAILED, "failed")     /* its build found duplicates or was cancelled */

typedef enum engine_index_state {
#define ENGINE_INDEX_STATE_MEMBER(name, text) ENGINE_INDEX_##name,
	ENGINE_INDEX_STATES(ENGINE_INDEX_STATE_MEMBER)
#undef ENGINE_INDEX_STATE_MEMBER
} engine_index_state;

/* "readable"; static storage. */
const char *engine_index_state_name(engine_index_state state);

/* What the option `search` of a field means. */
typedef enum engine_search_as {
	ENGINE_SEARCH_NOT,
	ENGINE_SEARCH_TEXT,    /* `search`: words and characters */
	ENGINE_SEARCH_PHONE,   /* `search(phone)`: telephone numbers */
	ENGINE_SEARCH_RECENCY, /* `search(recency)`, ts and date: orders what is found */
} engine_search_as;

typedef struct engine_type engine_type;
typedef struct engine_index engine_index;
typedef struct engine_aggregate engine_aggregate;
typedef struct engine_rollup engine_rollup;

/* Look-up by name: engine/schema/names.h. NULL where a list is short enough to go through. */
typedef struct engine__names engine__names;

typedef struct engine_field {
	const char *name;
	const char *label_en; /* never NULL; the name where the schema gives none */
	const char *label_zh;
	uint16_t id;   /* unique in the store, never used again */
	uint16_t slot; /* position in the row */
	engine_kind kind;
	bool required;
	bool readonly; /* written by the store, refused from clients */
	bool search;   /* part of full-text search: TEXT or PHONE */
	engine_search_as search_as;
	uint32_t length_max;       /* STRING, STRING_LIST: characters (of each); otherwise 0 */
	uint32_t items_max;        /* lists */
	const char *const *labels; /* ENUM: label_count names, in order */
	uint16_t label_count;
	const engine__names *label_names;
	cx_slice default_value; /* MessagePack; empty = none (absent is null) */
	/* A field that was added to a type: what records have in it that were written before,
	 * its default at that time. MessagePack; empty = null. */
	cx_slice fill;
	bool dropped; /* a hole: always null, without a name, of kind INT; not shown */
	const engine_type *target; /* REF */
	engine_on_delete on_delete;
	/* REF: the index (or cluster) led by this field, by which the records referring to one
	 * are found; NULL: they are in the back-reference tree, or, when those of the target
	 * are never deleted, not found. */
	const engine_index *ref_index;
	const engine_rollup *rollup; /* the store keeps the field by this; NULL = no rollup */
} engine_field;

typedef struct engine_column {
	const engine_field *field;
	bool descending;
	bool folded;             /* text compared by its folded form */
	uint16_t text_bytes_max; /* what of a text goes into the key; a longer one is cut */
} engine_column;

struct engine_index {
	const char *name; /* column names joined by ",", or the name given */
	const engine_type *type;
	uint16_t id;     /* unique in the store, never used again */
	uint16_t number; /* position in type->indexes */
	bool unique;     /* no two live records with equal columns */
	bool cluster;    /* the records themselves lie in this order */
	/* Unique index of one column, or declared `where FIELD`: records in which this field is
	 * null have no entry. NULL otherwise: null counts as a value. */
	const engine_field *present;
	engine_column columns[ENGINE_COLUMNS_MAX];
	uint16_t column_count;
	uint16_t tree; /* number of the tree in the store; the cluster's is the record tree */
	engine_index_state state;
};

struct engine_type {
	const char *name;
	const char *label_en;
	const char *label_zh;
	uint16_t id;                /* unique in the store, never used again */
	uint16_t number;            /* position in schema->types */
	uint16_t layout;            /* number of the present row layout, from 1 */
	bool keep;                  /* never deleted, only deactivated */
	bool readonly;              /* its records are written by the store only */
	bool single;                /* one record at most (settings) */
	const engine_field *fields; /* by slot, system fields first, holes included */
	uint16_t field_count;
	uint16_t shown_count; /* without the holes */
	cx_slice shown_names; /* MessagePack: array of the names of the fields shown */
	const engine__names *field_names;
	const engine_index *indexes; /* [0] is ext_id */
	uint16_t index_count;
	const engine__names *index_names;
	const engine_index *cluster; /* one of them, or NULL */
	uint16_t record_tree;        /* id, or cluster key, → row */
	uint16_t cluster_tree;       /* id → cluster key; 0 where the type has no cluster */
	/* What a change of a record has a part in (engine/aggregate.h). */
	const engine_aggregate *const *aggregates; /* over this type */
	uint16_t aggregate_count;
	const engine_rollup *const
		*rollups; /* over this type, those of one reference together */
	uint16_t rollup_count;
};

typedef struct engine_schema {
	const engine_type *types;
	uint16_t type_count;
	const engine__names *type_names;
	cx_slice text; /* the whole schema text */
	/* Where in it the text of one's own begins, behind the one that came first (and a line
	 * end); text.size when there is none. */
	size_t own_from;
	const engine_aggregate *aggregates;
	uint16_t aggregate_count;
	uint16_t rollup_count; /* of all types */
	/* Where days and months begin: the field of a type with one record, in minutes east of
	 * UTC; NULL: in UTC. */
	const engine_type *zone_type;
	const engine_field *zone_field;
} engine_schema;

/* NULL when there is none of that name. */
const engine_type *engine_schema_type(const engine_schema *schema, cx_slice name);
const engine_field *engine_type_field(const engine_type *type, cx_slice name);
const engine_index *engine_type_index(const engine_type *type, cx_slice name);

/* Declared in engine/aggregate.h; NULL when there is none of that name. */
const engine_aggregate *engine_schema_aggregate(const engine_schema *schema, cx_slice name);

/* 0-based position of an enum label, -1 when it is none. */
int engine_field_label(const engine_field *field, cx_slice label);

/* Checks schema text without a store: CX_OK or CX_SCHEMA_SYNTAX with line and column and what
 * was expected. `base` is text that comes before it and that it may extend (may be empty).
 * For `error->line`, lines are those of `text`. */
CX_MUST_USE cx_status engine_schema_check(cx_slice base, cx_slice text, cx_error *error);

/* The part of the text that came first, and what was added of one's own. */
cx_slice engine_schema_base(const engine_schema *schema);
cx_slice engine_schema_own(const engine_schema *schema);

/* Writes the description of one type as a MessagePack map, the shape of schema.get's answer:
 * {name, id, label_en, label_zh, layout, keep, readonly, single, cluster: index name or nil,
 *  fields: [{name, kind, label_en, label_zh, required, readonly, search, search_as, length_max,
 *            items_max, labels, target, on_delete, default, rollup: text, state (of the
 *            rollup)}, …] as in the rows that are sent (only what applies; no holes),
 *  indexes: [{name, unique, cluster, state, columns: [{field, desc, folded}], where}],
 *  aggregates: [{name, label_en, label_zh, state, where: text ("": all),
 *            group: ["month(at)", …], sums: ["amount * bp", …]}]}. */
void engine_type_describe(const engine_type *type, cx_buf *out);
