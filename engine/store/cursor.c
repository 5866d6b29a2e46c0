/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor merges the pairs of the snapshot with the writes of the buffer; where both have a
 * key, the buffer wins.
 *
 * The snapshot side reads ahead by at most one pair (`base`), the buffer side by one node
 * (`ahead`). Writes and rollbacks change the buffer's stamp; the next read then looks its node
 * up again, behind the last pair handed out. A base pair that was passed over as removed is
 * looked up again too, as a rollback may have brought it back. */
#include "engine/store/lmdb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef enum base_state {
	BASE_START, /* LMDB's cursor has no place */
	BASE_HELD,  /* `base` is its pair and was not used */
	BASE_USED,
	BASE_END,
} base_state;

typedef enum position {
	AT_START,
	AT_KEY,     /* `key` is the bound of a seek */
	BEHIND_KEY, /* `key` was handed out last */
} position;

struct engine__cursor {
	engine__view *view;
	engine__cursor *next; /* in the view's idle list */
	MDB_cursor *mdb;      /* NULL: the snapshot does not have the tree */
	engine__tree tree;
	engine__direction direction;

	base_state state;
	bool passed_over; /* base pairs since the last one handed out */
	engine__pair base;

	const engine__node *ahead;
	uint64_t stamp; /* of the buffer when `ahead` was looked up */

	position position;
	cx_slice key;
	uint8_t bound[ENGINE__SEEK_BYTES_MAX];
};

/* ---- snapshot side ---- */

static cx_status take(engine__cursor *cursor, int code, MDB_val key, MDB_val value)
{
	if (code == MDB_NOTFOUND) {
		cursor->state = BASE_END;
		return CX_OK;
	}
	if (code != 0)
		return engine__status_of_mdb(code);
	cursor->state = BASE_HELD;
	cursor->base.key = engine__slice_of(key);
	cursor->base.value = engine__slice_of(value);
	return CX_OK;
}

static cx_status move_base(engine__cursor *cursor, MDB_cursor_op op)
{
	MDB_val key = { 0 };
	MDB_val value = { 0 };
	int code = mdb_cursor_get(cursor->mdb, &key, &value, op);
	return take(cursor, code, key, value);
}

/* Makes the state BASE_HELD or BASE_END. */
static cx_status hold_base(engine__cursor *cursor)
{
	bool forward = cursor->direction == ENGINE__FORWARD;
	switch (cursor->state) {
	case BASE_START:
		return move_base(cursor, forward ? MDB_FIRST : MDB_LAST);
	case BASE_USED:
		return move_base(cursor, forward ? MDB_NEXT : MDB_PREV);
	case BASE_HELD:
	case BASE_END:
		return CX_OK;
	}
	CX_UNREACHABLE();
}

static cx_status seek_base(engine__cursor *cursor, cx_slice bound)
{
	if (cursor->mdb == NULL)
		return CX_OK;
	bool forward = cursor->direction == ENGINE__FORWARD;
	if (bound.size == 0) { /* LMDB has no empty key */
		cursor->state = forward ? BASE_START : BASE_END;
		return CX_OK;
	}
	MDB_val key = engine__val_of(bound);
	MDB_val value = { 0 };
	int code = mdb_cursor_get(cursor->mdb, &key, &value, MDB_SET_RANGE);
	if (forward)
		return take(cursor, code, key, value);
	if (code != 0 && code != MDB_NOTFOUND)
		return engine__status_of_mdb(code);
	return move_base(cursor, code == 0 ? MDB_PREV : MDB_LAST);
}

/* ---- buffer side ---- */

static const engine__node *ahead_of_position(const engine__cursor *cursor)
{
	const engine__buffer *buffer = cursor->view->buffer;
	engine__direction direction = cursor->direction;
	if (cursor->position == AT_START && direction == ENGINE__BACKWARD)
		return engine__buffer_last(buffer, cursor->tree);
	const engine__node *node =
		engine__buffer_seek(buffer, cursor->tree, cursor->key, direction);
	if (cursor->position == BEHIND_KEY && node != NULL &&
	    cx_slice_equal(node->key, cursor->key)) /* only forward */
		node = engine__buffer_neighbour(buffer, node, direction);
	return node;
}

static cx_status base_of_position(engine__cursor *cursor)
{
	cursor->passed_over = false;
	if (cursor->position == AT_START) {
		cursor->state = BASE_START;
		return CX_OK;
	}
	cx_status status = seek_base(cursor, cursor->key);
	if (status == CX_OK && cursor->position == BEHIND_KEY && cursor->state == BASE_HELD &&
	    cx_slice_equal(cursor->base.key, cursor->key)) /* only forward */
		cursor->state = BASE_USED;
	return status;
}

/* Takes account of writes and rollbacks since the last read. */
static cx_status refresh(engine__cursor *cursor)
{
	uint64_t stamp = engine__buffer_stamp(cursor->view->buffer);
	if (cursor->stamp == stamp)
		return CX_OK;
	cursor->stamp = stamp;
	cursor->ahead = ahead_of_position(cursor);
	return cursor->passed_over ? base_of_position(cursor) : CX_OK;
}

