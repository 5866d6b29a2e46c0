/* SPDX-License-Identifier: Apache-2.0 */
/* Rollups computed anew from the records. Of one that is being built only as much can be asked
 * for as has been built. */
#include "engine/check/report.h"
#include "engine/record/rollup.h"

/* What it is computed by has all the records. */
static bool can_be_computed(const engine_rollup *rollup)
{
	const engine_index *index =
		rollup->source != NULL ? rollup->index : rollup->ref->ref_index;
	return index == NULL || index->state == ENGINE_INDEX_READABLE;
}

/* What has been passed is in a sum exactly. The greatest is any value that a record has, so
 * only one beyond the greatest that there is would be wrong. */
static bool is_right(const engine_rollup *rollup, const engine__value *value,
                     const engine__value *computed)
{
	if (rollup->state == ENGINE_AGGREGATE_READY || rollup->source == NULL)
		return engine__value_equal(value, computed);
	if (value->shape == ENGINE__NULL)
		return true;
	const int order = engine__value_compare(value, computed);
	return computed->shape != ENGINE__NULL &&
	       (rollup->kind == ENGINE_ROLLUP_MIN ? order >= 0 : order <= 0);
}

static cx_status compare(engine__checking *self, const engine_rollup *rollup,
                         const engine__value *values)
{
	const long long id = (long long)values[ENGINE_SLOT_ID].integer;
	const char *type = rollup->parent->name;
	engine__value computed;
	cx_error error = { 0 };
	cx_status status = engine__rollup_compute(
		self->read, rollup, values[ENGINE_SLOT_ID].integer, &computed, &error);
	if (status == CX_CORRUPT || status == CX_INVALID_ARGUMENT) {
		engine__find(self, "%s %lld: %s cannot be computed: %s", type, id,
		             rollup->field->name, error.text);
		return CX_OK;
	}
	if (status == CX_OK && !is_right(rollup, &values[rollup->field->slot], &computed))
		engine__find(self, "%s %lld: %s is not what its %s records make it", type, id,
		             rollup->field->name, rollup->type->name);
	return status;
}

/* The field of one that failed, once it has been emptied. */
static void check_empty(engine__checking *self, const engine_rollup *rollup,
                        const engine__value *values)
{
	if (!engine__check_is_removed(self, ENGINE__BUILD_ROLLUP, rollup->field->id) &&
	    !engine__rollup_is_empty(rollup, &values[rollup->field->slot]))
		engine__find(self, "%s %lld: %s was given up, but is not empty",
		             rollup->parent->name, (long long)values[ENGINE_SLOT_ID].integer,
		             rollup->field->name);
}

static cx_status check_rollup(engine__checking *self, const engine_rollup *rollup,
                              const engine__value *values)
{
	if (rollup->state == ENGINE_AGGREGATE_FAILED) {
		check_empty(self, rollup, values);
		return CX_OK;
	}
	const bool runs = rollup->state == ENGINE_AGGREGATE_READY ||
	                  engine__check_is_built(self, ENGINE__BUILD_ROLLUP, rollup->field->id);
	return runs && can_be_computed(rollup) ? compare(self, rollup, values) : CX_OK;
}

cx_status engine__check_rollups(engine__checking *self, const engine_type *type,
                                const engine__value *values)
{
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < type->field_count && status == CX_OK; i++)
		if (type->fields[i].rollup != NULL)
			status = check_rollup(self, type->fields[i].rollup, values);
	return status;
}

static void check_build(engine__checking *self, const engine_field *field)
{
	if (field->rollup == NULL || field->rollup->state == ENGINE_AGGREGATE_READY)
		return;
	if (!engine__check_has_build(self, ENGINE__BUILD_ROLLUP, field->id))
		engine__find(self, "rollup %s.%s: is %s, but nothing is known of its build",
		             field->rollup->parent->name, field->name,
		             engine_aggregate_state_name(field->rollup->state));
}

void engine__check_rollup_builds(engine__checking *self)
{
	const engine_schema *schema = engine_read_schema(self->read);
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (uint16_t i = 0; i < schema->types[t].field_count; i++)
			check_build(self, &schema->types[t].fields[i]);
}
