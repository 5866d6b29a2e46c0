/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/oracle.h"

#include <stdlib.h>
#include <string.h>

static oracle_record *record_of(oracle *self, int type, int64_t id)
{
	return &self->records[type][id];
}

static bool is_known(const oracle *self, int type, int64_t id)
{
	return id >= 1 && id <= self->last[type] && self->records[type][id].exists;
}

bool oracle_is_live(const oracle *self, int type, int64_t id)
{
	return is_known(self, type, id) && !self->records[type][id].deleted;
}

static bool equal_in(const oracle_unique *unique, const int64_t *a, const int64_t *b)
{
	for (int i = 0; i < ORACLE_FIELDS && unique->fields[i] >= 0; i++)
		if (a[unique->fields[i]] != b[unique->fields[i]])
			return false;
	return true;
}

static int64_t find_other(const oracle *self, int type, const oracle_unique *unique,
                          const int64_t *values, int64_t self_id)
{
	if (unique->name == NULL ||
	    (unique->where >= 0 && values[unique->where] == ORACLE_NULL))
		return 0;
	for (int64_t id = 1; id <= self->last[type]; id++)
		if (id != self_id && oracle_is_live(self, type, id) &&
		    equal_in(unique, self->records[type][id].values, values))
			return id;
	return 0;
}

int64_t oracle_find(const oracle *self, int type, int unique, const int64_t *values)
{
	return find_other(self, type, &self->types[type].uniques[unique], values, 0);
}

static cx_status check_unique(const oracle *self, int type, const int64_t *values, int64_t id)
{
	for (int i = 0; i < ORACLE_UNIQUES; i++)
		if (find_other(self, type, &self->types[type].uniques[i], values, id) != 0)
			return CX_UNIQUE;
	return CX_OK;
}

static cx_status check_values(const oracle *self, int type, const int64_t *before,
                              const int64_t *values)
{
	const oracle_field *fields = self->types[type].fields;
	for (int i = 0; i < ORACLE_FIELDS; i++)
		if (fields[i].required && values[i] == ORACLE_NULL)
			return CX_REQUIRED;
	for (int i = 0; i < ORACLE_FIELDS; i++)
		if (fields[i].kind == ORACLE_REF && values[i] != ORACLE_NULL &&
		    (before == NULL || before[i] != values[i]) &&
		    !oracle_is_live(self, fields[i].target, values[i]))
			return CX_DANGLING_REFERENCE;
	return CX_OK;
}

cx_status oracle_create(oracle *self, int type, const int64_t *values)
{
	cx_status status = check_values(self, type, NULL, values);
	if (status == CX_OK)
		status = check_unique(self, type, values, 0);
	if (status != CX_OK)
		return status;
	oracle_record *record = record_of(self, type, ++self->last[type]);
	*record = (oracle_record){ .exists = true };
	memcpy(record->values, values, sizeof record->values);
	return CX_OK;
}

cx_status oracle_update(oracle *self, int type, int64_t id, const int64_t *values)
{
	if (!oracle_is_live(self, type, id))
		return CX_NOT_FOUND;
	oracle_record *record = record_of(self, type, id);
	cx_status status = check_values(self, type, record->values, values);
	if (status == CX_OK)
		status = check_unique(self, type, values, id);
	if (status == CX_OK)
		memcpy(record->values, values, sizeof record->values);
	return status;
}

static void add_step(oracle *self, const oracle_step *step)
{
	if (self->step_count == ORACLE_STEPS)
		abort();
	self->steps[self->step_count++] = *step;
}

static void mark_deleted(oracle *self, const oracle_step *root, int type, int64_t id)
{
	oracle_record *record = record_of(self, type, id);
	record->deleted = true;
	record->root_type = root->root_type;
	record->root_id = root->root_id;
	oracle_step step = *root;
	step.type = type;
	step.id = id;
	step.field = -1;
	add_step(self, &step);
}

/* Calls for every live record that refers to (type, id) by a field with this rule; false ends
 * the walk. */
typedef bool visitor(oracle *self, const oracle_step *root, int source, int64_t source_id,
                     int field);

static bool each_referring(oracle *self, const oracle_step *root, int type, int64_t id,
                           oracle_rule rule, visitor *visit)
{
	for (int source = 0; source < ORACLE_TYPES; source++)
		for (int f = 0; f < ORACLE_FIELDS; f++) {
			const oracle_field *field = &self->types[source].fields[f];
			if (field->kind != ORACLE_REF || field->target != type ||
			    field->rule != rule)
				continue;
			for (int64_t s = 1; s <= self->last[source]; s++)
				if (oracle_is_live(self, source, s) &&
				    self->records[source][s].values[f] == id &&
				    !visit(self, root, source, s, f))
					return false;
		}
	return true;
}

static bool cascade(oracle *self, const oracle_step *root, int type, int64_t id, int field)
{
	(void)field;
	mark_deleted(self, root, type, id);
	return each_referring(self, root, type, id, ORACLE_CASCADE, cascade);
}

