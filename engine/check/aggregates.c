/* SPDX-License-Identifier: Apache-2.0 */
/* Aggregates computed anew from the records, and rollups with them. The groups that are stored
 * are taken into memory, a bounded number at a time, and every record's share is taken off
 * them: nothing may be missing, and nothing may be left. */
#include "base/hash.h"
#include "engine/aggregate/maintain.h"
#include "engine/aggregate/table.h"
#include "engine/check/report.h"
#include "engine/record/read.h"
#include "engine/row/row.h"

enum {
	GROUPS_MAX = 200 * 1000, /* in memory at a time */
	MEMORY_MAX = 256 * 1024 * 1024,
};

/* One pass over the records of a type, for the groups whose hash falls into this part. */
typedef struct pass {
	const engine_type *type;
	int64_t zone_min;
	engine__table table; /* values: engine__group */
	uint32_t part;
	uint32_t parts;
} pass;

/* Apart from the hash of the table, whose slots would otherwise be filled unevenly. */
static bool is_in_part(const pass *self, cx_slice key)
{
	enum { SEED = 1 };
	return self->parts == 1 || cx_hash64(key, SEED) % self->parts == self->part;
}

static const engine_aggregate *find_aggregate(const engine_schema *schema, cx_slice key)
{
	if (key.size < ENGINE__GROUP_KEY_HEAD)
		return NULL;
	const uint16_t id = engine__group_key_aggregate(key);
	for (uint16_t i = 0; i < schema->aggregate_count; i++)
		if (schema->aggregates[i].id == id)
			return &schema->aggregates[i];
	return NULL;
}

/* ---- stored groups ---- */

static cx_status take_group(engine__checking *self, void *context, const engine__pair *pair)
{
	pass *walk = context;
	const engine_aggregate *aggregate =
		find_aggregate(engine_read_schema(self->read), pair->key);
	if (aggregate == NULL || aggregate->type != walk->type ||
	    aggregate->state == ENGINE_AGGREGATE_FAILED || !is_in_part(walk, pair->key))
		return CX_OK;
	engine__group group;
	if (engine__group_read(aggregate, pair->value, &group) != CX_OK) {
		engine__find(self, "aggregate %s: a group is damaged", aggregate->name);
		return CX_OK;
	}
	engine__table_entry *entry;
	cx_status status = engine__table_take(&walk->table, pair->key, &entry);
	if (status == CX_OK)
		*(engine__group *)entry->value = group;
	return status;
}

static cx_status visit_stray(engine__checking *self, void *context, const engine__pair *pair)
{
	(void)context;
	const engine_aggregate *aggregate =
		find_aggregate(engine_read_schema(self->read), pair->key);
	if (aggregate != NULL && aggregate->state != ENGINE_AGGREGATE_FAILED)
		return CX_OK;
	if (pair->key.size < ENGINE__GROUP_KEY_HEAD ||
	    !engine__check_is_removed(self, ENGINE__BUILD_AGGREGATE,
	                              engine__group_key_aggregate(pair->key)))
		engine__find(self, "groups: a group belongs to no aggregate");
	return CX_OK;
}

/* ---- records ---- */

static cx_status check_share(engine__checking *self, const pass *walk,
                             const engine_aggregate *aggregate, const engine__value *values)
{
	const long long id = (long long)values[ENGINE_SLOT_ID].integer;
	CX_UNSET engine__key_room room;
	engine__share share;
	cx_error error = { 0 };
	cx_status status =
		engine__share_of(aggregate, values, walk->zone_min, &room, &share, &error);
	if (status == CX_INVALID_ARGUMENT) {
		engine__find(self, "%s %lld: aggregate %s: %s", walk->type->name, id,
		             aggregate->name, error.text);
		return CX_OK;
	}
	if (status != CX_OK || !share.is_in || !is_in_part(walk, share.key))
		return status;
	engine__table_entry *entry = engine__table_find(&walk->table, share.key);
	engine__group *group = entry != NULL ? entry->value : NULL;
	if (group == NULL || group->count == 0) {
		engine__find(self, "%s %lld: aggregate %s: its group leaves it out",
		             walk->type->name, id, aggregate->name);
		return CX_OK;
	}
	group->count--;
	for (uint16_t i = 0; i < aggregate->sum_count; i++)
		group->sums[i] =
			engine_sum_add(group->sums[i], engine_sum_negative(share.sums[i]));
	return CX_OK;
}

