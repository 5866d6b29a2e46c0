/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the schema parser share: one word of look-ahead and a failure that stays.
 *
 * After the first failure the present word is END, nothing moves, nothing is taken, and
 * allocations give NULL; so loops end by themselves and the caller asks once, at the end. */
#pragma once

#include "base/arena.h"
#include "engine/schema/syntax.h"

typedef struct engine__parser {
	engine__lexer lexer;
	engine__token token; /* the word looked at */
	cx_arena *arena;
	engine__syntax *syntax;
	cx_error *error;
	cx_status failed;
} engine__parser;

/* Looks at the first word. */
void engine__parser_begin(engine__parser *parser);

void engine__parser_advance(engine__parser *parser);

bool engine__parser_is(const engine__parser *parser, engine__token_kind kind);
bool engine__parser_is_word(const engine__parser *parser, const char *word);

/* The word `words` after the present one; END where there is none, or a bad one. */
engine__token engine__parser_ahead(const engine__parser *parser, unsigned words);

/* True when the word after the present one is this name. */
bool engine__parser_is_followed_by(const engine__parser *parser, const char *word);

/* Goes over the word when it is what is asked for. */
bool engine__parser_take(engine__parser *parser, engine__token_kind kind);
bool engine__parser_take_word(engine__parser *parser, const char *word);

/* The same, and a failure when it is not. */
void engine__parser_expect(engine__parser *parser, engine__token_kind kind);
void engine__parser_expect_word(engine__parser *parser, const char *word);

/* Goes over a word that sets a flag; a failure when the flag is set already. */
void engine__parser_set_once(engine__parser *parser, bool *flag);

/* A name of the schema: a-z, then a-z, 0-9 and _, at most ENGINE_NAME_MAX bytes. `what` is
 * what the message calls it: "a field name". */
engine__syntax_name engine__parser_name(engine__parser *parser, const char *what);

/* A label of an enum: as a name, and capitals are letters too. */
engine__syntax_name engine__parser_label(engine__parser *parser);

/* A number from `min` to `max`; `min` after a failure. */
uint32_t engine__parser_number(engine__parser *parser, uint32_t min, uint32_t max,
                               const char *what);

/* The present word, a TEXT, with its escapes resolved. */
cx_slice engine__parser_text(engine__parser *parser);

/* One or two labels in quotes, or none. */
void engine__parser_labels(engine__parser *parser, cx_slice *ret_en, cx_slice *ret_zh);

/* Zeroed memory from the arena; NULL after a failure, this one's included. */
void *engine__parser_alloc(engine__parser *parser, size_t size);

CX_PRINTF(3, 4)
void engine__parser_fail(engine__parser *parser, engine__position at, const char *format, ...);

/* Fails at the present word: "expected <what>, found …". */
void engine__parser_expected(engine__parser *parser, const char *what);

/* ---- the parts ---- */

/* A field, from its name to its labels; NULL after a failure. */
engine__syntax_field *engine__parse_field(engine__parser *parser);

/* The kind of a field with what stands in its brackets. */
void engine__parse_kind(engine__parser *parser, engine__syntax_field *field);

/* The value after "=". */
engine__syntax_literal *engine__parse_literal(engine__parser *parser);

/* After "aggregate", to its labels; adds it to the tree. */
void engine__parse_aggregate(engine__parser *parser);

/* "FIELD", "day(FIELD)" or "month(FIELD)". */
void engine__parse_group(engine__parser *parser, engine__syntax_group *group);

/* "a * b - c", up to the bracket that closes. */
void engine__parse_expression(engine__parser *parser, engine__syntax_sum *sum);

/* After "time": "zone TYPE.FIELD". */
void engine__parse_zone(engine__parser *parser);

/* True at "rollup" when it is the option of a field. */
bool engine__parse_at_rollup(const engine__parser *parser);
engine__syntax_rollup *engine__parse_rollup(engine__parser *parser);

/* True for words that begin an item, are an option or follow an index: no field and no index
 * can have such a name, as it could not be told from them. */
bool engine__parse_is_reserved(cx_slice name);

/* True when the present word begins an index: index, unique, cluster. */
bool engine__parse_at_index(const engine__parser *parser);

/* True for the "unique" of an index, which may stand behind a field without labels; false for
 * the option of a field. */
bool engine__parse_at_unique_index(const engine__parser *parser);
engine__syntax_index *engine__parse_index(engine__parser *parser);
