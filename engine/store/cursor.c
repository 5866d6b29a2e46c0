/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor merges the pairs of LMDB's snapshot with those of the layers over it: the writes of
 * the transaction, then the memtables, newest first. Where several have a key, the newest wins.
 *
 * The snapshot side reads ahead by at most one pair (`base`), each layer by one node (`ahead`).
 * Writes and rollbacks change the buffer's stamp; the next read then looks its node up again,
 * behind the last pair handed out. What was passed over because a newer layer has the key is
 * looked up again too, as a rollback may have brought it back. */
#include "engine/store/btree.h"
#include "engine/store/lmdb.h"

#include <stdlib.h>
#include <string.h>

typedef enum base_state {
	BASE_HELD, /* `base` is its pair and was not used */
	BASE_USED,
	BASE_END,
} base_state;

typedef enum position {
	AT_START,
	AT_KEY,     /* `key` is the bound of a seek */
	BEHIND_KEY, /* `key` was handed out last */
} position;

/* A layer that has something of the tree. */
typedef struct source {
	engine__layer layer;
	const engine__node *ahead;
	engine__guide_hint hint;
} source;

struct engine__cursor {
	engine__view *view;
	engine__cursor *next; /* in the view's idle list */
	engine__tree tree;
	engine__direction direction;

	engine__btree_cursor at;
	size_t looked_up; /* the number of the snapshot whose tree `at` has; 0 = none */
	base_state state;
	bool passed_over; /* something since the last pair handed out */
	engine__pair base;
	size_t fetched; /* pairs of the leaf, ahead of it */
	size_t wanted;  /* pairs, by who reads */

	source sources[ENGINE__LAYERS_MAX]; /* newest first; the buffer is the first, if any */
	unsigned source_count;
	bool sought;    /* heads and base are those of the position */
	uint64_t stamp; /* of the buffer when its node was looked up */

	position position;
	cx_slice key;
	uint8_t bound[ENGINE__SEEK_BYTES_MAX];
};

/* ---- snapshot side ---- */

/* The pairs of a list lie in their page in no order that the processor foresees, and waiting
 * for them was a third of its time: they are fetched together. */
static void take(engine__cursor *cursor, bool found)
{
	cursor->state = found ? BASE_HELD : BASE_END;
	if (!found)
		return;
	if (cursor->fetched == 0)
		cursor->fetched =
			engine__btree_fetch(&cursor->at, cursor->direction, cursor->wanted);
	cursor->fetched--;
	cursor->base = engine__btree_pair(&cursor->at);
}

/* Makes the state BASE_HELD or BASE_END. */
static void hold_base(engine__cursor *cursor)
{
	engine__btree_cursor *at = &cursor->at;
	if (cursor->state == BASE_USED)
		take(cursor, cursor->direction == ENGINE__FORWARD ? engine__btree_next(at)
		                                                  : engine__btree_previous(at));
}

static bool find_base(engine__cursor *cursor)
{
	engine__btree_cursor *at = &cursor->at;
	if (cursor->direction == ENGINE__FORWARD)
		return cursor->position == AT_START ? engine__btree_first(at)
		                                    : engine__btree_seek(at, cursor->key);
	return cursor->position != AT_START && engine__btree_seek(at, cursor->key)
	               ? engine__btree_previous(at)
	               : engine__btree_last(at);
}

static void seek_base(engine__cursor *cursor)
{
	cursor->passed_over = false;
	cursor->fetched = 0;
	take(cursor, find_base(cursor));
	if (cursor->position == BEHIND_KEY && cursor->state == BASE_HELD &&
	    cx_slice_equal(cursor->base.key, cursor->key)) /* only forward */
		cursor->state = BASE_USED;
}

/* ---- layers ---- */

static void seek_source(const engine__cursor *cursor, source *self)
{
	const engine__direction direction = cursor->direction;
	self->hint = (engine__guide_hint){ 0 };
	self->ahead = cursor->position == AT_START && direction == ENGINE__BACKWARD
	                      ? engine__layer_last(&self->layer, cursor->tree)
	                      : engine__layer_seek(&self->layer, cursor->tree, cursor->key,
	                                           direction);
	if (cursor->position == BEHIND_KEY && self->ahead != NULL &&
	    cx_slice_equal(engine__node_key(self->ahead), cursor->key)) /* only forward */
		self->ahead = engine__layer_neighbour(&self->layer, self->ahead, direction,
		                                      &self->hint);
}

