/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/walk.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/index/key.h"
#include "engine/query/covering.h"
#include "engine/query/exists.h"
#include "engine/record/read.h"

/* A key and a byte for each field that is not in it, and room to spare. */
enum { COVERED_BYTES_MAX = 4 * ENGINE__KEY_BYTES_MAX + ENGINE_SLOTS_MAX };

static cx_status fail_entry(const engine__walk *walk, const char *what, cx_error *error)
{
	return cx_fail(error, CX_CORRUPT, "%s, index %s: %s; run check",
	               walk->plan->query->type->name,
	               engine__path_name(walk->plan->legs[0].path), what);
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

/* Most plans have one leg, and then there is nothing to be looked up for each entry. */
static inline uint16_t leg_number(const engine__walk *walk, const engine__hit *hit)
{
	return walk->plan->leg_count == 1 ? 0 : walk->plan->ranges.items[hit->range].leg;
}

static inline const engine__way *leg_of(const engine__walk *walk, const engine__hit *hit)
{
	return &walk->plan->legs[leg_number(walk, hit)];
}

static inline engine__walk_leg *work_of(const engine__walk *walk, const engine__hit *hit)
{
	return &walk->legs[leg_number(walk, hit)];
}

/* Whether what "exists" has decided since is not to be believed. */
static inline cx_status check_exists(const engine__walk *walk, const engine__way *leg,
                                     cx_error *error)
{
	return walk->plan->filter.relations == NULL
	               ? CX_OK
	               : engine__filter_failure(leg->filter, error);
}

static cx_status alloc_leg(const engine__way *leg, cx_arena *arena, engine__walk_leg *ret)
{
	const engine__filter *filter = leg->filter;
	const size_t room = (size_t)filter->operand_count + 1;
	if (!leg->refuses)
		return CX_OK; /* nothing is left to be looked at */
	ret->operands = cx_arena_zalloc(arena, room * sizeof *ret->operands);
	ret->row_wants = cx_arena_zalloc(arena, room);
	ret->all_wants = cx_arena_zalloc(arena, room);
	ret->residual = cx_arena_alloc(arena, ((size_t)filter->conjunct_count + 1) *
	                                              sizeof *ret->residual);
	ret->residual_count = 0;
	if (ret->operands == NULL || ret->row_wants == NULL || ret->all_wants == NULL ||
	    ret->residual == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < leg->key_filter.conjunct_count; i++)
		ret->residual[ret->residual_count++] = leg->key_filter.conjuncts[i];
	for (uint16_t i = 0; i < leg->row_conjunct_count; i++) {
		ret->residual[ret->residual_count++] = leg->row_conjuncts[i];
		engine__filter_wants(filter, leg->row_conjuncts[i], ret->row_wants);
	}
	for (uint16_t i = 0; i < ret->residual_count; i++)
		engine__filter_wants(filter, ret->residual[i], ret->all_wants);
	return CX_OK;
}

static cx_status alloc_legs(engine__walk *walk, cx_arena *arena)
{
	const engine__plan *plan = walk->plan;
	walk->legs = &walk->only;
	if (plan->leg_count > 1)
		walk->legs = cx_arena_zalloc(arena, plan->leg_count * sizeof *walk->legs);
	cx_status status = walk->legs != NULL ? CX_OK : CX_NO_MEMORY;
	for (uint16_t i = 0; i < plan->leg_count && status == CX_OK; i++)
		status = alloc_leg(&plan->legs[i], arena, &walk->legs[i]);
	return status;
}

/* With nothing to be refused a batch is what is wanted and one more, to know whether that was
 * all. */
static void find_batch(engine__walk *walk, size_t page)
{
	const size_t most = ENGINE__SCAN_BATCH_MAX;
	walk->batch = page > 0 && page < most ? page + 1 : most;
	bool refuses = walk->plan->form == ENGINE__INTERSECTION;
	walk->decides = refuses;
	for (uint16_t i = 0; i < walk->plan->leg_count; i++) {
		const engine__way *leg = &walk->plan->legs[i];
		refuses = refuses || leg->refuses;
		walk->decides = walk->decides || leg->key_filter.conjunct_count > 0;
	}
	walk->batch_max = refuses ? most : walk->batch;
	walk->rows_wanted = page > 0 && !refuses ? page : SIZE_MAX;
}

static engine__manner manner_of(const engine__plan *plan)
{
	if (plan->form == ENGINE__INTERSECTION)
		return ENGINE__MEETING;
	return plan->chosen->ordering == ENGINE__MERGED ? ENGINE__MERGE : ENGINE__IN_TURN;
}

cx_status engine__walk_begin(engine_read *read, const engine__plan *plan,
                             engine__scan_start start, size_t page, cx_arena *arena,
                             engine__walk *ret, cx_error *error)
{
	*ret = (engine__walk){ .read = read,
		               .plan = plan,
		               .timed = plan->timed,
		               .folded = CX_BUF_INIT(ENGINE__FOLDED_BYTES_MAX),
		               .unescaped = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX * 2),
		               .covered = CX_BUF_INIT(COVERED_BYTES_MAX) };
	find_batch(ret, page);
	const engine__candidate *chosen = plan->chosen;
	cx_status status = alloc_batch(ret, arena);
	if (status == CX_OK)
		status = alloc_legs(ret, arena);
	const engine__scan_form form = { .manner = manner_of(plan),
		                         .backward = chosen->reverse,
		                         .overlap = plan->form == ENGINE__UNION };
	if (status == CX_OK)
		status = engine__scan_begin(read->view, &plan->ranges, form, start, arena,
		                            &ret->scan);
	if (status == CX_CURSOR_STALE)
		return engine__position_refuse(error);
	return status == CX_OK ? CX_OK : fail(status, error);
}