static bool refuse(oracle *self, const oracle_step *root, int type, int64_t id, int field)
{
	(void)self, (void)root, (void)type, (void)id, (void)field;
	return false;
}

static bool clear(oracle *self, const oracle_step *root, int type, int64_t id, int field)
{
	oracle_step step = *root;
	step.type = type;
	step.id = id;
	step.field = field;
	step.target = record_of(self, type, id)->values[field];
	record_of(self, type, id)->values[field] = ORACLE_NULL;
	add_step(self, &step);
	return true;
}

static bool follow(oracle *self, const oracle_step *root, int from, oracle_rule rule,
                   visitor *visit)
{
	for (int i = from; i < self->step_count; i++) {
		const oracle_step step = self->steps[i];
		if (step.field == -1 &&
		    !each_referring(self, root, step.type, step.id, rule, visit))
			return false;
	}
	return true;
}

cx_status oracle_delete(oracle *self, int type, int64_t id)
{
	if (!oracle_is_live(self, type, id))
		return CX_NOT_FOUND;
	oracle *before = malloc(sizeof *before);
	if (before == NULL)
		abort();
	*before = *self;
	const int from = self->step_count;
	const oracle_step root = { .root_type = type, .root_id = id };
	cascade(self, &root, type, id, -1);
	cx_status status = CX_OK;
	if (!follow(self, &root, from, ORACLE_RESTRICT, refuse)) {
		*self = *before;
		status = CX_RESTRICTED;
	} else {
		follow(self, &root, from, ORACLE_SET_NULL, clear);
	}
	free(before);
	return status;
}

static bool is_of(const oracle_step *step, int type, int64_t id)
{
	return step->root_type == type && step->root_id == id;
}

static void forget(oracle *self, int type, int64_t id)
{
	int kept = 0;
	for (int i = 0; i < self->step_count; i++)
		if (!is_of(&self->steps[i], type, id))
			self->steps[kept++] = self->steps[i];
	self->step_count = kept;
}

static void revive_all(oracle *self, int type, int64_t id)
{
	for (int i = 0; i < self->step_count; i++)
		if (is_of(&self->steps[i], type, id) && self->steps[i].field == -1)
			record_of(self, self->steps[i].type, self->steps[i].id)->deleted =
				false;
}

static void restore_all(oracle *self, int type, int64_t id)
{
	for (int i = 0; i < self->step_count; i++) {
		const oracle_step *step = &self->steps[i];
		if (!is_of(step, type, id) || step->field == -1 ||
		    !is_known(self, step->type, step->id))
			continue;
		int64_t *value = &record_of(self, step->type, step->id)->values[step->field];
		if (*value == ORACLE_NULL)
			*value = step->target;
	}
}

/* All that came back must fit: unique first (the engine writes entries as it revives), then the
 * references. */
static cx_status check_revived(oracle *self, int type, int64_t id)
{
	cx_status status = CX_OK;
	for (int i = 0; i < self->step_count; i++) {
		const oracle_step *step = &self->steps[i];
		if (!is_of(step, type, id) || !oracle_is_live(self, step->type, step->id))
			continue;
		const int64_t *values = self->records[step->type][step->id].values;
		if (check_unique(self, step->type, values, step->id) != CX_OK)
			return CX_UNIQUE;
		if (step->field == -1 &&
		    check_values(self, step->type, NULL, values) == CX_DANGLING_REFERENCE)
			status = CX_DANGLING_REFERENCE;
	}
	return status;
}

static cx_status check_root(const oracle *self, int type, int64_t id, cx_status when_live)
{
	if (!is_known(self, type, id))
		return CX_NOT_FOUND;
	const oracle_record *record = &self->records[type][id];
	if (!record->deleted)
		return when_live;
	const bool root = record->root_type == type && record->root_id == id;
	return root ? CX_OK : CX_INVALID_ARGUMENT;
}

cx_status oracle_undelete(oracle *self, int type, int64_t id)
{
	cx_status status = check_root(self, type, id, CX_NOT_DELETED);
	if (status != CX_OK)
		return status;
	oracle *before = malloc(sizeof *before);
	if (before == NULL)
		abort();
	*before = *self;
	revive_all(self, type, id);
	restore_all(self, type, id);
	status = check_revived(self, type, id);
	if (status == CX_OK)
		forget(self, type, id);
	else
		*self = *before;
	free(before);
	return status;
}

cx_status oracle_purge(oracle *self, int type, int64_t id)
{
	cx_status status = check_root(self, type, id, CX_INVALID_ARGUMENT);
	if (status != CX_OK)
		return status;
	for (int i = 0; i < self->step_count; i++)
		if (is_of(&self->steps[i], type, id) && self->steps[i].field == -1)
			record_of(self, self->steps[i].type, self->steps[i].id)->exists = false;
	forget(self, type, id);
	return CX_OK;
}
