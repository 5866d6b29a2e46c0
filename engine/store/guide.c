/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/guide.h"

#include "base/check.h"

#include <endian.h>
#include <string.h>

enum { CACHE_LINE_BYTES = 64 };

typedef struct slot {
	_Atomic(uint64_t) head[ENGINE__PLACE_WORDS];
	_Atomic(void *) at; /* of a leaf: the node; otherwise the page of the keys from it on */
} slot;

struct engine__guide_page {
	atomic_uint count;
	uint16_t level;  /* 0: a leaf */
	bool was_passed; /* full, and what came next began a page of its own */
	slot slots[ENGINE__GUIDE_SLOTS];
};

/* ---- places ---- */

engine__place engine__place_of(uint32_t tree, cx_slice key)
{
	uint8_t bytes[ENGINE__PLACE_WORDS * sizeof(uint64_t)] = { 0 };
	const uint32_t number = htobe32(tree);
	const size_t room = sizeof bytes - sizeof number;
	memcpy(bytes, &number, sizeof number);
	if (key.size > 0)
		memcpy(bytes + sizeof number, key.data, key.size < room ? key.size : room);
	engine__place at = { .key = key, .tree = tree };
	memcpy(at.head, bytes, sizeof bytes);
	for (unsigned i = 0; i < ENGINE__PLACE_WORDS; i++)
		at.head[i] = be64toh(at.head[i]);
	return at;
}

bool engine__node_is_before(const engine__node *node, const engine__place *at, bool or_at)
{
	if (node->tree != at->tree)
		return node->tree < at->tree;
	const cx_slice key = { .data = node->key, .size = node->key_size };
	const int order = cx_slice_compare(key, at->key);
	return order < 0 || (or_at && order == 0);
}

/* ---- pages ---- */

static void *load(const slot *from)
{
	return atomic_load_explicit(&from->at, memory_order_acquire);
}

static unsigned count_of(const engine__guide_page *page)
{
	return atomic_load_explicit(&page->count, memory_order_acquire);
}

static void store(slot *to, const uint64_t head[ENGINE__PLACE_WORDS], void *at)
{
	for (unsigned i = 0; i < ENGINE__PLACE_WORDS; i++)
		atomic_store_explicit(&to->head[i], head[i], memory_order_relaxed);
	atomic_store_explicit(&to->at, at, memory_order_release);
}

static void copy(slot *to, const slot *from)
{
	uint64_t head[ENGINE__PLACE_WORDS];
	for (unsigned i = 0; i < ENGINE__PLACE_WORDS; i++)
		head[i] = atomic_load_explicit(&from->head[i], memory_order_relaxed);
	store(to, head, atomic_load_explicit(&from->at, memory_order_relaxed));
}

/* The node whose key a slot has the head of. */
static engine__node *node_of(const engine__guide_page *page, unsigned number)
{
	const slot *at = &page->slots[number];
	for (unsigned level = page->level; level > 0; level--)
		at = ((const engine__guide_page *)load(at))->slots;
	return load(at);
}

static bool is_before(const engine__guide_page *page, unsigned number, const engine__place *at,
                      bool or_at)
{
	const slot *own = &page->slots[number];
	for (unsigned i = 0; i < ENGINE__PLACE_WORDS; i++) {
		const uint64_t word = atomic_load_explicit(&own->head[i], memory_order_relaxed);
		if (word != at->head[i])
			return word < at->head[i];
	}
	return engine__node_is_before(node_of(page, number), at, or_at);
}

/* The last slot before the place. The first one is: the page above says so, and of the first
 * page of a level it is the node before all. */
