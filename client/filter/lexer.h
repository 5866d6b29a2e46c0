/* SPDX-License-Identifier: Apache-2.0 */
/* Words, values and signs of a filter. */
#pragma once

#include "base/slice.h"
#include "base/status.h"

typedef enum cardex__token_kind {
	CARDEX__TOKEN_END,
	CARDEX__TOKEN_WORD,   /* a name, keyword or label */
	CARDEX__TOKEN_NUMBER, /* begins with a digit or sign: integer, amount, date, time */
	CARDEX__TOKEN_TEXT,   /* 'quoted'; `text` is what is between the quotes, '' not resolved
	                       */
	CARDEX__TOKEN_SIGN,   /* = != < <= > >= =~ ~^ ( ) , and prefix~ */
	CARDEX__TOKEN_BAD,    /* an unknown character */
	CARDEX__TOKEN_OPEN,   /* a quote that is not closed */
} cardex__token_kind;

typedef struct cardex__token {
	cardex__token_kind kind;
	cx_slice text;
	size_t offset; /* of its first byte in the filter */
} cardex__token;

typedef struct cardex__lexer {
	cx_slice all;
	size_t at;
} cardex__lexer;

cardex__token cardex__lexer_next(cardex__lexer *lexer);

/* ASCII letters of either case; `word` is in small letters. */
bool cardex__token_is_word(const cardex__token *token, const char *word);

bool cardex__token_is_sign(const cardex__token *token, const char *sign);
