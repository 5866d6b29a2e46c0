/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of LMDB's data format version 1 that are looked at, for machines of 64 bits;
 * numbers in the order of bytes of the machine.
 *
 *   page header                      meta page, behind its header
 *    0  8  page number                0  4  magic 0xBEEFC0DE
 *    8  2  unused                     4  4  version
 *   10  2  flags                      8  8  address of the map
 *   12  2  lower (overflow: 4 bytes  16  8  size of the map
 *   14  2  upper  of page count)     24 48  tree of free pages
 *   16     offsets of nodes, 2 each  72 48  main tree
 *                                   120  8  last page
 *   tree                            128  8  number of the transaction
 *    0  4  page size (of the first)
 *    4  2  flags                    node
 *    6  2  depth                      0  4  size of the data; branch: page number, low 32
 *    8 32  four counters              4  2  flags; branch: page number, high 16
 *   40  8  root page, or all ones     6  2  size of the key, which follows, then the data
 *
 * Values of the tree of free pages: a count and as many page numbers, 8 bytes each, in one
 * overflow run when the node has the flag for it. */
#include "engine/store/meta.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PAGE_BRANCH = 0x01,
	PAGE_LEAF = 0x02,
	PAGE_OVERFLOW = 0x04,
	PAGE_META = 0x08,
	PAGE_HEADER_BYTES = 16,
	NODE_HEADER_BYTES = 8,
	NODE_BIG = 0x01,
	META_BYTES = PAGE_HEADER_BYTES + 136,
	PAGE_BYTES_MIN = 512,
	PAGE_BYTES_MAX = 64 * 1024,
	FORMAT_VERSION = 1,
	DEPTH_MAX = 32,
};

static const uint32_t magic = 0xBEEFC0DE;
static const uint64_t no_page = UINT64_MAX;

typedef struct tree_root {
	uint64_t root;
	uint16_t depth;
} tree_root;

typedef struct meta {
	uint32_t page_bytes;
	tree_root free;
	tree_root main;
	uint64_t last_page;
	uint64_t txn;
} meta;

/* A file being looked at. */
typedef struct inspection {
	int fd;
	const char *path;
	cx_error *error;
	meta newest;
	uint64_t pages;   /* that are there as a whole */
	uint64_t visited; /* pages of the tree of free pages */
	uint64_t freed;   /* pages in it that are not there */
} inspection;

static uint16_t u16(const uint8_t *bytes)
{
	uint16_t value;
	memcpy(&value, bytes, sizeof value);
	return value;
}

static uint32_t u32(const uint8_t *bytes)
{
	uint32_t value;
	memcpy(&value, bytes, sizeof value);
	return value;
}

static uint64_t u64(const uint8_t *bytes)
{
	uint64_t value;
	memcpy(&value, bytes, sizeof value);
	return value;
}

static cx_status damaged(const inspection *look, const char *what)
{
	return cx_fail(look->error, CX_CORRUPT, "%s is damaged: %s", look->path, what);
}

static cx_status no_memory(const inspection *look)
{
	return cx_fail(look->error, CX_NO_MEMORY, "no memory to look at %s", look->path);
}

static cx_status read_at(const inspection *look, uint64_t offset, uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t got = pread(look->fd, bytes, size, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cx_fail(look->error, CX_IO, "cannot read %s: %s", look->path,
			               strerror(errno));
		if (got == 0)
			return damaged(look, "it ends too early");
		offset += (uint64_t)got;
		bytes += got;
		size -= (size_t)got;
	}
	return CX_OK;
}

static tree_root parse_tree(const uint8_t *bytes)
{
	return (tree_root){ .root = u64(bytes + 40), .depth = u16(bytes + 6) };
}

