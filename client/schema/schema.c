/* SPDX-License-Identifier: Apache-2.0 */
/* From the values of schema.get to structures. What a later server adds is passed over; what is
 * missing reads as none; a name that is missing or of the wrong kind makes it malformed. */
#include "client/schema/schema.h"

#include <string.h>

static const char *const kind_names[] = {
	[CARDEX_KIND_BOOL] = "bool",
	[CARDEX_KIND_INT] = "int",
	[CARDEX_KIND_MONEY] = "money",
	[CARDEX_KIND_DATE] = "date",
	[CARDEX_KIND_TS] = "ts",
	[CARDEX_KIND_STRING] = "string",
	[CARDEX_KIND_TEXT] = "text",
	[CARDEX_KIND_ENUM] = "enum",
	[CARDEX_KIND_REF] = "ref",
	[CARDEX_KIND_BYTES] = "bytes",
	[CARDEX_KIND_INT_LIST] = "list<int>",
	[CARDEX_KIND_STRING_LIST] = "list<string>",
};

static cardex_kind kind_of(const char *name)
{
	for (size_t i = 0; i < CX_COUNT_OF(kind_names); i++)
		if (strcmp(kind_names[i], name) == 0)
			return (cardex_kind)i;
	return CARDEX_KIND_OTHER;
}

/* Reading goes on after a failure; the caller asks once. */
typedef struct maker {
	cx_arena *arena;
	cx_status failed;
} maker;

static void fail(maker *self, cx_status why)
{
	if (self->failed == CX_OK)
		self->failed = why;
}

static const char *text_of(const cardex_value *map, const char *key)
{
	return cardex_value_text(cardex_value_member(map, key));
}

static const char *required_text(maker *self, const cardex_value *map, const char *key)
{
	const char *text = text_of(map, key);
	if (text != NULL)
		return text;
	fail(self, CX_MALFORMED);
	return "";
}

static const char *label_of(const cardex_value *map, const char *key, const char *name)
{
	const char *text = text_of(map, key);
	return text == NULL ? name : text;
}

static bool flag_of(const cardex_value *map, const char *key)
{
	return cardex_value_bool(cardex_value_member(map, key));
}

static uint32_t count_of(const cardex_value *map, const char *key)
{
	int64_t number = cardex_value_int(cardex_value_member(map, key));
	return number < 0 || number > UINT32_MAX ? 0 : (uint32_t)number;
}

/* Room for the elements of a list; NULL for none, or after failing. */
static void *room_for(maker *self, const cardex_value *list, size_t size, size_t *ret_count)
{
	*ret_count = 0;
	size_t count = cardex_value_count(list);
	if (count == 0)
		return NULL;
	void *room = cx_arena_zalloc(self->arena, count * size);
	if (room == NULL)
		fail(self, CX_NO_MEMORY);
	else
		*ret_count = count;
	return room;
}

static const char *const *make_labels(maker *self, const cardex_value *list, size_t *ret_count)
{
	const char **labels = room_for(self, list, sizeof *labels, ret_count);
	for (size_t i = 0; i < *ret_count; i++) {
		labels[i] = cardex_value_text(cardex_value_at(list, i));
		if (labels[i] == NULL) {
			fail(self, CX_MALFORMED);
			labels[i] = "";
		}
	}
	return (const char *const *)labels;
}

static void make_field(maker *self, const cardex_value *from, cardex_field *to)
{
	to->name = required_text(self, from, "name");
	to->label_en = label_of(from, "label_en", to->name);
	to->label_zh = label_of(from, "label_zh", to->name);
	to->kind_name = required_text(self, from, "kind");
	to->kind = kind_of(to->kind_name);
	to->required = flag_of(from, "required");
	to->readonly = flag_of(from, "readonly");
	to->search = flag_of(from, "search");
	to->length_max = count_of(from, "length_max");
	to->items_max = count_of(from, "items_max");
	to->labels = make_labels(self, cardex_value_member(from, "labels"), &to->label_count);
	to->target = text_of(from, "target");
	to->on_delete = text_of(from, "on_delete");
	to->default_value = cardex_value_member(from, "default");
	to->rollup = text_of(from, "rollup");
	to->state = text_of(from, "state");
}

static void make_index(maker *self, const cardex_value *from, cardex_index *to)
{
	const cardex_value *list = cardex_value_member(from, "columns");
	cardex_column *columns = room_for(self, list, sizeof *columns, &to->column_count);
	for (size_t i = 0; i < to->column_count; i++) {
		const cardex_value *column = cardex_value_at(list, i);
		columns[i] = (cardex_column){
			.field = required_text(self, column, "field"),
			.descending = flag_of(column, "desc"),
			.folded = flag_of(column, "folded"),
		};
	}
	to->columns = columns;
	to->name = required_text(self, from, "name");
	to->unique = flag_of(from, "unique");
	to->cluster = flag_of(from, "cluster");
	to->where = text_of(from, "where");
}