static void seek_sources(engine__cursor *cursor)
{
	if (cursor->view->buffer != NULL)
		cursor->stamp = engine__buffer_stamp(cursor->view->buffer);
	for (unsigned i = 0; i < cursor->source_count; i++)
		seek_source(cursor, &cursor->sources[i]);
}

static void seek_all(engine__cursor *cursor)
{
	seek_base(cursor);
	seek_sources(cursor);
	cursor->sought = true;
}

/* Takes account of writes and rollbacks since the last read. */
static void refresh(engine__cursor *cursor)
{
	const engine__buffer *buffer = cursor->view->buffer;
	if (buffer == NULL || cursor->stamp == engine__buffer_stamp(buffer))
		return;
	if (cursor->passed_over) {
		seek_all(cursor);
		return;
	}
	cursor->stamp = engine__buffer_stamp(buffer);
	seek_source(cursor, &cursor->sources[0]);
}

/* Whether `key` comes before `other` in the direction of the cursor: <0, 0, >0. */
static int order(const engine__cursor *cursor, cx_slice key, cx_slice other)
{
	int order = cx_slice_compare(key, other);
	return cursor->direction == ENGINE__FORWARD ? order : -order;
}

/* The layer whose head comes first, of several with one key the newest; NULL when all have
 * ended. */
static source *first_source(engine__cursor *cursor)
{
	source *first = NULL;
	for (unsigned i = 0; i < cursor->source_count; i++) {
		source *at = &cursor->sources[i];
		if (at->ahead != NULL &&
		    (first == NULL || order(cursor, engine__node_key(at->ahead),
		                            engine__node_key(first->ahead)) < 0))
			first = at;
	}
	return first;
}

/* Moves every head with this key on: none is in a layer before `first`. */
static void pass(engine__cursor *cursor, cx_slice key, source *first)
{
	unsigned moved = 0;
	if (cursor->state == BASE_HELD && cx_slice_equal(cursor->base.key, key)) {
		cursor->state = BASE_USED;
		moved++;
	}
	for (source *from = first; from < &cursor->sources[cursor->source_count]; from++) {
		if (from->ahead == NULL || !cx_slice_equal(engine__node_key(from->ahead), key))
			continue;
		from->ahead = engine__layer_neighbour(&from->layer, from->ahead,
		                                      cursor->direction, &from->hint);
		moved++;
	}
	cursor->passed_over |= moved > 1;
}

static void hand_out(engine__cursor *cursor, cx_slice last)
{
	cursor->passed_over = false;
	cursor->position = BEHIND_KEY;
	cursor->key = last;
}

/* The pair of the layer's head; false when that is removed. */
static bool read_head(engine__cursor *cursor, source *first, engine__pair *pair)
{
	const engine__version *version = engine__layer_version(&first->layer, first->ahead);
	*pair = (engine__pair){ .key = engine__node_key(first->ahead),
		                .value = engine__version_value(version) };
	pass(cursor, pair->key, first);
	if (!version->removed)
		hand_out(cursor, pair->key);
	return !version->removed;
}

/* Pairs of LMDB, of those before `bound` where there is one. */
static size_t read_base(engine__cursor *cursor, const source *bound, engine__pair *pairs,
                        size_t max)
{
	const cx_slice end = bound == NULL ? (cx_slice){ 0 } : engine__node_key(bound->ahead);
	size_t count = 0;
	for (; count < max; count++) {
		hold_base(cursor);
		if (cursor->state == BASE_END ||
		    (bound != NULL && order(cursor, cursor->base.key, end) >= 0))
			break;
		pairs[count] = cursor->base;
		cursor->state = BASE_USED;
	}
	if (count > 0)
		hand_out(cursor, pairs[count - 1].key);
	return count;
}

cx_status engine__cursor_next(engine__cursor *cursor, engine__pair *pairs, size_t max,
                              size_t *ret_count)
{
	cursor->wanted = max > 0 ? max : 1;
	if (!cursor->sought)
		seek_all(cursor);
	else
		refresh(cursor);
	size_t count = 0;
	source *first;
	do {
		first = first_source(cursor);
		count += read_base(cursor, first, pairs + count, max - count);
		if (first != NULL && count < max)
			count += read_head(cursor, first, &pairs[count]);
	} while (first != NULL && count < max);
	*ret_count = count;
	return cursor->at.damaged ? CX_CORRUPT : CX_OK;
}

cx_status engine__cursor_seek(engine__cursor *cursor, cx_slice key)
{
	if (key.size > ENGINE__SEEK_BYTES_MAX)
		return CX_TOO_LARGE;
	if (key.size > 0)
		memcpy(cursor->bound, key.data, key.size);
	cursor->position = AT_KEY;
	cursor->key = (cx_slice){ .data = cursor->bound, .size = key.size };
	cursor->sought = false;
	return CX_OK;
}

