/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/ledger.h"

#include "base/check.h"
#include "base/hash.h"

size_t ledger_add(content_ledger *self, uint64_t hash)
{
	CX_ASSERT(self->count < LEDGER_MAX);
	self->hashes[self->count] = hash;
	return self->count++;
}

uint64_t ledger_hash_pair(uint64_t tree, cx_slice key, cx_slice value)
{
	return cx_hash64(value, cx_hash64(key, tree + 1));
}
