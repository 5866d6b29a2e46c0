/* SPDX-License-Identifier: Apache-2.0 */
/* Looks up what a test takes for granted. */
#include "tests/engine/schema_fixture.h"

#include "tests/support/unit.h"
#include "tests/support/wire.h"

engine__catalog *schema_fixture_catalog(const char *text)
{
	cx_error error = { 0 };
	engine__catalog *catalog = NULL;
	cx_status status =
		engine__catalog_of_text(wire_exact(cx_slice_of(text)), &catalog, &error);
	if (status != CX_OK)
		fail_msg("%s at %u:%u: %s", cx_status_name(status), error.line, error.column,
		         error.text);
	return catalog;
}

const engine_type *schema_fixture_type(const engine__catalog *catalog, const char *name)
{
	const engine_type *type =
		engine_schema_type(engine__catalog_schema(catalog), cx_slice_of(name));
	if (type == NULL)
		fail_msg("no type %s", name);
	return type;
}

const engine_field *schema_fixture_field(const engine_type *type, const char *name)
{
	const engine_field *field = engine_type_field(type, cx_slice_of(name));
	if (field == NULL)
		fail_msg("no field %s.%s", type->name, name);
	return field;
}

const engine_index *schema_fixture_index(const engine_type *type, const char *name)
{
	const engine_index *index = engine_type_index(type, cx_slice_of(name));
	if (index == NULL)
		fail_msg("no index %s of %s", name, type->name);
	return index;
}
