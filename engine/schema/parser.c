/* SPDX-License-Identifier: Apache-2.0 */
/* Words, names and failures of the schema parser. */
#include "engine/schema/parser.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Characters of a word that a message repeats. */
enum { FOUND_MAX = 40 };

static void stop(engine__parser *parser, cx_status status)
{
	parser->failed = status;
	parser->token.kind = ENGINE__TOKEN_END;
	parser->token.text = (cx_slice){ 0 };
}

void engine__parser_fail(engine__parser *parser, engine__position at, const char *format, ...)
{
	if (parser->failed != CX_OK)
		return;
	char text[2 * CX_ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	stop(parser, engine__fail_at(parser->error, at, "%s", length < 0 ? "" : text));
}

void engine__parser_expected(engine__parser *parser, const char *what)
{
	const engine__token *token = &parser->token;
	cx_slice found = cx_text_head(token->text, FOUND_MAX);
	switch (token->kind) {
	case ENGINE__TOKEN_NAME:
	case ENGINE__TOKEN_NUMBER:
		engine__parser_fail(parser, token->at, "expected %s, found \"%.*s\"", what,
		                    CX_SLICE_ARG(found));
		return;
	case ENGINE__TOKEN_TEXT:
		engine__parser_fail(parser, token->at, "expected %s, found the text \"%.*s\"",
		                    what, CX_SLICE_ARG(found));
		return;
	case ENGINE__TOKEN_END:
	case ENGINE__TOKEN_BRACE_OPEN:
	case ENGINE__TOKEN_BRACE_CLOSE:
	case ENGINE__TOKEN_PAREN_OPEN:
	case ENGINE__TOKEN_PAREN_CLOSE:
	case ENGINE__TOKEN_BRACKET_OPEN:
	case ENGINE__TOKEN_BRACKET_CLOSE:
	case ENGINE__TOKEN_ANGLE_OPEN:
	case ENGINE__TOKEN_ANGLE_CLOSE:
	case ENGINE__TOKEN_COMMA:
	case ENGINE__TOKEN_EQUALS:
	case ENGINE__TOKEN_BANG:
	case ENGINE__TOKEN_STAR:
	case ENGINE__TOKEN_PLUS:
	case ENGINE__TOKEN_MINUS:
	case ENGINE__TOKEN_DOT:
		engine__parser_fail(parser, token->at, "expected %s, found %s", what,
		                    engine__token_kind_name(token->kind));
		return;
	}
}

void engine__parser_begin(engine__parser *parser)
{
	engine__parser_advance(parser);
}

void engine__parser_advance(engine__parser *parser)
{
	if (parser->failed != CX_OK)
		return;
	cx_status status = engine__lexer_next(&parser->lexer, &parser->token, parser->error);
	if (status != CX_OK)
		stop(parser, status);
}

void *engine__parser_alloc(engine__parser *parser, size_t size)
{
	if (parser->failed != CX_OK)
		return NULL;
	void *memory = cx_arena_zalloc(parser->arena, size);
	if (memory == NULL)
		stop(parser, cx_fail(parser->error, CX_NO_MEMORY, "no memory for the schema"));
	return memory;
}

bool engine__parser_is(const engine__parser *parser, engine__token_kind kind)
{
	return parser->failed == CX_OK && parser->token.kind == kind;
}

static bool token_is_word(const engine__token *token, const char *word)
{
	return token->kind == ENGINE__TOKEN_NAME &&
	       cx_slice_equal(token->text, cx_slice_of(word));
}

bool engine__parser_is_word(const engine__parser *parser, const char *word)
{
	return token_is_word(&parser->token, word);
}

engine__token engine__parser_ahead(const engine__parser *parser, unsigned words)
{
	engine__lexer lexer = parser->lexer;
	engine__token token = { .kind = ENGINE__TOKEN_END };
	while (parser->failed == CX_OK && words > 0) {
		if (engine__lexer_next(&lexer, &token, NULL) != CX_OK)
			return (engine__token){ .kind = ENGINE__TOKEN_END };
		words--;
	}
	return token;
}

bool engine__parser_is_followed_by(const engine__parser *parser, const char *word)
{
	engine__token token = engine__parser_ahead(parser, 1);
	return token_is_word(&token, word);
}

bool engine__parser_take(engine__parser *parser, engine__token_kind kind)
{
	if (!engine__parser_is(parser, kind))
		return false;
	engine__parser_advance(parser);
	return true;
}

bool engine__parser_take_word(engine__parser *parser, const char *word)
{
	if (!engine__parser_is_word(parser, word))
		return false;
	engine__parser_advance(parser);
	return true;
}

void engine__parser_expect(engine__parser *parser, engine__token_kind kind)
{
	if (!engine__parser_take(parser, kind))
		engine__parser_expected(parser, engine__token_kind_name(kind));
}

void engine__parser_expect_word(engine__parser *parser, const char *word)
{
	if (engine__parser_take_word(parser, word))
		return;
	char what[ENGINE_NAME_MAX + 3];
	snprintf(what, sizeof what, "\"%s\"", word);
	engine__parser_expected(parser, what);
}

void engine__parser_set_once(engine__parser *parser, bool *flag)
{
	if (*flag)
		engine__parser_fail(parser, parser->token.at, "\"%.*s\" is given twice",
		                    CX_SLICE_ARG(parser->token.text));
	*flag = true;
	engine__parser_advance(parser);
}

static engine__syntax_name take_name(engine__parser *parser, const char *what)
{
	if (!engine__parser_is(parser, ENGINE__TOKEN_NAME)) {
		engine__parser_expected(parser, what);
		return (engine__syntax_name){ 0 };
	}
	engine__syntax_name name = { .text = parser->token.text, .at = parser->token.at };
	if (name.text.size > ENGINE_NAME_MAX) {
		engine__parser_fail(parser, name.at,
		                    "a name has at most %d bytes, this one %zu",
		                    ENGINE_NAME_MAX, name.text.size);
		return (engine__syntax_name){ 0 };
	}
	engine__parser_advance(parser);
	return name;
}

engine__syntax_name engine__parser_name(engine__parser *parser, const char *what)
{
	engine__syntax_name name = take_name(parser, what);
	for (size_t i = 0; i < name.text.size; i++) {
		uint8_t byte = name.text.data[i];
		bool lower = byte >= 'a' && byte <= 'z';
		bool inner = i > 0 && ((byte >= '0' && byte <= '9') || byte == '_');
		if (!lower && !inner)
			engine__parser_fail(parser, name.at,
			                    "expected %s of a-z, then a-z, 0-9 and _, found "
			                    "\"%.*s\"",
			                    what, CX_SLICE_ARG(name.text));
	}
	return name;
}

engine__syntax_name engine__parser_label(engine__parser *parser)
{
	engine__syntax_name label = take_name(parser, "a label of the enum");
	if (label.text.size > 0 && label.text.data[0] == '_')
		engine__parser_fail(
			parser, label.at,
			"expected a label that begins with a letter, found \"%.*s\"",
			CX_SLICE_ARG(label.text));
	return label;
}

uint32_t engine__parser_number(engine__parser *parser, uint32_t min, uint32_t max,
                               const char *what)
{
	if (!engine__parser_is(parser, ENGINE__TOKEN_NUMBER)) {
		engine__parser_expected(parser, what);
		return min;
	}
	int64_t number = parser->token.number;
	if (number < min || number > max) {
		engine__parser_fail(parser, parser->token.at,
		                    "expected %s from %" PRIu32 " to %" PRIu32
		                    ", found %" PRId64,
		                    what, min, max, number);
		return min;
	}
	engine__parser_advance(parser);
	return (uint32_t)number;
}

static uint8_t unescaped(uint8_t byte)
{
	if (byte == 'n')
		return '\n';
	return byte == 't' ? '\t' : byte;
}

/* The lexer has seen to it that every \ is followed by what may follow it. */
static cx_slice resolve_escapes(engine__parser *parser, cx_slice written)
{
	uint8_t *text = engine__parser_alloc(parser, written.size);
	if (text == NULL)
		return (cx_slice){ 0 };
	size_t size = 0;
	for (size_t i = 0; i < written.size; i++) {
		if (written.data[i] == '\\')
			text[size++] = unescaped(written.data[++i]);
		else
			text[size++] = written.data[i];
	}
	return (cx_slice){ .data = text, .size = size };
}

cx_slice engine__parser_text(engine__parser *parser)
{
	cx_slice text = parser->token.text;
	if (text.size > 0 && memchr(text.data, '\\', text.size) != NULL)
		text = resolve_escapes(parser, text);
	engine__parser_advance(parser);
	return text;
}

static cx_slice take_caption(engine__parser *parser)
{
	engine__position at = parser->token.at;
	cx_slice text = engine__parser_text(parser);
	if (text.size == 0)
		engine__parser_fail(parser, at, "a label may not be empty");
	if (text.size > ENGINE__LABEL_BYTES_MAX)
		engine__parser_fail(parser, at, "a label has at most %d bytes, this one %zu",
		                    ENGINE__LABEL_BYTES_MAX, text.size);
	return text;
}

void engine__parser_labels(engine__parser *parser, cx_slice *ret_en, cx_slice *ret_zh)
{
	if (!engine__parser_is(parser, ENGINE__TOKEN_TEXT))
		return;
	*ret_en = take_caption(parser);
	if (engine__parser_is(parser, ENGINE__TOKEN_TEXT))
		*ret_zh = take_caption(parser);
}
