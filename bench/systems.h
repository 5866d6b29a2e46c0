/* SPDX-License-Identifier: Apache-2.0 */
/* Every system under test. Each is one file of systems/, or a part of the list that is left
 * out when its library was not found at configure time. */
#pragma once

#include "bench/link.h"
#include "bench/local.h"

typedef struct bench_system {
	const char *name;
	const char *address; /* what --at means */
	/* Makes tables, indexes and records in a server or file that has none of them. */
	bool (*load)(const char *address, const bench_sizes *sizes);
	const bench_link_class *link;   /* over the wire, or NULL */
	const bench_local_class *local; /* in this process, or NULL */
} bench_system;

/* The one of that name, NULL when there is none or it was left out of this build. */
const bench_system *bench_system_find(const char *name);

/* All, ended by one without a name. */
const bench_system *bench_systems(void);

extern const bench_link_class bench_cardex_link;
extern const bench_link_class bench_library_link;
extern const bench_link_class bench_tarantool_link;
extern const bench_link_class bench_redis_link;
extern const bench_link_class bench_postgres_link;
extern const bench_local_class bench_engine_local;
extern const bench_local_class bench_sqlite_local;

bool bench_engine_load(const char *path, const bench_sizes *sizes);
bool bench_sqlite_load(const char *path, const bench_sizes *sizes);
bool bench_tarantool_load(const char *path, const bench_sizes *sizes);
bool bench_redis_load(const char *path, const bench_sizes *sizes);
bool bench_postgres_load(const char *conninfo, const bench_sizes *sizes);
