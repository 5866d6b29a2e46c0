/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of filters: its state, and the two halves of it. */
#pragma once

#include "client/cardex.h"
#include "client/filter/lexer.h"
#include "client/filter/tree.h"

typedef struct cardex__parser {
	cardex__lexer lexer;
	cardex__token token;     /* the next one, not taken yet */
	const cardex_type *type; /* NULL: nothing is known of the fields */
	cx_arena *arena;
	unsigned depth;
	cx_error *error; /* never NULL */
} cardex__parser;

/* Takes the token and reads the next one. */
void cardex__parser_advance(cardex__parser *parser);

/* Fails at a byte of the text. */
CX_PRINTF(4, 5)
cx_status cardex__parser_fail(cardex__parser *parser, cx_status status, size_t offset,
                              const char *format, ...);

/* Fails at the next token: "expected …, not …". */
cx_status cardex__parser_expect(cardex__parser *parser, const char *what);

/* ( filter ), of which "(" is the next token. */
CX_MUST_USE cx_status cardex__parse_group(cardex__parser *parser, cardex__node **ret);

/* Words that are no name. */
bool cardex__is_keyword(const cardex__token *token);

/* Whether an "exists" follows, and it (exists.c). */
bool cardex__exists_begins(const cardex__parser *parser);
CX_MUST_USE cx_status cardex__parse_exists(cardex__parser *parser, cardex__node **ret);

/* Whether a "match" of all searched fields follows, and it (match.c). */
bool cardex__match_begins(const cardex__parser *parser);
CX_MUST_USE cx_status cardex__parse_match(cardex__parser *parser, cardex__node **ret);

/* Appends a quoted text as it is meant: 'It''s' is It's. */
void cardex__quotes_resolve(cx_slice text, cx_buf *out);

/* One comparison of a field: name = 'Acme', stage not in (1, 2), phone is null
 * (condition.c). */
CX_MUST_USE cx_status cardex__parse_condition(cardex__parser *parser, cardex__node **ret);
