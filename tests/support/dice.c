/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/dice.h"

#include "tests/support/unit.h"

#include <stdlib.h>

dice dice_init(void)
{
	const char *text = getenv("CARDEX_TEST_SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : 20261124;
	print_message("seed: CARDEX_TEST_SEED=%llu\n", (unsigned long long)seed);
	return (dice){ .state = seed };
}

/* Source: Sebastiano Vigna, splitmix64. */
uint64_t dice_u64(dice *self)
{
	uint64_t mixed = self->state += UINT64_C(0x9e3779b97f4a7c15);
	mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ (mixed >> 31);
}

uint64_t dice_below(dice *self, uint64_t below)
{
	return dice_u64(self) % below;
}

bool dice_one_in(dice *self, uint64_t times)
{
	return dice_below(self, times) == 0;
}
