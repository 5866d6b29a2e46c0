/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/tally.h"

#include <inttypes.h>
#include <stdio.h>

const char *finding_kind_name(finding_kind kind)
{
	static const char *const names[FINDING_KINDS] = {
		[FINDING_LOST] = "acknowledged lost",
		[FINDING_WRONG] = "wrong content",
		[FINDING_REFUSED] = "refused",
		[FINDING_DIED] = "died",
		[FINDING_HUNG] = "hung",
	};
	return names[kind];
}

void tally_add(tally *self, finding_kind kind, crash_number crash, const char *text)
{
	uint64_t place = atomic_fetch_add(&self->found[kind], 1);
	if (place >= FINDINGS_MAX)
		return;
	finding *kept = &self->findings[kind][place];
	kept->crash = crash;
	snprintf(kept->text, sizeof kept->text, "%s", text);
}

uint64_t tally_found(const tally *self)
{
	uint64_t sum = 0;
	for (int kind = 0; kind < FINDING_KINDS; kind++)
		sum += atomic_load(&self->found[kind]);
	return sum;
}

static void print_finding(finding_kind kind, const finding *one)
{
	printf("%s: --seed %" PRIu64 " --only %" PRIu64, finding_kind_name(kind),
	       one->crash.seed, one->crash.state);
	if (one->crash.second != 0)
		printf(".%" PRIu64, one->crash.second);
	printf(": %s\n", one->text);
}

void tally_print(const tally *self)
{
	for (int kind = 0; kind < FINDING_KINDS; kind++)
		for (size_t i = 0; i < FINDINGS_MAX && i < atomic_load(&self->found[kind]); i++)
			print_finding((finding_kind)kind, &self->findings[kind][i]);
	printf("%" PRIuFAST64 " states of %" PRIuFAST64 " runs, %" PRIuFAST64
	       " of them in a second crash; %" PRIuFAST64 " repeated\n",
	       atomic_load(&self->states), atomic_load(&self->seeds),
	       atomic_load(&self->seconds), atomic_load(&self->repeats));
	if (atomic_load(&self->broken) > 0)
		printf("%" PRIuFAST64 " runs failed before anything crashed\n",
		       atomic_load(&self->broken));
	for (int kind = 0; kind < FINDING_KINDS; kind++)
		printf("%s%s: %" PRIuFAST64, kind > 0 ? ", " : "",
		       finding_kind_name((finding_kind)kind), atomic_load(&self->found[kind]));
	printf("\n");
}
