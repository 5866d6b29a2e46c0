/* SPDX-License-Identifier: Apache-2.0 */
#include "client/filter/lexer.h"

#include <string.h>

/* Longer ones first, so that "<=" is not "<" and "=". */
static const char *const signs[] = {
	"!=", "<>", "<=", ">=", "=~", "~^", "=", "<", ">", "(", ")", ",",
};

static bool is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(uint8_t byte)
{
	return ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || byte == '_' || byte >= 0x80;
}

/* What a number, date or time may go on with: "2026-11-23T08:15:00.250+08:00". */
static bool is_number_part(uint8_t byte)
{
	return is_digit(byte) || is_letter(byte) || byte == '.' || byte == ':' || byte == '-' ||
	       byte == '+';
}

static bool is_word_part(uint8_t byte)
{
	return is_letter(byte) || is_digit(byte);
}

static size_t run(cx_slice rest, bool (*is_part)(uint8_t))
{
	size_t size = 0;
	while (size < rest.size && is_part(rest.data[size]))
		size++;
	return size;
}

static cardex__token take(cardex__lexer *lexer, cardex__token_kind kind, size_t size)
{
	cardex__token token = { .kind = kind, .offset = lexer->at };
	token.text = (cx_slice){ .data = lexer->all.data + lexer->at, .size = size };
	lexer->at += size;
	return token;
}

static cardex__token take_quoted(cardex__lexer *lexer, cx_slice rest)
{
	size_t size = 1;
	while (size < rest.size) {
		if (rest.data[size] != '\'') {
			size++;
			continue;
		}
		if (size + 1 == rest.size || rest.data[size + 1] != '\'') {
			cardex__token token = take(lexer, CARDEX__TOKEN_TEXT, size + 1);
			token.text = (cx_slice){ .data = rest.data + 1, .size = size - 1 };
			return token;
		}
		size += 2;
	}
	return take(lexer, CARDEX__TOKEN_OPEN, rest.size);
}

/* ASCII only, and not by the locale: a keyword is the same everywhere. */
static bool equal_fold(cx_slice text, const char *word)
{
	if (text.size != strlen(word))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		uint8_t byte = text.data[i];
		if (byte >= 'A' && byte <= 'Z')
			byte |= 0x20;
		if (byte != (uint8_t)word[i])
			return false;
	}
	return true;
}

static cardex__token take_word(cardex__lexer *lexer, cx_slice rest)
{
	size_t size = run(rest, is_word_part);
	cx_slice word = { .data = rest.data, .size = size };
	/* "prefix~" is one sign, though it looks like a word and one; "contains~" too. */
	bool folded = (equal_fold(word, "prefix") || equal_fold(word, "contains")) &&
	              size < rest.size && rest.data[size] == '~';
	if (folded)
		return take(lexer, CARDEX__TOKEN_SIGN, size + 1);
	return take(lexer, CARDEX__TOKEN_WORD, size);
}

static bool begins_number(cx_slice rest)
{
	if (is_digit(rest.data[0]))
		return true;
	bool sign = rest.data[0] == '-' || rest.data[0] == '+';
	return sign && rest.size > 1 && is_digit(rest.data[1]);
}

cardex__token cardex__lexer_next(cardex__lexer *lexer)
{
	while (lexer->at < lexer->all.size && is_space(lexer->all.data[lexer->at]))
		lexer->at++;
	cx_slice rest = cx_slice_from(lexer->all, lexer->at);
	if (rest.size == 0)
		return take(lexer, CARDEX__TOKEN_END, 0);
	if (rest.data[0] == '\'')
		return take_quoted(lexer, rest);
	if (begins_number(rest))
		return take(lexer, CARDEX__TOKEN_NUMBER, run(rest, is_number_part));
	if (is_letter(rest.data[0]))
		return take_word(lexer, rest);
	for (size_t i = 0; i < CX_COUNT_OF(signs); i++) {
		cx_slice sign = cx_slice_of(signs[i]);
		if (cx_slice_starts_with(rest, sign))
			return take(lexer, CARDEX__TOKEN_SIGN, sign.size);
	}
	return take(lexer, CARDEX__TOKEN_BAD, 1);
}

bool cardex__token_is_word(const cardex__token *token, const char *word)
{
	return token->kind == CARDEX__TOKEN_WORD && equal_fold(token->text, word);
}

bool cardex__token_is_sign(const cardex__token *token, const char *sign)
{
	return token->kind == CARDEX__TOKEN_SIGN && equal_fold(token->text, sign);
}
