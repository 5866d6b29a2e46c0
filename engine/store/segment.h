/* SPDX-License-Identifier: Apache-2.0 */
/* Segments of the journal: files beside the data file. `<path>-journal0` and `-journal1` are
 * used in turn; `-journal2` is for what merges carry over (carry.h). A file is given its place
 * on disk before it is used and is overwritten in place from then on, so that a sync has
 * nothing to tell the file system.
 *
 *   offset  size  what (numbers little-endian)
 *   0       8     "CARDEXJ1"
 *   8       8     checksum: XXH3-64 of the 48 bytes that follow, seed 0
 *   16      16    identity of the store
 *   32      8     number of the segment, one more than that of the one before
 *   40      8     tag: random, what the entries of this use of the file begin with
 *   48      8     bytes of the file that may be used
 *   56      8     zero
 *   512           entries (entry.h), each behind the other
 *
 * The header is on disk before the first entry is written. It lies in one sector, and a sector
 * is written as a whole or not at all. */
#pragma once

#include "engine/store/entry.h"
#include "engine/store/memtable.h"

enum {
	ENGINE__SEGMENT_HEADER_BYTES = 512,
	ENGINE__IDENTITY_BYTES = 16,
	ENGINE__SEGMENT_SUFFIX_MAX = 16,
};

typedef struct engine__segment {
	char *path;
	int fd;                      /* -1: there is no file */
	uint64_t number;             /* 0 = not in use */
	uint64_t tag;                /* of its entries */
	uint64_t size;               /* bytes that may be used */
	uint64_t tail;               /* where the next entry goes */
	atomic_uint_fast64_t synced; /* offset up to which all is on disk */
	uint64_t checksum;           /* of the last entry; the tag when there is none */
	engine__memtable *table;
	const atomic_bool *asked; /* by tree: whether keys are got from it; NULL: from none */
	engine__memtable_spare spare;
} engine__segment;

/* `slot` is 0, 1 or 2. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__segment_init(engine__segment *segment, const char *store_path,
                                           unsigned slot);
/* Nobody may hold its memtable any more. */
void engine__segment_release(engine__segment *segment);

/* Makes it ready for entries under a new number: its place on disk, its header, an empty
 * memtable; all on disk on return.
 * Errors: CX_STORAGE_FULL, CX_IO, CX_NO_MEMORY; it is not in use then. */
CX_MUST_USE cx_status engine__segment_prepare(engine__segment *segment,
                                              const uint8_t identity[ENGINE__IDENTITY_BYTES],
                                              uint64_t number, uint64_t size);

/* Writes at `offset`, which lies in the segment with all of `bytes`. Errors: CX_IO. */
CX_MUST_USE cx_status engine__segment_write(const engine__segment *segment, cx_slice bytes,
                                            uint64_t offset);
CX_MUST_USE cx_status engine__segment_sync(const engine__segment *segment);

/* Whether an entry of `size` bytes, and an end behind it, fit. */
bool engine__segment_has_room(const engine__segment *segment, uint64_t size);

/* Lets go of the memtable; its memory, once no view holds it, and the file stay for the next
 * use. */
void engine__segment_retire(engine__segment *segment);

/* Removes the file and frees memory that was kept. Errors: CX_IO. */
CX_MUST_USE cx_status engine__segment_remove(engine__segment *segment);

/* ---- reading what an earlier process left ---- */

typedef enum engine__segment_state {
	ENGINE__SEGMENT_NONE,  /* no file */
	ENGINE__SEGMENT_BLANK, /* never used: no header, or one that was being written */
	ENGINE__SEGMENT_USED,
} engine__segment_state;

/* Opens the file, if there is one, and reads its header.
 * Errors: CX_CORRUPT (not a journal, or that of another store; the error says which),
 * CX_IO. */
CX_MUST_USE cx_status engine__segment_find(engine__segment *segment,
                                           const uint8_t identity[ENGINE__IDENTITY_BYTES],
                                           engine__segment_state *ret, cx_error *error);

/* Called for each entry of a segment in order; an error ends the scan. */
typedef cx_status engine__entry_sink(void *context, const engine__entry *entry);

/* Goes through the entries up to the last whole one and sets tail and checksum behind it;
 * `*ret_ended` says whether it was an end. What lies behind is a torn tail, unless a later
 * entry tells that it had been synced.
 * Errors: CX_CORRUPT (damaged before the tail; the error names the offset), CX_IO,
 * CX_NO_MEMORY, those of the sink. */
CX_MUST_USE cx_status engine__segment_scan(engine__segment *segment, engine__entry_sink *sink,
                                           void *context, bool *ret_ended, cx_error *error);
