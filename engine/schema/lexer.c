/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts schema text into words. */
#include "engine/schema/lexer.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>

#define TOKEN_TEXT(name, text) text,
static const char *const kind_names[] = { ENGINE__TOKENS(TOKEN_TEXT) };

const char *engine__token_kind_name(engine__token_kind kind)
{
	CX_ASSERT((unsigned)kind < CX_COUNT_OF(kind_names));
	return kind_names[kind];
}

cx_status engine__fail_at(cx_error *error, engine__position at, const char *format, ...)
{
	/* Longer than an error's text, so that cutting is left to cx_fail(). */
	char text[2 * CX_ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (length < 0)
		text[0] = '\0';

	if (at.in_base)
		return cx_fail(error, CX_SCHEMA_SYNTAX, "line %u of the schema before it: %s",
		               at.line, text);
	cx_status status = cx_fail(error, CX_SCHEMA_SYNTAX, "%s", text);
	if (error != NULL) {
		error->line = at.line;
		error->column = at.column;
	}
	return status;
}

engine__lexer engine__lexer_of(cx_slice text, bool in_base)
{
	return (engine__lexer){
		.rest = text,
		.at = { .line = 1, .column = 1, .in_base = in_base },
	};
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

/* The byte `ahead` of here; 0, which belongs to no word, past the end. */
static uint8_t byte_at(const engine__lexer *lexer, size_t ahead)
{
	return ahead < lexer->rest.size ? lexer->rest.data[ahead] : 0;
}

/* Goes over bytes of one line. */
static cx_slice take(engine__lexer *lexer, size_t size)
{
	cx_slice taken = { .data = lexer->rest.data, .size = size };
	for (size_t i = 0; i < size; i++) {
		bool continues = (taken.data[i] & 0xc0) == 0x80;
		lexer->at.column += continues ? 0 : 1;
	}
	lexer->rest = cx_slice_from(lexer->rest, size);
	return taken;
}

static void take_line_end(engine__lexer *lexer)
{
	lexer->rest = cx_slice_from(lexer->rest, 1);
	lexer->at.line++;
	lexer->at.column = 1;
}

/* Bytes of the character that begins with `lead`, in valid UTF-8. */
static size_t character_size(uint8_t lead)
{
	if (lead < 0xc0)
		return 1;
	if (lead < 0xe0)
		return 2;
	return lead < 0xf0 ? 3 : 4;
}

static void skip_comment(engine__lexer *lexer)
{
	size_t size = 0;
	while (size < lexer->rest.size && lexer->rest.data[size] != '\n')
		size++;
	take(lexer, size);
}

/* Blanks, comments, and the byte order mark some editors begin a file with. */
static void skip_blanks(engine__lexer *lexer)
{
	static const cx_slice mark = { .data = (const uint8_t *)"\xef\xbb\xbf", .size = 3 };
	while (lexer->rest.size > 0) {
		uint8_t byte = lexer->rest.data[0];
		if (byte == '\n')
			take_line_end(lexer);
		else if (byte == ' ' || byte == '\t' || byte == '\r')
			take(lexer, 1);
		else if (byte == '#')
			skip_comment(lexer);
		else if (cx_slice_starts_with(lexer->rest, mark))
			take(lexer, mark.size);
		else
			return;
	}
}

static void take_name(engine__lexer *lexer, engine__token *token)
{
	size_t size = 0;
	while (is_letter(byte_at(lexer, size)) || is_digit(byte_at(lexer, size)))
		size++;
	token->kind = ENGINE__TOKEN_NAME;
	token->text = take(lexer, size);
}

static cx_status take_number(engine__lexer *lexer, engine__token *token, cx_error *error)
{
	bool negative = byte_at(lexer, 0) == '-';
	size_t size = negative ? 1 : 0;
	int64_t number = 0;
	bool fits = true;
	for (; is_digit(byte_at(lexer, size)); size++) {
		int digit = byte_at(lexer, size) - '0';
		fits = fits && !__builtin_mul_overflow(number, 10, &number) &&
		       !__builtin_sub_overflow(number, digit, &number);
	}
	/* Summed up below zero, where one more number fits. */
	if (!negative)
		fits = fits && !__builtin_sub_overflow((int64_t)0, number, &number);
	if (!fits)
		return engine__fail_at(error, token->at, "the number does not fit 64 bits");
	if (is_letter(byte_at(lexer, size)))
		return engine__fail_at(error, token->at,
		                       "expected a number, found letters in it");
	token->kind = ENGINE__TOKEN_NUMBER;
	token->number = number;
	token->text = take(lexer, size);
	return CX_OK;
}

static bool is_escapable(uint8_t byte)
{
	return byte == '"' || byte == '\\' || byte == 'n' || byte == 't';
}

static cx_status take_text(engine__lexer *lexer, engine__token *token, cx_error *error)
{
	take(lexer, 1);
	size_t size = 0;
	for (;;) {
		if (size >= lexer->rest.size || lexer->rest.data[size] == '\n')
			return engine__fail_at(error, token->at,
			                       "expected a \" at the end of the text, found "
			                       "the end of the line");
		uint8_t byte = lexer->rest.data[size];
		if (byte == '"')
			break;
		if (byte == '\\' && !is_escapable(byte_at(lexer, size + 1))) {
			take(lexer, size);
			return engine__fail_at(error, lexer->at,
			                       "expected \\\", \\\\, \\n or \\t after a \\");
		}
		if (byte < 0x20 || byte == 0x7f) {
			take(lexer, size);
			return engine__fail_at(
				error, lexer->at,
				"a text may not hold the control character %#04x", byte);
		}
		size += byte == '\\' ? 2 : 1;
	}
	token->kind = ENGINE__TOKEN_TEXT;
	token->text = take(lexer, size);
	take(lexer, 1);
	return CX_OK;
}

static bool punctuation_of(uint8_t byte, engine__token_kind *ret)
{
	switch (byte) {
	case '{':
		*ret = ENGINE__TOKEN_BRACE_OPEN;
		return true;
	case '}':
		*ret = ENGINE__TOKEN_BRACE_CLOSE;
		return true;
	case '(':
		*ret = ENGINE__TOKEN_PAREN_OPEN;
		return true;
	case ')':
		*ret = ENGINE__TOKEN_PAREN_CLOSE;
		return true;
	case '[':
		*ret = ENGINE__TOKEN_BRACKET_OPEN;
		return true;
	case ']':
		*ret = ENGINE__TOKEN_BRACKET_CLOSE;
		return true;
	case '<':
		*ret = ENGINE__TOKEN_ANGLE_OPEN;
		return true;
	case '>':
		*ret = ENGINE__TOKEN_ANGLE_CLOSE;
		return true;
	case ',':
		*ret = ENGINE__TOKEN_COMMA;
		return true;
	case '=':
		*ret = ENGINE__TOKEN_EQUALS;
		return true;
	case '!':
		*ret = ENGINE__TOKEN_BANG;
		return true;
	case '*':
		*ret = ENGINE__TOKEN_STAR;
		return true;
	case '+':
		*ret = ENGINE__TOKEN_PLUS;
		return true;
	case '-':
		*ret = ENGINE__TOKEN_MINUS;
		return true;
	case '.':
		*ret = ENGINE__TOKEN_DOT;
		return true;
	default:
		return false;
	}
}

static cx_status refuse_character(const engine__lexer *lexer, cx_error *error)
{
	cx_slice character = { .data = lexer->rest.data,
		               .size = character_size(lexer->rest.data[0]) };
	if (character.data[0] < 0x20 || character.data[0] == 0x7f)
		return engine__fail_at(error, lexer->at, "unexpected control character %#04x",
		                       character.data[0]);
	return engine__fail_at(error, lexer->at, "unexpected character \"%.*s\"",
	                       CX_SLICE_ARG(character));
}

cx_status engine__lexer_next(engine__lexer *lexer, engine__token *ret, cx_error *error)
{
	skip_blanks(lexer);
	engine__token token = { .kind = ENGINE__TOKEN_END, .at = lexer->at };
	cx_status status = CX_OK;
	if (lexer->rest.size > 0) {
		uint8_t byte = lexer->rest.data[0];
		if (is_letter(byte))
			take_name(lexer, &token);
		else if (is_digit(byte) || (byte == '-' && is_digit(byte_at(lexer, 1))))
			status = take_number(lexer, &token, error);
		else if (byte == '"')
			status = take_text(lexer, &token, error);
		else if (punctuation_of(byte, &token.kind))
			token.text = take(lexer, 1);
		else
			status = refuse_character(lexer, error);
	}
	if (status == CX_OK)
		*ret = token;
	return status;
}
