/* SPDX-License-Identifier: Apache-2.0 */
/* XXH3 of libxxhash. */
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t cx_hash64(cx_slice data, uint64_t seed)
{
	const void *bytes = data.size == 0 ? (const void *)"" : data.data;
	return XXH3_64bits_withSeed(bytes, data.size, seed);
}
