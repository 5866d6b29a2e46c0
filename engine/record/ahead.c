/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/ahead.h"

#include "engine/core/snapshot.h"
#include "engine/index/key.h"
#include "engine/record/read.h"
#include "engine/record/unique.h"

#include <string.h>

enum { FETCHES = 2 }; /* of engine__view_fetch(), for one key */

engine_ahead engine_ahead_get(const engine_type *type, int64_t id)
{
	return (engine_ahead){ .type = type, .id = id };
}

static cx_status make_key(engine_read *read, cx_slice values, engine_ahead *ahead)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = engine__scratch_take(read, &scratch);
	if (status != CX_OK)
		return status;
	engine__value columns[ENGINE_COLUMNS_MAX];
	CX_UNSET engine__key_room room;
	cx_buf key = engine__key_in(&room);
	bool inexact = false;
	status = engine__unique_read(ahead->index, values, scratch.arena, columns, NULL);
	if (status == CX_OK)
		status = engine__unique_key(ahead->index, columns, &key, &inexact);
	if (status == CX_OK && (inexact || key.size > sizeof ahead->key))
		status = CX_TOO_LARGE;
	if (status != CX_OK)
		return status;
	ahead->key_bytes = key.size;
	memcpy(ahead->key, key.data, key.size);
	return CX_OK;
}

engine_ahead engine_ahead_lookup(engine_read *read, const engine_index *index, cx_slice values)
{
	engine_ahead ahead = { .type = index->type, .index = index };
	if (engine__unique_check(index, NULL) != CX_OK ||
	    make_key(read, values, &ahead) != CX_OK)
		ahead.steps = FETCHES;
	return ahead;
}

static cx_slice key_of(const engine_ahead *ahead)
{
	return (cx_slice){ .data = ahead->key, .size = ahead->key_bytes };
}

/* The entry has come: from it to the record. */
static bool find_id(engine_read *read, engine_ahead *ahead)
{
	engine__pair entry = { .key = key_of(ahead) };
	if (ahead->key_bytes == 0 ||
	    engine__view_get(read->view, engine__tree_of(ahead->index->tree), entry.key,
	                     &entry.value) != CX_OK ||
	    engine__entry_id(ahead->index, &entry, &ahead->id) != CX_OK)
		return false;
	ahead->index = NULL;
	ahead->steps = 0;
	return true;
}

bool engine_ahead_step(engine_read *read, engine_ahead *ahead)
{
	if (ahead->steps == FETCHES && (ahead->index == NULL || !find_id(read, ahead)))
		return false;
	const engine_type *type = ahead->type;
	uint8_t bytes[8];
	const cx_slice key =
		ahead->index != NULL ? key_of(ahead) : engine__id_key(ahead->id, bytes);
	const uint16_t record = type->cluster == NULL ? type->record_tree : type->cluster_tree;
	engine__view_fetch(read->view,
	                   engine__tree_of(ahead->index != NULL ? ahead->index->tree : record),
	                   key, ahead->steps++ > 0);
	return true;
}
