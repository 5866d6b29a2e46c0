/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the schema language: names, numbers, texts in double quotes and punctuation.
 * Blanks separate; `#` begins a comment up to the end of the line.
 *
 * Lines and columns count from 1, columns in characters. */
#pragma once

#include "base/slice.h"
#include "base/status.h"

/* Where something stands. The text before the one that is looked at (a user's own text comes
 * after the built-in one) has lines of its own. */
typedef struct engine__position {
	uint32_t line;
	uint32_t column;
	bool in_base;
} engine__position;

/* T(name, how a message calls it) */
#define ENGINE__TOKENS(T)             \
	T(END, "the end of the text") \
	T(NAME, "a name")             \
	T(NUMBER, "a number")         \
	T(TEXT, "a text in quotes")   \
	T(BRACE_OPEN, "\"{\"")        \
	T(BRACE_CLOSE, "\"}\"")       \
	T(PAREN_OPEN, "\"(\"")        \
	T(PAREN_CLOSE, "\")\"")       \
	T(BRACKET_OPEN, "\"[\"")      \
	T(BRACKET_CLOSE, "\"]\"")     \
	T(ANGLE_OPEN, "\"<\"")        \
	T(ANGLE_CLOSE, "\">\"")       \
	T(COMMA, "\",\"")             \
	T(EQUALS, "\"=\"")            \
	T(BANG, "\"!\"")              \
	T(STAR, "\"*\"")              \
	T(PLUS, "\"+\"")              \
	T(MINUS, "\"-\"")             \
	T(DOT, "\".\"")

typedef enum engine__token_kind {
#define ENGINE__TOKEN_MEMBER(name, text) ENGINE__TOKEN_##name,
	ENGINE__TOKENS(ENGINE__TOKEN_MEMBER)
#undef ENGINE__TOKEN_MEMBER
} engine__token_kind;

typedef struct engine__token {
	engine__token_kind kind;
	cx_slice text;  /* as written; of a TEXT what is between the quotes, escapes and all */
	int64_t number; /* NUMBER */
	engine__position at;
} engine__token;

typedef struct engine__lexer {
	cx_slice rest;
	engine__position at; /* of the first byte of `rest` */
} engine__lexer;

/* The text must be valid UTF-8 and outlive lexer and tokens. */
engine__lexer engine__lexer_of(cx_slice text, bool in_base);

/* Takes the next word; at the end END, again and again.
 * Errors: CX_SCHEMA_SYNTAX (a character of no word, a text without its end, an unknown escape,
 * a number outside int64 or run into letters). */
CX_MUST_USE cx_status engine__lexer_next(engine__lexer *lexer, engine__token *ret,
                                         cx_error *error);

/* "a number"; static storage. */
const char *engine__token_kind_name(engine__token_kind kind);

/* Fills `error` with the message and the place, and returns CX_SCHEMA_SYNTAX. Lines of the
 * text before are told in the message, as error->line cannot. */
CX_PRINTF(3, 4)
cx_status engine__fail_at(cx_error *error, engine__position at, const char *format, ...);
