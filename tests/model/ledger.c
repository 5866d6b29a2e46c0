/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/ledger.h"

#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct table {
	ledger_row *rows; /* by id; the first is not used */
	int64_t last, room;
} table;

/* A reference that a delete cleared. */
typedef struct cleared {
	int root_type;
	int64_t root;
	int type;
	int64_t id;
	uint16_t slot;
	int64_t target;
} cleared;

struct ledger {
	store_fixture *f;
	table tables[ENGINE_TYPES_MAX];
	cleared *cleared;
	size_t cleared_count, cleared_room;
};

/* ---- rows ---- */

static void *grow(void *items, size_t count, size_t size)
{
	void *grown = realloc(items, count * size);
	assert_non_null(grown);
	return grown;
}

static const engine_schema *schema_of(const ledger *self)
{
	return engine_schema_of(self->f->engine);
}

static bool is_left_out(const engine_type *type)
{
	return type->readonly;
}

const engine_type *ledger_type(const ledger *self, const char *name)
{
	return fixture_type(self->f, name);
}

int64_t ledger_last(const ledger *self, const engine_type *type)
{
	return self->tables[type->number].last;
}

ledger_row *ledger_find(const ledger *self, const engine_type *type, int64_t id)
{
	const table *of = &self->tables[type->number];
	return id >= 1 && id <= of->last && of->rows[id].made ? &of->rows[id] : NULL;
}

static bool lives(const ledger *self, const engine_type *type, int64_t id)
{
	const ledger_row *row = ledger_find(self, type, id);
	return row != NULL && row->live;
}

bool ledger_lives(const ledger *self, const char *type, int64_t id)
{
	return lives(self, ledger_type(self, type), id);
}

static uint16_t slot_of(const engine_type *type, const char *field)
{
	const engine_field *found = engine_type_field(type, cx_slice_of(field));
	assert_non_null(found);
	return found->slot;
}

int64_t ledger_int(const ledger *self, const char *type, int64_t id, const char *field)
{
	const engine_type *of = ledger_type(self, type);
	const ledger_row *row = ledger_find(self, of, id);
	return row == NULL ? ROW_NULL : row->values[slot_of(of, field)];
}

int64_t ledger_count(const ledger *self, const char *type, const char *field, int64_t value)
{
	const engine_type *of = ledger_type(self, type);
	const uint16_t slot = slot_of(of, field);
	int64_t count = 0;
	for (int64_t id = 1; id <= ledger_last(self, of); id++)
		count += lives(self, of, id) &&
		         self->tables[of->number].rows[id].values[slot] == value;
	return count;
}

static ledger_row *room_for(ledger *self, const engine_type *type, int64_t id)
{
	table *of = &self->tables[type->number];
	assert_true(type->field_count <= LEDGER_SLOTS);
	if (id >= of->room) {
		const int64_t room = 2 * id + 32;
		of->rows = grow(of->rows, (size_t)room, sizeof *of->rows);
		memset(of->rows + of->room, 0, (size_t)(room - of->room) * sizeof *of->rows);
		of->room = room;
	}
	of->last = id > of->last ? id : of->last;
	return &of->rows[id];
}

void ledger_defaults(const engine_type *type, int64_t *values)
{
	for (uint16_t i = 0; i < type->field_count; i++)
		values[i] = row_number(&type->fields[i], type->fields[i].default_value);
}

/* ---- references and unique indexes ---- */

static bool must_live(const engine_field *field)
{
	return field->kind == ENGINE_REF && !field->dropped && field->on_delete != ENGINE_KEEP;
}

static bool dangles(const ledger *self, const engine_type *type, const int64_t *values)
{
	for (uint16_t i = 0; i < type->field_count; i++) {
		const engine_field *field = &type->fields[i];
		if (must_live(field) && values[i] != ROW_NULL &&
		    !lives(self, field->target, values[i]))
			return true;
	}
	return false;
}