/* ---- open and close ---- */

static engine__cursor *take_idle(engine__view *view, engine__tree tree)
{
	for (engine__cursor **link = &view->idle; *link != NULL; link = &(*link)->next) {
		engine__cursor *cursor = *link;
		if (cursor->tree.number == tree.number) {
			*link = cursor->next;
			return cursor;
		}
	}
	return NULL;
}

static void free_cursor(engine__cursor **cursor)
{
	free(*cursor);
	*cursor = NULL;
}

/* The most useful are in front: drops what is behind the first ENGINE__IDLE_CURSORS_MAX. */
static void keep_idle(engine__cursor *cursor)
{
	engine__view *view = cursor->view;
	cursor->next = view->idle;
	view->idle = cursor;
	engine__cursor **link = &view->idle;
	for (size_t i = 0; i < ENGINE__IDLE_CURSORS_MAX && *link != NULL; i++)
		link = &(*link)->next;
	if (*link != NULL) {
		CX_ASSERT((*link)->next == NULL);
		free_cursor(link);
	}
}

void engine__cursors_free(engine__view *view)
{
	while (view->idle != NULL) {
		engine__cursor *cursor = view->idle;
		view->idle = cursor->next;
		free_cursor(&cursor);
	}
}

static engine__cursor *new_cursor(engine__view *view, engine__tree tree)
{
	engine__cursor *cursor = calloc(1, sizeof *cursor);
	if (cursor == NULL)
		return NULL;
	cursor->view = view;
	cursor->tree = tree;
	return cursor;
}

/* A tree that the snapshot does not have is an empty one. */
static cx_status look_up(engine__view *view, engine__tree tree, engine__btree *ret)
{
	const engine__store *store = view->store;
	MDB_envinfo info;
	int code = mdb_env_info(store->env, &info);
	if (code != 0)
		return engine__status_of_mdb(code);
	*ret = (engine__btree){ .map = store->map,
		                .page_bytes = store->page_bytes,
		                .last_page = info.me_last_pgno };
	const uint8_t *record;
	cx_status status = engine__view_record(view, tree, &record);
	if (status == CX_NOT_FOUND)
		return CX_OK;
	return status == CX_OK ? engine__btree_take(ret, record) : status;
}

static cx_status find_tree(engine__view *view, engine__cursor *cursor)
{
	const size_t snapshot = mdb_txn_id(view->mdb);
	if (cursor->looked_up == snapshot && snapshot != 0)
		return CX_OK;
	cursor->looked_up = 0;
	cx_status status = look_up(view, cursor->tree, &cursor->at.tree);
	if (status == CX_OK)
		cursor->looked_up = snapshot;
	return status;
}

/* The layers that may have something of the tree. */
static void take_sources(engine__cursor *cursor)
{
	const engine__view *view = cursor->view;
	unsigned count = 0;
	if (view->buffer != NULL)
		cursor->sources[count++].layer = engine__buffer_layer(view->buffer);
	for (unsigned i = 0; i < view->layer_count; i++)
		if (engine__memtable_has(view->of_layer[i], cursor->tree))
			cursor->sources[count++].layer = view->layers[i];
	cursor->source_count = count;
}

cx_status engine__cursor_open(engine__view *view, engine__tree tree,
                              engine__direction direction, engine__cursor **ret)
{
	CX_ASSERT(view->live);
	CX_ASSERT(tree.number >= ENGINE__FIRST_TREE);
	CX_SCOPED(free_cursor) engine__cursor *cursor = take_idle(view, tree);
	if (cursor == NULL)
		cursor = new_cursor(view, tree);
	if (cursor == NULL)
		return CX_NO_MEMORY;
	cx_status status = find_tree(view, cursor);
	if (status != CX_OK)
		return status;
	cursor->direction = direction;
	cursor->at.damaged = false;
	cursor->position = AT_START;
	cursor->key = (cx_slice){ 0 };
	take_sources(cursor);
	cursor->sought = false;
	view->cursors_open++;
	*ret = cursor;
	cursor = NULL;
	return CX_OK;
}

void engine__cursor_close(engine__cursor **cursor)
{
	if (*cursor == NULL)
		return;
	CX_ASSERT((*cursor)->view->cursors_open > 0);
	(*cursor)->view->cursors_open--;
	keep_idle(*cursor);
	*cursor = NULL;
}
