/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the trees of a data file.
 *
 * Pages are read one at a time in the order of their tree, each level of a tree into its own
 * buffer, so that the keys of the pages above are there as bounds. A map would save the
 * copying, about half of the time, but turn a page that cannot be read, or a file that somebody
 * cuts meanwhile, into SIGBUS instead of a status. */
#include "engine/store/verify.h"

#include "base/check.h"
#include "engine/store/meta.h"
#include "engine/store/store.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	LIST_PART_BYTES = 64 * 1024,
	TREES_MAX = ENGINE__TREES_MAX + 1, /* with the one of the journal */
};

/* What a page was found to be. */
typedef enum page_use {
	UNSEEN,
	USED,
	FREE,
} page_use;

typedef struct walk walk;
typedef struct tree tree;

/* Looks at the value of a node of a leaf page. */
typedef cx_status take_node(walk *self, tree *of, const uint8_t *node);

/* A tree being walked: what it should have, and what was found. */
struct tree {
	engine__tree_record record;
	engine__tree_record found; /* its counters only */
	engine__key_order order;
	take_node *take;
	bool plain_nodes_too; /* else only nodes with flags are taken */
};

struct walk {
	engine__image image;
	engine__meta meta;
	uint8_t *uses; /* a page_use for each page, up to the last */
	uint8_t *levels[ENGINE__TREE_DEPTH_MAX];
	uint16_t *tiles;
	uint8_t *part; /* of a list of free pages */
	engine__tree_record *named;
	size_t named_count;
	engine__verify_report report;
};

static void walk_release(walk *self)
{
	free(self->uses);
	for (size_t i = 0; i < CX_COUNT_OF(self->levels); i++)
		free(self->levels[i]);
	free(self->tiles);
	free(self->part);
	free(self->named);
}

/* Pages behind the end of the file must be in a list of free pages, 8 bytes each: so there is
 * no memory for more of them than the file has room to name. */
static cx_status walk_init(walk *self)
{
	const engine__image *image = &self->image;
	const uint64_t pages = self->meta.last_page + 1;
	if (pages > image->pages && pages - image->pages > image->bytes / sizeof(uint64_t))
		return engine__image_damaged(image,
		                             "it was cut: most of its pages are missing");
	self->uses = calloc(pages, 1);
	self->tiles = calloc(image->page_bytes / 2, sizeof *self->tiles);
	self->part = malloc(LIST_PART_BYTES);
	self->named = malloc(TREES_MAX * sizeof *self->named);
	if (self->uses == NULL || self->tiles == NULL || self->part == NULL ||
	    self->named == NULL)
		return CX_NO_MEMORY;
	self->report.pages = pages;
	self->report.missing_pages = pages > image->pages ? pages - image->pages : 0;
	return CX_OK;
}

/* ---- pages ---- */

static cx_status use_pages(walk *self, uint64_t first, uint64_t count)
{
	const engine__image *image = &self->image;
	if (count == 0)
		return CX_OK;
	if (first < ENGINE__PAGE_FIRST || first > self->meta.last_page ||
	    count > self->meta.last_page + 1 - first)
		return engine__image_damaged_page(image, first, "is out of range");
	if (first >= image->pages || count > image->pages - first)
		return engine__image_damaged_page(image, first,
		                                  "is in use and missing: it was cut");
	for (uint64_t i = first; i < first + count; i++) {
		if (self->uses[i] != UNSEEN)
			return engine__image_damaged_page(image, i, "is used twice");
		self->uses[i] = USED;
	}
	return CX_OK;
}

/* The buffer of the level of a tree that has `depth` levels from there down. */
static uint8_t *level_of(walk *self, unsigned depth)
{
	CX_ASSERT(depth >= 1 && depth <= ENGINE__TREE_DEPTH_MAX);
	uint8_t **level = &self->levels[depth - 1];
	if (*level == NULL)
		*level = malloc(self->image.page_bytes);
	return *level;
}

