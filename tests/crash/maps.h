/* SPDX-License-Identifier: Apache-2.0 */
/* Maps of files, kept for the next time the same file is mapped in the same way.
 *
 * A store is opened a million times, mostly the same two files. To take a map away and make it
 * again costs a flush of the processor's tables and a page fault for each page, which on a
 * virtual machine can be more than all the rest. A map that was kept shows what the file holds
 * now, as a new one would. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct map_wish {
	size_t size;
	int protection;
	int flags;
	int fd;
	off_t offset;
} map_wish;

/* A map that was kept, or NULL: make one and tell of it. */
void *maps_take(const map_wish *wish);
void maps_made(const map_wish *wish, void *address);

/* False: it is to be unmapped. */
bool maps_keep(void *address, size_t size);
