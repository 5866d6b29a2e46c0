/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/filter.h"

#include "base/check.h"
#include "base/text.h"
#include "engine/core/handle.h"
#include "engine/query/exists.h"
#include "engine/query/match.h"

#include <stdlib.h>
#include <string.h>

enum {
	NODE_BYTES_MIN = 4, /* the shortest filter, ["or"], and shorter than any leaf */
	SHOWN_BYTES = 40,
};

typedef struct op_row {
	const char *text;
	size_t size;
	engine__op_form form;
} op_row;

static const op_row op_rows[] = {
#define ROW(name, text, form) { text, sizeof(text) - 1, ENGINE__FORM_##form },
	ENGINE__OPS(ROW)
#undef ROW
};

typedef struct parser {
	const engine_type *type;
	cx_reader reader;
	cx_arena *arena;
	cx_error *error;
	engine__node *nodes;
	uint16_t count;
	uint16_t room;        /* for nodes */
	unsigned values_left; /* of all "in" together */
	engine_read *read;    /* NULL: exists is refused */
	engine__relations *relations;
} parser;

static cx_status read_node(parser *self, unsigned depth);

static cx_status refuse_form(const parser *self, const char *expected)
{
	if (self->reader.failed)
		return cx_fail(self->error, CX_MALFORMED, "filter: the bytes are damaged");
	return cx_fail(self->error, CX_INVALID_ARGUMENT, "filter: expects %s, got %s", expected,
	               cx_kind_name(cx_reader_peek(&self->reader)));
}

static cx_status no_memory(const parser *self)
{
	return cx_fail(self->error, CX_NO_MEMORY, "filter: no memory");
}

static cx_status read_op(parser *self, engine__op *ret)
{
	cx_kind kind = cx_reader_peek(&self->reader);
	cx_slice text = kind == CX_KIND_STR ? cx_read_str(&self->reader) : (cx_slice){ 0 };
	if (kind != CX_KIND_STR || self->reader.failed)
		return refuse_form(self, "an operator as a string");
	for (size_t i = 0; i < CX_COUNT_OF(op_rows); i++) {
		if (op_rows[i].size != text.size ||
		    memcmp(op_rows[i].text, text.data, text.size) != 0)
			continue;
		*ret = (engine__op)i;
		return CX_OK;
	}
	if (text.size > SHOWN_BYTES || !cx_text_is_utf8(text, NULL))
		return cx_fail(self->error, CX_INVALID_ARGUMENT, "filter: no such operator");
	return cx_fail(self->error, CX_INVALID_ARGUMENT, "filter: no operator \"%.*s\"",
	               CX_SLICE_ARG(text));
}

static cx_status read_field(parser *self, const engine_field **ret)
{
	cx_kind kind = cx_reader_peek(&self->reader);
	cx_slice name = kind == CX_KIND_STR ? cx_read_str(&self->reader) : (cx_slice){ 0 };
	if (kind != CX_KIND_STR || self->reader.failed)
		return refuse_form(self, "the name of a field");
	*ret = engine_type_field(self->type, name);
	if (*ret != NULL)
		return CX_OK;
	if (name.size > ENGINE_NAME_MAX || !cx_text_is_utf8(name, NULL))
		return cx_fail(self->error, CX_NO_FIELD, "filter: %s has no such field",
		               self->type->name);
	return cx_fail(self->error, CX_NO_FIELD, "filter: %s has no field \"%.*s\"",
	               self->type->name, CX_SLICE_ARG(name));
}

static bool is_list(engine_kind kind)
{
	return kind == ENGINE_INT_LIST || kind == ENGINE_STRING_LIST;
}

/* What a value is read as: an item of a list by the kind of the item, and texts without the
 * field's own length, since comparing with a longer one is no mistake. */