/* Counts the pages of an overflow run in; gives where its value of `size` bytes begins. */
static cx_status use_run(walk *self, tree *of, const uint8_t *node, uint64_t *ret_offset)
{
	const engine__image *image = &self->image;
	const uint64_t first = engine__u64(engine__node_value(node));
	const uint64_t size = engine__node_value_bytes(node);
	uint8_t header[ENGINE__PAGE_HEADER_BYTES];
	cx_status status = use_pages(self, first, 1);
	if (status == CX_OK)
		status = engine__image_read(image, first * image->page_bytes, header,
		                            sizeof header);
	if (status != CX_OK)
		return status;
	if (engine__page_number(header) != first)
		return engine__image_damaged_page(image, first, "is not where it belongs");
	if (engine__page_flags(header) != ENGINE__PAGE_OVERFLOW)
		return engine__image_damaged_page(image, first, "is of the wrong kind");
	/* It may have more pages than its value needs: LMDB uses runs again. */
	const uint64_t pages = engine__page_run(header);
	if (ENGINE__PAGE_HEADER_BYTES + size > pages * image->page_bytes)
		return engine__image_damaged_page(image, first, "has too few pages behind it");
	of->found.overflow_pages += pages;
	*ret_offset = first * image->page_bytes + ENGINE__PAGE_HEADER_BYTES;
	return use_pages(self, first + 1, pages - 1);
}

/* ---- free pages ---- */

/* `numbers` are a part of a list; `*before` is the number before it. */
static cx_status free_pages(walk *self, const uint8_t *numbers, size_t count, uint64_t *before)
{
	const engine__image *image = &self->image;
	for (size_t i = 0; i < count; i++) {
		const uint64_t number = engine__u64(numbers + i * sizeof number);
		if (number < ENGINE__PAGE_FIRST || number > self->meta.last_page ||
		    number >= *before)
			return engine__image_damaged(image, "a list of free pages");
		if (self->uses[number] != UNSEEN)
			return engine__image_damaged_page(image, number,
			                                  self->uses[number] == USED
			                                          ? "is in use and free"
			                                          : "is free twice");
		self->uses[number] = FREE;
		*before = number;
	}
	self->report.free_pages += count;
	return CX_OK;
}

/* A list of `count` numbers that begins at `offset` of the file. */
static cx_status free_run(walk *self, uint64_t offset, uint64_t count)
{
	uint64_t before = UINT64_MAX;
	cx_status status = CX_OK;
	while (count > 0 && status == CX_OK) {
		size_t part = LIST_PART_BYTES / sizeof(uint64_t);
		if (part > count)
			part = (size_t)count;
		status = engine__image_read(&self->image, offset, self->part,
		                            part * sizeof(uint64_t));
		if (status == CX_OK)
			status = free_pages(self, self->part, part, &before);
		offset += part * sizeof(uint64_t);
		count -= part;
	}
	return status;
}

static cx_status take_list(walk *self, tree *of, const uint8_t *node)
{
	const engine__image *image = &self->image;
	const uint64_t size = engine__node_value_bytes(node);
	const bool big = (engine__node_flags(node) & ENGINE__NODE_BIG) != 0;
	const uint8_t *value = engine__node_value(node);
	uint8_t first[sizeof(uint64_t)];
	uint64_t offset = 0;
	if (engine__u64(engine__page_key(node).data) > self->meta.txn)
		return engine__image_damaged(image, "a list of free pages of the future");
	if (engine__node_flags(node) > ENGINE__NODE_BIG || size < sizeof first)
		return engine__image_damaged(image, "a list of free pages");
	cx_status status = big ? use_run(self, of, node, &offset) : CX_OK;
	if (status == CX_OK && big)
		status = engine__image_read(image, offset, first, sizeof first);
	if (status != CX_OK)
		return status;
	const uint64_t count = engine__u64(big ? first : value);
	if (count > size / sizeof(uint64_t) - 1)
		return engine__image_damaged(image, "the length of a list of free pages");
	uint64_t before = UINT64_MAX;
	return big ? free_run(self, offset + sizeof first, count)
	           : free_pages(self, value + sizeof first, (size_t)count, &before);
}

/* ---- trees ---- */

static bool name_is_valid(cx_slice name)
{
	return name.size <= ENGINE__TREE_NAME_MAX && memchr(name.data, 0, name.size) == NULL;
}

