/* SPDX-License-Identifier: Apache-2.0 */
/* Parses aggregates, rollups and the time zone. */
#include "engine/schema/parser.h"

/* ---- where ---- */

/* "=", "!=", "<", "<=", ">", ">=" */
static engine_comparison parse_operator(engine__parser *parser)
{
	if (engine__parser_take(parser, ENGINE__TOKEN_EQUALS))
		return ENGINE_EQUAL;
	if (engine__parser_take(parser, ENGINE__TOKEN_BANG)) {
		engine__parser_expect(parser, ENGINE__TOKEN_EQUALS);
		return ENGINE_NOT_EQUAL;
	}
	const bool less = engine__parser_is(parser, ENGINE__TOKEN_ANGLE_OPEN);
	if (!less && !engine__parser_is(parser, ENGINE__TOKEN_ANGLE_CLOSE)) {
		engine__parser_expected(parser, "=, !=, <, <=, >, >=, \"in\", \"null\" or "
		                                "\"notnull\"");
		return ENGINE_EQUAL;
	}
	engine__parser_advance(parser);
	const bool equal = engine__parser_take(parser, ENGINE__TOKEN_EQUALS);
	if (less)
		return equal ? ENGINE_LESS_EQUAL : ENGINE_LESS;
	return equal ? ENGINE_GREATER_EQUAL : ENGINE_GREATER;
}

static void parse_condition(engine__parser *parser, engine__syntax_condition *condition)
{
	condition->field = engine__parser_name(parser, "a field name");
	if (engine__parser_take_word(parser, "null")) {
		condition->comparison = ENGINE_IS_NULL;
	} else if (engine__parser_take_word(parser, "notnull")) {
		condition->comparison = ENGINE_NOT_NULL;
	} else if (engine__parser_take_word(parser, "in")) {
		condition->comparison = ENGINE_EQUAL;
		if (!engine__parser_is(parser, ENGINE__TOKEN_BRACKET_OPEN))
			engine__parser_expected(parser, "a list in brackets");
		condition->literal = engine__parse_literal(parser);
	} else {
		condition->comparison = parse_operator(parser);
		if (engine__parser_is(parser, ENGINE__TOKEN_BRACKET_OPEN))
			engine__parser_fail(parser, parser->token.at,
			                    "a list stands after \"in\"");
		condition->literal = engine__parse_literal(parser);
	}
}

/* "where …", or nothing. */
static engine__syntax_condition *parse_where(engine__parser *parser, uint16_t *ret_count)
{
	engine__syntax_condition *first = NULL;
	engine__syntax_condition **end = &first;
	if (!engine__parser_take_word(parser, "where"))
		return NULL;
	do {
		engine__syntax_condition *condition =
			engine__parser_alloc(parser, sizeof *condition);
		if (condition == NULL)
			return NULL;
		if (*ret_count == ENGINE_CONDITIONS_MAX)
			engine__parser_fail(parser, parser->token.at,
			                    "a where-clause has at most %d conditions",
			                    ENGINE_CONDITIONS_MAX);
		parse_condition(parser, condition);
		*end = condition;
		end = &condition->next;
		++*ret_count;
	} while (engine__parser_take_word(parser, "and"));
	return first;
}

/* ---- sums ---- */

static void parse_term(engine__parser *parser, engine__syntax_term *term)
{
	do {
		if (term->factor_count == ENGINE_FACTORS_MAX) {
			engine__parser_fail(parser, parser->token.at,
			                    "at most %d fields are multiplied",
			                    ENGINE_FACTORS_MAX);
			return;
		}
		term->factors[term->factor_count++] =
			engine__parser_name(parser, "a field name");
	} while (engine__parser_take(parser, ENGINE__TOKEN_STAR));
}

