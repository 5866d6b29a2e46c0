/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the fields of a type: the system fields, then those of the text. */
#include "base/check.h"
#include "base/msgpack.h"
#include "engine/schema/model.h"
#include "engine/schema/names.h"

enum { EXT_ID_LENGTH_MAX = 64 };

/* By slot. A created_by of 0 or null is nobody, and a schema need not have users: hence no
 * reference. */
static const engine_field system_fields[ENGINE_SYSTEM_SLOTS] = {
	[ENGINE_SLOT_ID] = { .name = "id",
	                     .label_en = "ID",
	                     .label_zh = "编号",
	                     .kind = ENGINE_INT,
	                     .readonly = true },
	[ENGINE_SLOT_REV] = { .name = "rev",
	                      .label_en = "Revision",
	                      .label_zh = "版本",
	                      .kind = ENGINE_INT,
	                      .readonly = true },
	[ENGINE_SLOT_CREATED_AT] = { .name = "created_at",
	                             .label_en = "Created at",
	                             .label_zh = "创建时间",
	                             .kind = ENGINE_TS,
	                             .readonly = true },
	[ENGINE_SLOT_CREATED_BY] = { .name = "created_by",
	                             .label_en = "Created by",
	                             .label_zh = "创建人",
	                             .kind = ENGINE_INT,
	                             .readonly = true },
	[ENGINE_SLOT_UPDATED_AT] = { .name = "updated_at",
	                             .label_en = "Updated at",
	                             .label_zh = "更新时间",
	                             .kind = ENGINE_TS,
	                             .readonly = true },
	[ENGINE_SLOT_UPDATED_BY] = { .name = "updated_by",
	                             .label_en = "Updated by",
	                             .label_zh = "更新人",
	                             .kind = ENGINE_INT,
	                             .readonly = true },
	[ENGINE_SLOT_DELETED_AT] = { .name = "deleted_at",
	                             .label_en = "Deleted at",
	                             .label_zh = "删除时间",
	                             .kind = ENGINE_TS,
	                             .readonly = true },
	[ENGINE_SLOT_EXT_ID] = { .name = "ext_id",
	                         .label_en = "External ID",
	                         .label_zh = "外部编号",
	                         .kind = ENGINE_STRING,
	                         .length_max = EXT_ID_LENGTH_MAX },
};

static cx_status build_labels(const engine__builder *builder,
                              const engine__syntax_field *written, engine_field *field)
{
	const char *labels[ENGINE_LABELS_MAX];
	const char **copy = cx_arena_alloc(builder->arena, written->label_count * sizeof *copy);
	if (copy == NULL)
		return engine__build_no_memory(builder->error);
	size_t count = 0;
	for (const engine__syntax_label *label = written->labels; label != NULL;
	     label = label->next) {
		CX_ASSERT(count < ENGINE_LABELS_MAX);
		labels[count] = engine__build_text(builder->arena, label->name.text);
		if (labels[count] == NULL)
			return engine__build_no_memory(builder->error);
		copy[count] = labels[count];
		count++;
	}
	field->labels = copy;
	field->label_count = written->label_count;
	if (engine__names_new(labels, count, builder->arena, &field->label_names))
		return engine__build_no_memory(builder->error);
	return CX_OK;
}

static cx_status check_options(const engine__builder *builder,
                               const engine__syntax_field *written)
{
	if (!written->search)
		return CX_OK;
	const bool time = written->kind == ENGINE_TS || written->kind == ENGINE_DATE;
	if (written->search_as == ENGINE_SEARCH_RECENCY)
		return time ? CX_OK
		            : engine__fail_at(
				      builder->error, written->name.at,
				      "\"search(recency)\" is for fields of kind ts and "
				      "date");
	if (!engine__kind_is_text(written->kind))
		return engine__fail_at(builder->error, written->name.at,
		                       "\"search\" is for fields of kind string and text");
	return CX_OK;
}

