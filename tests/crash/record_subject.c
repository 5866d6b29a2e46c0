/* SPDX-License-Identifier: Apache-2.0 */
/* The record layer: requests in groups, as the daemon's writer has them. The next group is
 * executed while those before go to disk. */
#include "base/check.h"
#include "engine/record.h"
#include "tests/crash/recorder.h"
#include "tests/crash/records.h"
#include "tests/crash/subject.h"

#include <stdlib.h>

enum {
	STEPS = 24,
	GROUP_MAX = 4,
	PIPELINE_MAX = 4,
	MAP_BYTES = 32 << 20,
};

#define MUST(call) CX_ASSERT((call) == CX_OK)

static engine_options options; /* of the last run */

typedef struct world {
	const char *path;
	content_ledger *ledger;
	records records;
} world;

/* ---- a run ---- */

static void open_world(world *self)
{
	MUST(records_open(self->path, &options, &self->records.engine, NULL));
}

typedef struct group {
	size_t number; /* in the ledger; 0 = none */
	engine_commit commit;
} group;

static size_t begin_number(world *self, engine_write *write)
{
	uint64_t hash;
	MUST(records_hash(self->records.engine, engine_write_view(write),
	                  engine_write_seq(write) - 1, &hash));
	size_t number = ledger_add(self->ledger, hash);
	recorder_note(EVENT_BEGIN, number);
	return number;
}

static group submit(world *self)
{
	group ret = { 0 };
	engine_write *write;
	dice *roll = self->records.roll;
	MUST(engine_write_begin(self->records.engine, &write));
	for (uint64_t i = 1 + dice_below(roll, GROUP_MAX); i > 0; i--)
		records_request(&self->records, write);
	if (engine_write_operations(write) == 0 || dice_one_in(roll, 12)) {
		engine_write_abort(&write);
		return ret;
	}
	ret.number = begin_number(self, write);
	MUST(engine_write_submit(&write, &ret.commit));
	return ret;
}

static void wait_for(world *self, const group *what)
{
	MUST(engine_commit_wait(self->records.engine, what->commit));
	recorder_note(EVENT_ACK, what->number);
}

/* All are waited for, or only the last. */
static void pipeline(world *self)
{
	group groups[PIPELINE_MAX];
	size_t count = 0;
	dice *roll = self->records.roll;
	for (uint64_t i = 1 + dice_below(roll, PIPELINE_MAX); i > 0; i--) {
		groups[count] = submit(self);
		count += groups[count].number > 0;
	}
	bool all = dice_one_in(roll, 2);
	for (size_t i = 0; i < count; i++)
		if (all || i + 1 == count)
			wait_for(self, &groups[i]);
}

static void add_empty(world *self)
{
	engine_read *read;
	uint64_t hash;
	MUST(engine_read_begin(self->records.engine, &read));
	MUST(records_hash(self->records.engine, read, engine_read_seq(read), &hash));
	engine_read_end(&read);
	ledger_add(self->ledger, hash);
}

static void run(const char *path, dice *roll, content_ledger *ledger)
{
	world self = {
		.path = path,
		.ledger = ledger,
		.records = { .roll = roll, .now_ms = 1000 },
	};
	options = (engine_options){
		.map_bytes = MAP_BYTES,
		.readers_max = 8,
		.journal_bytes = UINT64_C(4096) << dice_below(roll, 5),
		.journal_age_ms = 1 + dice_below(roll, 20),
	};
	open_world(&self);
	add_empty(&self);
	recorder_note(EVENT_ACK, 0);
	for (int i = 0; i < STEPS; i++) {
		pipeline(&self);
		if (dice_one_in(roll, 12)) {
			engine_close(&self.records.engine);
			open_world(&self);
		}
	}
	engine_close(&self.records.engine);
	cx_buf_release(&self.records.fields);
}

/* ---- after a crash ---- */

static cx_status open_records(const char *path, bool must_exist, void **ret, cx_error *error)
{
	engine_options wanted = options;
	wanted.must_exist = must_exist;
	engine *opened;
	cx_status status = records_open(path, &wanted, &opened, error);
	if (status == CX_OK)
		*ret = opened;
	return status;
}

static void close_records(void **opened)
{
	engine *self = *opened;
	engine_close(&self);
	*opened = NULL;
}

static cx_status show_records(void *opened, uint64_t *ret_hash, cx_error *error)
{
	engine *self = opened;
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	cx_status status = engine_read_begin(self, &read);
	if (status != CX_OK)
		return cx_fail(error, status, "no snapshot");
	status = records_check(self, read, error);
	if (status != CX_OK)
		return status;
	status = records_hash(self, read, engine_read_seq(read), ret_hash);
	return status == CX_OK ? CX_OK : cx_fail(error, status, "reading records");
}

static cx_status write_record(void *opened, uint64_t found)
{
	(void)found;
	engine *self = opened;
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	cx_status status = engine_write_begin(self, &write);
	if (status == CX_OK)
		status = records_add_firm(self, write, (int64_t)engine_write_seq(write));
	return status == CX_OK ? engine_write_commit(&write) : status;
}

const crash_subject record_subject = {
	.name = "records",
	.run = run,
	.open = open_records,
	.show = show_records,
	.write = write_record,
	.close = close_records,
};
