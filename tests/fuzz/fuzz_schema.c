/* SPDX-License-Identifier: Apache-2.0 */
/* Schema text and stored catalogs from anywhere. The first byte chooses: a text by itself, a
 * text after a schema that it may extend, or the stored form.
 *
 * What is taken must be told back: a stored catalog reads as what it was, every name is found,
 * every type has a description. What is refused says where. */
#include "base/check.h"
#include "base/msgpack.h"
#include "engine/schema/catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char base_text[] = "type a \"A\" \"甲\" { b string(5) unique  c ref(a) on delete "
				"set_null  index (c, b) }\n"
				"type k keep { e enum(x, y) = x  cluster by (e) }\n";

static void expect_names(const engine_schema *schema)
{
	for (size_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		CX_ASSERT(engine_schema_type(schema, cx_slice_of(type->name)) == type);
		for (size_t i = 0; i < type->field_count; i++) {
			const engine_field *field = &type->fields[i];
			CX_ASSERT(engine_type_field(type, cx_slice_of(field->name)) == field);
			for (int l = 0; l < field->label_count; l++)
				CX_ASSERT(engine_field_label(
						  field, cx_slice_of(field->labels[l])) == l);
		}
		for (size_t i = 0; i < type->index_count; i++) {
			const engine_index *index = &type->indexes[i];
			CX_ASSERT(engine_type_index(type, cx_slice_of(index->name)) == index);
			CX_ASSERT(index->column_count >= 1);
		}
	}
}

static void expect_descriptions(const engine_schema *schema)
{
	const cx_scan_limits limits = { .bytes = 64 << 20, .items = 10 << 20, .depth = 8 };
	for (size_t t = 0; t < schema->type_count; t++) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64 << 20);
		engine_type_describe(&schema->types[t], &out);
		CX_ASSERT(cx_buf_status(&out) == CX_OK);
		CX_ASSERT(cx_scan_whole(cx_buf_slice(&out), limits) == CX_OK);
	}
}

static void expect_round_trip(const engine__catalog *catalog)
{
	CX_SCOPED(cx_buf_release) cx_buf stored = CX_BUF_INIT(64 << 20);
	CX_SCOPED(cx_buf_release) cx_buf again = CX_BUF_INIT(64 << 20);
	CX_SCOPED(engine__catalog_free) engine__catalog *back = NULL;
	CX_ASSERT(engine__catalog_write(catalog, &stored) == CX_OK);
	CX_ASSERT(engine__catalog_read(cx_buf_slice(&stored), &back, NULL) == CX_OK);
	CX_ASSERT(engine__catalog_write(back, &again) == CX_OK);
	CX_ASSERT(cx_slice_equal(cx_buf_slice(&stored), cx_buf_slice(&again)));
}

static void expect_whole(const engine__catalog *catalog)
{
	expect_names(engine__catalog_schema(catalog));
	expect_descriptions(engine__catalog_schema(catalog));
	expect_round_trip(catalog);
}

static void try_text(cx_slice text)
{
	CX_SCOPED(engine__catalog_free) engine__catalog *catalog = NULL;
	cx_error error = { 0 };
	cx_status status = engine__catalog_of_text(text, &catalog, &error);
	CX_ASSERT(status == engine_schema_check((cx_slice){ 0 }, text, NULL));
	if (status == CX_OK)
		expect_whole(catalog);
	if (status == CX_SCHEMA_SYNTAX)
		CX_ASSERT(error.line >= 1 && error.column >= 1 && error.text[0] != '\0');
}

static void try_extension(cx_slice text)
{
	cx_error error = { 0 };
	cx_status status = engine_schema_check(cx_slice_of(base_text), text, &error);
	/* An extension can be at fault for what is only found in the schema as a whole, but
	 * never by a line that it does not have. */
	if (status == CX_SCHEMA_SYNTAX)
		CX_ASSERT(error.line <= 1 + text.size && error.text[0] != '\0');
}

static void try_stored(cx_slice stored)
{
	CX_SCOPED(engine__catalog_free) engine__catalog *catalog = NULL;
	cx_status status = engine__catalog_read(stored, &catalog, NULL);
	CX_ASSERT((status == CX_OK) == (catalog != NULL));
	CX_ASSERT(status == CX_OK || status == CX_CORRUPT || status == CX_UNSUPPORTED);
	if (status == CX_OK)
		expect_whole(catalog);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	cx_slice rest = { .data = data + 1, .size = size - 1 };
	switch (data[0] % 3) {
	case 0:
		try_text(rest);
		break;
	case 1:
		try_extension(rest);
		break;
	default:
		try_stored(rest);
		break;
	}
	return 0;
}
