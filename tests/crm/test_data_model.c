/* SPDX-License-Identifier: Apache-2.0 */
/* docs/data-model.md tells the truth: its examples are good schema text, and its table of types
 * is the built-in schema's. */
#include "crm/crm.h"
#include "engine/schema/catalog.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int set_up(void **state)
{
	const char *source = getenv("CARDEX_SOURCE");
	if (source == NULL)
		return 0;
	char path[4096];
	int length = snprintf(path, sizeof path, "%s/docs/data-model.md", source);
	assert_in_range(length, 1, sizeof path - 1);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	enum { PAGE_BYTES_MAX = 256 * 1024 };
	char *page = calloc(1, PAGE_BYTES_MAX);
	assert_non_null(page);
	size_t size = fread(page, 1, PAGE_BYTES_MAX - 1, file);
	assert_in_range(size, 1, PAGE_BYTES_MAX - 2);
	fclose(file);
	*state = page;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static const char *page_of(void **state)
{
	if (*state == NULL) {
		print_message("skipped: CARDEX_SOURCE is not set\n");
		skip();
	}
	return *state;
}

static void its_examples_are_good_schema_text(void **state)
{
	static const char fence[] = "\n```schema\n";
	const char *at = page_of(state);
	size_t examples = 0;
	while ((at = strstr(at, fence)) != NULL) {
		at += sizeof fence - 1;
		const char *end = strstr(at, "\n```\n");
		assert_non_null(end);
		cx_slice text = { .data = (const uint8_t *)at, .size = (size_t)(end - at) };
		cx_error error = { 0 };
		if (engine_schema_check(crm_schema_text(), text, &error) != CX_OK)
			fail_msg("example %zu, %u:%u: %s", examples + 1, error.line,
			         error.column, error.text);
		examples++;
	}
	assert_int_equal(examples, 2);
}

static void its_table_names_every_type_with_its_labels(void **state)
{
	const char *page = page_of(state);
	engine__catalog *catalog = NULL;
	assert_int_equal(engine__catalog_of_text(crm_schema_text(), &catalog, NULL), CX_OK);
	const engine_schema *schema = engine__catalog_schema(catalog);
	for (size_t i = 0; i < schema->type_count; i++) {
		const engine_type *type = &schema->types[i];
		char row[512];
		int length = snprintf(row, sizeof row, "\n| `%s` | %s | %s | ", type->name,
		                      type->label_en, type->label_zh);
		assert_in_range(length, 1, sizeof row - 1);
		if (strstr(page, row) == NULL)
			fail_msg("no row%s", row);
	}
	engine__catalog_free(&catalog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_examples_are_good_schema_text),
		cmocka_unit_test(its_table_names_every_type_with_its_labels),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
