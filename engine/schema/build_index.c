/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the indexes of a type: that of ext_id, then those of the text. */
#include "base/check.h"
#include "engine/index/key.h"
#include "engine/schema/model.h"
#include "engine/schema/names.h"

#include <string.h>

static bool is_indexable(engine_kind kind)
{
	return kind != ENGINE_BYTES && kind != ENGINE_INT_LIST && kind != ENGINE_STRING_LIST;
}

static cx_status find_field(const engine__builder *builder, const engine_type *type,
                            engine__syntax_name name, const engine_field **ret)
{
	const engine_field *field = engine_type_field(type, name.text);
	if (field == NULL)
		return engine__fail_at(builder->error, name.at,
		                       "type \"%s\" has no field \"%.*s\"", type->name,
		                       CX_SLICE_ARG(name.text));
	*ret = field;
	return CX_OK;
}

/* Every key ends with the id, and a deleted record has no key. */
static cx_status check_system_column(const engine__builder *builder,
                                     const engine__syntax_index *written,
                                     const engine__syntax_column *column,
                                     const engine_field *field)
{
	if (field->slot == ENGINE_SLOT_DELETED_AT)
		return engine__fail_at(builder->error, column->name.at,
		                       "deleted_at is in no index: deleted records have no "
		                       "entries");
	if (field->slot == ENGINE_SLOT_ID)
		return engine__fail_at(builder->error, column->name.at,
		                       "id is in every index already, as its last column");
	if (written->cluster && field->slot < ENGINE_SYSTEM_SLOTS)
		return engine__fail_at(builder->error, column->name.at,
		                       "a cluster has no system fields");
	return CX_OK;
}

static cx_status check_column(const engine__builder *builder,
                              const engine__syntax_index *written,
                              const engine__syntax_column *column, const engine_field *field)
{
	if (!is_indexable(field->kind))
		return engine__fail_at(builder->error, column->name.at,
		                       "field \"%s\" of kind %s cannot be a column",
		                       field->name, engine_kind_name(field->kind));
	if (column->folded && !engine__kind_is_text(field->kind))
		return engine__fail_at(builder->error, column->name.at,
		                       "\"folded\" is for columns of kind string and text");
	if (column->folded && written->cluster)
		return engine__fail_at(builder->error, column->name.at,
		                       "a cluster has no folded columns");
	return check_system_column(builder, written, column, field);
}

/* Whether some text of the column does not fit its share of a key. Strings hold no 00, so none
 * of their bytes is escaped. */
static bool may_be_cut(const engine_column *column)
{
	enum { CHARACTER_BYTES_MAX = 4 };
	const engine_field *field = column->field;
	if (field->kind == ENGINE_STRING)
		return field->length_max * CHARACTER_BYTES_MAX > column->text_bytes_max;
	return field->kind == ENGINE_TEXT || field->kind == ENGINE_BYTES;
}

static cx_status build_columns(const engine__builder *builder,
                               const engine__syntax_index *written, engine_index *index)
{
	for (const engine__syntax_column *column = written->columns; column != NULL;
	     column = column->next) {
		const engine_field *field = NULL;
		cx_status status = find_field(builder, index->type, column->name, &field);
		if (status == CX_OK)
			status = check_column(builder, written, column, field);
		if (status != CX_OK)
			return status;
		for (size_t i = 0; i < index->column_count; i++) {
			if (index->columns[i].field == field)
				return engine__fail_at(builder->error, column->name.at,
				                       "\"%s\" is a column twice", field->name);
		}
		CX_ASSERT(index->column_count < ENGINE_COLUMNS_MAX);
		index->columns[index->column_count++] = (engine_column){
			.field = field,
			.descending = column->descending,
			.folded = column->folded,
		};
	}
	if (!engine__key_share_out(index->columns, index->column_count))
		return engine__fail_at(
			builder->error, written->at,
			"the keys of this index would be too long: fewer columns "
			"of text are needed");
	for (size_t i = 0; written->cluster && i < index->column_count; i++)
		if (may_be_cut(&index->columns[i]))
			return engine__fail_at(
				builder->error, written->at,
				"\"%s\" can be too long for the key of a cluster",
				index->columns[i].field->name);
	return CX_OK;
}

static bool has_column(const engine_index *index, const engine_field *field)
{
	for (size_t i = 0; i < index->column_count; i++) {
		if (index->columns[i].field == field)
			return true;
	}
	return false;
}

/* A unique index of one column leaves null out, so that many may have no value. */
static cx_status build_present(const engine__builder *builder,
                               const engine__syntax_index *written, engine_index *index)
{
	if (index->unique && index->column_count == 1)
		index->present = index->columns[0].field;
	if (!engine__syntax_is_given(written->where))
		return CX_OK;
	const engine_field *field = NULL;
	cx_status status = find_field(builder, index->type, written->where, &field);
	if (status != CX_OK)
		return status;
	if (!has_column(index, field))
		return engine__fail_at(
			builder->error, written->where.at,
			"the field after \"where\" must be a column of the index");
	index->present = field;
	return CX_OK;
}

