/* SPDX-License-Identifier: Apache-2.0 */
/* Retention: the oldest operations go, whole ones, with what the histories have of them. */
#include "engine/core/meta.h"
#include "engine/log/log.h"

typedef struct trimming {
	engine_write *write;
	const engine_retention *retention;
	int64_t now_ms;
} trimming;

/* Whether the operation, the oldest there is, need not be kept. */
static bool is_spare(const trimming *self, const engine_logged *change)
{
	const engine_retention *keep = self->retention;
	if (keep->keep_bytes > 0 && self->write->log_bytes > keep->keep_bytes)
		return true;
	return keep->keep_ms > 0 && self->now_ms > change->at_ms &&
	       (uint64_t)(self->now_ms - change->at_ms) > keep->keep_ms;
}

/* The id of a type that was dropped is not known, and neither is its history: its trees go with
 * the type. */
static cx_status remove_change(trimming *self, const engine_logged *change)
{
	cx_status status = engine__log_remove(self->write, change->seq, change->part);
	if (status != CX_OK || change->type == NULL)
		return status;
	uint8_t bytes[ENGINE__HISTORY_KEY_BYTES];
	return engine__txn_remove(self->write->txn, self->write->engine->history,
	                          engine__history_key(bytes, change->type->id, change->id,
	                                              change->seq, change->part));
}

/* Removes the operation that begins with `change`. */
static cx_status remove_operation(trimming *self, engine__log_walk *walk, engine_logged change)
{
	for (;;) {
		cx_status status = remove_change(self, &change);
		if (status != CX_OK || change.last)
			return status;
		status = engine__log_walk_next(walk, &change);
		if (status != CX_OK)
			return status == CX_NOT_FOUND ? CX_CORRUPT : status;
	}
}

cx_status engine_changes_trim(engine_write *write, const engine_retention *retention,
                              int64_t now_ms, uint32_t operations_max, bool *ret_more)
{
	trimming self = { .write = write, .retention = retention, .now_ms = now_ms };
	uint64_t oldest;
	cx_status status = engine__meta_log_oldest(&write->read, &oldest);
	CX_SCOPED(engine__log_walk_end) engine__log_walk walk = { 0 };
	if (status == CX_OK)
		status = engine__log_walk_begin(&write->read, oldest, &walk);
	uint32_t removed = 0;
	bool more = true;
	while (status == CX_OK && removed < operations_max && more) {
		engine_logged change;
		status = engine__log_walk_next(&walk, &change);
		more = status == CX_OK && is_spare(&self, &change);
		if (more)
			status = remove_operation(&self, &walk, change);
		if (more && status == CX_OK) {
			oldest = change.seq + 1;
			removed++;
		}
	}
	if (status != CX_OK && status != CX_NOT_FOUND)
		return status;
	*ret_more = more && removed == operations_max;
	if (removed == 0)
		return CX_OK;
	write->maintains = true;
	return engine__meta_log_oldest_put(write, oldest);
}
