/* SPDX-License-Identifier: Apache-2.0 */
/* cardex-bench: loads the benchmark's data and measures its operations. */
#include "bench/process.h"
#include "bench/wire.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(FILE *out)
{
	fputs("usage: cardex-bench load  --store FILE [--scale X]\n"
	      "       cardex-bench local --store FILE [--scale X] [--seconds S] [--only "
	      "R1,W1,…]\n"
	      "       cardex-bench wire  --uri URI [--scale X] [--seconds S] [--only R1,W1,…]\n"
	      "                          [--connections N] [--depth N]\n"
	      "\n"
	      "load makes the store and its data; local measures in this process (no daemon "
	      "may\n"
	      "hold the file); wire measures a running cardexd that serves it. Scale 1, the\n"
	      "default, is 100,000 customers, 200,000 opportunities and 1,000,000 activities; "
	      "give\n"
	      "the scale of the load again when measuring. Operations:\n",
	      out);
	for (int i = 0; i < BENCH_OPERATION_COUNT; i++)
		fprintf(out, "  %-4s %s\n", bench_operation_name((bench_operation)i),
		        bench_operation_text((bench_operation)i));
}

typedef struct arguments {
	const char *store;
	double scale;
	unsigned wanted;
	bench_load load;
} arguments;

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

static bool parse(int argc, char **argv, arguments *self)
{
	static const struct option options[] = {
		{ "store", required_argument, NULL, 's' },
		{ "uri", required_argument, NULL, 'u' },
		{ "scale", required_argument, NULL, 'x' },
		{ "seconds", required_argument, NULL, 't' },
		{ "only", required_argument, NULL, 'o' },
		{ "connections", required_argument, NULL, 'c' },
		{ "depth", required_argument, NULL, 'd' },
		{ 0 },
	};
	bool good = true;
	for (int key; good && (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 's')
			self->store = optarg;
		else if (key == 'u')
			self->load.uri = optarg;
		else if (key == 'x')
			good = parse_number(optarg, 100, &self->scale);
		else if (key == 't')
			good = parse_number(optarg, 3600, &self->load.seconds);
		else if (key == 'o')
			good = (self->wanted = parse_operations(optarg)) != 0;
		else if (key == 'c')
			good = parse_count(optarg, 10000, &self->load.connections);
		else if (key == 'd')
			good = parse_count(optarg, 1000, &self->load.depth);
		else
			good = false;
	}
	return good && optind == argc - 1;
}

static int run_wire(const arguments *self)
{
	bench_report_head();
	for (int i = 0; i < BENCH_OPERATION_COUNT; i++)
		if ((self->wanted >> i & 1) != 0 &&
		    bench_wire_run(&self->load, (bench_operation)i) != 0)
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	arguments self = { .scale = 1,
		           .wanted = (1u << BENCH_OPERATION_COUNT) - 1,
		           .load = { .connections = 1, .depth = 1, .seconds = 3 } };
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	const bool good = parse(argc, argv, &self);
	const char *verb = good ? argv[optind] : "";
	self.load.sizes = bench_sizes_of(self.scale);
	if (strcmp(verb, "load") == 0 && self.store != NULL)
		return bench_process_load(self.store, &self.load.sizes);
	if (strcmp(verb, "local") == 0 && self.store != NULL) {
		bench_report_head();
		return bench_process_run(self.store, &self.load.sizes, self.wanted,
		                         self.load.seconds);
	}
	if (strcmp(verb, "wire") == 0 && self.load.uri != NULL)
		return run_wire(&self);
	usage(stderr);
	return 2;
}
