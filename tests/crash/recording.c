/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/recording.h"

#include "base/check.h"
#include "tests/crash/image.h"
#include "tests/crash/recorder.h"

#include <stdio.h>

void recording_make(const crash_subject *subject, const char *path, uint64_t seed,
                    content_ledger *ledger, event_trace *ret)
{
	char store[128];
	int length = snprintf(store, sizeof store, "%s/store", path);
	CX_ASSERT(length > 0 && (size_t)length < sizeof store);
	image_write(&(crash_image){ 0 }, path);
	disk_model empty = { 0 };
	dice roll = { .state = seed };
	recorder_start(path, &empty, dice_u64(&roll));
	subject->run(store, &roll, ledger);
	bool complete = recorder_stop(ret);
	CX_ASSERT(complete);
}
