/* SPDX-License-Identifier: Apache-2.0 */
/* A key-value store in a folder of its own, for tests below the record layer. Helpers assert on
 * their own success, so that a test states only what it is about. */
#pragma once

#include "engine/store/store.h"

typedef struct raw_store {
	char folder[64];
	char path[96]; /* of the data file in it */
	engine__store_options options;
	engine__store *store;
	engine__tree tree;
	cx_error error; /* of the last open */
} raw_store;

/* Makes the folder below `parent`; NULL: where files are fast. */
void raw_init(raw_store *self, const char *parent);
/* Closes the store and removes the folder. */
void raw_release(raw_store *self);

/* Removes the files of the folder; the store is closed. */
void raw_wipe(raw_store *self);
/* Makes the folder hold what `other`'s holds, which may be open. */
void raw_copy(raw_store *self, const raw_store *other);
/* How many files there are in the folder, without LMDB's reader table. */
unsigned raw_files(const raw_store *self);

/* Opens the file with `options` as they are now, and its tree "pairs", which is made. */
void raw_open(raw_store *self);
void raw_close(raw_store *self);
void raw_reopen(raw_store *self);
/* Only opens; the store is there when it is CX_OK. */
cx_status raw_try_open(raw_store *self);
/* It is refused as damaged, with a text that has `part`, and nothing of it is changed by that.
 */
void raw_assert_refused(raw_store *self, const char *part);

/* Text as a key or value. */
cx_slice raw_text(const char *text);

/* One write in a transaction of its own. */
cx_status raw_put(raw_store *self, const char *key, cx_slice value);
cx_status raw_remove(raw_store *self, const char *key);

/* Puts "key=value key=value", as an open transaction. */
void raw_put_all(engine__txn *txn, engine__tree tree, const char *pairs);

/* All pairs of a tree as "key=value key=value", read in batches of `batch`; static storage that
 * the next call uses again. */
const char *raw_show(engine__view *view, engine__tree tree, engine__direction direction,
                     size_t batch);
/* The same of a new snapshot of the tree "pairs", forward. */
const char *raw_show_all(raw_store *self);

/* Runs this program again with the arguments, as another process; returns its pid. `ret_out`
 * gets what reads its output, unless NULL. */
int raw_spawn(const char *verb, const char *path, int *ret_out);
/* Waits for its end; its exit code, or 256 and the signal. */
int raw_wait(int pid);
