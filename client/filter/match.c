/* SPDX-License-Identifier: Apache-2.0 */
/* match '华东 医疗': a search finds the record by these words. Of one field: condition.c. */
#include "base/msgpack.h"
#include "client/filter/parse.h"

enum { MATCH_BYTES_MAX = 1024 * 1024 };

bool cardex__match_begins(const cardex__parser *parser)
{
	if (!cardex__token_is_word(&parser->token, "match"))
		return false;
	cardex__lexer ahead = parser->lexer; /* a field may be called so, too */
	return cardex__lexer_next(&ahead).kind == CARDEX__TOKEN_TEXT;
}

cx_status cardex__parse_match(cardex__parser *parser, cardex__node **ret)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(MATCH_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf elements = CX_BUF_INIT(2 * MATCH_BYTES_MAX);
	cardex__parser_advance(parser);
	cardex__quotes_resolve(parser->token.text, &text);
	cardex__parser_advance(parser);
	if (cx_buf_status(&text) != CX_OK)
		return cx_buf_status(&text);
	cx_write_text(&elements, "match");
	cx_write_str(&elements, cx_buf_slice(&text));
	cardex__node *node = cardex__node_new(parser->arena, CARDEX__CONDITION);
	if (cx_buf_status(&elements) != CX_OK || node == NULL)
		return CX_NO_MEMORY;
	node->count = 2;
	node->elements = cx_arena_copy(parser->arena, cx_buf_slice(&elements));
	if (node->elements.data == NULL)
		return CX_NO_MEMORY;
	*ret = node;
	return CX_OK;
}
