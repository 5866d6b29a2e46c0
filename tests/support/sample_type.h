/* SPDX-License-Identifier: Apache-2.0 */
/* Record types written by hand, so that tests of rows and keys need no parser:
 *
 *   user (kept), company, and
 *   sample  with a field of every kind and indexes of every form,
 *   line    clustered by (owner, seen desc).
 *
 * The numbers in them appear in golden bytes: add, do not change. */
#pragma once

#include "engine/schema.h"

/* Slots of sample. */
enum {
	SAMPLE_ACTIVE = ENGINE_SYSTEM_SLOTS,
	SAMPLE_AMOUNT,
	SAMPLE_PRICE,
	SAMPLE_BORN,
	SAMPLE_SEEN,
	SAMPLE_NAME,    /* string(20) */
	SAMPLE_NOTE,    /* text */
	SAMPLE_STAGE,   /* enum(lead, won, lost) */
	SAMPLE_OWNER,   /* ref(user) */
	SAMPLE_COMPANY, /* ref(company), in the back-reference tree */
	SAMPLE_PARENT,  /* ref(sample), found by its index */
	SAMPLE_BLOB,    /* bytes */
	SAMPLE_COUNTS,  /* list<int>, 4 items */
	SAMPLE_TAGS,    /* list<string(5)>, 3 items */
	SAMPLE_SLOTS,
};

/* Indexes of sample by number, and the trees they lie in. */
enum {
	SAMPLE_BY_EXT_ID,     /* unique, where ext_id */
	SAMPLE_BY_STAGE,      /* (stage, amount desc) */
	SAMPLE_BY_NAME,       /* (name folded) unique where name; 24 bytes of it */
	SAMPLE_BY_PARENT,     /* (parent) */
	SAMPLE_BY_ACTIVE,     /* (active, born) */
	SAMPLE_BY_BLOB,       /* (blob desc, note); 40 bytes of each */
	SAMPLE_BY_OWNER_SEEN, /* (owner, seen) unique, null counts */
	SAMPLE_INDEXES,
};
enum {
	SAMPLE_TREE_EXT_ID = 30,
	SAMPLE_TREE_STAGE = 24,
	SAMPLE_TREE_NAME = 21,
	SAMPLE_TREE_PARENT = 22,
	SAMPLE_TREE_ACTIVE = 23,
	SAMPLE_TREE_BLOB = 25,
	SAMPLE_TREE_OWNER_SEEN = 26,
	SAMPLE_TREE_BACKREF = 9,
};

/* Slots of line, its indexes and their trees. */
enum {
	LINE_OWNER = ENGINE_SYSTEM_SLOTS, /* ref(user) */
	LINE_SEEN,                        /* ts */
	LINE_COMPANY,                     /* ref(company), in the back-reference tree */
	LINE_SLOTS,
};
enum {
	LINE_BY_EXT_ID, /* unique, where ext_id */
	LINE_CLUSTER,   /* (owner, seen desc) */
	LINE_BY_SEEN,   /* (seen) */
	LINE_INDEXES,
};
enum {
	LINE_TREE_RECORDS = 40,
	LINE_TREE_EXT_ID = 41,
	LINE_TREE_SEEN = 42,
};

extern const engine_type sample_user_type;    /* id 1 */
extern const engine_type sample_company_type; /* id 2 */
extern const engine_type sample_type;         /* id 7, layout 3 */
extern const engine_type sample_line_type;    /* id 8 */
