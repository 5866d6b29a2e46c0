/* SPDX-License-Identifier: Apache-2.0 */
/* A record as it was: from its present row back through its history. Each change is taken back
 * until the newest one of the moment is reached; that one tells revision, time and author. */
#include "engine/changes/past.h"
#include "engine/core/meta.h"
#include "engine/core/snapshot.h"
#include "engine/record/read.h"

#include <inttypes.h>

typedef struct past {
	engine__past row;
	engine_moment moment;
	uint64_t deadline_ns;
	cx_error *error;
} past;

static cx_status fail_compacted(const past *self)
{
	return cx_fail(self->error, CX_COMPACTED,
	               "%s %lld: what it was then is not kept any more", self->row.type->name,
	               (long long)self->row.id);
}

static bool is_reached(const past *self, const engine_logged *change)
{
	if (self->moment.seq > 0)
		return change->seq <= self->moment.seq;
	return change->at_ms <= self->moment.at_ms;
}

static cx_status take_back(past *self, const engine_logged *change)
{
	cx_status status = engine__past_take_back(&self->row, change);
	if (status == CX_COMPACTED)
		return fail_compacted(self);
	if (status == CX_NOT_FOUND)
		return engine__fail_not_found(self->row.type, self->row.id, self->error);
	return status;
}

/* The newest change of the moment: what it left is what is asked for. */
static cx_status arrive(past *self, const engine_logged *change)
{
	if (change->kind == ENGINE_CHANGED_DELETE || change->kind == ENGINE_CHANGED_PURGE ||
	    self->row.values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL)
		return engine__fail_not_found(self->row.type, self->row.id, self->error);
	engine__past_sign(&self->row, change);
	return CX_OK;
}

/* The log reaches back to the moment, that is, all that came after it is kept. Of a time that
 * is certain when what is there has not been changed since; of what is not, when the oldest
 * that is kept is older. */
static cx_status is_kept(past *self, bool *ret)
{
	if (self->moment.seq == 0 && self->row.is_there) {
		*ret = self->row.values[ENGINE_SLOT_UPDATED_AT].integer <= self->moment.at_ms;
		return CX_OK;
	}
	uint64_t oldest;
	cx_status status = engine__meta_log_oldest(self->row.read, &oldest);
	if (status != CX_OK)
		return status;
	*ret = self->moment.seq + 1 >= oldest;
	if (self->moment.seq > 0)
		return CX_OK;
	engine_logged first;
	status = engine__log_get(self->row.read, oldest, 0, &first);
	*ret = status == CX_OK && is_reached(self, &first);
	return status == CX_NOT_FOUND ? CX_OK : status;
}

/* No change of it is kept: it is as it was, as far back as the log reaches. */
static cx_status stand(past *self)
{
	bool kept;
	cx_status status = is_kept(self, &kept);
	if (status != CX_OK)
		return status;
	if (!kept)
		return fail_compacted(self);
	if (!self->row.is_there ||
	    self->row.values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL)
		return engine__fail_not_found(self->row.type, self->row.id, self->error);
	return CX_OK;
}

static cx_status go_back(past *self)
{
	bool moved = false;
	CX_SCOPED(engine__history_walk_end) engine__history_walk walk = { 0 };
	cx_status status = engine__history_walk_begin(self->row.read, self->row.type,
	                                              self->row.id, UINT64_MAX, &walk);
	while (status == CX_OK) {
		uint64_t seq;
		uint32_t part;
		engine_logged change;
		status = engine__history_walk_next(&walk, &seq, &part);
		if (status == CX_NOT_FOUND)
			return moved ? fail_compacted(self) : stand(self);
		if (status == CX_OK)
			status = engine__log_get(self->row.read, seq, part, &change);
		if (status == CX_NOT_FOUND)
			return CX_CORRUPT;
		if (status == CX_OK && is_reached(self, &change))
			return arrive(self, &change);
		if (status == CX_OK)
			status = take_back(self, &change);
		if (status == CX_OK && engine__history_walk_is_late(&walk, self->deadline_ns))
			return cx_fail(self->error, CX_DEADLINE,
			               "the deadline passed while changes were taken back");
		moved = true;
	}
	return status;
}

static cx_status write_row(past *self, engine_row *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf array = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	cx_status status = engine__past_write(&self->row, &array);
	if (status != CX_OK)
		return status;
	const cx_slice kept = cx_arena_copy(self->row.read->assembled, cx_buf_slice(&array));
	if (kept.data == NULL)
		return CX_NO_MEMORY;
	*ret = (engine_row){ .type = self->row.type,
		             .array = kept,
		             .id = self->row.id,
		             .layout = self->row.type->layout };
	return CX_OK;
}

cx_status engine_as_of(engine_read *read, const engine_type *type, int64_t id,
                       engine_moment moment, uint64_t deadline_ns, engine_row *ret,
                       cx_error *error)
{
	if (error != NULL)
		cx_error_clear(error);
	if (moment.seq > engine_read_seq(read))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "change %" PRIu64 " is not there yet: the last is %" PRIu64,
		               moment.seq, engine_read_seq(read));
	past self = { .moment = moment, .deadline_ns = deadline_ns, .error = error };
	cx_status status = engine__past_begin(read, type, id, &self.row, error);
	if (status == CX_OK)
		status = go_back(&self);
	if (status == CX_OK)
		status = write_row(&self, ret);
	if (status != CX_OK && error != NULL && error->status != status)
		cx_fail(error, status, "%s", cx_status_text(status));
	return status;
}
