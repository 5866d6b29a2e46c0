/* SPDX-License-Identifier: Apache-2.0 */
/* The data file before LMDB sees it: finding or making it, owning it alone, refusing file
 * systems and files that LMDB must not map. */
#pragma once

#include "engine/store/store.h"

/* Opens or makes the file; see engine__store_open(). `*ret_fd` holds the lock until it is
 * closed. Errors: as there. */
CX_MUST_USE cx_status engine__file_open(const char *path, const engine__store_options *options,
                                        int *ret_fd, cx_error *error);

/* Gives LMDB's reader table beside the file its place on disk, for `readers` of them. LMDB maps
 * it, and would be killed by SIGBUS at the first use of a page that a full disk cannot give. To
 * be called with the lock of the file held and before LMDB opens it, as closing the table drops
 * the locks that this process has on it. Errors: CX_STORAGE_FULL, CX_IO. */
CX_MUST_USE cx_status engine__file_reserve_readers(const char *path, unsigned readers,
                                                   cx_error *error);

/* The status of an errno of the disk. */
cx_status engine__file_status(int code);

/* Makes the names in the folder of `path` durable. Errors: CX_IO. */
CX_MUST_USE cx_status engine__file_sync_folder(const char *path, cx_error *error);

/* Closes and sets to -1; -1 is accepted. */
void engine__file_close(int *fd);

/* True when no page can be written behind the `used_bytes` first bytes of the file: the disk, a
 * quota or the largest file allowed is used up. */
bool engine__file_is_full(int fd, uint64_t used_bytes);
