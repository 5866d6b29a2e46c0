/* SPDX-License-Identifier: Apache-2.0 */
/* exists contact by customer (role = buyer), exists customer (lifecycle = lost). */
#include "base/msgpack.h"
#include "client/filter/parse.h"

enum { EXISTS_BYTES_MAX = 4 * 1024 * 1024 };

static bool is_name(const cardex__token *token)
{
	return token->kind == CARDEX__TOKEN_WORD && !cardex__is_keyword(token);
}

bool cardex__exists_begins(const cardex__parser *parser)
{
	if (!cardex__token_is_word(&parser->token, "exists"))
		return false;
	cardex__lexer ahead = parser->lexer; /* a field may be called so, too */
	const cardex__token next = cardex__lexer_next(&ahead);
	return is_name(&next);
}

static cx_status take_name(cardex__parser *parser, const char *what, cx_slice *ret)
{
	if (!is_name(&parser->token))
		return cardex__parser_expect(parser, what);
	*ret = parser->token.text;
	cardex__parser_advance(parser);
	return CX_OK;
}

/* In parentheses, or nothing for any record. What the fields are is not known here. */
static cx_status write_inner(cardex__parser *parser, cx_buf *out)
{
	if (!cardex__token_is_sign(&parser->token, "(")) {
		cx_write_nil(out);
		return CX_OK;
	}
	const cardex_type *type = parser->type;
	parser->type = NULL;
	cardex__node *inner = NULL;
	cx_status status = cardex__parse_group(parser, &inner);
	parser->type = type;
	if (status != CX_OK)
		return status;
	const size_t place = cx_write_array_open(out);
	const uint32_t count = cardex__node_write(inner, out);
	if (cx_buf_status(out) == CX_OK)
		cx_write_array_close(out, place, count);
	return cx_buf_status(out);
}

static cx_status write_exists(cardex__parser *parser, cx_buf *out, uint32_t *ret_count)
{
	cx_slice first;
	cx_slice reference;
	cardex__parser_advance(parser);
	cx_status status = take_name(parser, "the name of a type or a reference", &first);
	const bool children = status == CX_OK && cardex__token_is_word(&parser->token, "by");
	if (children) {
		cardex__parser_advance(parser);
		status = take_name(parser, "the name of a reference", &reference);
	}
	if (status != CX_OK)
		return status;
	cx_write_text(out, "exists");
	cx_write_str(out, first);
	if (children)
		cx_write_str(out, reference);
	*ret_count = children ? 4 : 3;
	status = write_inner(parser, out);
	return status == CX_OK ? cx_buf_status(out) : status;
}

cx_status cardex__parse_exists(cardex__parser *parser, cardex__node **ret)
{
	CX_SCOPED(cx_buf_release) cx_buf elements = CX_BUF_INIT(EXISTS_BYTES_MAX);
	uint32_t count = 0;
	cx_status status = write_exists(parser, &elements, &count);
	if (status != CX_OK)
		return status;
	cardex__node *node = cardex__node_new(parser->arena, CARDEX__CONDITION);
	if (node == NULL)
		return CX_NO_MEMORY;
	node->count = count;
	node->elements = cx_arena_copy(parser->arena, cx_buf_slice(&elements));
	if (node->elements.data == NULL)
		return CX_NO_MEMORY;
	*ret = node;
	return CX_OK;
}
