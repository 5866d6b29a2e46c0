/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/recovery.h"

#include "tests/crash/recorder.h"

#include <stdio.h>

typedef struct attempt {
	const crash_subject *subject;
	const char *path;
	void *store;
	cx_error error;
} attempt;

static recovery failed(attempt *self, recovery_end end, cx_status status)
{
	recovery ret = { .end = end };
	snprintf(ret.text, sizeof ret.text, "%s: %.100s", cx_status_name(status),
	         self->error.text);
	if (self->store != NULL)
		self->subject->close(&self->store);
	return ret;
}

static void shown(content_ledger *ledger, uint64_t content)
{
	if (ledger != NULL)
		recorder_note(EVENT_SHOWN, ledger_add(ledger, content));
}

/* The store is open, and closed on return. */
static recovery write_and_look(attempt *self, uint64_t content, content_ledger *ledger)
{
	const crash_subject *subject = self->subject;
	uint64_t written;
	uint64_t kept;
	if (ledger != NULL)
		recorder_note(EVENT_BEGIN, ledger->count);
	cx_status status = subject->write(self->store, content);
	if (status != CX_OK)
		return failed(self, RECOVERY_READ_ONLY, status);
	status = subject->show(self->store, &written, &self->error);
	if (status != CX_OK)
		return failed(self, RECOVERY_UNREADABLE, status);
	if (ledger != NULL)
		recorder_note(EVENT_ACK, ledger_add(ledger, written));
	subject->close(&self->store);

	status = subject->open(self->path, true, &self->store, &self->error);
	if (status != CX_OK)
		return failed(self, RECOVERY_REFUSED, status);
	status = subject->show(self->store, &kept, &self->error);
	if (status != CX_OK)
		return failed(self, RECOVERY_UNREADABLE, status);
	if (kept != written)
		return failed(self, RECOVERY_FORGOT, CX_OK);
	return (recovery){ .end = RECOVERY_OK };
}

recovery recover(const crash_subject *subject, const char *path, bool must_exist,
                 bool write_too, content_ledger *ledger)
{
	attempt self = { .subject = subject, .path = path };
	uint64_t content;
	cx_status status = subject->open(path, must_exist, &self.store, &self.error);
	if (status != CX_OK)
		return failed(&self, RECOVERY_REFUSED, status);
	status = subject->show(self.store, &content, &self.error);
	if (status != CX_OK)
		return failed(&self, RECOVERY_UNREADABLE, status);
	shown(ledger, content);

	recovery ret = { .end = RECOVERY_OK };
	if (write_too)
		ret = write_and_look(&self, content, ledger);
	ret.content = content;
	if (self.store != NULL)
		subject->close(&self.store);
	return ret;
}
