/* SPDX-License-Identifier: Apache-2.0 */
/* Filters: conditions joined by and, or, not and parentheses. */
#include "client/filter/parse.h"

#include "base/msgpack.h"
#include "base/text.h"
#include "client/data/doc.h"
#include "client/error/error.h"

#include <stdarg.h>
#include <stdio.h>

enum {
	FILTER_BYTES_MAX = 1024 * 1024,
	FILTER_MEMORY_MAX = 64 * 1024 * 1024,
	NESTING_MAX = 64, /* bounds our own recursion; the server allows less */
};

void cardex__parser_advance(cardex__parser *parser)
{
	parser->token = cardex__lexer_next(&parser->lexer);
}

cx_status cardex__parser_fail(cardex__parser *parser, cx_status status, size_t offset,
                              const char *format, ...)
{
	char text[CX_ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	cx_fail(parser->error, status, "%s", text);
	parser->error->line = 1;
	parser->error->column = (uint32_t)offset + 1; /* < FILTER_BYTES_MAX */
	return status;
}

cx_status cardex__parser_expect(cardex__parser *parser, const char *what)
{
	const cardex__token *token = &parser->token;
	if (token->kind == CARDEX__TOKEN_OPEN)
		return cardex__parser_fail(parser, CX_INVALID_ARGUMENT, token->offset,
		                           "the quote is not closed");
	if (token->kind == CARDEX__TOKEN_END)
		return cardex__parser_fail(parser, CX_INVALID_ARGUMENT, token->offset,
		                           "expected %s, and the filter ends", what);
	return cardex__parser_fail(parser, CX_INVALID_ARGUMENT, token->offset,
	                           "expected %s, not \"%.*s\"", what,
	                           CX_SLICE_ARG(token->text));
}

static cx_status parse_or(cardex__parser *parser, cardex__node **ret);

static cx_status parse_parentheses(cardex__parser *parser, cardex__node **ret)
{
	cx_status status = parse_or(parser, ret);
	if (status != CX_OK)
		return status;
	if (!cardex__token_is_sign(&parser->token, ")"))
		return cardex__parser_expect(parser, "\"and\", \"or\" or \")\"");
	cardex__parser_advance(parser);
	return CX_OK;
}

static cx_status parse_unary(cardex__parser *parser, cardex__node **ret);

static cx_status parse_not(cardex__parser *parser, cardex__node **ret)
{
	cardex__node *negation = cardex__node_new(parser->arena, CARDEX__NOT);
	cardex__node *child = NULL;
	if (negation == NULL)
		return CX_NO_MEMORY;
	cx_status status = parse_unary(parser, &child);
	if (status != CX_OK)
		return status;
	cardex__node_add(negation, child);
	*ret = negation;
	return CX_OK;
}

static cx_status parse_unary(cardex__parser *parser, cardex__node **ret)
{
	bool negation = cardex__token_is_word(&parser->token, "not");
	bool opening = cardex__token_is_sign(&parser->token, "(");
	if (cardex__exists_begins(parser))
		return cardex__parse_exists(parser, ret);
	if (cardex__match_begins(parser))
		return cardex__parse_match(parser, ret);
	if (!negation && !opening)
		return cardex__parse_condition(parser, ret);
	if (parser->depth == NESTING_MAX)
		return cardex__parser_fail(parser, CX_TOO_DEEP, parser->token.offset,
		                           "nested deeper than %d", NESTING_MAX);
	parser->depth++;
	cardex__parser_advance(parser);
	cx_status status = negation ? parse_not(parser, ret) : parse_parentheses(parser, ret);
	parser->depth--;
	return status;
}

cx_status cardex__parse_group(cardex__parser *parser, cardex__node **ret)
{
	return parse_unary(parser, ret);
}

typedef cx_status parse_fn(cardex__parser *parser, cardex__node **ret);

/* Operands with `word` between them. One alone is not joined. */
static cx_status parse_joined(cardex__parser *parser, const char *word, cardex__join join,
                              parse_fn *parse_operand, cardex__node **ret)
{
	cardex__node *all = NULL;
	for (;;) {
		cardex__node *operand = NULL;
		cx_status status = parse_operand(parser, &operand);
		if (status != CX_OK)
			return status;
		bool goes_on = cardex__token_is_word(&parser->token, word);
		if (all == NULL && !goes_on) {
			*ret = operand;
			return CX_OK;
		}
		if (all == NULL)
			all = cardex__node_new(parser->arena, join);
		if (all == NULL)
			return CX_NO_MEMORY;
		cardex__node_add(all, operand);
		if (!goes_on)
			break;
		cardex__parser_advance(parser);
	}
	*ret = all;
	return CX_OK;
}

static cx_status parse_and(cardex__parser *parser, cardex__node **ret)
{
	return parse_joined(parser, "and", CARDEX__AND, parse_unary, ret);
}

static cx_status parse_or(cardex__parser *parser, cardex__node **ret)
{
	return parse_joined(parser, "or", CARDEX__OR, parse_and, ret);
}

static cx_status parse_all(cardex__parser *parser, cardex__node **ret)
{
	cardex__parser_advance(parser);
	cx_status status = parse_or(parser, ret);
	if (status == CX_OK && parser->token.kind != CARDEX__TOKEN_END)
		return cardex__parser_expect(parser, "\"and\", \"or\" or the end");
	return status;
}

static cx_status make_doc(const cardex__node *root, cardex_doc **ret)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *doc = cardex__doc_new(true);
	if (doc == NULL)
		return CX_NO_MEMORY;
	doc->count = cardex__node_write(root, &doc->body);
	if (cx_buf_status(&doc->body) != CX_OK)
		return cx_buf_status(&doc->body);
	*ret = doc;
	doc = NULL; /* now the caller's */
	return CX_OK;
}

static cx_status parse(cx_slice text, const cardex_type *type, cardex_doc **ret,
                       cx_error *error)
{
	size_t bad = 0;
	if (text.size > FILTER_BYTES_MAX)
		return cx_fail(error, CX_TOO_LARGE, "a filter has at most %d bytes",
		               FILTER_BYTES_MAX);
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	cx_status status = cx_arena_new(FILTER_MEMORY_MAX, &arena);
	if (status != CX_OK)
		return status;
	cardex__parser parser = {
		.lexer = { .all = text },
		.type = type,
		.arena = arena,
		.error = error,
	};
	if (!cx_text_is_utf8(text, &bad))
		return cardex__parser_fail(&parser, CX_INVALID_ARGUMENT, bad,
		                           "the filter is not valid UTF-8");
	cardex__node *root = NULL;
	status = parse_all(&parser, &root);
	return status == CX_OK ? make_doc(root, ret) : status;
}

cardex_status cardex_filter_parse(const char *text, const cardex_type *type, cardex_doc **ret,
                                  cardex_error *error)
{
	cx_error why = { .status = CX_OK };
	cx_status status = parse(cx_slice_of(text), type, ret, &why);
	if (status == CX_OK)
		return CARDEX_OK;
	if (why.status == CX_OK) /* out of memory, which is not about the text */
		cx_fail(&why, status, "the filter: %s", cx_status_text(status));
	return cardex__fail_as(error, &why);
}
