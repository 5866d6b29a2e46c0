/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/findings/scopes.h"

#include "crm/reports/frame/read.h"

#include <stdlib.h>

const char *crm__scope_label(crm__scope_kind kind)
{
	static const char *const labels[] = {
#define LABEL(name, label) label,
		CRM_SCOPES(LABEL)
#undef LABEL
	};
	return labels[kind];
}

typedef struct reading {
	crm__report *report;
	crm__scope *items; /* grown by doubling */
	size_t count;
	size_t capacity;
	crm__scope_kind kind; /* of what is being read */
} reading;

static void release(crm__scope **items)
{
	free(*items);
}

static cx_status add(reading *self, crm__scope scope)
{
	enum { FIRST = 64 };
	if (self->count > CRM_SCOPES_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "there are more than %d teams and users", CRM_SCOPES_MAX);
	if (self->count == self->capacity) {
		const size_t capacity = self->capacity == 0 ? FIRST : 2 * self->capacity;
		crm__scope *items = reallocarray(self->items, capacity, sizeof *items);
		if (items == NULL)
			return CX_NO_MEMORY;
		self->items = items;
		self->capacity = capacity;
	}
	self->items[self->count++] = scope;
	return CX_OK;
}

static cx_status take(void *context, const crm__value *values)
{
	reading *self = context;
	return add(self, (crm__scope){ .kind = self->kind,
	                               .id = values[0].number,
	                               .team = values[1].number,
	                               .active = values[2].number != 0 });
}

static int by_kind_and_id(const void *a, const void *b)
{
	const crm__scope *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static cx_status read_all(reading *self, size_t *ret_teams)
{
	const crm__query teams = { .type = "team",
		                   .fields = "id parent active",
		                   .allow_scan = true };
	const crm__query users = { .type = "user",
		                   .fields = "id team active",
		                   .allow_scan = true };
	cx_status status = add(self, (crm__scope){ .kind = CRM_SCOPE_ORG, .active = true });
	self->kind = CRM_SCOPE_TEAM;
	if (status == CX_OK)
		status = crm__query_run(self->report, &teams, take, self);
	*ret_teams = self->count - 1;
	self->kind = CRM_SCOPE_USER;
	if (status == CX_OK)
		status = crm__query_run(self->report, &users, take, self);
	return status;
}

cx_status crm__scopes_read(crm__report *report, crm__scopes *ret)
{
	size_t teams = 0;
	reading self = { .report = report };
	cx_status status = read_all(&self, &teams);
	CX_SCOPED(release) crm__scope *items = self.items;
	if (status != CX_OK)
		return status;
	qsort(items, self.count, sizeof *items, by_kind_and_id);
	crm__scope *kept = cx_arena_alloc(report->arena, self.count * sizeof *kept);
	if (kept == NULL)
		return CX_NO_MEMORY;
	memcpy(kept, items, self.count * sizeof *kept);
	*ret = (crm__scopes){ .items = kept, .count = self.count, .team_count = teams };
	return CX_OK;
}

size_t crm__scopes_find(const crm__scopes *self, crm__scope_kind kind, int64_t id)
{
	const crm__scope wanted = { .kind = kind, .id = id };
	const crm__scope *found =
		bsearch(&wanted, self->items, self->count, sizeof wanted, by_kind_and_id);
	return found == NULL ? self->count : (size_t)(found - self->items);
}

static bool is_in(const size_t *list, size_t count, size_t place)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == place)
			return true;
	return false;
}

size_t crm__scopes_trail(const crm__scopes *self, int64_t user, int64_t team,
                         size_t ret[CRM_SCOPE_TRAIL_MAX])
{
	size_t count = 0;
	ret[count++] = 0;
	const size_t person = crm__scopes_find(self, CRM_SCOPE_USER, user);
	if (person < self->count) {
		ret[count++] = person;
		if (team == 0)
			team = self->items[person].team;
	}
	while (team != 0 && count < CRM_SCOPE_TRAIL_MAX) {
		const size_t place = crm__scopes_find(self, CRM_SCOPE_TEAM, team);
		if (place == self->count || is_in(ret, count, place))
			break;
		ret[count++] = place;
		team = self->items[place].team;
	}
	return count;
}