static bool has_all(const engine_index *index, const int64_t *a, const int64_t *b)
{
	for (uint16_t i = 0; i < index->column_count; i++) {
		const uint16_t slot = index->columns[i].field->slot;
		if (a[slot] != b[slot])
			return false;
	}
	return true;
}

static bool is_taken(const ledger *self, const engine_index *index, int64_t id,
                     const int64_t *values)
{
	const table *of = &self->tables[index->type->number];
	if (!index->unique ||
	    (index->present != NULL && values[index->present->slot] == ROW_NULL))
		return false;
	for (int64_t other = 1; other <= of->last; other++)
		if (other != id && of->rows[other].live &&
		    has_all(index, of->rows[other].values, values))
			return true;
	return false;
}

static bool has_like(const ledger *self, const engine_type *type, int64_t id,
                     const int64_t *values)
{
	for (uint16_t i = 0; i < type->index_count; i++)
		if (is_taken(self, &type->indexes[i], id, values))
			return true;
	return false;
}

reasons ledger_refuses(const ledger *self, const engine_type *type, int64_t id,
                       const int64_t *values)
{
	reasons why = 0;
	because(why, dangles(self, type, values), DANGLING_REFERENCE);
	because(why, has_like(self, type, id, values), UNIQUE);
	return why;
}

/* ---- deletes ---- */

typedef struct place {
	const engine_type *type;
	int64_t id;
} place;

typedef struct places {
	place *items;
	size_t count, room;
} places;

static void add(places *self, const engine_type *type, int64_t id)
{
	if (self->count == self->room) {
		self->room = 2 * self->room + 16;
		self->items = grow(self->items, self->room, sizeof *self->items);
	}
	self->items[self->count++] = (place){ type, id };
}

static bool has(const places *self, const engine_type *type, int64_t id)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->items[i].type == type && self->items[i].id == id)
			return true;
	return false;
}

typedef void visit(void *context, const engine_type *type, int64_t id,
                   const engine_field *field);

/* Each live record and field that refers to it. */
static void each_referring(const ledger *self, const place *to, visit *action, void *context)
{
	const engine_schema *schema = schema_of(self);
	for (uint16_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		for (uint16_t i = 0; i < type->field_count && !is_left_out(type); i++) {
			const engine_field *field = &type->fields[i];
			if (!must_live(field) || field->target != to->type)
				continue;
			const table *of = &self->tables[type->number];
			for (int64_t id = 1; id <= of->last; id++)
				if (of->rows[id].live && of->rows[id].values[i] == to->id)
					action(context, type, id, field);
		}
	}
}

typedef struct deleting {
	const ledger *self;
	places gone;
	bool restricted;
} deleting;

static void take_along(void *context, const engine_type *type, int64_t id,
                       const engine_field *field)
{
	deleting *all = context;
	if (field->on_delete == ENGINE_CASCADE && !has(&all->gone, type, id))
		add(&all->gone, type, id);
}

static void look_for_restriction(void *context, const engine_type *type, int64_t id,
                                 const engine_field *field)
{
	deleting *all = context;
	all->restricted |= field->on_delete == ENGINE_RESTRICT && !has(&all->gone, type, id);
}

typedef struct clearing {
	ledger *self;
	place root;
	int64_t target;
} clearing;

static void clear(void *context, const engine_type *type, int64_t id, const engine_field *field)
{
	const clearing *all = context;
	ledger *self = all->self;
	if (field->on_delete != ENGINE_SET_NULL)
		return;
	if (self->cleared_count == self->cleared_room) {
		self->cleared_room = 2 * self->cleared_room + 16;
		self->cleared = grow(self->cleared, self->cleared_room, sizeof *self->cleared);
	}
	self->cleared[self->cleared_count++] = (cleared){ .root_type = all->root.type->number,
		                                          .root = all->root.id,
		                                          .type = type->number,
		                                          .id = id,
		                                          .slot = field->slot,
		                                          .target = all->target };
	ledger_find(self, type, id)->values[field->slot] = ROW_NULL;
}

