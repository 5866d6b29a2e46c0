/* SPDX-License-Identifier: Apache-2.0 */
/* Parses fields: name, kind, options, labels. */
#include "engine/schema/parser.h"

static const char *const reserved_words[] = {
	"index", "unique", "cluster", "required", "readonly", "search", "where",
};

bool engine__parse_is_reserved(cx_slice name)
{
	for (size_t i = 0; i < CX_COUNT_OF(reserved_words); i++) {
		if (cx_slice_equal(name, cx_slice_of(reserved_words[i])))
			return true;
	}
	return false;
}

static void parse_on_delete(engine__parser *parser, engine__syntax_field *field)
{
	field->on_delete_at = parser->token.at;
	if (field->kind != ENGINE_REF)
		engine__parser_fail(parser, parser->token.at,
		                    "\"on delete\" is for fields of kind ref");
	engine__parser_set_once(parser, &field->on_delete_given);
	engine__parser_expect_word(parser, "delete");
	if (engine__parser_take_word(parser, "restrict"))
		field->on_delete = ENGINE_RESTRICT;
	else if (engine__parser_take_word(parser, "cascade"))
		field->on_delete = ENGINE_CASCADE;
	else if (engine__parser_take_word(parser, "set_null"))
		field->on_delete = ENGINE_SET_NULL;
	else if (engine__parser_take_word(parser, "keep"))
		field->on_delete = ENGINE_KEEP;
	else
		engine__parser_expected(parser,
		                        "\"restrict\", \"cascade\", \"set_null\" or \"keep\"");
}

static void parse_default(engine__parser *parser, engine__syntax_field *field)
{
	if (field->default_value != NULL)
		engine__parser_fail(parser, parser->token.at, "a default is given twice");
	engine__parser_advance(parser);
	field->default_value = engine__parse_literal(parser);
}

/* "search", "search(phone)", "search(recency)" */
static void parse_search(engine__parser *parser, engine__syntax_field *field)
{
	engine__parser_set_once(parser, &field->search);
	field->search_as = ENGINE_SEARCH_TEXT;
	if (!engine__parser_take(parser, ENGINE__TOKEN_PAREN_OPEN))
		return;
	if (engine__parser_take_word(parser, "phone"))
		field->search_as = ENGINE_SEARCH_PHONE;
	else if (engine__parser_take_word(parser, "recency"))
		field->search_as = ENGINE_SEARCH_RECENCY;
	else
		engine__parser_expected(parser, "\"phone\" or \"recency\"");
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_CLOSE);
}

static void parse_rollup(engine__parser *parser, engine__syntax_field *field)
{
	if (field->rollup != NULL)
		engine__parser_fail(parser, parser->token.at, "a rollup is given twice");
	field->rollup = engine__parse_rollup(parser);
}

/* False when no option follows. */
static bool parse_option(engine__parser *parser, engine__syntax_field *field)
{
	if (engine__parser_is_word(parser, "required"))
		engine__parser_set_once(parser, &field->required);
	else if (engine__parser_is_word(parser, "readonly"))
		engine__parser_set_once(parser, &field->readonly);
	else if (engine__parser_is_word(parser, "search"))
		parse_search(parser, field);
	else if (engine__parser_is_word(parser, "unique") &&
	         !engine__parse_at_unique_index(parser))
		engine__parser_set_once(parser, &field->unique);
	else if (engine__parser_is(parser, ENGINE__TOKEN_EQUALS))
		parse_default(parser, field);
	else if (engine__parse_at_rollup(parser))
		parse_rollup(parser, field);
	/* A field may be named "on", but none has the kind "delete". */
	else if (engine__parser_is_word(parser, "on") &&
	         engine__parser_is_followed_by(parser, "delete"))
		parse_on_delete(parser, field);
	else
		return false;
	return true;
}

static engine__syntax_name parse_field_name(engine__parser *parser)
{
	if (engine__parser_is_word(parser, "on") &&
	    engine__parser_is_followed_by(parser, "delete"))
		engine__parser_fail(parser, parser->token.at,
		                    "\"on delete\" comes before the labels of its field");
	engine__syntax_name name = engine__parser_name(parser, "a field name");
	if (engine__parse_is_reserved(name.text))
		engine__parser_fail(parser, name.at,
		                    "\"%.*s\" is a word of the language: no name for a field, "
		                    "and options come before the labels",
		                    CX_SLICE_ARG(name.text));
	return name;
}

engine__syntax_field *engine__parse_field(engine__parser *parser)
{
	engine__syntax_field *field = engine__parser_alloc(parser, sizeof *field);
	if (field == NULL)
		return NULL;
	field->name = parse_field_name(parser);
	engine__parse_kind(parser, field);
	while (parse_option(parser, field))
		continue;
	engine__parser_labels(parser, &field->label_en, &field->label_zh);
	if (engine__parser_is(parser, ENGINE__TOKEN_EQUALS))
		engine__parser_fail(parser, parser->token.at,
		                    "the default comes before the labels of its field");
	return parser->failed == CX_OK ? field : NULL;
}
