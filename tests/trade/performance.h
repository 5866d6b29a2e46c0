/* SPDX-License-Identifier: Apache-2.0 */
/* The reports of sales: performance, conversion, won and lost, products, activities, campaigns.
 * Every figure of every row equals what one pass over all records comes to, and what is read
 * is groups, teams, people and targets. */
#pragma once

#include "tests/trade/deeds.h"

/* Teams below teams, people who have changed theirs, and targets. */
void trade_prepare_performance(trade_world *world);

void trade_check_performance(const trade_world *world, const trade_deeds *deeds);
void trade_check_conversion(const trade_world *world, const trade_deeds *deeds);
void trade_check_win_loss(const trade_world *world, const trade_deeds *deeds);
void trade_check_activities(const trade_world *world, const trade_deeds *deeds);
void trade_check_products(const trade_world *world);
void trade_check_responses(const trade_world *world);
