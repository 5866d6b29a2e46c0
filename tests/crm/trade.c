/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crm/trade.h"

#include "engine/changes.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static char *whole_schema(const char *own)
{
	const cx_slice base = crm_schema_text();
	const size_t size = base.size + (own == NULL ? 0 : strlen(own)) + 2;
	char *text = malloc(size);
	snprintf(text, size, "%.*s\n%s", CX_SLICE_ARG(base), own == NULL ? "" : own);
	return text;
}

static void open_store(store_fixture *self, const char *own, const engine_rules *rules)
{
	char *text = whole_schema(own);
	const engine_options options = { .rules = rules };
	fixture_open_with(self, text, &options);
	free(text);
}

void trade_open(store_fixture *self, const char *own)
{
	open_store(self, own, crm_rules());
	fixture_create(self, "org", "{}");
	fixture_create(self, "team", "{'name': 'Sales'}");
	fixture_create(self, "user", "{'login': 'a', 'name': 'A', 'team': 1}");
	fixture_create(self, "user",
	               "{'login': 'b', 'name': 'B', 'team': 1, 'role': 'manager'}");
	static const char *const stages[][3] = {
		{ "prospecting", "open", "1000" },
		{ "proposal", "open", "5000" },
		{ "won", "won", "10000" },
		{ "lost", "lost", "0" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(stages); i++)
		trade_create(self, "stage",
		             "{'code': '%s', 'label_zh': '阶段', 'label_en': 'S', 'seq': %d, "
		             "'kind': '%s', 'probability_bp': %s}",
		             stages[i][0], (int)i + 1, stages[i][1], stages[i][2]);
	fixture_create(self, "product",
	               "{'sku': 'P', 'name': '产品', 'list_price': 1000, 'unit': '件'}");
}

void trade_close(store_fixture *self)
{
	fixture_assert_sound(self);
	fixture_close(self);
}

int64_t trade_create(store_fixture *self, const char *type, const char *format, ...)
{
	char text[4096];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return fixture_create(self, type, text);
}

int64_t trade_customer(store_fixture *self, const char *name)
{
	return trade_create(self, "customer", "{'name': '%s', 'owner': 1}", name);
}

int64_t trade_opportunity(store_fixture *self, int64_t customer)
{
	return trade_create(self, "opportunity",
	                    "{'title': '商机', 'customer': %lld, 'stage': 2, 'amount': 5000, "
	                    "'close_on': 20000, 'owner': 1}",
	                    (long long)customer);
}

engine_author trade_author(store_fixture *self)
{
	return (engine_author){ .now_ms = self->now_ms++, .user = TRADE_USER };
}

void trade_assert_ends(const store_fixture *self, cx_status status, cx_status expected,
                       int line)
{
	if (status != expected)
		fail_msg("line %d: %s: %s", line, cx_status_name(status), self->error.text);
}

/* ---- replay ---- */

typedef struct replaying {
	engine_write *write;
	cx_error error;
} replaying;

static cx_status replay(void *context, const engine_logged *change)
{
	replaying *self = context;
	return engine_changes_replay(self->write, change, &self->error);
}

static uint64_t hash_of(store_fixture *self)
{
	engine_read *read = fixture_read(self);
	uint64_t hash;
	assert_int_equal(engine_state_hash(read, 0, &hash), CX_OK);
	engine_read_end(&read);
	return hash;
}

void trade_assert_replays(store_fixture *self, const char *own)
{
	store_fixture copy;
	open_store(&copy, own, NULL);
	replaying to = { 0 };
	assert_int_equal(engine_write_begin(copy.engine, &to.write), CX_OK);
	engine_read *read = fixture_read(self);
	const uint64_t last = engine_read_seq(read);
	for (uint64_t next = 1; next <= last;) {
		cx_status status = engine_changes_read_all(read, next, 1000, replay, &to, &next,
		                                           &self->error);
		if (status != CX_OK)
			fail_msg("replay: %s %s", cx_status_name(status), to.error.text);
	}
	engine_read_end(&read);
	assert_int_equal(engine_write_commit(&to.write), CX_OK);
	assert_int_equal(hash_of(&copy), hash_of(self));
	fixture_close(&copy);
}