void engine__walk_end(engine__walk *walk)
{
	engine__scan_end(&walk->scan);
	cx_buf_release(&walk->folded);
	cx_buf_release(&walk->unescaped);
	cx_buf_release(&walk->covered);
	cx_arena_free(&walk->pieces);
}

/* ---- a batch ---- */

/* By the columns of the key, where that is possible. */
static cx_status decide_by_key(engine__walk *walk, size_t at, int64_t id)
{
	const engine__hit *hit = &walk->hits[at];
	const engine__way *leg = leg_of(walk, hit);
	engine__verdict verdict = hit->missed ? ENGINE__REFUSED : ENGINE__ACCEPTED;
	cx_status status = CX_OK;
	if (!hit->missed && leg->key_filter.conjunct_count > 0)
		status = engine__key_filter_decide(&leg->key_filter, hit->entry.key, id,
		                                   &walk->unescaped,
		                                   work_of(walk, hit)->operands, &verdict);
	walk->verdicts[at] = verdict;
	walk->fetched[at] =
		verdict == ENGINE__UNDECIDED || (verdict == ENGINE__ACCEPTED && leg->fetches);
	return status;
}

static cx_status decide(engine__walk *walk, size_t at, cx_error *error)
{
	const engine__hit *hit = &walk->hits[at];
	const engine__way *leg = leg_of(walk, hit);
	cx_slice *record_key = &walk->record_keys[at];
	int64_t id;
	cx_status status = engine__path_record_key(leg->path, &hit->entry, record_key);
	if (status == CX_OK)
		status = engine__key_id(*record_key, &id);
	walk->verdicts[at] = ENGINE__ACCEPTED;
	walk->fetched[at] = leg->fetches;
	if (status == CX_OK && !walk->decides)
		return CX_OK;
	if (status == CX_OK)
		status = decide_by_key(walk, at, id);
	if (status == CX_CORRUPT)
		return fail_entry(walk, "an entry is damaged", error);
	if (status != CX_OK)
		return fail(status, error);
	return check_exists(walk, leg, error);
}

