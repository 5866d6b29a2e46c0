/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/systems.h"

#include <string.h>

static const bench_system SYSTEMS[] = {
	{ "engine", "store file", bench_engine_load, NULL, &bench_engine_local },
#ifdef BENCH_WITH_SQLITE
	{ "sqlite", "database file", bench_sqlite_load, NULL, &bench_sqlite_local },
#endif
	{ "cardex", "socket", NULL, &bench_cardex_link, NULL },
	{ "libcardex", "socket", NULL, &bench_library_link, NULL },
#ifdef BENCH_WITH_POSTGRES
	{ "postgres", "conninfo", bench_postgres_load, &bench_postgres_link, NULL },
#endif
	{ "tarantool", "socket", bench_tarantool_load, &bench_tarantool_link, NULL },
	{ "redis", "socket", bench_redis_load, &bench_redis_link, NULL },
	{ 0 },
};

const bench_system *bench_systems(void)
{
	return SYSTEMS;
}

const bench_system *bench_system_find(const char *name)
{
	for (const bench_system *one = SYSTEMS; one->name != NULL; one++)
		if (strcmp(one->name, name) == 0)
			return one;
	return NULL;
}
