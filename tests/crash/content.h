/* SPDX-License-Identifier: Apache-2.0 */
/* What a run over the store's API has put in its trees, in memory. */
#pragma once

#include "base/slice.h"

enum {
	CONTENT_TREES = 3,
	CONTENT_KEYS = 48,
	CONTENT_VALUE_BYTES_MAX = 5000,
};

typedef struct content {
	bool made[CONTENT_TREES];
	uint32_t values[CONTENT_TREES][CONTENT_KEYS]; /* a number; 0 = no such key */
} content;

const char *content_tree_name(int tree);

/* Keys of several lengths, in order of their numbers. */
cx_slice content_key(int number, uint8_t ret[64]);

/* The bytes of a value follow from its number; one in 24 is larger than a page. */
cx_slice content_value(uint32_t number, uint8_t ret[CONTENT_VALUE_BYTES_MAX]);

/* As a ledger wants it. */
uint64_t content_hash(const content *self);

/* The part of a tree that is there and empty. */
uint64_t content_hash_tree(int tree);
