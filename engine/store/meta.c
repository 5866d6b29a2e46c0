/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/meta.h"

enum {
	META_BYTES = ENGINE__PAGE_HEADER_BYTES + 136,
	FORMAT_VERSION = 1,
	NUMBER_KEYS = 0x08,      /* flag of the tree of free pages */
	WITHOUT_FOLDER = 0x4000, /* flag of the environment, which may stand beside it */
};

static const uint32_t magic = 0xBEEFC0DE;

static bool page_bytes_are_valid(uint32_t bytes)
{
	return bytes >= ENGINE__PAGE_BYTES_MIN && bytes <= ENGINE__PAGE_BYTES_MAX &&
	       (bytes & (bytes - 1)) == 0;
}

static cx_status check_identity(const engine__image *image, const uint8_t *page,
                                uint64_t number)
{
	const uint8_t *body = page + ENGINE__PAGE_HEADER_BYTES;
	if (engine__u32(body) != magic || engine__page_flags(page) != ENGINE__PAGE_META ||
	    engine__page_number(page) != number)
		return number == 0 ? cx_fail(image->error, CX_CORRUPT, "%s is not a store",
		                             image->path)
		                   : engine__image_damaged(image, "its second page");
	if (engine__u32(body + 4) != FORMAT_VERSION)
		return cx_fail(image->error, CX_CORRUPT, "%s has format %u of LMDB, not %d",
		               image->path, engine__u32(body + 4), FORMAT_VERSION);
	return CX_OK;
}

static const char *fault_of(const engine__meta *meta, const uint8_t *body, uint32_t page_bytes)
{
	const uint64_t map_bytes = engine__u64(body + 16);
	if (engine__u64(body + 8) != 0)
		return "its meta page has an address";
	if (meta->last_page < 1 || meta->last_page >= INT64_MAX / page_bytes)
		return "its number of pages";
	if (map_bytes / page_bytes <= meta->last_page)
		return "the size of its map";
	if ((meta->free.flags & ~WITHOUT_FOLDER) != NUMBER_KEYS)
		return "the kind of its tree of free pages";
	return NULL;
}

/* The page size is the first meta page's; 0 = this is the one. */
static cx_status read_one(engine__image *image, uint64_t number, engine__meta *ret)
{
	uint8_t page[META_BYTES];
	const uint8_t *body = page + ENGINE__PAGE_HEADER_BYTES;
	cx_status status =
		engine__image_read(image, number * image->page_bytes, page, sizeof page);
	if (status == CX_OK)
		status = check_identity(image, page, number);
	if (status != CX_OK)
		return status;
	const uint32_t page_bytes = engine__u32(body + 24);
	if (!page_bytes_are_valid(page_bytes) ||
	    (number == 1 && page_bytes != image->page_bytes))
		return engine__image_damaged(image, "its page size");
	image->page_bytes = page_bytes;
	const engine__meta meta = {
		.free = engine__tree_record_read(body + 24),
		.main = engine__tree_record_read(body + 24 + ENGINE__TREE_BYTES),
		.last_page = engine__u64(body + 120),
		.txn = engine__u64(body + 128),
	};
	const char *fault = fault_of(&meta, body, page_bytes);
	if (fault != NULL)
		return engine__image_damaged(image, fault);
	if (meta.main.flags != 0)
		return engine__image_foreign(image);
	*ret = meta;
	return CX_OK;
}

static bool are_neighbours(const engine__meta *even, const engine__meta *odd)
{
	if (even->txn == 0 && odd->txn == 0)
		return true;
	return even->txn % 2 == 0 && odd->txn % 2 == 1 &&
	       (even->txn + 1 == odd->txn || odd->txn + 1 == even->txn);
}

/* Only of the page that counts: after a failed write LMDB puts old numbers of transaction and
 * last page back, over records that may be new. */
static const char *fault_of_trees(const engine__meta *meta)
{
	const char *fault = engine__tree_record_fault(&meta->free, meta->last_page);
	return fault != NULL ? fault : engine__tree_record_fault(&meta->main, meta->last_page);
}

cx_status engine__meta_read(engine__image *image, engine__meta *ret)
{
	engine__meta even;
	engine__meta odd;
	if (image->bytes < META_BYTES)
		return cx_fail(image->error, CX_CORRUPT, "%s is not a store: it has %llu bytes",
		               image->path, (unsigned long long)image->bytes);
	cx_status status = read_one(image, 0, &even);
	if (status == CX_OK)
		status = read_one(image, 1, &odd);
	if (status != CX_OK)
		return status;
	image->pages = image->bytes / image->page_bytes;
	if (!are_neighbours(&even, &odd))
		return engine__image_damaged(image, "its transaction numbers");
	const engine__meta *newer = odd.txn > even.txn ? &odd : &even; /* of equals LMDB's */
	const char *fault = fault_of_trees(newer);
	if (fault != NULL)
		return engine__image_damaged(image, fault);
	*ret = *newer;
	return CX_OK;
}
