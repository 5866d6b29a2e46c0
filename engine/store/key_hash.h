/* SPDX-License-Identifier: Apache-2.0 */
/* The hash that tables of keys go by: the look-aside, and shortcuts. A get makes it once. */
#pragma once

#include "base/hash.h"
#include "engine/store/store.h"

static inline uint64_t engine__key_hash(engine__tree tree, cx_slice key)
{
	return cx_hash64(key, tree.number);
}
