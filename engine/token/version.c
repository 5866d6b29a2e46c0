/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/token/version.h"

#include "base/hash.h"

static uint64_t hash_of_field(const engine_type *type, const engine_field *field)
{
	const uint8_t bytes[] = { (uint8_t)(type->id >> 8), (uint8_t)type->id,
		                  (uint8_t)(field->id >> 8), (uint8_t)field->id,
		                  (uint8_t)field->search_as };
	return cx_hash64((cx_slice){ .data = bytes, .size = sizeof bytes }, 0);
}

uint64_t engine__searched_hash(const engine_schema *schema)
{
	uint64_t hash = 0;
	for (uint16_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		for (uint16_t f = ENGINE_SYSTEM_SLOTS; f < type->field_count; f++)
			if (type->fields[f].search)
				hash ^= hash_of_field(type, &type->fields[f]);
	}
	return hash;
}
