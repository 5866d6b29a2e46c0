#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sales by month and product, the customers that bought most, and the forecast of four years of
# real orders in Chinese: equal to what is computed from the file, to the cent.
. "$(dirname "$0")/figures.inc.sh"

figures_begin zh-superstore
cardex create team name=店 ext_id=shop
cardex create user login=shop name=店 team@ext_id=shop role=rep
load customer superstore/customer "$data/订单.csv"
load product superstore/product "$data/订单.csv"
load sales_order superstore/sales_order "$data/订单.csv"
load order_line superstore/order_line "$data/订单.csv"
load sales_order superstore/sales_order_confirmed "$data/订单.csv"

# What was forecast in October, and, three months on, what came.
cardex run forecast --at 2017-10-05T08:00:00+08:00 --months 3
cardex run forecast --at 2018-01-05T08:00:00+08:00 --months 3

figures_compare "$data"
finish
