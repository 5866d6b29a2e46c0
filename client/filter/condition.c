/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons of one field. */
#include "base/msgpack.h"
#include "client/filter/literal.h"
#include "client/filter/parse.h"

enum { CONDITION_BYTES_MAX = 4 * 1024 * 1024 };

/* A condition under construction. */
typedef struct condition {
	cx_slice name;
	const cardex_field *field; /* NULL: not known */
	size_t offset;             /* of the name */
	bool negated;
	uint32_t count;  /* elements in `elements` */
	cx_buf elements; /* operator, field, values */
} condition;

static void release(condition *self)
{
	cx_buf_release(&self->elements);
}

static void begin(condition *self, const char *operator_name)
{
	cx_write_text(&self->elements, operator_name);
	cx_write_str(&self->elements, self->name);
	self->count = 2;
}

bool cardex__is_keyword(const cardex__token *token)
{
	static const char *const keywords[] = { "and", "or",      "not",  "is",    "in",
		                                "has", "between", "null", "prefix" };
	for (size_t i = 0; i < CX_COUNT_OF(keywords); i++)
		if (cardex__token_is_word(token, keywords[i]))
			return true;
	return false;
}

void cardex__quotes_resolve(cx_slice text, cx_buf *out)
{
	for (size_t i = 0; i < text.size; i++) {
		cx_buf_append_byte(out, text.data[i]);
		if (text.data[i] == '\'')
			i++; /* its twin */
	}
}

static cx_status write_value(cardex__parser *parser, condition *self, bool element)
{
	const cardex__token *token = &parser->token;
	bool quoted = token->kind == CARDEX__TOKEN_TEXT;
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(CONDITION_BYTES_MAX);
	if (quoted)
		cardex__quotes_resolve(token->text, &text);
	else
		cx_buf_append_slice(&text, token->text);
	if (cx_buf_status(&text) != CX_OK)
		return cx_buf_status(&text);
	cx_slice value = cx_buf_slice(&text);
	if (self->field != NULL)
		return cardex__literal_write(self->field, element, value, &self->elements,
		                             parser->error);
	return cardex__literal_write_by_form(value, quoted, &self->elements, parser->error);
}

static cx_status take_value(cardex__parser *parser, condition *self, bool element)
{
	const cardex__token *token = &parser->token;
	bool word = token->kind == CARDEX__TOKEN_WORD && !cardex__is_keyword(token);
	if (!word && token->kind != CARDEX__TOKEN_NUMBER && token->kind != CARDEX__TOKEN_TEXT)
		return cardex__parser_expect(parser, "a value");
	cx_status status = write_value(parser, self, element);
	if (status != CX_OK) {
		parser->error->line = 1;
		parser->error->column = (uint32_t)token->offset + 1;
		return status;
	}
	self->count++;
	cardex__parser_advance(parser);
	return CX_OK;
}

static bool take_word(cardex__parser *parser, const char *word)
{
	if (!cardex__token_is_word(&parser->token, word))
		return false;
	cardex__parser_advance(parser);
	return true;
}

static bool take_sign(cardex__parser *parser, const char *sign)
{
	if (!cardex__token_is_sign(&parser->token, sign))
		return false;
	cardex__parser_advance(parser);
	return true;
}

static cx_status parse_between(cardex__parser *parser, condition *self)
{
	begin(self, "between");
	cx_status status = take_value(parser, self, false);
	if (status != CX_OK)
		return status;
	if (!take_word(parser, "and"))
		return cardex__parser_expect(parser, "\"and\" and the upper end");
	return take_value(parser, self, false);
}

/* (a, b, …) */
static cx_status parse_values(cardex__parser *parser, condition *self)
{
	begin(self, "in");
	if (!take_sign(parser, "("))
		return cardex__parser_expect(parser, "\"(\" and values");
	size_t place = cx_write_array_open(&self->elements);
	uint32_t values = 0;
	do {
		cx_status status = take_value(parser, self, false);
		if (status != CX_OK)
			return status;
		values++;
	} while (take_sign(parser, ","));
	if (!take_sign(parser, ")"))
		return cardex__parser_expect(parser, "\",\" or \")\"");
	if (cx_buf_status(&self->elements) == CX_OK)
		cx_write_array_close(&self->elements, place, values);
	self->count = 3;
	return CX_OK;
}

static cx_status check_is_text(cardex__parser *parser, const condition *self)
{
	const cardex_field *field = self->field;
	if (field == NULL || field->kind == CARDEX_KIND_STRING ||
	    field->kind == CARDEX_KIND_TEXT || field->kind == CARDEX_KIND_OTHER)
		return CX_OK;
	return cardex__parser_fail(parser, CX_TYPE, self->offset,
	                           "%s is no text: it is of the kind %s", field->name,
	                           field->kind_name);
}

static cx_status parse_text_operator(cardex__parser *parser, condition *self,
                                     const char *operator_name)
{
	begin(self, operator_name);
	cx_status status = check_is_text(parser, self);
	return status == CX_OK ? take_value(parser, self, false) : status;
}

