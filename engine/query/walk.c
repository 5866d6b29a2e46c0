/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/walk.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/index/key.h"
#include "engine/record/read.h"

static cx_status fail_entry(const engine__walk *walk, const char *what, cx_error *error)
{
	return cx_fail(error, CX_CORRUPT, "%s, index %s: %s; run check",
	               walk->plan->query->type->name,
	               engine__path_name(&walk->plan->chosen->path), what);
}

static cx_status fail(cx_status status, cx_error *error)
{
	return cx_fail(error, status, "%s", cx_status_text(status));
}

/* ---- begin and end ---- */

static cx_status alloc_batch(engine__walk *walk, cx_arena *arena)
{
	const size_t count = walk->batch_max;
	walk->hits = cx_arena_alloc(arena, count * sizeof *walk->hits);
	walk->verdicts = cx_arena_alloc(arena, count * sizeof *walk->verdicts);
	walk->record_keys = cx_arena_alloc(arena, count * sizeof *walk->record_keys);
	walk->stored = cx_arena_alloc(arena, count * sizeof *walk->stored);
	if (walk->hits == NULL || walk->verdicts == NULL || walk->record_keys == NULL ||
	    walk->stored == NULL)
		return CX_NO_MEMORY;
	return CX_OK;
}

static cx_status alloc_operands(engine__walk *walk, cx_arena *arena)
{
	const engine__plan *plan = walk->plan;
	const engine__filter *filter = &plan->filter;
	const size_t room = (size_t)filter->operand_count + 1;
	walk->operands = cx_arena_zalloc(arena, room * sizeof *walk->operands);
	walk->row_wants = cx_arena_zalloc(arena, room);
	walk->all_wants = cx_arena_zalloc(arena, room);
	walk->residual = cx_arena_alloc(arena, ((size_t)filter->conjunct_count + 1) *
	                                               sizeof *walk->residual);
	if (walk->operands == NULL || walk->row_wants == NULL || walk->all_wants == NULL ||
	    walk->residual == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < plan->key_filter.conjunct_count; i++)
		walk->residual[walk->residual_count++] = plan->key_filter.conjuncts[i];
	for (uint16_t i = 0; i < plan->row_conjunct_count; i++) {
		walk->residual[walk->residual_count++] = plan->row_conjuncts[i];
		engine__filter_wants(filter, plan->row_conjuncts[i], walk->row_wants);
	}
	for (uint16_t i = 0; i < walk->residual_count; i++)
		engine__filter_wants(filter, walk->residual[i], walk->all_wants);
	return CX_OK;
}

/* With nothing to be refused a batch is what is wanted and one more, to know whether that was
 * all. */
static void find_batch(engine__walk *walk, size_t page)
{
	const size_t most = ENGINE__SCAN_BATCH_MAX;
	walk->batch = page > 0 && page < most ? page + 1 : most;
	const bool refuses = walk->plan->chosen->residual || walk->plan->live_only;
	walk->batch_max = refuses ? most : walk->batch;
	walk->rows_wanted = page > 0 && !refuses ? page : SIZE_MAX;
}

cx_status engine__walk_begin(engine_read *read, const engine__plan *plan,
                             engine__scan_start start, size_t page, cx_arena *arena,
                             engine__walk *ret, cx_error *error)
{
	*ret = (engine__walk){ .read = read,
		               .plan = plan,
		               .folded = CX_BUF_INIT(ENGINE__FOLDED_BYTES_MAX),
		               .unescaped = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX * 2) };
	find_batch(ret, page);
	const engine__candidate *chosen = plan->chosen;
	cx_status status = alloc_batch(ret, arena);
	if (status == CX_OK)
		status = alloc_operands(ret, arena);
	if (status == CX_OK)
		status = engine__scan_begin(read->view, &chosen->path, &plan->ranges,
		                            chosen->reverse, chosen->ordering == ENGINE__MERGED,
		                            start, arena, &ret->scan);
	if (status == CX_CURSOR_STALE)
		return engine__position_refuse(error);
	return status == CX_OK ? CX_OK : fail(status, error);
}

void engine__walk_end(engine__walk *walk)
{
	engine__scan_end(&walk->scan);
	cx_buf_release(&walk->folded);
	cx_buf_release(&walk->unescaped);
	cx_arena_free(&walk->pieces);
}

/* ---- a batch ---- */

static cx_status decide(engine__walk *walk, size_t at, cx_error *error)
{
	const engine__plan *plan = walk->plan;
	const engine__pair *entry = &walk->hits[at].entry;
	cx_slice *record_key = &walk->record_keys[at];
	int64_t id;
	cx_status status = engine__path_record_key(&plan->chosen->path, entry, record_key);
	if (status == CX_OK)
		status = engine__key_id(*record_key, &id);
	walk->verdicts[at] = ENGINE__ACCEPTED;
	if (status == CX_OK && plan->key_filter.conjunct_count > 0)
		status = engine__key_filter_decide(&plan->key_filter, entry->key, id,
		                                   &walk->unescaped, walk->operands,
		                                   &walk->verdicts[at]);
	if (status == CX_CORRUPT)
		return fail_entry(walk, "an entry is damaged", error);
	return status == CX_OK ? CX_OK : fail(status, error);
}

static bool is_fetched(const engine__walk *walk, size_t at)
{
	if (walk->keys_scanned + (at - walk->at) >= walk->rows_wanted)
		return false;
	return walk->verdicts[at] == ENGINE__UNDECIDED ||
	       (walk->verdicts[at] == ENGINE__ACCEPTED && walk->plan->fetches);
}

