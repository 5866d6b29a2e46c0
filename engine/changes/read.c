/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/core/meta.h"
#include "engine/log/log.h"

#include <inttypes.h>

const char *engine_change_kind_name(engine_change_kind kind)
{
	switch (kind) {
#define CASE(name, number, text)    \
	case ENGINE_CHANGED_##name: \
		return text;
		ENGINE_CHANGE_KINDS(CASE)
#undef CASE
	}
	return "unknown";
}

static cx_status fail(cx_status status, cx_error *error)
{
	if (error != NULL && error->status == status)
		return status; /* somebody said more */
	return cx_fail(error, status, "%s",
	               status == CX_CORRUPT ? "the change log is damaged; run check"
	                                    : cx_status_text(status));
}

cx_status engine_changes_oldest(engine_read *read, uint64_t *ret)
{
	return engine__meta_log_oldest(read, ret);
}

static cx_status check_kept(engine_read *read, uint64_t from, cx_error *error)
{
	uint64_t oldest;
	cx_status status = engine_changes_oldest(read, &oldest);
	if (status != CX_OK || from >= oldest)
		return status;
	return cx_fail(error, CX_COMPACTED,
	               "changes before %" PRIu64 " are not kept any more: read the records, "
	               "then the changes from there on",
	               oldest);
}

/* Whose changes are handed over. */
typedef struct wish {
	const engine_type *const *types; /* count of them; 0 = all */
	size_t count;
	bool dropped; /* also of types that were dropped */
	size_t max;
} wish;

static bool is_wanted(const wish *self, const engine_type *type)
{
	if (type == NULL)
		return self->dropped;
	for (size_t i = 0; i < self->count; i++)
		if (self->types[i] == type)
			return true;
	return self->count == 0;
}

static cx_status read_changes(engine_read *read, uint64_t from, const wish *wished,
                              engine_logged_sink *sink, void *context, uint64_t *ret_next,
                              uint64_t *ret_keys, cx_error *error)
{
	if (error != NULL)
		cx_error_clear(error);
	cx_status status = check_kept(read, from, error);
	CX_SCOPED(engine__log_walk_end) engine__log_walk walk = { 0 };
	if (status == CX_OK)
		status = engine__log_walk_begin(read, from, &walk);
	uint64_t next = from;
	for (size_t taken = 0; status == CX_OK;) {
		engine_logged change;
		status = engine__log_walk_next(&walk, &change);
		if (status == CX_NOT_FOUND) {
			status = CX_OK;
			break;
		}
		if (status == CX_OK && is_wanted(wished, change.type)) {
			status = sink(context, &change);
			taken++;
		}
		if (status == CX_OK && change.last)
			next = change.seq + 1;
		if (status == CX_OK && change.last && taken >= wished->max)
			break;
	}
	if (status != CX_OK)
		return fail(status, error);
	*ret_next = next;
	if (ret_keys != NULL)
		*ret_keys = walk.keys;
	return CX_OK;
}

cx_status engine_changes_read(engine_read *read, uint64_t from, const engine_type *const *types,
                              size_t type_count, size_t max, engine_logged_sink *sink,
                              void *context, uint64_t *ret_next, uint64_t *ret_keys,
                              cx_error *error)
{
	const wish wished = { .types = types, .count = type_count, .max = max };
	return read_changes(read, from, &wished, sink, context, ret_next, ret_keys, error);
}

cx_status engine_changes_read_all(engine_read *read, uint64_t from, size_t max,
                                  engine_logged_sink *sink, void *context, uint64_t *ret_next,
                                  cx_error *error)
{
	const wish wished = { .dropped = true, .max = max };
	return read_changes(read, from, &wished, sink, context, ret_next, NULL, error);
}

/* ---- step by step ---- */

static cx_status fail_missing(uint64_t seq, cx_error *error)
{
	return cx_fail(error, CX_CORRUPT, "change %" PRIu64 " is missing in the log; run check",
	               seq);
}

static engine_place behind(const engine_logged *change)
{
	if (change->last)
		return (engine_place){ .seq = change->seq + 1 };
	return (engine_place){ .seq = change->seq, .part = change->part + 1 };
}

cx_status engine_changes_step(engine_read *read, engine_place *place, size_t max,
                              engine_logged_sink *sink, void *context, cx_error *error)
{
	if (error != NULL)
		cx_error_clear(error);
	const uint64_t last = engine_read_seq(read);
	if (place->seq > last)
		return CX_OK;
	cx_status status = check_kept(read, place->seq, error);
	CX_SCOPED(engine__log_walk_end) engine__log_walk walk = { 0 };
	if (status == CX_OK)
		status = engine__log_walk_begin_at(read, *place, &walk);
	for (size_t i = 0; status == CX_OK && i < max && place->seq <= last; i++) {
		engine_logged change;
		status = engine__log_walk_next(&walk, &change);
		if (status == CX_NOT_FOUND || (status == CX_OK && change.seq != place->seq))
			return fail_missing(place->seq, error);
		if (status == CX_OK && change.type != NULL)
			status = sink(context, &change);
		if (status == CX_OK)
			*place = behind(&change);
	}
	return status == CX_OK ? CX_OK : fail(status, error);
}

/* ---- of one record ---- */

/* True when it was given an id once. */
static cx_status check_existed(engine_read *read, const engine_type *type, int64_t id,
                               cx_error *error)
{
	int64_t last;
	cx_status status = engine__meta_last_id(read, type, &last);
	if (status != CX_OK || (id >= 1 && id <= last))
		return status;
	return cx_fail(error, CX_NOT_FOUND, "%s %lld: there never was such a record",
	               type->name, (long long)id);
}

cx_status engine_history(engine_read *read, const engine_type *type, int64_t id,
                         uint64_t before, size_t max, uint64_t deadline_ns,
                         engine_logged_sink *sink, void *context, bool *ret_cut,
                         cx_error *error)
{
	if (error != NULL)
		cx_error_clear(error);
	CX_SCOPED(engine__history_walk_end) engine__history_walk walk = { 0 };
	cx_status status = check_existed(read, type, id, error);
	if (status != CX_OK)
		return fail(status, error);
	status = engine__history_walk_begin(read, type, id, before == 0 ? UINT64_MAX : before,
	                                    &walk);
	bool created = false;
	size_t taken = 0;
	while (status == CX_OK && taken < max && !created) {
		uint64_t seq;
		uint32_t part;
		engine_logged change;
		status = engine__history_walk_next(&walk, &seq, &part);
		if (status == CX_NOT_FOUND)
			break;
		if (status == CX_OK)
			status = engine__log_get(read, seq, part, &change);
		if (status == CX_NOT_FOUND)
			status = CX_CORRUPT;
		if (status == CX_OK)
			status = sink(context, &change);
		created = status == CX_OK && change.kind == ENGINE_CHANGED_CREATE;
		taken++;
		if (status == CX_OK && engine__history_walk_is_late(&walk, deadline_ns))
			return cx_fail(error, CX_DEADLINE,
			               "the deadline passed after %zu changes; ask for fewer "
			               "with limit, and go on with before",
			               taken);
	}
	const bool ended = status == CX_NOT_FOUND;
	if (status != CX_OK && !ended)
		return fail(status, error);
	*ret_cut = ended && !created;
	return CX_OK;
}
