/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/build/removal.h"

#include "base/check.h"

enum {
	PAIRS = 64,
	/* A back reference: target type u16, target id u64, source type u16, field id u16,
	 * source id u64 (engine/index/entries.h). */
	SOURCE_AT = 10,
	FIELD_AT = 12,
	REFERENCE_BYTES = 22,
};

/* Stands behind the frontier, or at `from`. */
static cx_status begin(engine__slice *slice, engine__tree tree, cx_slice from,
                       engine__cursor **ret)
{
	const cx_slice frontier = engine__build_frontier(slice->build);
	cx_status status =
		engine__cursor_open(slice->write->read.view, tree, ENGINE__FORWARD, ret);
	if (status != CX_OK || (frontier.size == 0 && from.size == 0))
		return status;
	return engine__cursor_seek(*ret, frontier.size > 0 ? frontier : from);
}

cx_status engine__removal_run(engine__slice *slice, engine__tree tree, cx_slice from,
                              engine__removal_wants *wants, bool *ret_done)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	engine__build *build = slice->build;
	engine__pair pairs[PAIRS];
	size_t count = PAIRS;
	bool past = false;
	cx_status status = begin(slice, tree, from, &cursor);
	while (status == CX_OK && !past && count == PAIRS && !engine__slice_is_over(slice)) {
		status = engine__cursor_next(cursor, pairs, PAIRS, &count);
		for (size_t i = 0; i < count && status == CX_OK && !past; i++) {
			if (wants != NULL && !wants(build, pairs[i].key, &past))
				continue;
			status = engine__txn_remove(slice->write->txn, tree, pairs[i].key);
			build->entries++;
		}
		if (status == CX_OK && count > 0)
			engine__build_set_frontier(build, pairs[count - 1].key);
	}
	*ret_done = status == CX_OK && (past || count < PAIRS);
	return status;
}

static uint16_t big_endian(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static bool is_of_field(const engine__build *build, cx_slice key, bool *ret_past)
{
	if (key.size != REFERENCE_BYTES)
		return false;
	*ret_past = big_endian(key.data) > build->other_id;
	return big_endian(key.data) == build->other_id &&
	       big_endian(key.data + SOURCE_AT) == build->type_id &&
	       big_endian(key.data + FIELD_AT) == build->id;
}

static cx_status clear_references(engine__slice *slice, bool *ret_done)
{
	const uint16_t target = slice->build->other_id;
	const uint8_t from[2] = { (uint8_t)(target >> 8), (uint8_t)target };
	return engine__removal_run(slice, slice->write->engine->backref,
	                           (cx_slice){ from, sizeof from }, is_of_field, ret_done);
}

const engine__builder_of engine__reference_builder = { .clear = clear_references };

cx_status engine__removal_count(engine_read *read, const engine__build *build, uint64_t *count)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	engine__pair pairs[PAIRS];
	size_t found = PAIRS;
	bool past = false;
	cx_status status = engine__cursor_open(read->view, read->engine->backref,
	                                       ENGINE__FORWARD, &cursor);
	while (status == CX_OK && found == PAIRS && !past) {
		status = engine__cursor_next(cursor, pairs, PAIRS, &found);
		for (size_t i = 0; status == CX_OK && i < found; i++)
			*count += is_of_field(build, pairs[i].key, &past);
	}
	return status;
}
