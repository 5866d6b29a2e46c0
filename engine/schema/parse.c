/* SPDX-License-Identifier: Apache-2.0 */
/* Parses types and what is in their braces. */
#include "engine/schema/parse.h"

#include "base/text.h"
#include "engine/schema/parser.h"

#define STATEMENTS "\"type\", \"extend\", \"aggregate\" or \"time zone\""

static engine__syntax_type *find_type(const engine__syntax *syntax, cx_slice name)
{
	for (engine__syntax_type *type = syntax->types; type != NULL; type = type->next) {
		if (cx_slice_equal(type->name.text, name))
			return type;
	}
	return NULL;
}

static void add_type(engine__parser *parser, engine__syntax_type *type)
{
	engine__syntax *syntax = parser->syntax;
	if (syntax->type_count == ENGINE_TYPES_MAX) {
		engine__parser_fail(parser, type->name.at, "a schema has at most %d types",
		                    ENGINE_TYPES_MAX);
		return;
	}
	if (syntax->last == NULL)
		syntax->types = type;
	else
		syntax->last->next = type;
	syntax->last = type;
	syntax->type_count++;
}

static void add_field(engine__parser *parser, engine__syntax_type *type,
                      engine__syntax_field *field)
{
	if (type->field_count == ENGINE_SLOTS_MAX - ENGINE_SYSTEM_SLOTS) {
		engine__parser_fail(parser, field->name.at, "a type has at most %d fields",
		                    ENGINE_SLOTS_MAX - ENGINE_SYSTEM_SLOTS);
		return;
	}
	*type->fields_end = field;
	type->fields_end = &field->next;
	type->field_count++;
}

static void add_index(engine__parser *parser, engine__syntax_type *type,
                      engine__syntax_index *index)
{
	/* One is the index of ext_id. */
	if (type->index_count == ENGINE_INDEXES_MAX - 1) {
		engine__parser_fail(parser, index->at,
		                    "a type has at most %d indexes, unique fields and the "
		                    "cluster counted",
		                    ENGINE_INDEXES_MAX - 1);
		return;
	}
	*type->indexes_end = index;
	type->indexes_end = &index->next;
	type->index_count++;
}

/* `unique` at a field is short for an index of that one column. */
static void add_unique(engine__parser *parser, engine__syntax_type *type,
                       const engine__syntax_field *field)
{
	engine__syntax_index *index = engine__parser_alloc(parser, sizeof *index);
	engine__syntax_column *column = engine__parser_alloc(parser, sizeof *column);
	if (index == NULL || column == NULL)
		return;
	column->name = field->name;
	index->at = field->name.at;
	index->unique = true;
	index->columns = column;
	index->column_count = 1;
	add_index(parser, type, index);
}

static void parse_item(engine__parser *parser, engine__syntax_type *type)
{
	if (engine__parse_at_index(parser)) {
		engine__syntax_index *index = engine__parse_index(parser);
		if (index != NULL)
			add_index(parser, type, index);
		return;
	}
	engine__syntax_field *field = engine__parse_field(parser);
	if (field == NULL)
		return;
	add_field(parser, type, field);
	if (field->unique)
		add_unique(parser, type, field);
}

static void parse_body(engine__parser *parser, engine__syntax_type *type)
{
	engine__parser_expect(parser, ENGINE__TOKEN_BRACE_OPEN);
	while (engine__parser_is(parser, ENGINE__TOKEN_NAME))
		parse_item(parser, type);
	if (!engine__parser_take(parser, ENGINE__TOKEN_BRACE_CLOSE))
		engine__parser_expected(parser, "a field, an index or \"}\"");
}

static void parse_flags(engine__parser *parser, engine__syntax_type *type)
{
	while (engine__parser_is(parser, ENGINE__TOKEN_NAME)) {
		if (engine__parser_is_word(parser, "keep"))
			engine__parser_set_once(parser, &type->keep);
		else if (engine__parser_is_word(parser, "readonly"))
			engine__parser_set_once(parser, &type->readonly);
		else if (engine__parser_is_word(parser, "single"))
			engine__parser_set_once(parser, &type->single);
		else
			engine__parser_expected(parser, "\"keep\", \"readonly\", \"single\" or "
			                                "\"{\"");
	}
}

static void parse_type(engine__parser *parser)
{
	engine__syntax_type *type = engine__parser_alloc(parser, sizeof *type);
	if (type == NULL)
		return;
	type->fields_end = &type->fields;
	type->indexes_end = &type->indexes;
	type->name = engine__parser_name(parser, "a type name");
	if (find_type(parser->syntax, type->name.text) != NULL)
		engine__parser_fail(
			parser, type->name.at,
			"type \"%.*s\" is there already; \"extend type\" adds to it",
			CX_SLICE_ARG(type->name.text));
	engine__parser_labels(parser, &type->label_en, &type->label_zh);
	parse_flags(parser, type);
	add_type(parser, type);
	parse_body(parser, type);
}

static void parse_extension(engine__parser *parser)
{
	engine__parser_expect_word(parser, "type");
	engine__syntax_name name = engine__parser_name(parser, "a type name");
	if (parser->failed != CX_OK)
		return;
	engine__syntax_type *type = find_type(parser->syntax, name.text);
	if (type == NULL) {
		engine__parser_fail(parser, name.at,
		                    "there is no type \"%.*s\" before this to extend",
		                    CX_SLICE_ARG(name.text));
		return;
	}
	parse_body(parser, type);
}

static void parse_all(engine__parser *parser)
{
	engine__parser_begin(parser);
	while (engine__parser_is(parser, ENGINE__TOKEN_NAME)) {
		if (engine__parser_take_word(parser, "type"))
			parse_type(parser);
		else if (engine__parser_take_word(parser, "extend"))
			parse_extension(parser);
		else if (engine__parser_take_word(parser, "aggregate"))
			engine__parse_aggregate(parser);
		else if (engine__parser_take_word(parser, "time"))
			engine__parse_zone(parser);
		else
			engine__parser_expected(parser, STATEMENTS);
	}
	if (!engine__parser_is(parser, ENGINE__TOKEN_END))
		engine__parser_expected(parser, STATEMENTS);
}

/* Where the byte at `offset` stands; what comes before it is valid. */
static engine__position position_of(cx_slice text, size_t offset, bool in_base)
{
	engine__position at = { .line = 1, .column = 1, .in_base = in_base };
	for (size_t i = 0; i < offset; i++) {
		if (text.data[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if ((text.data[i] & 0xc0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

cx_status engine__parse(cx_slice text, bool in_base, cx_arena *arena, engine__syntax *syntax,
                        cx_error *error)
{
	if (text.size > ENGINE_SCHEMA_BYTES_MAX)
		return cx_fail(error, CX_TOO_LARGE, "a schema text has at most %d bytes",
		               ENGINE_SCHEMA_BYTES_MAX);
	size_t bad = 0;
	if (!cx_text_is_utf8(text, &bad))
		return engine__fail_at(error, position_of(text, bad, in_base),
		                       "the text is not UTF-8");
	engine__parser parser = {
		.lexer = engine__lexer_of(text, in_base),
		.arena = arena,
		.syntax = syntax,
		.error = error,
	};
	parse_all(&parser);
	return parser.failed;
}