static engine_field literal_field(const engine_field *field)
{
	engine_field literal = *field;
	literal.length_max = UINT32_MAX;
	if (field->kind == ENGINE_INT_LIST)
		literal.kind = ENGINE_INT;
	if (field->kind == ENGINE_STRING_LIST)
		literal.kind = ENGINE_STRING;
	return literal;
}

static cx_status read_value(parser *self, const engine_field *field, engine__value *ret)
{
	if (cx_read_if_nil(&self->reader))
		return cx_fail_field(self->error, CX_TYPE, field->name,
		                     "%s: nothing compares with nil; use [\"null\", \"%s\"]",
		                     field->name, field->name);
	const engine_field literal = literal_field(field);
	return engine__value_read(&literal, &self->reader, NULL, self->arena, ret, self->error);
}

static int compare_values(const void *a, const void *b)
{
	return engine__value_compare(a, b);
}

static uint16_t sort_and_unite(engine__value *values, uint16_t count)
{
	if (count < 2)
		return count;
	qsort(values, count, sizeof *values, compare_values);
	uint16_t kept = 1;
	for (uint16_t i = 1; i < count; i++)
		if (!engine__value_equal(&values[i], &values[kept - 1]))
			values[kept++] = values[i];
	return kept;
}

static cx_status read_values(parser *self, engine__node *node, uint32_t count)
{
	engine__value *values = cx_arena_alloc(self->arena, (count + 1) * sizeof *values);
	if (values == NULL)
		return no_memory(self);
	for (uint32_t i = 0; i < count; i++) {
		cx_status status = read_value(self, node->field, &values[i]);
		if (status != CX_OK)
			return status;
	}
	node->values = values;
	node->value_count = (uint16_t)count;
	if (node->op == ENGINE__OP_IN)
		node->value_count = sort_and_unite(values, node->value_count);
	return CX_OK;
}

static cx_status read_list(parser *self, engine__node *node)
{
	if (cx_reader_peek(&self->reader) != CX_KIND_ARRAY)
		return refuse_form(self, "an array of values after \"in\"");
	uint32_t count = cx_read_array(&self->reader);
	if (self->reader.failed)
		return refuse_form(self, "values");
	if (count > self->values_left)
		return cx_fail(self->error, CX_TOO_LARGE, "filter: over %d values in \"in\"",
		               ENGINE_FILTER_VALUES_MAX);
	cx_status status = read_values(self, node, count);
	if (status == CX_OK)
		self->values_left -= count;
	return status;
}

static bool folds(engine__op op)
{
	return op == ENGINE__OP_FOLDED_EQUAL || op == ENGINE__OP_FOLDED_PREFIX ||
	       op == ENGINE__OP_FOLDED_CONTAINS;
}

static cx_status read_text(parser *self, engine__node *node)
{
	cx_status status = read_values(self, node, 1);
	if (status != CX_OK || !folds(node->op))
		return status;
	cx_slice text = node->values[0].bytes;
	CX_SCOPED(cx_buf_release)
	cx_buf folded = CX_BUF_INIT(ENGINE__FOLDED_BYTES_MAX);
	if (cx_text_fold(text, &folded) != CX_OK)
		return no_memory(self);
	node->folded = cx_arena_copy(self->arena, cx_buf_slice(&folded));
	return node->folded.size == folded.size ? CX_OK : no_memory(self);
}

/* Whether the operator can say anything about fields of this kind. */
static bool form_fits(engine__op_form form, engine_kind kind)
{
	switch (form) {
	case ENGINE__FORM_GROUP:
	case ENGINE__FORM_NONE:
		return true;
	case ENGINE__FORM_ONE:
	case ENGINE__FORM_TWO:
	case ENGINE__FORM_MANY:
		return !is_list(kind);
	case ENGINE__FORM_TEXT:
		return kind == ENGINE_STRING || kind == ENGINE_TEXT;
	case ENGINE__FORM_ITEM:
		return is_list(kind);
	case ENGINE__FORM_OTHER:
		return kind == ENGINE_REF;
	case ENGINE__FORM_WORDS:
		break;
	}
	CX_UNREACHABLE();
}

