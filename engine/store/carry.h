/* SPDX-License-Identifier: Apache-2.0 */
/* What merges carry over to a later one instead of writing it into LMDB.
 *
 * LMDB writes pages as a whole. In a large tree of small pairs whose keys come in no order, as
 * an index is, the pairs of one memtable fall on about as many pages: a merge would write
 * kilobytes for each of them. Such pairs go into one more memtable and one more segment, the
 * carried ones, until that segment is full or old. Then they are merged all at once, and many
 * of them share a page.
 *
 * The carried segment is a file like the other two (segment.h). Its entries are commits with
 * the number of the newest one in the memtable that they are of. The transaction of LMDB that
 * ends a merge names the segment and how far it counts (journal.h); it is synced up to there
 * before. What lies behind is of a merge that did not end, and is overwritten.
 *
 * A tree of which something is carried stays so until the next whole merge, so the carried
 * memtable is always newer than LMDB and older than the frozen one.
 *
 * Thread rule: the merge thread. Any number may read the memtable meanwhile. */
#pragma once

#include "engine/store/segment.h"

struct MDB_txn;

enum {
	ENGINE__JOURNAL_SLOTS = 2, /* used in turn */
	ENGINE__CARRIED_SLOT = 2,
	ENGINE__SEGMENTS = 3,
};

/* How a frozen segment is merged. It is chosen once, however often the merge is tried: what was
 * merged of it already would change the choice. */
typedef struct engine__carrying {
	uint64_t segment;                 /* its number; 0 = none was chosen for */
	bool trees[ENGINE__TREE_NUMBERS]; /* that are carried */
	bool any;
	bool whole; /* nothing is carried beyond this merge */
	bool begun; /* some pairs may have been taken */
	bool taken; /* all were */
} engine__carrying;

/* Chooses the trees for a merge that is `whole` or not. With the LMDB lock held; `mdb` only
 * reads. Returns LMDB's code. */
CX_MUST_USE int engine__carry_choose(const engine__store *store, struct MDB_txn *mdb,
                                     const engine__memtable *frozen,
                                     engine__carrying *carrying);

/* Puts what the frozen segment has of the journal's chosen trees into the carried memtable and,
 * unless the merge is whole, into the segment, durably. Without room for that the merge becomes
 * a whole one. Is done once, and goes on where it failed.
 * Errors: CX_NO_MEMORY, CX_IO (the store is broken then). */
CX_MUST_USE cx_status engine__carry_take(engine__store *store, const engine__segment *frozen);

/* All is in LMDB: nothing is carried any more. With the lock of the store. */
void engine__carry_clear(engine__store *store);