static cx_status build_name(const engine__builder *builder, const engine__syntax_index *written,
                            engine_index *index)
{
	char name[ENGINE_COLUMNS_MAX * (ENGINE_NAME_MAX + 1)];
	size_t size = 0;
	for (size_t i = 0; i < index->column_count; i++) {
		size_t length = strlen(index->columns[i].field->name);
		CX_ASSERT(length < sizeof name - size);
		if (i > 0)
			name[size++] = ',';
		memcpy(name + size, index->columns[i].field->name, length);
		size += length;
	}
	cx_slice text = { .data = (const uint8_t *)name, .size = size };
	if (engine__syntax_is_given(written->name))
		text = written->name.text;
	if (text.size > ENGINE_INDEX_NAME_MAX)
		return engine__fail_at(builder->error, written->at,
		                       "an index with so long column names needs a name of its "
		                       "own: index NAME (...)");
	index->name = engine__build_text(builder->arena, text);
	if (index->name == NULL)
		return engine__build_no_memory(builder->error);
	return CX_OK;
}

static bool columns_equal(const engine_index *a, const engine_index *b)
{
	if (a->column_count != b->column_count)
		return false;
	for (size_t i = 0; i < a->column_count; i++) {
		const engine_column *left = &a->columns[i];
		const engine_column *right = &b->columns[i];
		if (left->field != right->field || left->descending != right->descending ||
		    left->folded != right->folded)
			return false;
	}
	return true;
}

/* One of two indexes with the same columns is good for nothing, but that a cluster cannot be
 * unique. */
static bool is_needless(const engine_index *a, const engine_index *b)
{
	if ((a->cluster && b->unique) || (a->unique && b->cluster))
		return false;
	return columns_equal(a, b);
}

static cx_status check_against(const engine__builder *builder,
                               const engine__syntax_index *written, const engine_index *index,
                               const engine_index *other)
{
	if (index->cluster && other->cluster)
		return engine__fail_at(builder->error, written->at,
		                       "type \"%s\" has a cluster already", index->type->name);
	if (is_needless(index, other))
		return engine__fail_at(builder->error, written->at,
		                       "index \"%s\" has the same columns", other->name);
	if (strcmp(index->name, other->name) == 0)
		return engine__fail_at(
			builder->error, written->at,
			"an index \"%s\" is there already; give this one another "
			"name",
			other->name);
	return CX_OK;
}

static cx_status build_index(const engine__builder *builder,
                             const engine__syntax_index *written, engine_index *indexes,
                             uint16_t number)
{
	engine_index *index = &indexes[number];
	index->number = number;
	index->unique = written->unique;
	index->cluster = written->cluster;
	cx_status status = build_columns(builder, written, index);
	if (status == CX_OK)
		status = build_present(builder, written, index);
	if (status == CX_OK)
		status = build_name(builder, written, index);
	for (size_t i = 0; status == CX_OK && i < number; i++)
		status = check_against(builder, written, index, &indexes[i]);
	return status;
}

/* The index every type has. */
static cx_status build_ext_id(const engine__builder *builder, engine_index *index)
{
	const engine_field *field = &index->type->fields[ENGINE_SLOT_EXT_ID];
	index->name = field->name;
	index->unique = true;
	index->present = field;
	index->columns[0] = (engine_column){ .field = field };
	index->column_count = 1;
	if (!engine__key_share_out(index->columns, 1))
		return cx_fail(builder->error, CX_INTERNAL, "ext_id does not fit a key");
	return CX_OK;
}

static cx_status name_indexes(const engine__builder *builder, engine_type *type)
{
	const char *names[ENGINE_INDEXES_MAX];
	for (size_t i = 0; i < type->index_count; i++)
		names[i] = type->indexes[i].name;
	if (engine__names_new(names, type->index_count, builder->arena, &type->index_names))
		return engine__build_no_memory(builder->error);
	return CX_OK;
}

cx_status engine__build_indexes(const engine__builder *builder,
                                const engine__syntax_type *written, uint16_t number)
{
	engine_type *type = &builder->model->types[number];
	size_t room = 1 + (size_t)written->index_count;
	CX_ASSERT(room <= ENGINE_INDEXES_MAX);
	engine_index *indexes = cx_arena_zalloc(builder->arena, room * sizeof *indexes);
	if (indexes == NULL)
		return engine__build_no_memory(builder->error);
	for (size_t i = 0; i < room; i++)
		indexes[i].type = type;

	cx_status status = build_ext_id(builder, &indexes[0]);
	uint16_t count = 1;
	for (const engine__syntax_index *index = written->indexes;
	     status == CX_OK && index != NULL; index = index->next) {
		status = build_index(builder, index, indexes, count);
		if (indexes[count].cluster)
			type->cluster = &indexes[count];
		count++;
	}
	if (status != CX_OK)
		return status;
	CX_ASSERT(count == room);
	builder->model->indexes[number] = indexes;
	type->indexes = indexes;
	type->index_count = count;
	return name_indexes(builder, type);
}