static cx_status read_operands(parser *self, engine__node *node, engine__op_form form)
{
	switch (form) {
	case ENGINE__FORM_NONE:
		return CX_OK;
	case ENGINE__FORM_ONE:
	case ENGINE__FORM_ITEM:
		return read_values(self, node, 1);
	case ENGINE__FORM_TWO:
		return read_values(self, node, 2);
	case ENGINE__FORM_MANY:
		return read_list(self, node);
	case ENGINE__FORM_TEXT:
		return read_text(self, node);
	case ENGINE__FORM_GROUP:
	case ENGINE__FORM_OTHER:
	case ENGINE__FORM_WORDS:
		break;
	}
	CX_UNREACHABLE();
}

static cx_status read_leaf(parser *self, engine__node *node, uint32_t count)
{
	const op_row *op = &op_rows[node->op];
	const uint32_t expected = op->form == ENGINE__FORM_NONE  ? 2
	                          : op->form == ENGINE__FORM_TWO ? 4
	                                                         : 3;
	if (count != expected)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "filter: \"%s\" takes %u elements with itself, got %u", op->text,
		               expected, count);
	cx_status status = read_field(self, &node->field);
	if (status != CX_OK)
		return status;
	if (!form_fits(op->form, node->field->kind))
		return cx_fail_field(self->error, CX_TYPE, node->field->name,
		                     "filter: \"%s\" says nothing about %s, a %s", op->text,
		                     node->field->name, engine_kind_name(node->field->kind));
	if (node->op == ENGINE__OP_EQUAL)
		node->op = ENGINE__OP_IN;
	return read_operands(self, node, op->form);
}

/* ---- exists ---- */

static cx_status read_inner(parser *outer, const engine_type *type, unsigned depth,
                            engine__filter *ret);

/* The type whose records refer to this one, and their field. */
static cx_status read_child(parser *self, const engine_field **ret,
                            const engine_type **ret_type)
{
	const cx_kind kind = cx_reader_peek(&self->reader);
	const cx_slice name =
		kind == CX_KIND_STR ? cx_read_str(&self->reader) : (cx_slice){ 0 };
	if (kind != CX_KIND_STR || self->reader.failed)
		return refuse_form(self, "the name of a type after \"exists\"");
	const engine_schema *schema = engine_read_schema(self->read);
	const engine_type *child = engine_schema_type(schema, name);
	if (child == NULL && (name.size > ENGINE_NAME_MAX || !cx_text_is_utf8(name, NULL)))
		return cx_fail(self->error, CX_NO_TYPE, "exists: no such type");
	if (child == NULL)
		return cx_fail(self->error, CX_NO_TYPE, "exists: there is no type \"%.*s\"",
		               CX_SLICE_ARG(name));
	const engine_type *parent = self->type;
	self->type = child;
	cx_status status = read_field(self, ret);
	self->type = parent;
	if (status != CX_OK)
		return status;
	if ((*ret)->kind != ENGINE_REF || (*ret)->target != parent)
		return cx_fail_field(self->error, CX_TYPE, (*ret)->name,
		                     "exists: %s of %s does not refer to %s", (*ret)->name,
		                     child->name, parent->name);
	*ret_type = child;
	return CX_OK;
}

static cx_status read_parent(parser *self, const engine_field **ret)
{
	cx_status status = read_field(self, ret);
	if (status == CX_OK && (*ret)->kind != ENGINE_REF)
		return cx_fail_field(self->error, CX_TYPE, (*ret)->name,
		                     "exists: %s of %s is no reference", (*ret)->name,
		                     self->type->name);
	return status;
}