static cx_status parse_has(cardex__parser *parser, condition *self)
{
	const cardex_field *field = self->field;
	if (field != NULL && field->kind != CARDEX_KIND_INT_LIST &&
	    field->kind != CARDEX_KIND_STRING_LIST && field->kind != CARDEX_KIND_OTHER)
		return cardex__parser_fail(parser, CX_TYPE, self->offset,
		                           "%s is no list: it is of the kind %s", field->name,
		                           field->kind_name);
	begin(self, "has");
	return take_value(parser, self, true);
}

static cx_status parse_null(cardex__parser *parser, condition *self)
{
	bool not_null = take_word(parser, "not");
	if (!take_word(parser, "null"))
		return cardex__parser_expect(parser, not_null ? "\"null\""
		                                              : "\"null\" or \"not null\"");
	begin(self, not_null ? "notnull" : "null");
	return CX_OK;
}

/* The comparisons that may stand behind a "not": x not in (1, 2). */
static cx_status parse_word_operator(cardex__parser *parser, condition *self)
{
	if (take_word(parser, "between"))
		return parse_between(parser, self);
	if (take_word(parser, "in"))
		return parse_values(parser, self);
	if (take_word(parser, "prefix"))
		return parse_text_operator(parser, self, "prefix");
	if (take_sign(parser, "prefix~") || take_sign(parser, "~^"))
		return parse_text_operator(parser, self, "prefix~");
	if (take_sign(parser, "contains~"))
		return parse_text_operator(parser, self, "contains~");
	if (take_word(parser, "contains"))
		return parse_text_operator(parser, self, "contains");
	if (take_word(parser, "match"))
		return parse_text_operator(parser, self, "match");
	if (take_word(parser, "has"))
		return parse_has(parser, self);
	return cardex__parser_expect(parser, self->negated
	                                             ? "in, between, prefix, contains, "
	                                               "match or has"
	                                             : "a comparison (= != < <= > >= =~ ~^ "
	                                               "in between prefix contains match "
	                                               "has is)");
}

static cx_status parse_operator(cardex__parser *parser, condition *self)
{
	static const char *const plain[] = { "=", "!=", "<", "<=", ">", ">=" };
	for (size_t i = 0; i < CX_COUNT_OF(plain); i++) {
		if (!take_sign(parser, plain[i]))
			continue;
		begin(self, plain[i]);
		return take_value(parser, self, false);
	}
	if (take_sign(parser, "<>")) {
		begin(self, "!=");
		return take_value(parser, self, false);
	}
	if (take_sign(parser, "=~"))
		return parse_text_operator(parser, self, "=~");
	if (take_word(parser, "is"))
		return parse_null(parser, self);
	self->negated = take_word(parser, "not");
	return parse_word_operator(parser, self);
}

static const cardex_field *find_field(const cardex_type *type, cx_slice name)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (cx_slice_equal(cx_slice_of(type->fields[i].name), name))
			return &type->fields[i];
	return NULL;
}

static cx_status take_name(cardex__parser *parser, condition *self)
{
	const cardex__token *token = &parser->token;
	if (token->kind != CARDEX__TOKEN_WORD || cardex__is_keyword(token))
		return cardex__parser_expect(parser, "the name of a field");
	self->name = token->text;
	self->offset = token->offset;
	if (parser->type != NULL) {
		self->field = find_field(parser->type, token->text);
		if (self->field == NULL)
			return cardex__parser_fail(
				parser, CX_NO_FIELD, token->offset, "%s has no field \"%.*s\"",
				parser->type->name, CX_SLICE_ARG(token->text));
	}
	cardex__parser_advance(parser);
	return CX_OK;
}

/* The node of a parsed condition, below a "not" where there was one. */
static cx_status make_node(cardex__parser *parser, const condition *self, cardex__node **ret)
{
	if (cx_buf_status(&self->elements) != CX_OK)
		return cx_buf_status(&self->elements);
	cardex__node *node = cardex__node_new(parser->arena, CARDEX__CONDITION);
	if (node == NULL)
		return CX_NO_MEMORY;
	node->count = self->count;
	node->elements = cx_arena_copy(parser->arena, cx_buf_slice(&self->elements));
	if (node->elements.data == NULL)
		return CX_NO_MEMORY;
	*ret = node;
	if (!self->negated)
		return CX_OK;
	cardex__node *negation = cardex__node_new(parser->arena, CARDEX__NOT);
	if (negation == NULL)
		return CX_NO_MEMORY;
	cardex__node_add(negation, node);
	*ret = negation;
	return CX_OK;
}

cx_status cardex__parse_condition(cardex__parser *parser, cardex__node **ret)
{
	CX_SCOPED(release)
	condition self = { .elements = CX_BUF_INIT(CONDITION_BYTES_MAX) };
	cx_status status = take_name(parser, &self);
	if (status == CX_OK)
		status = parse_operator(parser, &self);
	return status == CX_OK ? make_node(parser, &self, ret) : status;
}