static void do_delete(ledger *self, const places *gone)
{
	const place root = gone->items[0];
	for (size_t i = 0; i < gone->count; i++) {
		ledger_row *row = ledger_find(self, gone->items[i].type, gone->items[i].id);
		row->live = false;
		row->root_type = root.type->number;
		row->root = root.id;
	}
	for (size_t i = 0; i < gone->count; i++) {
		clearing all = { .self = self, .root = root, .target = gone->items[i].id };
		each_referring(self, &gone->items[i], clear, &all);
	}
}

/* What was cleared may be the like of another then. */
static reasons refuses_cleared(const ledger *self, size_t first)
{
	const engine_schema *schema = schema_of(self);
	reasons why = 0;
	for (size_t i = first; i < self->cleared_count; i++) {
		const cleared *one = &self->cleared[i];
		because(why,
		        has_like(self, &schema->types[one->type], one->id,
		                 self->tables[one->type].rows[one->id].values),
		        UNIQUE);
	}
	return why;
}

static void take_delete_back(ledger *self, const places *gone, size_t first)
{
	for (size_t i = 0; i < gone->count; i++) {
		ledger_row *row = ledger_find(self, gone->items[i].type, gone->items[i].id);
		row->live = true;
		row->root = 0;
	}
	for (size_t i = first; i < self->cleared_count; i++) {
		const cleared *one = &self->cleared[i];
		self->tables[one->type].rows[one->id].values[one->slot] = one->target;
	}
	self->cleared_count = first;
}

static reasons delete_all(ledger *self, const places *gone, bool try_only)
{
	const size_t first = self->cleared_count;
	do_delete(self, gone);
	const reasons why = refuses_cleared(self, first);
	if (why != 0 || try_only)
		take_delete_back(self, gone, first);
	return why;
}

reasons ledger_delete(ledger *self, const engine_type *type, int64_t id, bool try_only)
{
	if (type->keep)
		return REASON(RESTRICTED);
	if (!lives(self, type, id))
		return REASON(NOT_FOUND);
	deleting all = { .self = self };
	add(&all.gone, type, id);
	for (size_t i = 0; i < all.gone.count; i++) {
		const place to = all.gone.items[i];
		each_referring(self, &to, take_along, &all);
	}
	for (size_t i = 0; i < all.gone.count; i++) {
		const place to = all.gone.items[i];
		each_referring(self, &to, look_for_restriction, &all);
	}
	const reasons why =
		all.restricted ? REASON(RESTRICTED) : delete_all(self, &all.gone, try_only);
	free(all.gone.items);
	return why;
}

/* ---- undeletes ---- */

static bool goes_with(const ledger_row *row, const engine_type *type, int64_t id)
{
	return row->made && !row->live && row->root_type == type->number && row->root == id;
}

static void each_of_group(ledger *self, const engine_type *type, int64_t id, bool live)
{
	const engine_schema *schema = schema_of(self);
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (int64_t i = 1; i <= self->tables[t].last; i++) {
			ledger_row *row = &self->tables[t].rows[i];
			const bool in = live ? goes_with(row, type, id)
			                     : row->live && row->root == id &&
			                                row->root_type == type->number;
			if (in)
				row->live = live;
		}
}

/* What is live and came back with this one may not stand so. */
static reasons refuses_group(ledger *self, const engine_type *type, int64_t id)
{
	const engine_schema *schema = schema_of(self);
	reasons why = 0;
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (int64_t i = 1; i <= self->tables[t].last; i++) {
			const ledger_row *row = &self->tables[t].rows[i];
			if (row->live && row->root == id && row->root_type == type->number)
				why |= ledger_refuses(self, &schema->types[t], i, row->values);
		}
	return why;
}