/* Remembers a tree that the main tree names. */
static cx_status take_named(walk *self, tree *of, const uint8_t *node)
{
	const engine__image *image = &self->image;
	(void)of;
	if (engine__node_flags(node) != ENGINE__NODE_TREE ||
	    engine__node_value_bytes(node) != ENGINE__TREE_BYTES ||
	    !name_is_valid(engine__page_key(node)))
		return engine__image_foreign(image);
	const engine__tree_record record = engine__tree_record_read(engine__node_value(node));
	if (record.flags != 0) /* another order, or several values of a key */
		return engine__image_foreign(image);
	const char *fault = engine__tree_record_fault(&record, self->meta.last_page);
	if (fault != NULL)
		return engine__image_damaged(image, fault);
	if (self->named_count == TREES_MAX)
		return cx_fail(image->error, CX_CORRUPT, "%s has more than %d trees",
		               image->path, TREES_MAX);
	self->named[self->named_count++] = record;
	return CX_OK;
}

/* A node of a named tree, with flags. */
static cx_status take_value(walk *self, tree *of, const uint8_t *node)
{
	uint64_t offset;
	if (engine__node_flags(node) != ENGINE__NODE_BIG)
		return engine__image_damaged(&self->image, "a tree within a tree");
	return use_run(self, of, node, &offset);
}

static cx_status take_nodes(walk *self, tree *of, const uint8_t *page)
{
	const size_t count = engine__page_count(page);
	cx_status status = CX_OK;
	for (size_t i = 0; i < count && status == CX_OK; i++) {
		const uint8_t *node = engine__page_node(page, i);
		if (of->plain_nodes_too || engine__node_flags(node) != 0)
			status = of->take(self, of, node);
	}
	return status;
}

static cx_status walk_page(walk *self, tree *of, uint64_t number, unsigned depth, cx_slice low,
                           cx_slice high);

static cx_status walk_below(walk *self, tree *of, const uint8_t *page, unsigned depth,
                            cx_slice low, cx_slice high)
{
	const size_t count = engine__page_count(page);
	cx_status status = CX_OK;
	for (size_t i = 0; i < count && status == CX_OK; i++) {
		const uint8_t *node = engine__page_node(page, i);
		cx_slice end = high;
		if (i + 1 < count)
			end = engine__page_key(engine__page_node(page, i + 1));
		status = walk_page(self, of, engine__node_child(node), depth - 1,
		                   i == 0 ? low : engine__page_key(node), end);
	}
	return status;
}

/* A page and all below it, `depth` levels in all, whose keys are in [low, high). Ends whatever
 * the pages say: no page is walked twice. */
static cx_status walk_page(walk *self, tree *of, uint64_t number, unsigned depth, cx_slice low,
                           cx_slice high)
{
	const engine__image *image = &self->image;
	const bool leaf = depth == 1;
	uint8_t *page = level_of(self, depth);
	if (page == NULL)
		return CX_NO_MEMORY;
	cx_status status = use_pages(self, number, 1);
	if (status == CX_OK)
		status = engine__image_read(image, number * image->page_bytes, page,
		                            image->page_bytes);
	if (status != CX_OK)
		return status;
	const engine__page_place place = {
		.number = number,
		.page_bytes = image->page_bytes,
		.kind = leaf ? ENGINE__PAGE_LEAF : ENGINE__PAGE_BRANCH,
		.order = of->order,
		.low = low,
		.high = high,
	};
	uint16_t flags = 0;
	const char *fault = engine__page_fault(page, &place, self->tiles, &flags);
	if (fault != NULL)
		return engine__image_damaged_page(image, number, fault);
	if (!leaf) {
		of->found.branch_pages++;
		return walk_below(self, of, page, depth, low, high);
	}
	of->found.leaf_pages++;
	of->found.entries += engine__page_count(page);
	return of->plain_nodes_too || flags != 0 ? take_nodes(self, of, page) : CX_OK;
}

static cx_status walk_tree(walk *self, tree *of)
{
	const engine__tree_record *record = &of->record;
	const engine__tree_record *found = &of->found;
	if (record->root == ENGINE__PAGE_NONE)
		return CX_OK;
	cx_status status = walk_page(self, of, record->root, record->depth, (cx_slice){ 0 },
	                             (cx_slice){ 0 });
	if (status != CX_OK)
		return status;
	if (found->branch_pages != record->branch_pages ||
	    found->leaf_pages != record->leaf_pages ||
	    found->overflow_pages != record->overflow_pages)
		return engine__image_damaged(&self->image, "the number of pages of a tree");
	if (found->entries != record->entries)
		return engine__image_damaged(&self->image, "the number of entries of a tree");
	return CX_OK;
}

