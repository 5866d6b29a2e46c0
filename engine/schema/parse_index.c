/* SPDX-License-Identifier: Apache-2.0 */
/* Parses indexes, unique indexes and the cluster. */
#include "engine/schema/parser.h"

bool engine__parse_at_index(const engine__parser *parser)
{
	return engine__parser_is_word(parser, "index") ||
	       engine__parser_is_word(parser, "unique") ||
	       engine__parser_is_word(parser, "cluster");
}

bool engine__parse_at_unique_index(const engine__parser *parser)
{
	if (!engine__parser_is_word(parser, "unique"))
		return false;
	engine__token next = engine__parser_ahead(parser, 1);
	if (next.kind == ENGINE__TOKEN_PAREN_OPEN)
		return true;
	return next.kind == ENGINE__TOKEN_NAME && !engine__parse_is_reserved(next.text) &&
	       engine__parser_ahead(parser, 2).kind == ENGINE__TOKEN_PAREN_OPEN;
}

static void parse_column(engine__parser *parser, engine__syntax_column *column)
{
	column->name = engine__parser_name(parser, "a field name");
	while (engine__parser_is(parser, ENGINE__TOKEN_NAME)) {
		if (engine__parser_is_word(parser, "desc"))
			engine__parser_set_once(parser, &column->descending);
		else if (engine__parser_is_word(parser, "folded"))
			engine__parser_set_once(parser, &column->folded);
		else
			engine__parser_expected(parser, "\"desc\", \"folded\", \",\" or \")\"");
	}
}

static void parse_columns(engine__parser *parser, engine__syntax_index *index)
{
	engine__syntax_column **end = &index->columns;
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_OPEN);
	do {
		engine__syntax_column *column = engine__parser_alloc(parser, sizeof *column);
		if (column == NULL)
			return;
		parse_column(parser, column);
		if (index->column_count == ENGINE_COLUMNS_MAX)
			engine__parser_fail(parser, column->name.at,
			                    "an index has at most %d columns",
			                    ENGINE_COLUMNS_MAX);
		*end = column;
		end = &column->next;
		index->column_count++;
	} while (engine__parser_take(parser, ENGINE__TOKEN_COMMA));
	if (!engine__parser_take(parser, ENGINE__TOKEN_PAREN_CLOSE))
		engine__parser_expected(parser, "\",\" or \")\"");
}

static void parse_name(engine__parser *parser, engine__syntax_index *index)
{
	bool at_name = engine__parser_is(parser, ENGINE__TOKEN_NAME);
	if (index->cluster && engine__parser_is_word(parser, "by"))
		at_name = false;
	if (at_name)
		index->name = engine__parser_name(parser, "an index name");
	if (engine__parse_is_reserved(index->name.text))
		engine__parser_fail(parser, index->name.at,
		                    "\"%.*s\" is a word of the language: no name for an index",
		                    CX_SLICE_ARG(index->name.text));
	if (index->cluster)
		engine__parser_expect_word(parser, "by");
}

engine__syntax_index *engine__parse_index(engine__parser *parser)
{
	engine__syntax_index *index = engine__parser_alloc(parser, sizeof *index);
	if (index == NULL)
		return NULL;
	index->at = parser->token.at;
	index->unique = engine__parser_is_word(parser, "unique");
	index->cluster = engine__parser_is_word(parser, "cluster");
	engine__parser_advance(parser);
	parse_name(parser, index);
	parse_columns(parser, index);
	if (!index->cluster && engine__parser_take_word(parser, "where"))
		index->where = engine__parser_name(parser, "a field name");
	return parser->failed == CX_OK ? index : NULL;
}
