/* SPDX-License-Identifier: Apache-2.0 */
/* Memory is whole, aligned, and freed like any other, in huge pages or not. */
#include "base/huge.h"
#include "tests/support/unit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void any_size_may_be_filled_and_freed(void **state)
{
	(void)state;
	const size_t huge = CX_HUGE_PAGE_BYTES;
	const size_t sizes[] = { 1, 4096, huge - 1, huge, huge + 1, 2 * huge, 5 * huge - 7 };
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint8_t *data = cx_huge_alloc(sizes[i]);
		assert_non_null(data);
		if (sizes[i] >= huge)
			assert_int_equal((uintptr_t)data % huge, 0);
		memset(data, 0xa5, sizes[i]);
		assert_int_equal(data[0], 0xa5);
		assert_int_equal(data[sizes[i] - 1], 0xa5);
		free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_size_may_be_filled_and_freed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