/* What is left of the batch when the time for it is over is never decided. */
static cx_status decide_all(engine__walk *walk, cx_error *error)
{
	for (size_t i = 0; i < walk->count; i++) {
		cx_status status = decide(walk, i, error);
		if (status == CX_DEADLINE && i > 0) {
			walk->count = i;
			walk->late = true;
			return CX_OK;
		}
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* How many of the batch, from its first on, need their row; SIZE_MAX when others do, too. */
static size_t count_first(const engine__walk *walk)
{
	size_t count = 0;
	while (count < walk->count && walk->fetched[count])
		count++;
	for (size_t i = count; i < walk->count; i++)
		if (walk->fetched[i])
			return SIZE_MAX;
	return count;
}

static cx_status look_up_some(engine__walk *walk, engine__tree tree)
{
	CX_UNSET cx_slice keys[ENGINE__SCAN_BATCH_MAX];
	CX_UNSET cx_slice values[ENGINE__SCAN_BATCH_MAX];
	CX_UNSET uint8_t places[ENGINE__SCAN_BATCH_MAX];
	_Static_assert(ENGINE__SCAN_BATCH_MAX <= UINT8_MAX, "a place takes a byte");
	size_t count = 0;
	for (size_t i = 0; i < walk->count; i++) {
		if (!walk->fetched[i])
			continue;
		if (leg_of(walk, &walk->hits[i])->path->holds_rows) {
			walk->stored[i] = walk->hits[i].entry.value;
			continue;
		}
		places[count] = (uint8_t)i;
		keys[count++] = walk->record_keys[i];
	}
	if (count == 0)
		return CX_OK;
	cx_status status = engine__view_get_many(walk->read->view, tree, keys, count, values);
	for (size_t i = 0; i < count && status == CX_OK; i++)
		walk->stored[places[i]] = values[i];
	return status;
}

/* Looks up the rows of the entries that need one: mostly all but the last. */
static cx_status look_up(engine__walk *walk)
{
	const engine__plan *plan = walk->plan;
	const engine__tree tree = engine__tree_of(plan->query->type->record_tree);
	const size_t first = count_first(walk);
	if (first == SIZE_MAX || plan->leg_count > 1 || plan->legs[0].path->holds_rows)
		return look_up_some(walk, tree);
	if (first == 0)
		return CX_OK;
	return engine__view_get_many(walk->read->view, tree, walk->record_keys, first,
	                             walk->stored);
}

static cx_status next_batch(engine__walk *walk, cx_error *error)
{
	walk->at = 0;
	const uint64_t begun = walk->timed ? cx_clock_monotonic_ns() : 0;
	cx_status status =
		engine__scan_next(&walk->scan, walk->hits, walk->batch, &walk->count);
	if (status != CX_OK)
		return fail(status, error);
	status = decide_all(walk, error);
	if (status != CX_OK)
		return status;
	for (size_t i = walk->count; i > 0 && walk->steps + i > walk->rows_wanted; i--)
		walk->fetched[i - 1] = false;
	walk->batch = walk->batch * 2 < walk->batch_max ? walk->batch * 2 : walk->batch_max;
	const uint64_t scanned = walk->timed ? cx_clock_monotonic_ns() : 0;
	status = look_up(walk);
	if (walk->timed) {
		walk->scan_ns += scanned - begun;
		walk->fetch_ns += cx_clock_monotonic_ns() - scanned;
	}
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
	const engine__way *leg = leg_of(walk, &step->hit);
	const engine__walk_leg *work = work_of(walk, &step->hit);
	const uint16_t *conjuncts = undecided ? work->residual : leg->row_conjuncts;
	const uint16_t count = undecided ? work->residual_count : leg->row_conjunct_count;
	*ret = !leg->live_only || !engine__row_is_deleted(step->row.array);
	if (!*ret || count == 0)
		return CX_OK;
	const bool *wants = undecided ? work->all_wants : work->row_wants;
	cx_status status = engine__filter_operands(leg->filter, wants, step->row.array,
	                                           &walk->folded, work->operands);
	if (status == CX_CORRUPT)
		return cx_fail(error, CX_CORRUPT, "%s %lld: the row is damaged; run check",
		               walk->plan->query->type->name, (long long)step->row.id);
	if (status != CX_OK)
		return fail(status, error);
	for (uint16_t i = 0; i < count && *ret; i++)
		*ret = engine__filter_evaluate(leg->filter, conjuncts[i], work->operands) ==
		       ENGINE__TRUE;
	return check_exists(walk, leg, error);
}

/* Makes the row from the key; where a text was cut in it the record is fetched after all. */
static cx_status cover(engine__walk *walk, engine__step *step, cx_error *error)
{
	const engine__way *leg = leg_of(walk, &step->hit);
	const engine_query *query = walk->plan->query;
	bool exact = true;
	step->row = (engine_row){ .type = query->type, .layout = query->type->layout };
	cx_status status = engine__key_id(step->record_key, &step->row.id);
	if (status == CX_OK)
		status = engine__covering_row(leg->path, leg->covering, step->hit.entry.key,
		                              step->row.id, &walk->unescaped, &walk->covered,
		                              &exact);
	step->row.array = cx_buf_slice(&walk->covered);
	if (status == CX_OK && exact)
		return CX_OK;
	const engine__tree tree = engine__tree_of(query->type->record_tree);
	if (status == CX_OK)
		status = engine__view_get(walk->read->view, tree, step->record_key,
		                          &step->stored);
	if (status == CX_CORRUPT)
		return fail_entry(walk, "an entry is damaged", error);
	if (status == CX_NOT_FOUND)
		return fail_entry(walk, "an entry leads to no record", error);
	return status == CX_OK ? read_row(walk, step, error) : fail(status, error);
}

static cx_status look_at(engine__walk *walk, size_t at, engine__step *step, cx_error *error)
{
	step->hit = walk->hits[at];
	step->record_key = walk->record_keys[at];
	step->is_long = false;
	step->kind = walk->verdicts[at] == ENGINE__REFUSED ? ENGINE__STEP_REFUSED
	                                                   : ENGINE__STEP_MATCH;
	if (!walk->fetched[at])
		return step->kind == ENGINE__STEP_MATCH && leg_of(walk, &step->hit)->covers
		               ? cover(walk, step, error)
		               : CX_OK;
	step->stored = walk->stored[at];
	cx_status status = read_row(walk, step, error);
	if (status != CX_OK)
		return status;
	if (walk->timed)
		walk->row_bytes += step->row.array.size;
	if (!leg_of(walk, &step->hit)->refuses)
		return CX_OK;
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
	walk->steps++;
	return status;
}

uint64_t engine__walk_keys(const engine__walk *walk)
{
	const struct engine__relations *relations = walk->plan->filter.relations;
	return walk->plan->search_keys + walk->plan->spent.keys + walk->steps +
	       walk->scan.keys_beside + (relations != NULL ? relations->keys : 0);
}

bool engine__walk_is_late(const engine__walk *walk)
{
	const uint64_t deadline = walk->plan->query->deadline_ns;
	if (walk->late)
		return walk->at == walk->count;
	return deadline != 0 && walk->steps % ENGINE__STEPS_PER_CLOCK == 0 &&
	       cx_clock_monotonic_ns() >= deadline;
}
