/* SPDX-License-Identifier: Apache-2.0 */
/* The data file before LMDB sees it: finding or making it, owning it alone, refusing file
 * systems and files that LMDB must not map. */
#pragma once

#include "engine/store/store.h"

/* Opens or makes the file; see engine__store_open(). `*ret_fd` holds the lock until it is
 * closed. Errors: as there. */
CX_MUST_USE cx_status engine__file_open(const char *path, const engine__store_options *options,
                                        int *ret_fd, cx_error *error);

/* Closes and sets to -1; -1 is accepted. */
void engine__file_close(int *fd);

/* True when no page can be written behind the `used_bytes` first bytes of the file: the disk, a
 * quota or the largest file allowed is used up. */
bool engine__file_is_full(int fd, uint64_t used_bytes);