/* Looks up the rows of the entries that need one. */
static cx_status look_up(engine__walk *walk)
{
	if (walk->plan->chosen->path.holds_rows) {
		for (size_t i = 0; i < walk->count; i++)
			walk->stored[i] = walk->hits[i].entry.value;
		return CX_OK;
	}
	CX_UNSET cx_slice keys[ENGINE__SCAN_BATCH_MAX];
	CX_UNSET cx_slice values[ENGINE__SCAN_BATCH_MAX];
	size_t count = 0;
	for (size_t i = 0; i < walk->count; i++)
		if (is_fetched(walk, i))
			keys[count++] = walk->record_keys[i];
	if (count == 0)
		return CX_OK;
	const engine__tree tree = engine__tree_of(walk->plan->query->type->record_tree);
	cx_status status = engine__view_get_many(walk->read->view, tree, keys, count, values);
	if (status != CX_OK)
		return status;
	size_t next = 0;
	for (size_t i = 0; i < walk->count; i++)
		if (is_fetched(walk, i))
			walk->stored[i] = values[next++];
	return CX_OK;
}

static cx_status next_batch(engine__walk *walk, cx_error *error)
{
	walk->at = 0;
	cx_status status =
		engine__scan_next(&walk->scan, walk->hits, walk->batch, &walk->count);
	if (status != CX_OK)
		return fail(status, error);
	for (size_t i = 0; i < walk->count; i++) {
		status = decide(walk, i, error);
		if (status != CX_OK)
			return status;
	}
	walk->batch = walk->batch * 2 < walk->batch_max ? walk->batch * 2 : walk->batch_max;
	status = look_up(walk);
	return status == CX_OK ? CX_OK : fail(status, error);
}

/* ---- a row ---- */

/* Puts the pieces of a long row, or one of an older layout, together in an arena of our own, so
 * that rows that are refused do not pile up until the snapshot ends. */
static cx_status read_long(engine__walk *walk, engine__step *step, cx_error *error)
{
	if (walk->pieces == NULL) {
		cx_status status =
			cx_arena_new((size_t)4 * ENGINE_RECORD_BYTES_MAX, &walk->pieces);
		if (status != CX_OK)
			return fail(status, error);
	}
	cx_arena_clear(walk->pieces);
	step->is_long = true;
	cx_arena *assembled = walk->read->assembled;
	walk->read->assembled = walk->pieces;
	cx_status status = engine__read_row(walk->read, walk->plan->query->type,
	                                    step->record_key, step->stored, &step->row, error);
	walk->read->assembled = assembled;
	return status;
}

static cx_status read_row(engine__walk *walk, engine__step *step, cx_error *error)
{
	if (step->stored.data == NULL)
		return fail_entry(walk, "an entry leads to no record", error);
	walk->rows_fetched++;
	if (!engine__row_is_plain(walk->plan->query->type, step->stored))
		return read_long(walk, step, error);
	return engine__read_row(walk->read, walk->plan->query->type, step->record_key,
	                        step->stored, &step->row, error);
}

static cx_status row_matches(engine__walk *walk, const engine__step *step, bool undecided,
                             bool *ret, cx_error *error)
{
	const engine__plan *plan = walk->plan;
	const uint16_t *conjuncts = undecided ? walk->residual : plan->row_conjuncts;
	const uint16_t count = undecided ? walk->residual_count : plan->row_conjunct_count;
	*ret = !plan->live_only || !engine__row_is_deleted(step->row.array);
	if (!*ret || count == 0)
		return CX_OK;
	const bool *wants = undecided ? walk->all_wants : walk->row_wants;
	cx_status status = engine__filter_operands(&plan->filter, wants, step->row.array,
	                                           &walk->folded, walk->operands);
	if (status == CX_CORRUPT)
		return cx_fail(error, CX_CORRUPT, "%s %lld: the row is damaged; run check",
		               plan->query->type->name, (long long)step->row.id);
	if (status != CX_OK)
		return fail(status, error);
	for (uint16_t i = 0; i < count && *ret; i++)
		*ret = engine__filter_evaluate(&plan->filter, conjuncts[i], walk->operands) ==
		       ENGINE__TRUE;
	return CX_OK;
}

static cx_status look_at(engine__walk *walk, size_t at, engine__step *step, cx_error *error)
{
	step->hit = walk->hits[at];
	step->record_key = walk->record_keys[at];
	step->is_long = false;
	step->kind = walk->verdicts[at] == ENGINE__REFUSED ? ENGINE__STEP_REFUSED
	                                                   : ENGINE__STEP_MATCH;
	if (!is_fetched(walk, at))
		return CX_OK;
	step->stored = walk->stored[at];
	cx_status status = read_row(walk, step, error);
	if (status != CX_OK)
		return status;
	bool matches;
	status = row_matches(walk, step, walk->verdicts[at] == ENGINE__UNDECIDED, &matches,
	                     error);
	if (status == CX_OK && !matches) {
		step->kind = ENGINE__STEP_REFUSED;
		walk->rechecks_failed++;
	}
	return status;
}

cx_status engine__walk_next(engine__walk *walk, engine__step *ret, cx_error *error)
{
	if (walk->at == walk->count) {
		cx_status status = next_batch(walk, error);
		if (status != CX_OK)
			return status;
	}
	ret->kind = ENGINE__STEP_END;
	if (walk->count == 0)
		return CX_OK;
	cx_status status = look_at(walk, walk->at, ret, error);
	walk->at++;
	walk->keys_scanned++;
	return status;
}

bool engine__walk_is_late(const engine__walk *walk)
{
	const uint64_t deadline = walk->plan->query->deadline_ns;
	return deadline != 0 && walk->keys_scanned % ENGINE__STEPS_PER_CLOCK == 0 &&
	       cx_clock_monotonic_ns() >= deadline;
}
