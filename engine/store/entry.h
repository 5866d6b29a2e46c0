/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the journal: the bytes of one commit, or a mark.
 *
 * Numbers are little-endian. An entry begins at a multiple of ENGINE__ENTRY_ALIGNMENT in its
 * segment and is filled up with zeros to one.
 *
 *   offset  size  what
 *   0       8     tag of the segment (segment.h), so that what an earlier use of the file left
 *                 behind is no entry
 *   8       8     checksum: XXH3-64 of all that follows, seeded with the tag
 *   16      8     checksum of the entry before; the tag in the first one of a segment
 *   24      8     number of the commit
 *   32      8     offset in the segment up to which it was synced when this was written
 *   40      4     size of the entry, all of it
 *   44      4     number of operations
 *   48      1     kind: 1 a commit; 2 the end: the journal goes on in the next segment;
 *                 3 taken up: here a process went on after a crash; its operations are 8 random
 *                 bytes
 *   49      7     zero
 *   56            operations
 *
 *   operation
 *   0       1     kind: 1 put, 2 remove, 3 name: from here on in this entry the tree number
 *                 stands for the tree whose name is the key
 *   1       2     tree number
 *   3       2     size of the key
 *   5       4     size of the value
 *   9             key, value
 *
 * Operations are absolute: applying an entry twice is as good as once.
 *
 * What a crash left unsynced may be torn in front and whole behind. The mark of kind 3 is what
 * keeps it from coming back: if the torn commit were simply made again, its entry would have
 * the same checksum, and the whole one behind it would follow on it. */
#pragma once

#include "base/buf.h"
#include "engine/store/map.h"

enum {
	ENGINE__ENTRY_ALIGNMENT = 8,
	ENGINE__ENTRY_HEADER_BYTES = 56,
	ENGINE__OPERATION_HEADER_BYTES = 9,
};

typedef enum engine__entry_kind {
	ENGINE__ENTRY_COMMIT = 1,
	ENGINE__ENTRY_END = 2,
	ENGINE__ENTRY_TAKEN_UP = 3,
} engine__entry_kind;

typedef enum engine__operation_kind {
	ENGINE__OPERATION_PUT = 1,
	ENGINE__OPERATION_REMOVE = 2,
	ENGINE__OPERATION_NAME = 3,
} engine__operation_kind;

typedef struct engine__operation {
	engine__operation_kind kind;
	uint16_t tree;
	cx_slice key;
	cx_slice value;
} engine__operation;

typedef struct engine__entry {
	engine__entry_kind kind;
	uint64_t tag;
	uint64_t checksum;
	uint64_t previous;
	uint64_t number;
	uint64_t synced; /* offset */
	uint32_t size;
	uint32_t operations;
	cx_slice body;
} engine__entry;

/* ---- writing ---- */

/* Makes room for the header at the end of `out`; engine__entry_end() fills it. */
void engine__entry_begin(cx_buf *out);
void engine__entry_add(cx_buf *out, const engine__operation *operation);
void engine__entry_add_name(cx_buf *out, uint16_t tree, const char *name);
void engine__entry_add_version(cx_buf *out, const engine__node *node,
                               const engine__version *version);

/* Fills the header of the entry that begins at `from` in `out` from `entry` (kind, tag,
 * previous, number, synced, operations) and returns its checksum. `out` must not have failed.
 */
uint64_t engine__entry_end(cx_buf *out, size_t from, const engine__entry *entry);

/* ---- reading ---- */

/* False when `bytes`, which may be longer, do not begin with a whole entry of the segment. */
bool engine__entry_parse(cx_slice bytes, uint64_t tag, engine__entry *ret);

/* Takes the next operation off `rest`, which begins as the body of an entry, as often as the
 * entry has operations. False when it is not one. */
bool engine__entry_next(cx_slice *rest, engine__operation *ret);
