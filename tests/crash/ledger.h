/* SPDX-License-Identifier: Apache-2.0 */
/* What the store holds after each transaction: entry n is a hash of its whole content after
 * transaction n; entry 0 is the new store. */
#pragma once

#include "base/slice.h"

enum { LEDGER_MAX = 1000 };

typedef struct content_ledger {
	uint64_t hashes[LEDGER_MAX];
	size_t count;
} content_ledger;

/* The number it gets. */
size_t ledger_add(content_ledger *self, uint64_t hash);

/* A part of a content hash: the parts of a content are added up, in any order. */
uint64_t ledger_hash_pair(uint64_t tree, cx_slice key, cx_slice value);
