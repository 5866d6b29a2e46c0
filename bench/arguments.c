/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/arguments.h"

#include "bench/systems.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

void bench_usage(FILE *out)
{
	fputs("usage: cardex-bench load --system NAME --at ADDRESS [--scale X]\n"
	      "       cardex-bench run  --system NAME --at ADDRESS [--scale X] [--seconds S]\n"
	      "                         [--only R1,W1,…] [--connections N] [--depth N]\n"
	      "                         [--seed N] [--round N] [--csv] [--series FILE]\n"
	      "       cardex-bench pages --system engine --at ADDRESS [--seconds S]\n"
	      "       cardex-bench costs --system engine --at ADDRESS [--scale X] [--round N]\n"
	      "       cardex-bench reports --system engine --at ADDRESS [--scale X]\n"
	      "                            [--seconds S]\n"
	      "\n"
	      "load fills an empty system with the workload's data; run measures one that has\n"
	      "it; pages compares page 10,000 of lists with page 1, costs tells what an "
	      "insert\n"
	      "pays for, reports what reports take; the last two make their own stores. Scale "
	      "1, the default, is "
	      "100,000 customers, 200,000 opportunities and\n"
	      "1,000,000 activities; give the scale of the load again when measuring.\n"
	      "Depth: requests that a connection keeps unanswered; in process, writes of one\n"
	      "transaction (of M1: one). Seed: runs of different seeds ask for different "
	      "records.\n"
	      "cardex and libcardex measure a cardexd with a store that engine has loaded.\n"
	      "\n"
	      "Systems of this build, and their ADDRESS:\n",
	      out);
	for (const bench_system *one = bench_systems(); one->name != NULL; one++)
		fprintf(out, "  %-10s %s\n", one->name, one->address);
	if (bench_system_find("postgres") == NULL)
		fputs("  (no postgres: libpq was not found when this was configured)\n", out);
	if (bench_system_find("sqlite") == NULL)
		fputs("  (no sqlite: it was not found when this was configured)\n", out);
	fputs("Operations:\n", out);
	for (int i = 0; i < BENCH_OPERATION_COUNT; i++)
		fprintf(out, "  %-10s %s\n", bench_operation_name((bench_operation)i),
		        bench_operation_text((bench_operation)i));
}

/* The bits of the operations named in a comma-separated list; 0 when one is unknown. */
static unsigned parse_operations(char *list)
{
	unsigned wanted = 0;
	for (char *rest = NULL, *name = strtok_r(list, ",", &rest); name != NULL;
	     name = strtok_r(NULL, ",", &rest)) {
		int i = 0;
		while (i < BENCH_OPERATION_COUNT &&
		       strcmp(name, bench_operation_name((bench_operation)i)) != 0)
			i++;
		if (i == BENCH_OPERATION_COUNT)
			return 0;
		wanted |= 1u << i;
	}
	return wanted;
}

static bool parse_count(const char *text, unsigned max, unsigned *ret)
{
	char *end;
	const unsigned long number = strtoul(text, &end, 10);
	if (*end != '\0' || number < 1 || number > max)
		return false;
	*ret = (unsigned)number;
	return true;
}

static bool parse_number(const char *text, double max, double *ret)
{
	char *end;
	const double number = strtod(text, &end);
	if (*end != '\0' || !(number > 0 && number <= max))
		return false;
	*ret = number;
	return true;
}

static bool take(int key, char *value, bench_arguments *self)
{
	switch (key) {
	case 's':
		self->system = value;
		return true;
	case 'a':
		self->address = value;
		return true;
	case 'e':
		self->series = value;
		return true;
	case 'x':
		return parse_number(value, 100, &self->scale);
	case 't':
		return parse_number(value, 3600, &self->seconds);
	case 'o':
		self->wanted = parse_operations(value);
		return self->wanted != 0;
	case 'c':
		return parse_count(value, 10000, &self->connections);
	case 'd':
		return parse_count(value, 10000, &self->depth);
	case 'r':
		return parse_count(value, 10000, &self->round);
	case 'n':
		return parse_count(value, 1000000, &self->seed);
	case 'v':
		self->form = BENCH_FORM_CSV;
		return true;
	default:
		return false;
	}
}

bool bench_arguments_parse(int argc, char **argv, bench_arguments *ret)
{
	static const struct option options[] = {
		{ "system", required_argument, NULL, 's' },
		{ "at", required_argument, NULL, 'a' },
		{ "series", required_argument, NULL, 'e' },
		{ "scale", required_argument, NULL, 'x' },
		{ "seconds", required_argument, NULL, 't' },
		{ "only", required_argument, NULL, 'o' },
		{ "connections", required_argument, NULL, 'c' },
		{ "depth", required_argument, NULL, 'd' },
		{ "round", required_argument, NULL, 'r' },
		{ "seed", required_argument, NULL, 'n' },
		{ "csv", no_argument, NULL, 'v' },
		{ 0 },
	};
	*ret = (bench_arguments){ .scale = 1,
		                  .seconds = 3,
		                  .wanted = (1u << BENCH_OPERATION_COUNT) - 1,
		                  .connections = 1,
		                  .depth = 1,
		                  .round = 1,
		                  .seed = 1 };
	for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;)
		if (!take(key, optarg, ret))
			return false;
	if (optind != argc - 1 || ret->system == NULL || ret->address == NULL)
		return false;
	ret->verb = argv[optind];
	return true;
}
