/* SPDX-License-Identifier: Apache-2.0 */
/* The change log: no operation and no part of one is missing from the oldest that is kept to
 * the last, each is in the history of its record and nothing else is, the newest change of a
 * record left it as it is, and its bytes are as many as are written down. */
#include "engine/log/log.h"

#include "engine/check/report.h"
#include "engine/core/meta.h"
#include "engine/record/read.h"
#include "engine/row/row.h"

#define PLACE(change) (unsigned long long)(change)->seq, (change)->part

static cx_status check_place(engine__checking *self, const engine_logged *change,
                             uint16_t type_id)
{
	uint8_t bytes[ENGINE__HISTORY_KEY_BYTES];
	const cx_slice key =
		engine__history_key(bytes, type_id, change->id, change->seq, change->part);
	cx_slice value;
	const engine__tree tree = self->read->engine->history;
	cx_status status = engine__view_get(self->read->view, tree, key, &value);
	if (status == CX_NOT_FOUND)
		engine__find(self, "change %llu.%u: not in the history of %s %lld",
		             PLACE(change),
		             change->type != NULL ? change->type->name : "a dropped type",
		             (long long)change->id);
	self->expected[tree.number]++;
	return status == CX_NOT_FOUND ? CX_OK : status;
}

static cx_status is_newest(engine__checking *self, const engine_logged *change, bool *ret)
{
	CX_SCOPED(engine__history_walk_end) engine__history_walk walk = { 0 };
	uint64_t seq = 0;
	uint32_t part = 0;
	cx_status status = engine__history_walk_begin(self->read, change->type, change->id,
	                                              UINT64_MAX, &walk);
	if (status == CX_OK)
		status = engine__history_walk_next(&walk, &seq, &part);
	*ret = status == CX_OK && seq == change->seq && part == change->part;
	return status == CX_NOT_FOUND ? CX_OK : status;
}

/* 0 when there is no record. */
static cx_status rev_of(engine__checking *self, const engine_logged *change, int64_t *ret)
{
	engine_row row;
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	*ret = 0;
	cx_status status = engine_get_any(self->read, change->type, change->id, &row, NULL);
	if (status == CX_OK)
		status = engine__row_values(change->type, row.array, values);
	if (status == CX_OK)
		*ret = values[ENGINE_SLOT_REV].integer;
	return status == CX_NOT_FOUND ? CX_OK : status;
}

static cx_status check_change(engine__checking *self, const engine_logged *change,
                              uint16_t type_id)
{
	bool newest = false;
	cx_status status = check_place(self, change, type_id);
	if (change->type == NULL)
		return status;
	if (status == CX_OK)
		status = is_newest(self, change, &newest);
	int64_t rev = change->rev;
	if (status == CX_OK && newest)
		status = rev_of(self, change, &rev);
	if (status == CX_OK && rev != change->rev)
		engine__find(self, "%s %lld: has revision %lld, and %lld in the change log",
		             change->type->name, (long long)change->id, (long long)rev,
		             (long long)change->rev);
	return status == CX_CORRUPT ? CX_OK : status; /* a damaged row has been found */
}

/* What the next entry has to be. */
typedef struct expected_place {
	uint64_t seq;
	uint32_t part;
} expected_place;

static void check_order(engine__checking *self, const engine_logged *change,
                        expected_place *next)
{
	if (change->seq != next->seq || change->part != next->part)
		engine__find(self, "change log: %llu.%u follows where %llu.%u is expected",
		             PLACE(change), (unsigned long long)next->seq, next->part);
	*next = change->last ? (expected_place){ .seq = change->seq + 1 }
	                     : (expected_place){ .seq = change->seq, .part = change->part + 1 };
}

/* Long rows are put together in an arena of ours, so that they do not pile up. */
/* By which retention is decided. */
static cx_status check_bytes(engine__checking *self, uint64_t bytes)
{
	uint64_t kept;
	cx_status status = engine__meta_log_bytes(self->read, &kept);
	if (status == CX_OK && kept != bytes)
		engine__find(self, "change log: has %llu bytes, and %llu are written down",
		             (unsigned long long)bytes, (unsigned long long)kept);
	return status;
}

static cx_status walk_log(engine__checking *self, uint64_t oldest, expected_place *ret_next)
{
	CX_SCOPED(engine__log_walk_end) engine__log_walk walk = { 0 };
	cx_status status = engine__log_walk_begin(self->read, oldest, &walk);
	*ret_next = (expected_place){ .seq = oldest };
	while (status == CX_OK) {
		engine_logged change;
		status = engine__log_walk_next(&walk, &change);
		if (status == CX_NOT_FOUND)
			return check_bytes(self, walk.bytes);
		if (status == CX_CORRUPT) {
			engine__find(self, "change log: the entry at %llu.%u is damaged",
			             (unsigned long long)ret_next->seq, ret_next->part);
			return CX_CORRUPT;
		}
		if (status == CX_OK)
			check_order(self, &change, ret_next);
		if (status == CX_OK)
			status = check_change(self, &change, walk.type_id);
		if (status == CX_OK)
			status = engine__check_time(self);
		cx_arena_clear(self->arena);
	}
	return status;
}

cx_status engine__check_log(engine__checking *self, bool *ret_differs)
{
	uint64_t oldest;
	expected_place next = { 0 };
	cx_arena *assembled = self->read->assembled;
	self->read->assembled = self->arena;
	cx_status status = engine__meta_log_oldest(self->read, &oldest);
	if (status == CX_OK)
		status = walk_log(self, oldest, &next);
	self->read->assembled = assembled;
	*ret_differs = status == CX_CORRUPT;
	if (status == CX_CORRUPT)
		return CX_OK;
	const uint64_t last = engine_read_seq(self->read);
	if (status == CX_OK && next.seq != last + 1)
		engine__find(self,
		             "change log: it ends before %llu, and the last change is %llu",
		             (unsigned long long)next.seq, (unsigned long long)last);
	return status;
}