static cx_status copy_captions(const engine__builder *builder,
                               const engine__syntax_field *written, engine_field *field)
{
	field->name = engine__build_text(builder->arena, written->name.text);
	field->label_en = field->name;
	if (written->label_en.size > 0)
		field->label_en = engine__build_text(builder->arena, written->label_en);
	field->label_zh = field->label_en;
	if (written->label_zh.size > 0)
		field->label_zh = engine__build_text(builder->arena, written->label_zh);
	if (field->name == NULL || field->label_en == NULL || field->label_zh == NULL)
		return engine__build_no_memory(builder->error);
	return CX_OK;
}

static cx_status build_field(const engine__builder *builder,
                             const engine__syntax_field *written, engine_field *field)
{
	field->kind = written->kind;
	field->required = written->required;
	field->readonly = written->readonly;
	field->search_as = written->search ? written->search_as : ENGINE_SEARCH_NOT;
	field->search = field->search_as == ENGINE_SEARCH_TEXT ||
	                field->search_as == ENGINE_SEARCH_PHONE;
	field->length_max = written->length_max;
	field->items_max = written->items_max;
	field->on_delete = written->on_delete;
	cx_status status = check_options(builder, written);
	if (status == CX_OK)
		status = copy_captions(builder, written, field);
	if (status == CX_OK && written->kind == ENGINE_ENUM)
		status = build_labels(builder, written, field);
	if (status == CX_OK && written->default_value != NULL)
		status = engine__build_default(builder, written->default_value, field);
	return status;
}

/* Names must differ from those of the fields before, system fields included. */
static cx_status check_name(const engine__builder *builder, const engine_type *type,
                            const engine__syntax_field *written, const engine_field *fields,
                            size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!cx_slice_equal(cx_slice_of(fields[i].name), written->name.text))
			continue;
		if (i < ENGINE_SYSTEM_SLOTS)
			return engine__fail_at(builder->error, written->name.at,
			                       "every type has a field \"%s\" already",
			                       fields[i].name);
		return engine__fail_at(builder->error, written->name.at,
		                       "type \"%s\" has a field \"%s\" already", type->name,
		                       fields[i].name);
	}
	return CX_OK;
}

/* One field of a type, at most, can say which record is the newer. */
static cx_status check_recency(const engine__builder *builder,
                               const engine__syntax_field *written, const engine_field *fields,
                               size_t count)
{
	if (!written->search || written->search_as != ENGINE_SEARCH_RECENCY)
		return CX_OK;
	for (size_t i = 0; i < count; i++)
		if (fields[i].search_as == ENGINE_SEARCH_RECENCY)
			return engine__fail_at(builder->error, written->name.at,
			                       "\"search(recency)\" is given to \"%s\" already",
			                       fields[i].name);
	return CX_OK;
}

/* Those of the text behind the system fields, in its order; slots are not set. */
static cx_status build_written(const engine__builder *builder, const engine_type *type,
                               const engine__syntax_type *written, engine_field *fields)
{
	uint16_t count = 0;
	for (; count < ENGINE_SYSTEM_SLOTS; count++)
		fields[count] = system_fields[count];
	for (const engine__syntax_field *field = written->fields; field != NULL;
	     field = field->next) {
		cx_status status = check_name(builder, type, field, fields, count);
		if (status == CX_OK)
			status = check_recency(builder, field, fields, count);
		if (status == CX_OK)
			status = build_field(builder, field, &fields[count]);
		if (status != CX_OK)
			return status;
		count++;
	}
	return CX_OK;
}

static const engine__places *find_places(const engine__builder *builder, cx_slice type)
{
	const engine__places_list *list = builder->places;
	for (size_t i = 0; list != NULL && i < list->count; i++)
		if (cx_slice_equal(list->items[i].type, type))
			return &list->items[i];
	return NULL;
}

