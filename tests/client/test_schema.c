/* SPDX-License-Identifier: Apache-2.0 */
/* The schema as the server describes it becomes structures; what is unknown does no harm, what
 * is broken is refused. */
#include "tests/client/fake.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

static const char described[] =
	"{'types': [{'name': 'customer', 'id': 1, 'label_en': 'Customer', 'label_zh': '客户', "
	"'layout': 3, 'keep': false, 'readonly': false, 'single': false, 'cluster': nil, "
	"'fields': ["
	"{'name': 'id', 'kind': 'int', 'label_en': 'id', 'label_zh': 'id', 'required': true, "
	"'readonly': true, 'search': false}, "
	"{'name': 'tier', 'kind': 'enum', 'label_en': 'Tier', 'label_zh': '等级', "
	"'required': false, 'readonly': false, 'search': true, 'labels': ['A', 'B'], "
	"'default': 'B'}, "
	"{'name': 'owner', 'kind': 'ref', 'target': 'user', 'on_delete': 'restrict'}, "
	"{'name': 'tags', 'kind': 'list<string>', 'length_max': 20, 'items_max': 8}, "
	"{'name': 'place', 'kind': 'geo', 'later': [1]}], "
	"'indexes': ["
	"{'name': 'ext_id', 'unique': true, 'cluster': false, 'columns': "
	"[{'field': 'id', 'desc': false, 'folded': false}], 'where': 'id'}, "
	"{'name': 'by_tier', 'unique': false, 'cluster': true, 'columns': "
	"[{'field': 'tier', 'desc': true, 'folded': true}, {'field': 'id'}]}]}, "
	"{'name': 'user', 'keep': true, 'readonly': true, 'single': true, "
	"'cluster': 'by_name'}], "
	"'text': 'type customer {}', 'more': 1}";

static void check_customer(const cardex_type *type)
{
	assert_string_equal(type->name, "customer");
	assert_string_equal(type->label_en, "Customer");
	assert_string_equal(type->label_zh, "客户");
	assert_int_equal(type->layout, 3);
	assert_true(!type->keep && !type->readonly && !type->single);
	assert_null(type->cluster);
	assert_int_equal(type->field_count, 5);
	assert_int_equal(type->index_count, 2);
}

static void check_fields(const cardex_type *type)
{
	const cardex_field *field = cardex_type_field(type, "id");
	assert_ptr_equal(field, &type->fields[0]);
	assert_int_equal(field->kind, CARDEX_KIND_INT);
	assert_true(field->required && field->readonly && !field->search);
	field = cardex_type_field(type, "tier");
	assert_int_equal(field->kind, CARDEX_KIND_ENUM);
	assert_string_equal(field->label_zh, "等级");
	assert_int_equal(field->label_count, 2);
	assert_string_equal(field->labels[1], "B");
	assert_string_equal(cardex_value_text(field->default_value), "B");
	field = cardex_type_field(type, "owner");
	assert_int_equal(field->kind, CARDEX_KIND_REF);
	assert_string_equal(field->target, "user");
	assert_string_equal(field->on_delete, "restrict");
	assert_string_equal(field->label_en, "owner");
	assert_null(field->default_value);
	field = cardex_type_field(type, "tags");
	assert_int_equal(field->kind, CARDEX_KIND_STRING_LIST);
	assert_true(field->length_max == 20 && field->items_max == 8);
	field = cardex_type_field(type, "place");
	assert_int_equal(field->kind, CARDEX_KIND_OTHER);
	assert_string_equal(field->kind_name, "geo");
	assert_null(cardex_type_field(type, "none"));
}

static void check_indexes(const cardex_type *type)
{
	const cardex_index *index = cardex_type_index(type, "ext_id");
	assert_true(index->unique && !index->cluster);
	assert_string_equal(index->where, "id");
	index = cardex_type_index(type, "by_tier");
	assert_true(!index->unique && index->cluster);
	assert_null(index->where);
	assert_int_equal(index->column_count, 2);
	assert_string_equal(index->columns[0].field, "tier");
	assert_true(index->columns[0].descending && index->columns[0].folded);
	assert_true(!index->columns[1].descending && !index->columns[1].folded);
	assert_null(cardex_type_index(type, "none"));
}

static void a_description_becomes_structures(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	cardex_schema *schema = NULL;
	fake_answer(&server, described);
	assert_int_equal(cardex_schema_get(server.conn, NULL, &schema, NULL), CARDEX_OK);
	assert_string_equal(fake_request(&server, NULL), "'schema.get', []");
	fake_close(&server);

	assert_int_equal(cardex_schema_type_count(schema), 2);
	assert_string_equal(cardex_schema_text(schema), "type customer {}");
	const cardex_type *customer = cardex_schema_type(schema, "customer");
	assert_ptr_equal(customer, cardex_schema_type_at(schema, 0));
	check_customer(customer);
	check_fields(customer);
	check_indexes(customer);
	const cardex_type *user = cardex_schema_type_at(schema, 1);
	assert_true(user->keep && user->readonly && user->single);
	assert_string_equal(user->cluster, "by_name");
	assert_string_equal(user->label_zh, "user");
	assert_null(cardex_schema_type(schema, "none"));
	assert_null(cardex_schema_type_at(schema, 2));
	cardex_schema_free(&schema);
	assert_null(schema);
	cardex_schema_free(&schema);
}

static void one_type_is_asked_for_by_name(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	cardex_schema *schema = NULL;
	fake_answer(&server, "{'types': [{'name': 'user'}], 'text': nil}");
	assert_int_equal(cardex_schema_get(server.conn, "user", &schema, NULL), CARDEX_OK);
	assert_string_equal(fake_request(&server, NULL), "'schema.get', [{'type': 'user'}]");
	assert_string_equal(cardex_schema_text(schema), "");
	cardex_schema_free(&schema);
	cardex_error error;
	fake_refuse(&server, "'NO_TYPE: none'");
	assert_int_equal(cardex_schema_get(server.conn, "x", &schema, &error), CARDEX_NO_TYPE);
	fake_close(&server);
}

static const char *const broken[] = {
	"{}",
	"{'types': {}}",
	"{'types': [1]}",
	"{'types': [{}]}",
	"{'types': [{'name': 1}]}",
	"{'types': [{'name': 'a', 'fields': [{'name': 'b'}]}]}",
	"{'types': [{'name': 'a', 'fields': [{'kind': 'int'}]}]}",
	"{'types': [{'name': 'a', 'fields': [{'name': 'b', 'kind': 'enum', 'labels': [1]}]}]}",
	"{'types': [{'name': 'a', 'indexes': [{}]}]}",
	"{'types': [{'name': 'a', 'indexes': [{'name': 'i', 'columns': [{}]}]}]}",
	"{'types': [{'name': 'a', 'indexes': [{'name': 'i', 'columns': [1]}]}]}",
};

static void a_broken_description_is_refused(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		cardex_schema *schema = NULL;
		fake_answer(&server, broken[i]);
		assert_int_equal(cardex_schema_get(server.conn, NULL, &schema, NULL),
		                 CARDEX_MALFORMED);
		assert_null(schema);
	}
	fake_close(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_description_becomes_structures),
		cmocka_unit_test(one_type_is_asked_for_by_name),
		cmocka_unit_test(a_broken_description_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