static cx_status walk_free(walk *self)
{
	tree of = {
		.record = self->meta.free,
		.order = ENGINE__ORDER_NUMBERS,
		.take = take_list,
		.plain_nodes_too = true,
	};
	return walk_tree(self, &of);
}

static cx_status walk_main(walk *self)
{
	tree of = {
		.record = self->meta.main,
		.take = take_named,
		.plain_nodes_too = true,
	};
	return walk_tree(self, &of);
}

static cx_status walk_named(walk *self)
{
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->named_count && status == CX_OK; i++) {
		tree of = { .record = self->named[i], .take = take_value };
		status = walk_tree(self, &of);
		self->report.entries += of.found.entries;
	}
	self->report.trees = self->named_count;
	return status;
}

/* ---- the file ---- */

/* A page that was allocated and freed again within one transaction is never written, so a sound
 * file may end before its last page; every page missing is in a list of free pages then. */
static cx_status check_missing(const walk *self)
{
	const engine__image *image = &self->image;
	uint64_t in_use = 0;
	for (uint64_t i = image->pages; i <= self->meta.last_page; i++)
		in_use += self->uses[i] != FREE;
	if (in_use > 0)
		return cx_fail(image->error, CX_CORRUPT,
		               "%s was cut: %" PRIu64
		               " pages that are in use are missing at its end",
		               image->path, in_use);
	return CX_OK;
}

static cx_status check_root(const engine__image *image, const engine__tree_record *record)
{
	uint8_t header[ENGINE__PAGE_HEADER_BYTES];
	if (record->root == ENGINE__PAGE_NONE)
		return CX_OK;
	if (record->root >= image->pages)
		return engine__image_damaged_page(image, record->root,
		                                  "is in use and missing: it was cut");
	cx_status status = engine__image_read(image, record->root * image->page_bytes, header,
	                                      sizeof header);
	if (status != CX_OK)
		return status;
	if (engine__page_number(header) != record->root)
		return engine__image_damaged_page(image, record->root,
		                                  "is not where it belongs");
	if (engine__page_flags(header) !=
	    (record->depth > 1 ? ENGINE__PAGE_BRANCH : ENGINE__PAGE_LEAF))
		return engine__image_damaged_page(image, record->root, "is of the wrong kind");
	return CX_OK;
}

static cx_status verify_quickly(walk *self)
{
	cx_status status = check_root(&self->image, &self->meta.free);
	if (status == CX_OK)
		status = check_root(&self->image, &self->meta.main);
	if (status == CX_OK && self->report.missing_pages > 0)
		status = walk_free(self);
	return status;
}

static cx_status verify_wholly(walk *self)
{
	engine__image_read_ahead(&self->image);
	cx_status status = walk_main(self);
	if (status == CX_OK)
		status = walk_named(self);
	if (status == CX_OK)
		status = walk_free(self);
	for (uint64_t i = ENGINE__PAGE_FIRST; i <= self->meta.last_page; i++)
		self->report.lost_pages += self->uses[i] == UNSEEN;
	return status;
}

cx_status engine__verify(int fd, const char *path, engine__verify_depth depth,
                         engine__verify_report *ret, cx_error *error)
{
	CX_SCOPED(walk_release) walk self = { 0 };
	cx_status status = engine__image_open(fd, path, error, &self.image);
	if (status == CX_OK)
		status = engine__meta_read(&self.image, &self.meta);
	if (status == CX_OK)
		status = walk_init(&self);
	if (status == CX_OK)
		status = depth == ENGINE__VERIFY_WHOLE ? verify_wholly(&self)
		                                       : verify_quickly(&self);
	if (status == CX_OK && self.report.missing_pages > 0)
		status = check_missing(&self);
	if (status == CX_NO_MEMORY)
		return cx_fail(error, status, "no memory to look at %s", path);
	if (status == CX_OK)
		*ret = self.report;
	return status;
}