/* Of one that is being built, the records that the build has passed are in it. */
static bool is_kept(const engine__checking *self, const engine_aggregate *aggregate,
                    cx_slice record_key)
{
	return aggregate->state == ENGINE_AGGREGATE_READY ||
	       (aggregate->state == ENGINE_AGGREGATE_BUILDING &&
	        engine__check_has_passed(self, ENGINE__BUILD_AGGREGATE, aggregate->id,
	                                 record_key));
}

static cx_status visit_record(engine__checking *self, void *context, const engine__pair *pair)
{
	const pass *walk = context;
	const engine_type *type = walk->type;
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	engine_row row;
	cx_status status =
		engine__read_row(self->read, type, pair->key, pair->value, &row, NULL);
	if (status == CX_OK)
		status = engine__row_values(type, row.array, values);
	if (status == CX_CORRUPT)
		return CX_OK; /* the records themselves are checked elsewhere */
	for (uint16_t i = 0; i < type->aggregate_count && status == CX_OK; i++)
		if (is_kept(self, type->aggregates[i], pair->key))
			status = check_share(self, walk, type->aggregates[i], values);
	if (status == CX_OK && walk->part == 0)
		status = engine__check_rollups(self, type, values);
	cx_arena_clear(self->read->assembled);
	return status;
}

/* ---- what is left ---- */

static void check_rest(engine__checking *self, const pass *walk)
{
	const engine_schema *schema = engine_read_schema(self->read);
	for (uint32_t i = 0; i < walk->table.count; i++) {
		const engine__table_entry *entry = &walk->table.entries[i];
		const engine__group *rest = entry->value;
		const engine_aggregate *aggregate = find_aggregate(schema, entry->key);
		bool zero = rest->count == 0;
		for (uint16_t s = 0; s < aggregate->sum_count; s++)
			zero = zero && engine_sum_is_zero(rest->sums[s]);
		if (!zero)
			engine__find(self,
			             "aggregate %s: a group counts %llu records that are not "
			             "there, or its sums are wrong",
			             aggregate->name, (unsigned long long)rest->count);
	}
}

static cx_status check_part(engine__checking *self, pass *walk)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	cx_status status = cx_arena_new(MEMORY_MAX, &arena);
	if (status == CX_OK)
		status = engine__table_init(arena, sizeof(engine__group), GROUPS_MAX,
		                            &walk->table);
	if (status == CX_OK)
		status = engine__each_pair(self, self->read->engine->groups, walk, take_group);
	if (status == CX_OK)
		status = engine__each_pair(self, engine__tree_of(walk->type->record_tree), walk,
		                           visit_record);
	if (status == CX_OK)
		check_rest(self, walk);
	return status;
}

static bool keeps_anything(const engine_type *type)
{
	for (uint16_t i = 0; i < type->field_count; i++)
		if (type->fields[i].rollup != NULL)
			return true;
	return type->aggregate_count > 0;
}

static void check_builds(engine__checking *self)
{
	const engine_schema *schema = engine_read_schema(self->read);
	for (uint16_t i = 0; i < schema->aggregate_count; i++)
		if (schema->aggregates[i].state == ENGINE_AGGREGATE_BUILDING &&
		    !engine__check_is_built(self, ENGINE__BUILD_AGGREGATE,
		                            schema->aggregates[i].id))
			engine__find(self,
			             "aggregate %s: is being built, but nothing builds it",
			             schema->aggregates[i].name);
	engine__check_rollup_builds(self);
}

cx_status engine__check_aggregates(engine__checking *self)
{
	const engine *store = self->read->engine;
	const engine_schema *schema = engine_read_schema(self->read);
	uint64_t groups;
	pass walk = { .parts = 1 };
	check_builds(self);
	cx_status status = engine__view_count(self->read->view, store->groups, &groups);
	if (status == CX_OK)
		status = engine__zone_of(self->read, &walk.zone_min);
	if (status == CX_OK)
		status = engine__each_pair(self, store->groups, NULL, visit_stray);
	/* Twice the parts that would do, as a hash does not share out evenly. */
	walk.parts = groups <= GROUPS_MAX ? 1 : (uint32_t)(2 * groups / GROUPS_MAX + 1);
	for (uint16_t i = 0; i < schema->type_count && status == CX_OK; i++) {
		walk.type = &schema->types[i];
		for (walk.part = 0;
		     keeps_anything(walk.type) && walk.part < walk.parts && status == CX_OK;
		     walk.part++)
			status = check_part(self, &walk);
	}
	return status;
}
