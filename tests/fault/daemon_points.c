/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/daemon_points.h"

#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { SECONDS_MAX = 40 };

static raw_store base; /* what every run begins with */

int daemon_points_begin(void **state)
{
	(void)state;
	raw_init(&base, NULL);
	faults_share();
	requests_prepare(base.folder);
	return 0;
}

int daemon_points_end(void **state)
{
	(void)state;
	raw_release(&base);
	return 0;
}

typedef struct plan {
	fault how;
	unsigned point;
} plan;

static void arm(void *context)
{
	const plan *what = context;
	faults_arm(what->how, what->point);
}

static unsigned run_point(raw_store *store, fault how, unsigned point, daemon_total *all,
                          daemon_end_check *check_end)
{
	char label[128];
	snprintf(label, sizeof label, "%s, call %u", fault_text(how), point);
	faults_deadline(SECONDS_MAX, label);
	raw_copy(store, &base);
	faults_watch(store->folder);
	plan what = { .how = how, .point = point };
	daemon_child daemon;
	requests_outcome found;
	daemon_child_start(&daemon, store->folder, NULL, arm, &what);
	requests_run(&daemon, &found);
	int code = daemon_child_stop(&daemon, found.closed);
	unsigned calls = faults_disarm();
	check_end(store->folder, &found, code, all);
	requests_verify(store->folder, &found);
	assert_int_equal(raw_files(store), 1);
	all->points++;
	all->hit += faults_have_hit();
	all->done += found.done;
	all->in_doubt += found.in_doubt;
	all->refused += found.refused;
	return calls;
}

void daemon_fail(fault how, unsigned wanted, daemon_end_check *check_end)
{
	raw_store store;
	daemon_total all = { 0 };
	raw_init(&store, NULL);
	unsigned calls = run_point(&store, how, 0, &all, check_end);
	assert_int_equal(all.done, REQUESTS);
	unsigned step = faults_step(calls, wanted);
	unsigned first = faults_first(&calls);
	all = (daemon_total){ 0 };
	for (unsigned point = first; point <= calls; point += step)
		(void)run_point(&store, how, point, &all, check_end);
	faults_deadline(0, "");
	print_message("%s: %u of %u calls, %u hit; requests: %u done, %u in doubt, %u refused, "
	              "0 lost; ends: %u by IO, %u at the start, %u fail while closing\n",
	              fault_text(how), all.points, calls, all.hit, all.done, all.in_doubt,
	              all.refused, all.exits_io, all.exits_start, all.at_the_end);
	daemon_child_remove_log(store.folder);
	raw_release(&store);
}