static engine_field hole(void)
{
	return (engine_field){ .name = "",
		               .label_en = "",
		               .label_zh = "",
		               .kind = ENGINE_INT,
		               .readonly = true,
		               .dropped = true };
}

static bool is_named(const engine_field *field, cx_slice name)
{
	return cx_slice_equal(cx_slice_of(field->name), name);
}

/* Puts the fields into the slots they have, holes between, and the others behind. `fields` has
 * room for all, up to ENGINE_SLOTS_MAX; false when more are needed. */
static bool place(const engine__places *places, const engine_field *written, size_t count,
                  engine_field *fields, uint16_t *ret)
{
	bool taken[ENGINE_SLOTS_MAX] = { false };
	uint16_t slot = 0;
	for (; places != NULL && slot < places->count; slot++) {
		fields[slot] = hole();
		for (size_t i = 0; i < count; i++) {
			if (taken[i] || !is_named(&written[i], places->names[slot]))
				continue;
			fields[slot] = written[i];
			taken[i] = true;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (taken[i])
			continue;
		if (slot == ENGINE_SLOTS_MAX)
			return false;
		fields[slot++] = written[i];
	}
	for (uint16_t i = 0; i < slot; i++)
		fields[i].slot = i;
	*ret = slot;
	return true;
}

static cx_status write_shown(const engine__builder *builder, engine_type *type)
{
	enum { NAMES_BYTES_MAX = ENGINE_SLOTS_MAX * (ENGINE_NAME_MAX + 5) + 5 };
	CX_SCOPED(cx_buf_release) cx_buf names = CX_BUF_INIT(NAMES_BYTES_MAX);
	for (uint16_t i = 0; i < type->field_count; i++)
		type->shown_count = (uint16_t)(type->shown_count + !type->fields[i].dropped);
	cx_write_array(&names, type->shown_count);
	for (uint16_t i = 0; i < type->field_count; i++)
		if (!type->fields[i].dropped)
			cx_write_text(&names, type->fields[i].name);
	if (cx_buf_status(&names) == CX_OK)
		type->shown_names = cx_arena_copy(builder->arena, cx_buf_slice(&names));
	return type->shown_names.size > 0 ? CX_OK : engine__build_no_memory(builder->error);
}

static cx_status name_fields(const engine__builder *builder, engine_type *type)
{
	const char *names[ENGINE_SLOTS_MAX];
	for (size_t i = 0; i < type->field_count; i++)
		names[i] = type->fields[i].name;
	if (engine__names_new(names, type->field_count, builder->arena, &type->field_names))
		return engine__build_no_memory(builder->error);
	return write_shown(builder, type);
}

cx_status engine__build_fields(const engine__builder *builder,
                               const engine__syntax_type *written, uint16_t number)
{
	engine_type *type = &builder->model->types[number];
	const size_t count = ENGINE_SYSTEM_SLOTS + (size_t)written->field_count;
	CX_ASSERT(count <= ENGINE_SLOTS_MAX);
	const engine__places *places = find_places(builder, written->name.text);
	size_t room = count + (places != NULL ? places->count : 0);
	if (room > ENGINE_SLOTS_MAX)
		room = ENGINE_SLOTS_MAX;
	engine_field *in_order = cx_arena_zalloc(builder->arena, count * sizeof *in_order);
	engine_field *fields = cx_arena_zalloc(builder->arena, room * sizeof *fields);
	if (in_order == NULL || fields == NULL)
		return engine__build_no_memory(builder->error);
	cx_status status = build_written(builder, type, written, in_order);
	if (status != CX_OK)
		return status;
	if (!place(places, in_order, count, fields, &type->field_count))
		return engine__fail_at(builder->error, written->name.at,
		                       "type \"%s\" has had %d fields, with those that were "
		                       "dropped; it can get no more",
		                       type->name, ENGINE_SLOTS_MAX);
	builder->model->fields[number] = fields;
	type->fields = fields;
	return name_fields(builder, type);
}
