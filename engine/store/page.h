/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of LMDB's data format version 1, for machines of 64 bits; numbers in the order of
 * bytes of the machine. Pages 0 and 1 are the meta pages, see meta.h.
 *
 *   page                             node, at an even offset
 *    0  8  page number                0  4  bytes of the value; branch: page number, low 32
 *    8  2  unused                     4  2  flags; branch: page number, high 16
 *   10  2  flags                      6  2  bytes of the key
 *   12  2  lower: end of the offsets  8     key, then the value
 *   14  2  upper: begin of the nodes
 *   16     offset of each node, 2    overflow run, the first of its pages
 *                                     0 12  as above
 *   tree                             12  4  number of pages
 *    0  4  page size (first tree)    16     value
 *    4  2  flags
 *    6  2  depth                     value of a node with the flag BIG
 *    8  8  branch pages               0  8  first page of its overflow run
 *   16  8  leaf pages
 *   24  8  pages of overflow runs    value in the tree of free pages
 *   32  8  entries                    0  8  count
 *   40  8  root page, or all ones     8     page numbers, 8 each, descending; room behind
 *
 * Nodes lie side by side from upper to the end of the page, in any order; an odd size is
 * rounded up. The first key of a branch page is not looked at; the key of any other node is the
 * lower bound of what lies below. */
#pragma once

#include "base/slice.h"

#include <string.h>

enum {
	ENGINE__PAGE_BRANCH = 0x01, /* flags of pages */
	ENGINE__PAGE_LEAF = 0x02,
	ENGINE__PAGE_OVERFLOW = 0x04,
	ENGINE__PAGE_META = 0x08,

	ENGINE__NODE_BIG = 0x01, /* flags of nodes */
	ENGINE__NODE_TREE = 0x02,

	ENGINE__PAGE_HEADER_BYTES = 16,
	ENGINE__NODE_HEADER_BYTES = 8,
	ENGINE__NODE_KEY_BYTES_MAX = 511,
	ENGINE__TREE_BYTES = 48,
	ENGINE__TREE_DEPTH_MAX = 32,

	ENGINE__PAGE_BYTES_MIN = 4096, /* LMDB takes the system's, 32 KiB at most */
	ENGINE__PAGE_BYTES_MAX = 32 * 1024,
	ENGINE__PAGE_FIRST = 2, /* behind the meta pages */
};

#define ENGINE__PAGE_NONE UINT64_MAX

static inline uint16_t engine__u16(const uint8_t *bytes)
{
	uint16_t value;
	memcpy(&value, bytes, sizeof value);
	return value;
}

static inline uint32_t engine__u32(const uint8_t *bytes)
{
	uint32_t value;
	memcpy(&value, bytes, sizeof value);
	return value;
}

static inline uint64_t engine__u64(const uint8_t *bytes)
{
	uint64_t value;
	memcpy(&value, bytes, sizeof value);
	return value;
}

static inline uint64_t engine__page_number(const uint8_t *page)
{
	return engine__u64(page);
}

static inline uint16_t engine__page_flags(const uint8_t *page)
{
	return engine__u16(page + 10);
}

static inline uint32_t engine__page_run(const uint8_t *page)
{
	return engine__u32(page + 12);
}

/* What a tree says about itself. */
typedef struct engine__tree_record {
	uint16_t flags;
	uint16_t depth;
	uint64_t branch_pages;
	uint64_t leaf_pages;
	uint64_t overflow_pages;
	uint64_t entries;
	uint64_t root;
} engine__tree_record;

engine__tree_record engine__tree_record_read(const uint8_t bytes[ENGINE__TREE_BYTES]);

/* What is wrong with it, whatever its pages are; NULL = nothing. `last_page` is the file's. */
const char *engine__tree_record_fault(const engine__tree_record *record, uint64_t last_page);

typedef enum engine__key_order {
	ENGINE__ORDER_BYTES,   /* memcmp */
	ENGINE__ORDER_NUMBERS, /* of 8 bytes: the tree of free pages */
} engine__key_order;

/* What a page must be in its place. */
typedef struct engine__page_place {
	uint64_t number;
	uint32_t page_bytes;
	uint16_t kind; /* ENGINE__PAGE_BRANCH or ENGINE__PAGE_LEAF */
	engine__key_order order;
	cx_slice low;  /* no key is below; data NULL = no bound */
	cx_slice high; /* every key is below; likewise */
} engine__page_place;

/* What is wrong with the `place->page_bytes` bytes of a page; NULL = nothing: then its nodes
 * can be read. `tiles` has place for half as many numbers as the page has bytes, and they are
 * all 0, as they are afterwards when nothing is wrong. `*ret_flags` are those of all nodes of a
 * leaf. */
const char *engine__page_fault(const uint8_t *page, const engine__page_place *place,
                               uint16_t *tiles, uint16_t *ret_flags);

/* Of a sound page. */
static inline size_t engine__page_count(const uint8_t *page)
{
	return (engine__u16(page + 12) - (size_t)ENGINE__PAGE_HEADER_BYTES) / 2;
}

static inline const uint8_t *engine__page_node(const uint8_t *page, size_t i)
{
	return page + engine__u16(page + ENGINE__PAGE_HEADER_BYTES + 2 * i);
}

static inline uint16_t engine__node_flags(const uint8_t *node)
{
	return engine__u16(node + 4);
}

static inline cx_slice engine__page_key(const uint8_t *node)
{
	return (cx_slice){ .data = node + ENGINE__NODE_HEADER_BYTES,
		           .size = engine__u16(node + 6) };
}

/* The size of its value, wherever that lies. */
static inline uint32_t engine__node_value_bytes(const uint8_t *node)
{
	return engine__u32(node);
}

/* The value, or of a BIG node the 8 bytes of a page number. */
static inline const uint8_t *engine__node_value(const uint8_t *node)
{
	return node + ENGINE__NODE_HEADER_BYTES + engine__u16(node + 6);
}

/* The page below a node of a branch page. */
static inline uint64_t engine__node_child(const uint8_t *node)
{
	return engine__u32(node) | (uint64_t)engine__u16(node + 4) << 32;
}
