/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record/partial.h"

#include "engine/core/meta.h"
#include "engine/index/key.h"
#include "engine/record/unique.h"

typedef enum place {
	FREE,
	OWN,
	TAKEN, /* by another record, in a unique index */
} place;

static bool has_id_in_value(const engine__entry *entry)
{
	return entry->index->unique && !entry->inexact;
}

static cx_status look(engine_write *write, const engine__entry *entry, place *ret,
                      cx_slice *ret_value)
{
	cx_status status = engine__view_get(write->read.view, engine__tree_of(entry->tree),
	                                    entry->key, ret_value);
	if (status == CX_NOT_FOUND) {
		*ret = FREE;
		return CX_OK;
	}
	if (status != CX_OK)
		return status;
	*ret = OWN; /* the id is in the key */
	if (!has_id_in_value(entry))
		return CX_OK;
	if (ret_value->size < ENGINE__KEY_ID_BYTES)
		return CX_CORRUPT;
	const cx_slice id = { .data = ret_value->data, .size = ENGINE__KEY_ID_BYTES };
	const cx_slice own = { .data = entry->value.data, .size = ENGINE__KEY_ID_BYTES };
	if (!cx_slice_equal(id, own))
		*ret = TAKEN;
	return CX_OK;
}

static cx_status count_inexact(engine_write *write, const engine__entry *entry, int delta)
{
	return entry->inexact ? engine__index_inexact_add(write, entry->index, delta) : CX_OK;
}

cx_status engine__partial_remove(engine_write *write, const engine__entry *entry)
{
	place found;
	cx_slice value;
	cx_status status = look(write, entry, &found, &value);
	if (status != CX_OK || found != OWN)
		return status;
	status = engine__txn_remove(write->txn, engine__tree_of(entry->tree), entry->key);
	return status == CX_OK ? count_inexact(write, entry, -1) : status;
}

static cx_status put(engine_write *write, const engine__entry *entry)
{
	return engine__txn_put(write->txn, engine__tree_of(entry->tree), entry->key,
	                       entry->value);
}

/* An entry with a cut text has the id in its key, so equal values do not meet there. */
static cx_status find_equal(engine_write *write, const engine__entry *entry,
                            const engine__value *values, int64_t *ret)
{
	engine__value columns[ENGINE_COLUMNS_MAX];
	engine__unique_columns(entry->index, values, columns);
	cx_status status = engine__unique_find(&write->read, entry->index, columns, ret, NULL);
	if (status == CX_NOT_FOUND ||
	    (status == CX_OK && *ret == values[ENGINE_SLOT_ID].integer)) {
		*ret = 0;
		return CX_OK;
	}
	return status;
}

cx_status engine__partial_insert(engine_write *write, const engine__entry *entry,
                                 const engine__value *values, bool *ret_added,
                                 int64_t *ret_other)
{
	place found;
	cx_slice value;
	*ret_added = false;
	*ret_other = 0;
	cx_status status = look(write, entry, &found, &value);
	if (status != CX_OK)
		return status;
	if (found == OWN && cx_slice_equal(value, entry->value))
		return CX_OK;
	if (found == TAKEN)
		return engine__key_id((cx_slice){ value.data, ENGINE__KEY_ID_BYTES },
		                      ret_other);
	if (found == FREE && entry->index->unique && entry->inexact)
		status = find_equal(write, entry, values, ret_other);
	if (status != CX_OK || *ret_other > 0)
		return status;
	*ret_added = found == FREE;
	status = put(write, entry);
	return status == CX_OK && *ret_added ? count_inexact(write, entry, +1) : status;
}