static cx_status read_meta(const inspection *look, uint64_t number, uint64_t offset, meta *ret)
{
	uint8_t page[META_BYTES];
	cx_status status = read_at(look, offset, page, sizeof page);
	if (status != CX_OK)
		return status;
	const uint8_t *body = page + PAGE_HEADER_BYTES;
	if (u32(body) != magic || u16(page + 10) != PAGE_META || u64(page) != number)
		return number == 0 ? cx_fail(look->error, CX_CORRUPT, "%s is not a store",
		                             look->path)
		                   : damaged(look, "its second page");
	if (u32(body + 4) != FORMAT_VERSION)
		return cx_fail(look->error, CX_CORRUPT, "%s has format %u of LMDB, not %d",
		               look->path, u32(body + 4), FORMAT_VERSION);
	*ret = (meta){
		.page_bytes = u32(body + 24),
		.free = parse_tree(body + 24),
		.main = parse_tree(body + 72),
		.last_page = u64(body + 120),
		.txn = u64(body + 128),
	};
	return CX_OK;
}

static bool page_bytes_are_valid(uint32_t bytes)
{
	return bytes >= PAGE_BYTES_MIN && bytes <= PAGE_BYTES_MAX && (bytes & (bytes - 1)) == 0;
}

/* Transaction n writes meta page n & 1, so the two are always neighbours; both are 0 in a new
 * file. */
static bool are_neighbours(const meta *even, const meta *odd)
{
	if (even->txn == 0 && odd->txn == 0)
		return true;
	return even->txn % 2 == 0 && odd->txn % 2 == 1 &&
	       (even->txn + 1 == odd->txn || odd->txn + 1 == even->txn);
}

static cx_status read_metas(inspection *look, uint64_t file_bytes)
{
	meta even;
	meta odd;
	cx_status status = read_meta(look, 0, 0, &even);
	if (status != CX_OK)
		return status;
	if (!page_bytes_are_valid(even.page_bytes))
		return damaged(look, "its page size");
	status = read_meta(look, 1, even.page_bytes, &odd);
	if (status != CX_OK)
		return status;
	if (odd.page_bytes != even.page_bytes)
		return damaged(look, "its page size");
	if (!are_neighbours(&even, &odd))
		return damaged(look, "its transaction numbers");
	/* Of equals LMDB takes the first: the second may be what a failed first commit left. */
	look->newest = odd.txn > even.txn ? odd : even;
	look->pages = file_bytes / even.page_bytes;
	if (look->newest.last_page < 1 || look->newest.last_page > INT64_MAX / even.page_bytes)
		return damaged(look, "its number of pages");
	return CX_OK;
}

static cx_status read_page(const inspection *look, uint64_t number, uint8_t *page)
{
	if (number < 2 || number > look->newest.last_page)
		return damaged(look, "a page number out of range");
	if (number >= look->pages)
		return damaged(look, "it was cut: a page in use is missing");
	uint32_t size = look->newest.page_bytes;
	cx_status status = read_at(look, number * size, page, size);
	if (status == CX_OK && u64(page) != number)
		return damaged(look, "a page is not where it belongs");
	return status;
}

static cx_status check_root(const inspection *look, const tree_root *tree, uint8_t *page)
{
	if (tree->root == no_page)
		return CX_OK;
	cx_status status = read_page(look, tree->root, page);
	if (status != CX_OK)
		return status;
	if (u16(page + 10) != (tree->depth > 1 ? PAGE_BRANCH : PAGE_LEAF))
		return damaged(look, "the root of a tree");
	return CX_OK;
}

/* ---- a file that is shorter than its last page ---- */

/* A page that was allocated and freed again within one transaction is never written, so a sound
 * file may end before its last page; every page missing is in the tree of free pages then.
 * `list` has room for `size` bytes. */
static cx_status count_freed(inspection *look, const uint8_t *list, uint64_t size)
{
	if (size < 8 || u64(list) > size / 8 - 1)
		return damaged(look, "the list of free pages");
	for (uint64_t i = 1; i <= u64(list); i++) {
		uint64_t number = u64(list + 8 * i);
		look->freed += number >= look->pages && number <= look->newest.last_page;
	}
	return CX_OK;
}

static void free_bytes(uint8_t **bytes)
{
	free(*bytes);
}

