/* SPDX-License-Identifier: Apache-2.0 */
/* XXH3, for checksums and for cut index keys. It finds accidents, not
 * attackers. The values are part of the file format and do not depend on the
 * machine. */
#pragma once

#include "base/slice.h"

/* XXH3-64 with `seed`. */
uint64_t cx_hash64(cx_slice data, uint64_t seed);
