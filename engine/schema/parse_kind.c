/* SPDX-License-Identifier: Apache-2.0 */
/* Parses kinds of fields and literals. */
#include "engine/schema/parser.h"

#define EXPECTED_KINDS \
	"a kind of field (bool, int, money, date, ts, string, text, enum, ref, bytes, list)"

/* "(120)" */
static uint32_t parse_length(engine__parser *parser)
{
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_OPEN);
	uint32_t length = engine__parser_number(parser, 1, ENGINE__STRING_LENGTH_MAX,
	                                        "a number of characters");
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_CLOSE);
	return length;
}

static void check_label(engine__parser *parser, const engine__syntax_field *field,
                        engine__syntax_name name)
{
	if (field->label_count == ENGINE_LABELS_MAX)
		engine__parser_fail(parser, name.at, "an enum has at most %d labels",
		                    ENGINE_LABELS_MAX);
	for (const engine__syntax_label *label = field->labels; label != NULL;
	     label = label->next) {
		if (cx_slice_equal(label->name.text, name.text))
			engine__parser_fail(parser, name.at, "label \"%.*s\" is given twice",
			                    CX_SLICE_ARG(name.text));
	}
}

/* "(high, low)" */
static void parse_enum(engine__parser *parser, engine__syntax_field *field)
{
	engine__syntax_label **end = &field->labels;
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_OPEN);
	do {
		engine__syntax_label *label = engine__parser_alloc(parser, sizeof *label);
		if (label == NULL)
			return;
		label->name = engine__parser_label(parser);
		check_label(parser, field, label->name);
		*end = label;
		end = &label->next;
		field->label_count++;
	} while (engine__parser_take(parser, ENGINE__TOKEN_COMMA));
	if (!engine__parser_take(parser, ENGINE__TOKEN_PAREN_CLOSE))
		engine__parser_expected(parser, "\",\" or \")\"");
}

/* "(customer)" */
static void parse_ref(engine__parser *parser, engine__syntax_field *field)
{
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_OPEN);
	field->target = engine__parser_name(parser, "a type name");
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_CLOSE);
}

/* "<int>(4)" */
static void parse_list(engine__parser *parser, engine__syntax_field *field)
{
	engine__parser_expect(parser, ENGINE__TOKEN_ANGLE_OPEN);
	if (engine__parser_take_word(parser, "int")) {
		field->kind = ENGINE_INT_LIST;
	} else if (engine__parser_take_word(parser, "string")) {
		field->kind = ENGINE_STRING_LIST;
		field->length_max = parse_length(parser);
	} else {
		engine__parser_expected(parser, "\"int\" or \"string\"");
	}
	engine__parser_expect(parser, ENGINE__TOKEN_ANGLE_CLOSE);
	field->items_max = ENGINE_LIST_ITEMS_MAX;
	if (!engine__parser_take(parser, ENGINE__TOKEN_PAREN_OPEN))
		return;
	field->items_max =
		engine__parser_number(parser, 1, ENGINE_LIST_ITEMS_MAX, "a number of items");
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_CLOSE);
}

/* Kinds that are one word; the others have something in brackets. */
static const engine_kind plain_kinds[] = {
	ENGINE_BOOL, ENGINE_INT,  ENGINE_MONEY, ENGINE_DATE,
	ENGINE_TS,   ENGINE_TEXT, ENGINE_BYTES,
};

static bool take_plain_kind(engine__parser *parser, engine_kind *ret)
{
	for (size_t i = 0; i < CX_COUNT_OF(plain_kinds); i++) {
		if (engine__parser_take_word(parser, engine_kind_name(plain_kinds[i]))) {
			*ret = plain_kinds[i];
			return true;
		}
	}
	return false;
}

void engine__parse_kind(engine__parser *parser, engine__syntax_field *field)
{
	if (take_plain_kind(parser, &field->kind))
		return;
	if (engine__parser_take_word(parser, "string")) {
		field->kind = ENGINE_STRING;
		field->length_max = parse_length(parser);
	} else if (engine__parser_take_word(parser, "enum")) {
		field->kind = ENGINE_ENUM;
		parse_enum(parser, field);
	} else if (engine__parser_take_word(parser, "ref")) {
		field->kind = ENGINE_REF;
		parse_ref(parser, field);
	} else if (engine__parser_take_word(parser, "list")) {
		parse_list(parser, field);
	} else {
		engine__parser_expected(parser, EXPECTED_KINDS);
	}
}

/* A literal of one word. */
static engine__syntax_literal *parse_scalar(engine__parser *parser)
{
	engine__syntax_literal *literal = engine__parser_alloc(parser, sizeof *literal);
	if (literal == NULL)
		return NULL;
	literal->at = parser->token.at;
	literal->number = parser->token.number;
	literal->text = parser->token.text;
	if (engine__parser_is(parser, ENGINE__TOKEN_TEXT)) {
		literal->kind = ENGINE__LITERAL_TEXT;
		literal->text = engine__parser_text(parser);
	} else if (engine__parser_take(parser, ENGINE__TOKEN_NUMBER)) {
		literal->kind = ENGINE__LITERAL_NUMBER;
	} else if (engine__parser_take(parser, ENGINE__TOKEN_NAME)) {
		literal->kind = ENGINE__LITERAL_NAME;
	} else {
		engine__parser_expected(parser, "a value");
	}
	return literal;
}

/* "4, 8]" */
static void parse_items(engine__parser *parser, engine__syntax_literal *list)
{
	engine__syntax_literal **end = &list->items;
	do {
		engine__syntax_literal *item = parse_scalar(parser);
		if (item == NULL)
			return;
		if (list->count == ENGINE_LIST_ITEMS_MAX)
			engine__parser_fail(parser, item->at, "a list has at most %d items",
			                    ENGINE_LIST_ITEMS_MAX);
		*end = item;
		end = &item->next;
		list->count++;
	} while (engine__parser_take(parser, ENGINE__TOKEN_COMMA));
	if (!engine__parser_take(parser, ENGINE__TOKEN_BRACKET_CLOSE))
		engine__parser_expected(parser, "\",\" or \"]\"");
}

engine__syntax_literal *engine__parse_literal(engine__parser *parser)
{
	engine__position at = parser->token.at;
	if (!engine__parser_take(parser, ENGINE__TOKEN_BRACKET_OPEN))
		return parse_scalar(parser);
	engine__syntax_literal *list = engine__parser_alloc(parser, sizeof *list);
	if (list == NULL)
		return NULL;
	list->kind = ENGINE__LITERAL_LIST;
	list->at = at;
	if (!engine__parser_take(parser, ENGINE__TOKEN_BRACKET_CLOSE))
		parse_items(parser, list);
	return list;
}