/* What reads other things than the record while it is evaluated. */
static cx_status begin_relation(parser *self, const char *what)
{
	if (self->read == NULL)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "filter: \"%s\" may not stand here", what);
	if (self->relations == NULL)
		self->relations = cx_arena_zalloc(self->arena, sizeof *self->relations);
	if (self->relations == NULL)
		return no_memory(self);
	self->relations->read = self->read;
	return CX_OK;
}

static cx_status begin_exists(parser *self, uint32_t count)
{
	cx_status status = begin_relation(self, "exists");
	if (status != CX_OK)
		return status;
	if (count != 3 && count != 4)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "filter: \"exists\" takes a type, its reference field and a "
		               "filter, or a reference field and a filter");
	if (self->relations->count++ == ENGINE_FILTER_EXISTS_MAX)
		return cx_fail(self->error, CX_TOO_LARGE, "filter: over %d \"exists\"",
		               ENGINE_FILTER_EXISTS_MAX);
	return CX_OK;
}

static cx_status read_exists(parser *self, engine__node *node, uint32_t count, unsigned depth)
{
	const engine_field *field = NULL;
	const engine_type *child = NULL;
	cx_status status = begin_exists(self, count);
	if (status == CX_OK)
		status = count == 4 ? read_child(self, &field, &child)
		                    : read_parent(self, &field);
	if (status != CX_OK)
		return status;
	const engine_type *other = child != NULL ? child : field->target;
	engine__filter inner;
	status = read_inner(self, other, depth, &inner);
	if (status != CX_OK)
		return status;
	node->field = child != NULL ? &self->type->fields[ENGINE_SLOT_ID] : field;
	return engine__exists_new(self->relations,
	                          child != NULL ? field : &other->fields[ENGINE_SLOT_ID],
	                          &inner, self->arena, &node->exists, self->error);
}

/* ---- match ---- */

static cx_status read_match(parser *self, engine__node *node, uint32_t count)
{
	if (count != 2 && count != 3)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "filter: \"match\" takes a text, or a field and a text");
	const engine_field *only = NULL;
	cx_status status = begin_relation(self, "match");
	if (status == CX_OK && self->relations->matches++ == ENGINE_FILTER_MATCH_MAX)
		status = cx_fail(self->error, CX_TOO_LARGE, "filter: over %d \"match\"",
		                 ENGINE_FILTER_MATCH_MAX);
	if (status == CX_OK && count == 3)
		status = read_field(self, &only);
	if (status != CX_OK)
		return status;
	const cx_kind kind = cx_reader_peek(&self->reader);
	const cx_slice text =
		kind == CX_KIND_STR ? cx_read_str(&self->reader) : (cx_slice){ 0 };
	if (kind != CX_KIND_STR || self->reader.failed)
		return refuse_form(self, "the text to search for");
	node->field = &self->type->fields[ENGINE_SLOT_ID];
	return engine__match_new(self->relations, self->type, only, text, self->arena,
	                         &node->match, self->error);
}