/* Those of this delete are taken off the list. */
static void forget_cleared(ledger *self, const engine_type *type, int64_t id, bool restore)
{
	size_t kept = 0;
	for (size_t i = 0; i < self->cleared_count; i++) {
		const cleared *one = &self->cleared[i];
		if (one->root_type != type->number || one->root != id) {
			self->cleared[kept++] = *one;
			continue;
		}
		ledger_row *row = &self->tables[one->type].rows[one->id];
		if (restore && row->made && row->values[one->slot] == ROW_NULL)
			row->values[one->slot] = one->target;
	}
	self->cleared_count = kept;
}

static void forget_root(ledger *self, const engine_type *type, int64_t id)
{
	const engine_schema *schema = schema_of(self);
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (int64_t i = 1; i <= self->tables[t].last; i++) {
			ledger_row *row = &self->tables[t].rows[i];
			if (row->live && row->root == id && row->root_type == type->number)
				row->root = 0;
		}
}

reasons ledger_undelete(ledger *self, const engine_type *type, int64_t id, bool try_only)
{
	const ledger_row *row = ledger_find(self, type, id);
	if (row == NULL)
		return REASON(NOT_FOUND);
	if (row->live)
		return REASON(NOT_DELETED);
	if (row->root != id || row->root_type != type->number)
		return REASON(INVALID_ARGUMENT);
	each_of_group(self, type, id, true);
	const reasons why = refuses_group(self, type, id);
	if (why != 0 || try_only) {
		each_of_group(self, type, id, false);
		return why;
	}
	forget_cleared(self, type, id, true);
	forget_root(self, type, id);
	return 0;
}

reasons ledger_purge(ledger *self, const engine_type *type, int64_t id, bool try_only)
{
	const ledger_row *named = ledger_find(self, type, id);
	if (named == NULL)
		return REASON(NOT_FOUND);
	if (named->live || named->root != id || named->root_type != type->number)
		return REASON(INVALID_ARGUMENT);
	const engine_schema *schema = schema_of(self);
	for (uint16_t t = 0; t < schema->type_count && !try_only; t++)
		for (int64_t i = 1; i <= self->tables[t].last; i++) {
			ledger_row *row = &self->tables[t].rows[i];
			if (goes_with(row, type, id))
				row->made = false;
		}
	if (!try_only)
		forget_cleared(self, type, id, false);
	return 0;
}

/* ---- merges ---- */

typedef struct merging {
	ledger *self;
	int64_t winner, loser;
	ledger_moved *moved;
	size_t count, room;
	reasons why;
} merging;

static void move(void *context, const engine_type *type, int64_t id, const engine_field *field)
{
	merging *all = context;
	ledger_row *row = ledger_find(all->self, type, id);
	if (field->target == type && id == all->winner)
		return; /* with its other values */
	row->values[field->slot] = all->winner;
	if (has_like(all->self, type, id, row->values)) {
		row->values[field->slot] = all->loser;
		because(all->why, field->on_delete != ENGINE_CASCADE, UNIQUE);
		return;
	}
	if (all->count == all->room) {
		all->room = 2 * all->room + 16;
		all->moved = grow(all->moved, all->room, sizeof *all->moved);
	}
	all->moved[all->count++] = (ledger_moved){ type->name, field->name, id };
}

reasons ledger_merge(ledger *self, int64_t winner, int64_t loser, ledger_moved **ret_moved,
                     size_t *ret_count)
{
	merging all = { .self = self, .winner = winner, .loser = loser };
	const place from = { ledger_type(self, "customer"), loser };
	each_referring(self, &from, move, &all);
	assert_true(all.why == 0); /* the built-in types cascade where something is unique */
	assert_true(ledger_delete(self, from.type, loser, false) == 0);
	*ret_moved = all.moved;
	*ret_count = all.count;
	return all.why;
}

/* ---- beside the store ---- */