void engine__parse_expression(engine__parser *parser, engine__syntax_sum *sum)
{
	engine__syntax_term **end = &sum->terms;
	bool minus = engine__parser_take(parser, ENGINE__TOKEN_MINUS);
	sum->at = parser->token.at;
	for (;;) {
		engine__syntax_term *term = engine__parser_alloc(parser, sizeof *term);
		if (term == NULL)
			return;
		if (sum->term_count == ENGINE_TERMS_MAX)
			engine__parser_fail(parser, parser->token.at,
			                    "a sum has at most %d terms", ENGINE_TERMS_MAX);
		term->minus = minus;
		parse_term(parser, term);
		*end = term;
		end = &term->next;
		sum->term_count++;
		minus = engine__parser_is(parser, ENGINE__TOKEN_MINUS);
		if (!minus && !engine__parser_is(parser, ENGINE__TOKEN_PLUS))
			return;
		engine__parser_advance(parser);
	}
}

/* ---- aggregate ---- */

void engine__parse_group(engine__parser *parser, engine__syntax_group *group)
{
	const engine__token next = engine__parser_ahead(parser, 1);
	if (next.kind == ENGINE__TOKEN_PAREN_OPEN) {
		if (engine__parser_take_word(parser, "day"))
			group->bucket = ENGINE_BUCKET_DAY;
		else if (engine__parser_take_word(parser, "month"))
			group->bucket = ENGINE_BUCKET_MONTH;
		else
			engine__parser_expected(parser, "\"day\", \"month\" or a field name");
		engine__parser_expect(parser, ENGINE__TOKEN_PAREN_OPEN);
	}
	group->field = engine__parser_name(parser, "a field name");
	if (group->bucket != ENGINE_BUCKET_NONE)
		engine__parser_expect(parser, ENGINE__TOKEN_PAREN_CLOSE);
}

static void parse_groups(engine__parser *parser, engine__syntax_aggregate *aggregate)
{
	engine__syntax_group **end = &aggregate->groups;
	engine__parser_expect_word(parser, "group");
	engine__parser_expect_word(parser, "by");
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_OPEN);
	do {
		engine__syntax_group *group = engine__parser_alloc(parser, sizeof *group);
		if (group == NULL)
			return;
		if (aggregate->group_count == ENGINE_GROUP_COLUMNS_MAX)
			engine__parser_fail(parser, parser->token.at,
			                    "an aggregate is grouped by at most %d columns",
			                    ENGINE_GROUP_COLUMNS_MAX);
		engine__parse_group(parser, group);
		*end = group;
		end = &group->next;
		aggregate->group_count++;
	} while (engine__parser_take(parser, ENGINE__TOKEN_COMMA));
	if (!engine__parser_take(parser, ENGINE__TOKEN_PAREN_CLOSE))
		engine__parser_expected(parser, "\",\" or \")\"");
}

static engine__syntax_sum *parse_sum(engine__parser *parser)
{
	engine__syntax_sum *sum = engine__parser_alloc(parser, sizeof *sum);
	if (sum == NULL)
		return NULL;
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_OPEN);
	engine__parse_expression(parser, sum);
	if (!engine__parser_take(parser, ENGINE__TOKEN_PAREN_CLOSE))
		engine__parser_expected(parser, "\"+\", \"-\", \"*\" or \")\"");
	return sum;
}

static void parse_measures(engine__parser *parser, engine__syntax_aggregate *aggregate)
{
	engine__syntax_sum **end = &aggregate->sums;
	do {
		if (engine__parser_is_word(parser, "count")) {
			engine__parser_set_once(parser, &aggregate->counts);
			continue;
		}
		engine__parser_expect_word(parser, "sum");
		engine__syntax_sum *sum = parse_sum(parser);
		if (sum == NULL)
			return;
		if (aggregate->sum_count == ENGINE_SUMS_MAX)
			engine__parser_fail(parser, sum->at, "an aggregate has at most %d sums",
			                    ENGINE_SUMS_MAX);
		*end = sum;
		end = &sum->next;
		aggregate->sum_count++;
	} while (engine__parser_take(parser, ENGINE__TOKEN_COMMA));
}

static void add_aggregate(engine__parser *parser, engine__syntax_aggregate *aggregate)
{
	engine__syntax *syntax = parser->syntax;
	if (syntax->aggregate_count == ENGINE_AGGREGATES_MAX)
		engine__parser_fail(parser, aggregate->name.at,
		                    "a schema has at most %d aggregates",
		                    ENGINE_AGGREGATES_MAX);
	if (syntax->last_aggregate == NULL)
		syntax->aggregates = aggregate;
	else
		syntax->last_aggregate->next = aggregate;
	syntax->last_aggregate = aggregate;
	syntax->aggregate_count++;
}