static cx_status read_group(parser *self, engine__op op, uint32_t count, unsigned depth)
{
	if (op == ENGINE__OP_NOT && count != 2)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "filter: \"not\" takes one filter");
	for (uint32_t i = 1; i < count; i++) {
		cx_status status = read_node(self, depth + 1);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status begin_node(parser *self, unsigned depth, uint32_t *ret_count)
{
	if (depth > ENGINE_FILTER_DEPTH_MAX)
		return cx_fail(self->error, CX_TOO_DEEP, "filter: nested deeper than %d",
		               ENGINE_FILTER_DEPTH_MAX);
	if (cx_reader_peek(&self->reader) != CX_KIND_ARRAY)
		return refuse_form(self, "an array, operator first");
	uint32_t count = cx_read_array(&self->reader);
	if (count == 0)
		return refuse_form(self, "an operator in the array");
	if (self->count == self->room)
		return cx_fail(self->error, CX_TOO_LARGE, "filter: over %d operators",
		               ENGINE_FILTER_NODES_MAX);
	*ret_count = count;
	return CX_OK;
}

static cx_status read_node(parser *self, unsigned depth)
{
	uint32_t count;
	cx_status status = begin_node(self, depth, &count);
	if (status != CX_OK)
		return status;
	engine__node *node = &self->nodes[self->count++];
	*node = (engine__node){ 0 };
	status = read_op(self, &node->op);
	if (status != CX_OK)
		return status;
	const engine__op_form form = op_rows[node->op].form;
	if (form == ENGINE__FORM_GROUP)
		status = read_group(self, node->op, count, depth);
	else if (form == ENGINE__FORM_OTHER)
		status = read_exists(self, node, count, depth);
	else if (form == ENGINE__FORM_WORDS)
		status = read_match(self, node, count);
	else
		status = read_leaf(self, node, count);
	node->end = self->count;
	return status;
}

/* Nodes the bytes can hold at most, so that a short filter takes little memory. */
static uint16_t nodes_for(cx_slice bytes)
{
	size_t most = bytes.size / NODE_BYTES_MIN + 1;
	return most < ENGINE_FILTER_NODES_MAX ? (uint16_t)most : ENGINE_FILTER_NODES_MAX;
}

/* The filter of the other record, one level deep. */
static cx_status read_inner(parser *outer, const engine_type *type, unsigned depth,
                            engine__filter *ret)
{
	const cx_slice bytes = cx_read_skip(&outer->reader);
	if (outer->reader.failed)
		return refuse_form(outer, "a filter");
	parser self = { .type = type,
		        .reader = cx_reader_of(bytes),
		        .arena = outer->arena,
		        .error = outer->error,
		        .room = nodes_for(bytes),
		        .values_left = outer->values_left };
	self.nodes = cx_arena_alloc(self.arena, self.room * sizeof *self.nodes);
	if (self.nodes == NULL)
		return no_memory(&self);
	if (!cx_read_if_nil(&self.reader)) {
		cx_status status = read_node(&self, depth + 1);
		if (status != CX_OK)
			return status;
	}
	outer->values_left = self.values_left;
	*ret = (engine__filter){ .type = type, .nodes = self.nodes, .node_count = self.count };
	return engine__filter_simplify(ret, self.arena) == CX_OK ? CX_OK : no_memory(&self);
}

cx_status engine__filter_bind(engine_read *read, const engine_type *type, cx_slice bytes,
                              cx_arena *arena, engine__filter *ret, cx_error *error)
{
	parser self = { .type = type,
		        .reader = cx_reader_of(bytes),
		        .arena = arena,
		        .error = error,
		        .room = nodes_for(bytes),
		        .values_left = ENGINE_FILTER_VALUES_MAX,
		        .read = read };
	if (bytes.size > ENGINE__FILTER_BYTES_MAX)
		return cx_fail(error, CX_TOO_LARGE, "filter: over %d bytes",
		               ENGINE__FILTER_BYTES_MAX);
	self.nodes = cx_arena_alloc(arena, self.room * sizeof *self.nodes);
	if (self.nodes == NULL)
		return no_memory(&self);
	if (bytes.size > 0 && !cx_read_if_nil(&self.reader)) {
		cx_status status = read_node(&self, 1);
		if (status != CX_OK)
			return status;
	}
	if (self.reader.failed || self.reader.rest.size > 0)
		return cx_fail(error, CX_MALFORMED, "filter: the bytes are damaged");

	engine__filter filter = { .type = type,
		                  .nodes = self.nodes,
		                  .node_count = self.count,
		                  .relations = self.relations };
	if (engine__filter_simplify(&filter, arena) != CX_OK)
		return no_memory(&self);
	*ret = filter;
	return CX_OK;
}

cx_status engine__filter_read(const engine_type *type, cx_slice bytes, cx_arena *arena,
                              engine__filter *ret, cx_error *error)
{
	return engine__filter_bind(NULL, type, bytes, arena, ret, error);
}
