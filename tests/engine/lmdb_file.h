/* SPDX-License-Identifier: Apache-2.0 */
/* A data file made by LMDB itself, as the store uses it, to look at beside LMDB. Helpers assert
 * on their own success. */
#pragma once

#include "engine/store/store.h"
#include "tests/support/raw_store.h"

#include <lmdb.h>

typedef struct lmdb_file {
	raw_store place; /* only its folder and path */
	MDB_env *env;
	int fd; /* to read it */
} lmdb_file;

void lmdb_file_open(lmdb_file *self);
/* Removes it. */
void lmdb_file_close(lmdb_file *self);

/* The tree "tree<number>", made when it is not there. */
MDB_dbi lmdb_tree(MDB_txn *txn, unsigned number);

/* A key of 4 bytes or more: `number`, then filler. It lies in `bytes`. */
MDB_val lmdb_key(uint32_t number, size_t size, uint8_t bytes[ENGINE__KEY_BYTES_MAX]);

/* Up to ENGINE__VALUE_BYTES_MAX bytes. */
MDB_val lmdb_value(size_t size);