static void assert_references(const engine_type *type, int64_t id, const int64_t *found,
                              const int64_t *foretold)
{
	for (uint16_t i = 0; i < type->field_count; i++)
		if (must_live(&type->fields[i]) && !type->fields[i].target->keep &&
		    found[i] != foretold[i])
			fail_msg("%s %" PRId64 ": %s is %" PRId64 ", not %" PRId64, type->name,
			         id, type->fields[i].name, found[i], foretold[i]);
}

void ledger_take(ledger *self, const engine_type *type, int64_t id, const int64_t *values)
{
	engine_row row;
	int64_t found[LEDGER_SLOTS];
	assert_true(row_find_any(self->f, type, id, &row));
	ledger_row *mine = room_for(self, type, id);
	row_numbers(&row, found);
	if (values != NULL)
		assert_references(type, id, found, values);
	mine->made = true;
	mine->live = found[ENGINE_SLOT_DELETED_AT] == ROW_NULL;
	memcpy(mine->values, found, type->field_count * sizeof *found);
}

static void compare_row(ledger *self, const engine_type *type, int64_t id, bool foretold)
{
	engine_row row;
	ledger_row *mine = room_for(self, type, id);
	const ledger_row before = *mine;
	const bool there = row_find_any(self->f, type, id, &row);
	if (foretold && there != before.made)
		fail_msg("%s %" PRId64 " is %s", type->name, id, there ? "there" : "gone");
	mine->made = there;
	mine->live = false;
	if (!there)
		return;
	ledger_take(self, type, id, foretold ? before.values : NULL);
	if (foretold && mine->live != before.live)
		fail_msg("%s %" PRId64 " is %s", type->name, id,
		         mine->live ? "live" : "deleted");
}

static void compare(ledger *self, bool foretold)
{
	const engine_schema *schema = schema_of(self);
	for (uint16_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		const int64_t last = is_left_out(type) ? 0 : row_last_id(self->f, type);
		if (foretold)
			assert_int_equal(last, self->tables[t].last);
		for (int64_t id = 1; id <= last; id++)
			compare_row(self, type, id, foretold);
	}
}

static void assert_stands(const ledger *self)
{
	const engine_schema *schema = schema_of(self);
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (int64_t id = 1; id <= self->tables[t].last; id++) {
			const ledger_row *row = &self->tables[t].rows[id];
			const reasons why = row->live ? ledger_refuses(self, &schema->types[t],
			                                               id, row->values)
			                              : 0;
			if (why != 0)
				fail_msg("%s %" PRId64 " %s", schema->types[t].name, id,
				         why & REASON(UNIQUE) ? "has its like"
				                              : "refers to nothing");
		}
}

void ledger_assert(ledger *self)
{
	compare(self, true);
	assert_stands(self);
}

void ledger_reload(ledger *self)
{
	compare(self, false);
	assert_stands(self);
}

/* ---- the whole ---- */

ledger *ledger_new(store_fixture *f)
{
	ledger *self = calloc(1, sizeof *self);
	assert_non_null(self);
	self->f = f;
	return self;
}

void ledger_free(ledger *self)
{
	for (size_t t = 0; t < ENGINE_TYPES_MAX; t++)
		free(self->tables[t].rows);
	free(self->cleared);
	free(self);
}

ledger *ledger_copy(const ledger *self)
{
	ledger *copy = ledger_new(self->f);
	*copy = *self;
	for (size_t t = 0; t < ENGINE_TYPES_MAX; t++) {
		const size_t size = (size_t)self->tables[t].room * sizeof(ledger_row);
		copy->tables[t].rows = NULL;
		if (size == 0)
			continue;
		copy->tables[t].rows = grow(NULL, 1, size);
		memcpy(copy->tables[t].rows, self->tables[t].rows, size);
	}
	copy->cleared = NULL;
	copy->cleared_room = self->cleared_count;
	if (self->cleared_count > 0) {
		copy->cleared = grow(NULL, self->cleared_count, sizeof *self->cleared);
		memcpy(copy->cleared, self->cleared,
		       self->cleared_count * sizeof *self->cleared);
	}
	return copy;
}