static unsigned search(const engine__guide_page *page, const engine__place *at, bool or_at)
{
	unsigned low = 0;
	unsigned high = count_of(page);
	while (high - low > 1) {
		const unsigned middle = (low + high) / 2;
		if (is_before(page, middle, at, or_at))
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Every second line of a leaf: most steps of a search in it lie in those. */
static void fetch(const engine__guide_page *page)
{
	for (size_t at = 0; at < sizeof *page; at += 2 * CACHE_LINE_BYTES)
		__builtin_prefetch((const uint8_t *)page + at);
}

/* The node behind the one that is found: a list begins there. */
static void fetch_next(const engine__guide_page *page, unsigned number)
{
	if (number + 1 < ENGINE__GUIDE_SLOTS && number + 1 < count_of(page))
		__builtin_prefetch(load(&page->slots[number + 1]));
}

engine__node *engine__guide_find(const engine__guide *guide, const engine__place *at,
                                 bool or_at, engine__trail *trail)
{
	engine__guide_page *page = atomic_load_explicit(&guide->root, memory_order_acquire);
	trail->levels = page->level + 1u;
	for (;;) {
		const unsigned number = search(page, at, or_at);
		trail->pages[page->level] = page;
		trail->slots[page->level] = number;
		void *next = load(&page->slots[number]);
		if (page->level == 0) {
			fetch_next(page, number);
			return next;
		}
		page = next;
		if (page->level == 0)
			fetch(page);
	}
}

engine__node *engine__guide_back(const engine__trail *trail)
{
	return load(&trail->pages[0]->slots[0]);
}

engine__guide_hint engine__guide_hint_of(const engine__trail *trail)
{
	return (engine__guide_hint){ .leaf = trail->pages[0], .slot = trail->slots[0] };
}

engine__node *engine__guide_step_back(engine__guide_hint *hint)
{
	return hint->slot == 0 ? NULL : load(&hint->leaf->slots[--hint->slot]);
}

/* ---- adding ---- */

static engine__guide_page *page_new(cx_arena *arena)
{
	engine__guide_page *page = cx_arena_alloc(arena, sizeof *page);
	if (page == NULL)
		return NULL;
	atomic_init(&page->count, 0);
	page->was_passed = false;
	return page;
}

cx_status engine__guide_init(engine__guide *guide, cx_arena *arena, engine__node *first)
{
	static const uint64_t before_all[ENGINE__PLACE_WORDS] = { 0 };
	engine__guide_page *root = page_new(arena);
	if (root == NULL)
		return CX_NO_MEMORY;
	root->level = 0;
	store(&root->slots[0], before_all, first);
	atomic_store_explicit(&root->count, 1, memory_order_relaxed);
	atomic_store_explicit(&guide->root, root, memory_order_release);
	return CX_OK;
}

cx_status engine__guide_reserve(engine__trail *trail, cx_arena *arena)
{
	unsigned level = 0;
	while (level < trail->levels && count_of(trail->pages[level]) == ENGINE__GUIDE_SLOTS) {
		trail->spare[level] = page_new(arena);
		if (trail->spare[level++] == NULL)
			return CX_NO_MEMORY;
	}
	if (level < trail->levels)
		return CX_OK;
	CX_ASSERT(level < ENGINE__GUIDE_LEVELS_MAX);
	trail->spare[level] = page_new(arena); /* for a root above all */
	return trail->spare[level] == NULL ? CX_NO_MEMORY : CX_OK;
}

/* Puts a slot into a page that has room. A reader may see one slot twice meanwhile. */
static void put(engine__guide_page *page, unsigned number, const slot *entry)
{
	const unsigned count = count_of(page);
	CX_ASSERT(count < ENGINE__GUIDE_SLOTS && number <= count);
	for (unsigned i = count; i > number; i--)
		copy(&page->slots[i], &page->slots[i - 1]);
	copy(&page->slots[number], entry);
	atomic_store_explicit(&page->count, count + 1, memory_order_release);
}

/* Fills `right` with what goes there of a full page, the new entry included if that does.
 * Returns how many slots the page keeps.
 * What is added at the end of a page over and over should leave full pages behind: then only
 * the new entry goes. Once, as entries may also come in falling order behind it. */
static unsigned divide(engine__guide_page *page, unsigned number, const slot *entry,
                       engine__guide_page *right)
{
	enum { HALF = ENGINE__GUIDE_SLOTS / 2 };
	const bool passes = number == ENGINE__GUIDE_SLOTS && !page->was_passed;
	const unsigned kept = passes ? ENGINE__GUIDE_SLOTS : HALF;
	page->was_passed = passes;
	right->level = page->level;
	for (unsigned i = kept; i < ENGINE__GUIDE_SLOTS; i++)
		copy(&right->slots[i - kept], &page->slots[i]);
	atomic_store_explicit(&right->count, ENGINE__GUIDE_SLOTS - kept, memory_order_relaxed);
	if (number > kept || passes)
		put(right, number - kept, entry);
	return kept;
}

/* A root over the one there was and the page that came out of it. */
static void grow(engine__guide *guide, engine__guide_page *root, engine__guide_page *left,
                 const slot *right)
{
	slot first;
	copy(&first, &left->slots[0]);
	atomic_store_explicit(&first.at, left, memory_order_relaxed);
	root->level = left->level + 1;
	put(root, 0, &first);
	put(root, 1, right);
	atomic_store_explicit(&guide->root, root, memory_order_release);
}

static void insert(engine__guide *guide, engine__trail *trail, unsigned level,
                   const slot *entry)
{
	engine__guide_page *page = trail->pages[level];
	const unsigned number = trail->slots[level] + 1;
	if (count_of(page) < ENGINE__GUIDE_SLOTS) {
		put(page, number, entry);
		return;
	}
	engine__guide_page *right = trail->spare[level];
	const unsigned kept = divide(page, number, entry, right);
	slot above;
	copy(&above, &right->slots[0]);
	atomic_store_explicit(&above.at, right, memory_order_relaxed);
	if (level + 1 < trail->levels)
		insert(guide, trail, level + 1, &above);
	else
		grow(guide, trail->spare[level + 1], page, &above);
	/* what went to the right can be found there, and need not be here any more */
	atomic_store_explicit(&page->count, kept, memory_order_release);
	if (number <= kept && kept < ENGINE__GUIDE_SLOTS)
		put(page, number, entry);
}

void engine__guide_add(engine__guide *guide, engine__trail *trail, const engine__place *at,
                       engine__node *node)
{
	slot entry;
	store(&entry, at->head, node);
	insert(guide, trail, 0, &entry);
}
