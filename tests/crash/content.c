/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/content.h"

#include "tests/crash/ledger.h"

#include <stdio.h>
#include <string.h>

const char *content_tree_name(int tree)
{
	static const char *const names[CONTENT_TREES] = { "first", "second", "third" };
	return names[tree];
}

cx_slice content_key(int number, uint8_t ret[64])
{
	int size = snprintf((char *)ret, 64, "%03d", number);
	size_t padding = (size_t)(number * 7 % 40);
	memset(ret + size, 'a' + number % 26, padding);
	return (cx_slice){ ret, (size_t)size + padding };
}

cx_slice content_value(uint32_t number, uint8_t ret[CONTENT_VALUE_BYTES_MAX])
{
	size_t size = number % 24 == 0 ? 1500 + number * 7 % 3500 : 4 + number * 31 % 150;
	memset(ret, (int)(number % 251), size);
	memcpy(ret, &number, sizeof number);
	return (cx_slice){ ret, size };
}

uint64_t content_hash_tree(int tree)
{
	return ledger_hash_pair(100, cx_slice_of(content_tree_name(tree)), (cx_slice){ 0 });
}

uint64_t content_hash(const content *self)
{
	uint64_t sum = 0;
	for (int tree = 0; tree < CONTENT_TREES; tree++) {
		if (self->made[tree])
			sum += content_hash_tree(tree);
		for (int key = 0; key < CONTENT_KEYS; key++) {
			uint8_t key_bytes[64];
			uint8_t value_bytes[CONTENT_VALUE_BYTES_MAX];
			uint32_t value = self->values[tree][key];
			if (value != 0)
				sum += ledger_hash_pair((uint64_t)tree,
				                        content_key(key, key_bytes),
				                        content_value(value, value_bytes));
		}
	}
	return sum;
}
