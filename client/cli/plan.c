/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/plan.h"

#include "client/cli/output.h"

#include <inttypes.h>

static const char *text_of(const cardex_value *plan, const char *key)
{
	const char *text = cardex_value_text(cardex_value_member(plan, key));
	return text != NULL ? text : "-";
}

static void print_flag(const cardex_value *plan, const char *key, const char *text)
{
	if (cardex_value_bool(cardex_value_member(plan, key)))
		printf("  %s\n", text);
}

static void print_equal(const cardex_value *plan)
{
	const cardex_value *fields = cardex_value_member(plan, "equal");
	if (cardex_value_count(fields) == 0)
		return;
	fputs("  fixed by equality:", stdout);
	for (size_t i = 0; i < cardex_value_count(fields); i++)
		printf(" %s", cardex_value_text(cardex_value_at(fields, i)));
	putchar('\n');
}

static void print_legs(const cardex_value *plan)
{
	const cardex_value *legs = cardex_value_member(plan, "legs");
	for (size_t i = 0; i < cardex_value_count(legs); i++) {
		const cardex_value *leg = cardex_value_at(legs, i);
		printf("  %s %s: about %" PRId64 " keys\n", text_of(leg, "plan"),
		       text_of(leg, "index"),
		       cardex_value_int(cardex_value_member(leg, "estimate")));
	}
}

static int64_t figure(const cardex_value *map, const char *key)
{
	return cardex_value_int(cardex_value_member(map, key));
}

static void print_executed(const cardex_value *plan)
{
	const cardex_value *executed = cardex_value_member(plan, "executed");
	const cardex_value *nodes = cardex_value_member(executed, "nodes");
	if (nodes == NULL)
		return;
	printf("executed: %" PRId64 " rows in %" PRId64 " µs, ended by: %s\n",
	       figure(executed, "rows"), figure(executed, "us"), text_of(executed, "reason"));
	const cardex_value *gave_up = cardex_value_member(executed, "gave_up");
	if (gave_up != NULL)
		printf("  gave up %s after %" PRId64 " keys, and read %s instead\n",
		       text_of(gave_up, "index"), figure(gave_up, "keys"),
		       text_of(gave_up, "next"));
	for (size_t i = 0; i < cardex_value_count(nodes); i++) {
		const cardex_value *node = cardex_value_at(nodes, i);
		printf("  %-6s %" PRId64 " in, %" PRId64 " out, %" PRId64 " keys, %" PRId64
		       " fetched, %" PRId64 " failed the filter, %" PRId64 " bytes, %" PRId64
		       " µs\n",
		       text_of(node, "node"), figure(node, "rows_in"), figure(node, "rows_out"),
		       figure(node, "keys"), figure(node, "fetched"),
		       figure(node, "rechecks_failed"), figure(node, "bytes"),
		       figure(node, "us"));
	}
}

static void print_rejected(const cardex_value *plan)
{
	const cardex_value *rejected = cardex_value_member(plan, "rejected");
	for (size_t i = 0; i < cardex_value_count(rejected); i++) {
		const cardex_value *one = cardex_value_at(rejected, i);
		const char *index = cardex_value_text(cardex_value_member(one, "index"));
		const char *kept = cardex_value_text(cardex_value_member(one, "aggregate"));
		printf("  not %s%s: %s\n", kept != NULL ? "aggregate " : "",
		       kept != NULL    ? kept
		       : index != NULL ? index
		                       : "a scan",
		       text_of(one, "why"));
	}
}

static cli_exit print_groups(const cardex_value *plan, const char *aggregate)
{
	printf("plan: groups of the maintained aggregate %s\n", aggregate);
	print_equal(plan);
	if (cardex_value_text(cardex_value_member(plan, "range")) != NULL)
		printf("  range on: %s\n", text_of(plan, "range"));
	print_rejected(plan);
	print_executed(plan);
	return CLI_OK;
}

cli_exit cli_plan_print(const cli_context *self, const cardex_value *plan)
{
	if (self->format == CLI_JSON || self->format == CLI_NDJSON)
		return cli_output_value(self, plan, stdout);
	const char *aggregate = cardex_value_text(cardex_value_member(plan, "aggregate"));
	if (aggregate != NULL)
		return print_groups(plan, aggregate);
	printf("plan: %s %s\n", text_of(plan, "plan"), text_of(plan, "index"));
	printf("  ranges: %" PRId64 ", records of the type: %" PRId64 "\n",
	       cardex_value_int(cardex_value_member(plan, "ranges")),
	       cardex_value_int(cardex_value_member(plan, "rows_of_type")));
	print_equal(plan);
	if (cardex_value_text(cardex_value_member(plan, "range")) != NULL)
		printf("  range on: %s\n", text_of(plan, "range"));
	printf("  order: %s\n", text_of(plan, "order"));
	print_flag(plan, "reverse", "read backwards");
	print_flag(plan, "merge", "ranges merged in order");
	print_flag(plan, "filter_in_index", "filtered by index columns before reading records");
	print_flag(plan, "recheck", "records are checked against the filter");
	print_flag(plan, "covering", "answered from index keys, no record is read");
	const cardex_value *search = cardex_value_member(plan, "search");
	if (cardex_value_kind_of(search) == CARDEX_VALUE_INT)
		printf("  told by the search index: %" PRId64 " records\n",
		       cardex_value_int(search));
	if (cardex_value_text(cardex_value_member(plan, "hint")) != NULL)
		printf("  hint used: %s\n", text_of(plan, "hint"));
	print_legs(plan);
	print_rejected(plan);
	print_executed(plan);
	return CLI_OK;
}