/* Which of the two comes first: <0 the base pair, >0 the node, 0 when they have one key. */
static int order_of_heads(const engine__cursor *cursor)
{
	if (cursor->ahead == NULL)
		return -1;
	if (cursor->state == BASE_END)
		return 1;
	int order = cx_slice_compare(cursor->base.key, cursor->ahead->key);
	return cursor->direction == ENGINE__FORWARD ? order : -order;
}

static cx_status next_merged(engine__cursor *cursor, engine__pair *pair, bool *ret_found)
{
	for (;;) {
		cx_status status = hold_base(cursor);
		if (status != CX_OK)
			return status;
		const engine__node *node = cursor->ahead;
		if (cursor->state == BASE_END && node == NULL) {
			*ret_found = false;
			return CX_OK;
		}
		int order = order_of_heads(cursor);
		if (order < 0) {
			*pair = cursor->base;
			cursor->state = BASE_USED;
			break;
		}
		if (order == 0)
			cursor->state = BASE_USED;
		cursor->ahead =
			engine__buffer_neighbour(cursor->view->buffer, node, cursor->direction);
		if (!node->newest->removed) {
			*pair = (engine__pair){ .key = node->key,
				                .value = node->newest->value };
			break;
		}
		cursor->passed_over |= order == 0;
	}
	cursor->passed_over = false;
	cursor->position = BEHIND_KEY;
	cursor->key = pair->key;
	*ret_found = true;
	return CX_OK;
}

static cx_status read_merged(engine__cursor *cursor, engine__pair *pairs, size_t max,
                             size_t *ret_count)
{
	size_t count = 0;
	bool found = true;
	while (count < max) {
		cx_status status = next_merged(cursor, &pairs[count], &found);
		if (status != CX_OK)
			return status;
		if (!found)
			break;
		count++;
	}
	*ret_count = count;
	return CX_OK;
}

static cx_status read_base(engine__cursor *cursor, engine__pair *pairs, size_t max,
                           size_t *ret_count)
{
	size_t count = 0;
	for (; count < max; count++) {
		cx_status status = hold_base(cursor);
		if (status != CX_OK)
			return status;
		if (cursor->state == BASE_END)
			break;
		pairs[count] = cursor->base;
		cursor->state = BASE_USED;
	}
	if (count > 0) {
		cursor->passed_over = false;
		cursor->position = BEHIND_KEY;
		cursor->key = pairs[count - 1].key;
	}
	*ret_count = count;
	return CX_OK;
}

cx_status engine__cursor_next(engine__cursor *cursor, engine__pair *pairs, size_t max,
                              size_t *ret_count)
{
	const engine__buffer *buffer = cursor->view->buffer;
	if (buffer == NULL)
		return read_base(cursor, pairs, max, ret_count);
	cx_status status = refresh(cursor);
	if (status != CX_OK)
		return status;
	return cursor->ahead == NULL ? read_base(cursor, pairs, max, ret_count)
	                             : read_merged(cursor, pairs, max, ret_count);
}

cx_status engine__cursor_seek(engine__cursor *cursor, cx_slice key)
{
	if (key.size > ENGINE__SEEK_BYTES_MAX)
		return CX_TOO_LARGE;
	cx_status status = seek_base(cursor, key);
	if (status != CX_OK)
		return status;
	cursor->passed_over = false;
	if (cursor->view->buffer == NULL)
		return CX_OK;

	if (key.size > 0)
		memcpy(cursor->bound, key.data, key.size);
	cursor->position = AT_KEY;
	cursor->key = (cx_slice){ .data = cursor->bound, .size = key.size };
	cursor->stamp = engine__buffer_stamp(cursor->view->buffer);
	cursor->ahead = ahead_of_position(cursor);
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
	if (*cursor == NULL)
		return;
	if ((*cursor)->mdb != NULL)
		mdb_cursor_close((*cursor)->mdb);
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

static cx_status open_mdb(engine__view *view, engine__cursor *cursor)
{
	int code = cursor->mdb == NULL
	                   ? mdb_cursor_open(view->mdb, cursor->tree.number, &cursor->mdb)
	                   : mdb_cursor_renew(view->mdb, cursor->mdb);
	if (code == EINVAL && !engine__view_has(view, cursor->tree)) {
		if (cursor->mdb != NULL)
			mdb_cursor_close(cursor->mdb);
		cursor->mdb = NULL;
		return CX_OK;
	}
	return engine__status_of_mdb(code);
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
	cx_status status = open_mdb(view, cursor);
	if (status != CX_OK)
		return status;
	cursor->direction = direction;
	cursor->state = cursor->mdb == NULL ? BASE_END : BASE_START;
	cursor->passed_over = false;
	cursor->ahead = NULL;
	cursor->position = AT_START;
	cursor->key = (cx_slice){ 0 };
	if (view->buffer != NULL) {
		cursor->stamp = engine__buffer_stamp(view->buffer);
		cursor->ahead = ahead_of_position(cursor);
	}
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