static void make_aggregate(maker *self, const cardex_value *from, cardex_maintained *to)
{
	to->name = required_text(self, from, "name");
	to->label_en = label_of(from, "label_en", to->name);
	to->label_zh = label_of(from, "label_zh", to->name);
	to->where = label_of(from, "where", "");
	to->state = required_text(self, from, "state");
	to->group = make_labels(self, cardex_value_member(from, "group"), &to->group_count);
	to->sums = make_labels(self, cardex_value_member(from, "sums"), &to->sum_count);
}

static void make_type(maker *self, const cardex_value *from, cardex_type *to)
{
	to->name = required_text(self, from, "name");
	to->label_en = label_of(from, "label_en", to->name);
	to->label_zh = label_of(from, "label_zh", to->name);
	to->layout = count_of(from, "layout");
	to->keep = flag_of(from, "keep");
	to->readonly = flag_of(from, "readonly");
	to->single = flag_of(from, "single");
	to->cluster = text_of(from, "cluster");

	const cardex_value *list = cardex_value_member(from, "fields");
	cardex_field *fields = room_for(self, list, sizeof *fields, &to->field_count);
	for (size_t i = 0; i < to->field_count; i++)
		make_field(self, cardex_value_at(list, i), &fields[i]);
	to->fields = fields;

	list = cardex_value_member(from, "indexes");
	cardex_index *indexes = room_for(self, list, sizeof *indexes, &to->index_count);
	for (size_t i = 0; i < to->index_count; i++)
		make_index(self, cardex_value_at(list, i), &indexes[i]);
	to->indexes = indexes;

	list = cardex_value_member(from, "aggregates");
	cardex_maintained *aggregates =
		room_for(self, list, sizeof *aggregates, &to->aggregate_count);
	for (size_t i = 0; i < to->aggregate_count; i++)
		make_aggregate(self, cardex_value_at(list, i), &aggregates[i]);
	to->aggregates = aggregates;
}

cx_status cardex__schema_new(cardex_result **answer, cardex_schema **ret)
{
	cx_arena *arena = (*answer)->arena;
	maker self = { .arena = arena };
	cardex_schema *schema = cx_arena_zalloc(arena, sizeof *schema);
	if (schema == NULL)
		return CX_NO_MEMORY;
	const cardex_value *root = cardex_result_value(*answer);
	const cardex_value *list = cardex_value_member(root, "types");
	const char *text = text_of(root, "text");
	schema->text = text == NULL ? "" : text;
	if (cardex_value_kind_of(list) != CARDEX_VALUE_LIST)
		fail(&self, CX_MALFORMED);
	schema->types = room_for(&self, list, sizeof *schema->types, &schema->type_count);
	for (size_t i = 0; i < schema->type_count; i++)
		make_type(&self, cardex_value_at(list, i), &schema->types[i]);
	if (self.failed != CX_OK)
		return self.failed;
	schema->answer = *answer;
	*answer = NULL;
	*ret = schema;
	return CX_OK;
}

void cardex_schema_free(cardex_schema **schema)
{
	if (*schema == NULL)
		return;
	cardex_result *answer = (*schema)->answer; /* the schema lies in its memory */
	cardex_result_free(&answer);
	*schema = NULL;
}

const char *cardex_schema_text(const cardex_schema *schema)
{
	return schema->text;
}

size_t cardex_schema_type_count(const cardex_schema *schema)
{
	return schema->type_count;
}

const cardex_type *cardex_schema_type_at(const cardex_schema *schema, size_t i)
{
	return i < schema->type_count ? &schema->types[i] : NULL;
}

const cardex_type *cardex_schema_type(const cardex_schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->type_count; i++)
		if (strcmp(schema->types[i].name, name) == 0)
			return &schema->types[i];
	return NULL;
}

const cardex_field *cardex_type_field(const cardex_type *type, const char *name)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (strcmp(type->fields[i].name, name) == 0)
			return &type->fields[i];
	return NULL;
}

const cardex_index *cardex_type_index(const cardex_type *type, const char *name)
{
	for (size_t i = 0; i < type->index_count; i++)
		if (strcmp(type->indexes[i].name, name) == 0)
			return &type->indexes[i];
	return NULL;
}