/* A list of free pages in an overflow run that begins at page `first`. */
static cx_status count_in_run(inspection *look, uint64_t first, uint32_t size)
{
	if (first < 2 || first >= look->pages ||
	    PAGE_HEADER_BYTES + (uint64_t)size >
	            (look->pages - first) * look->newest.page_bytes)
		return damaged(look, "it was cut: the list of free pages is missing");
	CX_SCOPED(free_bytes) uint8_t *run = malloc((size_t)PAGE_HEADER_BYTES + size);
	if (run == NULL)
		return no_memory(look);
	cx_status status = read_at(look, first * look->newest.page_bytes, run,
	                           (size_t)PAGE_HEADER_BYTES + size);
	return status == CX_OK ? count_freed(look, run + PAGE_HEADER_BYTES, size) : status;
}

static cx_status count_in_leaf_node(inspection *look, const uint8_t *node, size_t left)
{
	uint32_t size = u32(node);
	size_t key_size = u16(node + 6);
	bool big = (u16(node + 4) & NODE_BIG) != 0;
	size_t inside = big ? 8 : size;
	if (NODE_HEADER_BYTES + key_size + inside > left)
		return damaged(look, "the list of free pages");
	const uint8_t *data = node + NODE_HEADER_BYTES + key_size;
	return big ? count_in_run(look, u64(data), size) : count_freed(look, data, size);
}

/* Ends after `depth` levels and as many pages as there are, whatever the pages say. */
static cx_status count_in_page(inspection *look, uint64_t number, unsigned depth)
{
	if (look->visited++ >= look->pages)
		return damaged(look, "the tree of free pages has a cycle");
	uint32_t page_bytes = look->newest.page_bytes;
	CX_SCOPED(free_bytes) uint8_t *page = malloc(page_bytes);
	if (page == NULL)
		return no_memory(look);
	cx_status status = read_page(look, number, page);
	if (status != CX_OK)
		return status;
	bool branch = depth > 1;
	size_t lower = u16(page + 12);
	if (u16(page + 10) != (branch ? PAGE_BRANCH : PAGE_LEAF) || lower < PAGE_HEADER_BYTES ||
	    lower > page_bytes)
		return damaged(look, "a page of the list of free pages");

	for (size_t at = PAGE_HEADER_BYTES; at + 2 <= lower && status == CX_OK; at += 2) {
		size_t offset = u16(page + at);
		if (offset + NODE_HEADER_BYTES > page_bytes)
			return damaged(look, "a page of the list of free pages");
		const uint8_t *node = page + offset;
		if (branch)
			status = count_in_page(look, u32(node) | (uint64_t)u16(node + 4) << 32,
			                       depth - 1);
		else
			status = count_in_leaf_node(look, node, page_bytes - offset);
	}
	return status;
}

static cx_status check_missing(inspection *look)
{
	const tree_root *free_pages = &look->newest.free;
	uint64_t missing = look->newest.last_page + 1 - look->pages;
	cx_status status = CX_OK;
	if (free_pages->depth > DEPTH_MAX)
		return damaged(look, "the list of free pages");
	if (free_pages->root != no_page)
		status = count_in_page(look, free_pages->root, free_pages->depth);
	if (status != CX_OK)
		return status;
	if (look->freed != missing)
		return cx_fail(look->error, CX_CORRUPT,
		               "%s was cut: %llu pages that are in use are missing at its end",
		               look->path, (unsigned long long)(missing - look->freed));
	return CX_OK;
}

cx_status engine__meta_check(int fd, const char *path, cx_error *error)
{
	inspection look = { .fd = fd, .path = path, .error = error };
	struct stat stat;
	if (fstat(fd, &stat) != 0)
		return cx_fail(error, CX_IO, "cannot look at %s: %s", path, strerror(errno));
	if (stat.st_size < META_BYTES)
		return cx_fail(error, CX_CORRUPT, "%s is not a store: it has %lld bytes", path,
		               (long long)stat.st_size);
	cx_status status = read_metas(&look, (uint64_t)stat.st_size);
	if (status != CX_OK)
		return status;

	CX_SCOPED(free_bytes) uint8_t *page = malloc(look.newest.page_bytes);
	if (page == NULL)
		return no_memory(&look);
	status = check_root(&look, &look.newest.free, page);
	if (status == CX_OK)
		status = check_root(&look, &look.newest.main, page);
	if (status == CX_OK && look.pages <= look.newest.last_page)
		status = check_missing(&look);
	return status;
}
