/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers that can be had again: the seed is printed and may be given in the
 * environment variable CARDEX_TEST_SEED. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct dice {
	uint64_t state;
} dice;

/* Seeded from the environment, else always the same. */
dice dice_init(void);

uint64_t dice_u64(dice *self);

/* 0..below-1; `below` > 0. */
uint64_t dice_below(dice *self, uint64_t below);

/* True once in `times`. */
bool dice_one_in(dice *self, uint64_t times);
