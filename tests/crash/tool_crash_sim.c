/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the store crash in many ways and looks at what is left; see README.md. */
#include "base/check.h"
#include "base/clock.h"
#include "tests/crash/simulate.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: crash_sim [OPTION]...\n"
	"  --states N      look at N states (default 50000)\n"
	"  --seconds T     at most so long\n"
	"  --jobs J        in so many processes (default 2)\n"
	"  --seed S        of the first run (default 1)\n"
	"  --only N[.M]    only state N of the run of the seed, or crash M in its recovery;\n"
	"                  describes it and keeps its files\n"
	"  --subject NAME  what crashes: store (default) or records\n"
	"  --lie NAME      with a disk or a program that breaks its word:\n"
	"                 ";

typedef struct arguments {
	simulation plan;
	crash_number only;
	bool expects_findings;
} arguments;

__attribute__((noreturn)) static void explain(int code)
{
	FILE *to = code == 0 ? stdout : stderr;
	fputs(usage, to);
	for (int i = LIE_NONE + 1; i < LIES; i++)
		fprintf(to, " %s", lie_name((lie)i));
	fputs("\n  --caught        stop at the first finding; its absence is the failure\n",
	      to);
	exit(code);
}

static uint64_t number_of(const char *text, char **end)
{
	uint64_t number = strtoull(text, end, 10);
	if (*end == text)
		explain(2);
	return number;
}

static uint64_t whole_number_of(const char *text)
{
	char *end;
	uint64_t number = number_of(text, &end);
	if (*end != '\0')
		explain(2);
	return number;
}

static crash_number crash_of(const char *text)
{
	char *end;
	crash_number ret = { .state = number_of(text, &end) };
	if (*end == '.')
		ret.second = whole_number_of(end + 1);
	else if (*end != '\0' || ret.state == 0)
		explain(2);
	return ret;
}

static lie lie_of(const char *text)
{
	for (int i = LIE_NONE + 1; i < LIES; i++)
		if (strcmp(lie_name((lie)i), text) == 0)
			return (lie)i;
	explain(2);
}

static const crash_subject *subject_of(const char *text)
{
	static const crash_subject *const subjects[] = { &store_subject, &record_subject };
	for (size_t i = 0; i < CX_COUNT_OF(subjects); i++)
		if (strcmp(subjects[i]->name, text) == 0)
			return subjects[i];
	explain(2);
}

static void take_option(arguments *self, int option)
{
	switch (option) {
	case 'n':
		self->plan.states = whole_number_of(optarg);
		return;
	case 't':
		self->plan.seconds = (unsigned)whole_number_of(optarg);
		return;
	case 'j':
		self->plan.jobs = (unsigned)whole_number_of(optarg);
		return;
	case 's':
		self->plan.seed = whole_number_of(optarg);
		return;
	case 'o':
		self->only = crash_of(optarg);
		return;
	case 'l':
		self->plan.lie = lie_of(optarg);
		return;
	case 'u':
		self->plan.subject = subject_of(optarg);
		return;
	case 'c':
		self->plan.stop_at_finding = true;
		return;
	case 'h':
		explain(0);
	default:
		explain(2);
	}
}

static arguments take_options(int count, char **values)
{
	static const struct option options[] = {
		{ "states", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 't' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "seed", required_argument, NULL, 's' },
		{ "only", required_argument, NULL, 'o' },
		{ "subject", required_argument, NULL, 'u' },
		{ "lie", required_argument, NULL, 'l' },
		{ "caught", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	arguments ret = {
		.plan = { .subject = &store_subject, .seed = 1, .states = 50000, .jobs = 2 }
	};
	int option;
	while ((option = getopt_long(count, values, "", options, NULL)) != -1)
		take_option(&ret, option);
	if (optind != count || ret.plan.jobs < 1 || ret.plan.jobs > 64)
		explain(2);
	return ret;
}

int main(int count, char **values)
{
	arguments given = take_options(count, values);
	tally *found = tally_new();
	uint64_t start_ns = cx_clock_monotonic_ns();
	if (given.only.state != 0) {
		given.only.seed = given.plan.seed;
		simulate_only(&given.plan, given.only, found);
	} else {
		simulate(&given.plan, found);
	}
	double seconds = (double)(cx_clock_monotonic_ns() - start_ns) / 1e9;
	tally_print(found);
	printf("%.1f s, %.0f states/s\n", seconds, (double)found->states / seconds);
	bool broken = found->broken > 0;
	bool sound = tally_found(found) == 0;
	tally_free(&found);
	if (broken)
		return 3;
	return sound != given.plan.stop_at_finding ? 0 : 1;
}