void engine__parse_aggregate(engine__parser *parser)
{
	engine__syntax_aggregate *aggregate = engine__parser_alloc(parser, sizeof *aggregate);
	if (aggregate == NULL)
		return;
	aggregate->name = engine__parser_name(parser, "a name of the aggregate");
	engine__parser_expect_word(parser, "on");
	aggregate->type = engine__parser_name(parser, "a type name");
	aggregate->conditions = parse_where(parser, &aggregate->condition_count);
	parse_groups(parser, aggregate);
	parse_measures(parser, aggregate);
	engine__parser_labels(parser, &aggregate->label_en, &aggregate->label_zh);
	if (parser->failed == CX_OK)
		add_aggregate(parser, aggregate);
}

/* ---- rollup ---- */

static const struct {
	const char *word;
	engine_rollup_kind kind;
} rollup_kinds[] = {
	{ "count", ENGINE_ROLLUP_COUNT },
	{ "sum", ENGINE_ROLLUP_SUM },
	{ "min", ENGINE_ROLLUP_MIN },
	{ "max", ENGINE_ROLLUP_MAX },
};

/* A field may be named "rollup", but none has one of these as its kind. */
bool engine__parse_at_rollup(const engine__parser *parser)
{
	if (!engine__parser_is_word(parser, "rollup"))
		return false;
	for (size_t i = 0; i < CX_COUNT_OF(rollup_kinds); i++)
		if (engine__parser_is_followed_by(parser, rollup_kinds[i].word))
			return true;
	return false;
}

static engine_rollup_kind parse_rollup_kind(engine__parser *parser)
{
	for (size_t i = 0; i < CX_COUNT_OF(rollup_kinds); i++)
		if (engine__parser_take_word(parser, rollup_kinds[i].word))
			return rollup_kinds[i].kind;
	engine__parser_expected(parser, "\"count\", \"sum\", \"min\" or \"max\"");
	return ENGINE_ROLLUP_COUNT;
}

engine__syntax_rollup *engine__parse_rollup(engine__parser *parser)
{
	engine__syntax_rollup *rollup = engine__parser_alloc(parser, sizeof *rollup);
	if (rollup == NULL)
		return NULL;
	rollup->at = parser->token.at;
	engine__parser_expect_word(parser, "rollup");
	rollup->kind = parse_rollup_kind(parser);
	if (rollup->kind != ENGINE_ROLLUP_COUNT)
		engine__parser_expect(parser, ENGINE__TOKEN_PAREN_OPEN);
	if (rollup->kind == ENGINE_ROLLUP_SUM)
		engine__parse_expression(parser, &rollup->sum);
	else if (rollup->kind != ENGINE_ROLLUP_COUNT)
		rollup->source = engine__parser_name(parser, "a field name");
	if (rollup->kind != ENGINE_ROLLUP_COUNT)
		engine__parser_expect(parser, ENGINE__TOKEN_PAREN_CLOSE);
	engine__parser_expect_word(parser, "of");
	rollup->type = engine__parser_name(parser, "a type name");
	engine__parser_expect_word(parser, "by");
	rollup->ref = engine__parser_name(parser, "a field name");
	rollup->conditions = parse_where(parser, &rollup->condition_count);
	return rollup;
}

/* ---- time zone ---- */

void engine__parse_zone(engine__parser *parser)
{
	engine__syntax *syntax = parser->syntax;
	const engine__position at = parser->token.at;
	engine__parser_expect_word(parser, "zone");
	if (engine__syntax_is_given(syntax->zone_type))
		engine__parser_fail(parser, at, "the time zone is given twice");
	syntax->zone_type = engine__parser_name(parser, "a type name");
	engine__parser_expect(parser, ENGINE__TOKEN_DOT);
	syntax->zone_field = engine__parser_name(parser, "a field name");
}
