/* SPDX-License-Identifier: Apache-2.0 */
/* watch, unwatch, credit; and whose turn it is. */
#include "daemon/methods/watch.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/msgpack.h"
#include "daemon/methods/answers.h"
#include "daemon/methods/watching.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t progress_ns = UINT64_C(1000) * 1000 * PROTO_WATCH_PROGRESS_MS;

/* ---- the list ---- */

static void append(daemon__watches *watches, daemon__watch *watch)
{
	watch->next = NULL;
	if (watches->last != NULL)
		watches->last->next = watch;
	else
		watches->first = watch;
	watches->last = watch;
	watches->count++;
}

/* The one behind `before`; NULL: the first. */
static daemon__watch *take_out(daemon__watches *watches, daemon__watch *before)
{
	daemon__watch *watch = before == NULL ? watches->first : before->next;
	if (before == NULL)
		watches->first = watch->next;
	else
		before->next = watch->next;
	if (watches->last == watch)
		watches->last = before;
	watches->count--;
	return watch;
}

static void free_watch(daemon__watch **watch)
{
	if (*watch != NULL)
		daemon__roster_leave(&(*watch)->listed);
	free(*watch);
	*watch = NULL;
}

/* Lets others know how far it has come. */
static void show(daemon__watch *watch)
{
	atomic_store(&watch->listed.seq, watch->place.seq);
	atomic_store(&watch->listed.waits, watch->credit == 0);
}

static cx_status find(const daemon__watches *watches, uint64_t number, daemon__watch **ret,
                      daemon__watch **ret_before, cx_error *error)
{
	daemon__watch *before = NULL;
	for (daemon__watch *watch = watches->first; watch != NULL; watch = watch->next) {
		if (watch->number == number) {
			*ret = watch;
			*ret_before = before;
			return CX_OK;
		}
		before = watch;
	}
	return cx_fail(error, CX_NOT_FOUND, "there is no watch %" PRIu64 " on this connection",
	               number);
}

void daemon__watches_release(daemon__watches *watches)
{
	while (watches->first != NULL) {
		daemon__watch *watch = take_out(watches, NULL);
		free_watch(&watch);
	}
}

static void write_end(const daemon__watch *watch, cx_status status, const cx_error *error,
                      cx_buf *out)
{
	proto_notification_begin(PROTO_NOTIFY_WATCH_END, 2, out);
	cx_write_uint(out, watch->number);
	proto_error_write(status, error, out);
}

void daemon__watches_end(daemon__watches *watches, cx_status status, cx_buf *out)
{
	for (const daemon__watch *watch = watches->first; watch != NULL; watch = watch->next)
		write_end(watch, status, NULL, out);
	daemon__watches_release(watches);
}

/* ---- turns ---- */

static bool is_due(const daemon__watch *watch, uint64_t now_ns)
{
	if (watch->rows.active || watch->credit == 0)
		return false;
	return !watch->caught_up ||
	       (watch->place.seq > watch->told + 1 && now_ns >= watch->told_ns + progress_ns);
}

uint64_t daemon__watches_due_ns(const daemon__watches *watches)
{
	uint64_t due_ns = UINT64_MAX;
	for (const daemon__watch *watch = watches->first; watch != NULL; watch = watch->next) {
		const bool owes = !watch->rows.active && watch->credit > 0 &&
		                  watch->place.seq > watch->told + 1;
		if (owes && watch->told_ns + progress_ns < due_ns)
			due_ns = watch->told_ns + progress_ns;
	}
	return due_ns;
}

/* False when it had to be ended. */
static bool take_turn(daemon__watch *watch, const daemon__watch_turn *turn)
{
	const size_t begin = turn->out->size;
	cx_error error;
	cx_error_clear(&error);
	cx_status status = daemon__watch_turn_take(watch, turn, &error);
	if (status == CX_OK)
		status = cx_buf_status(turn->out);
	if (status == CX_OK)
		return true;
	cx_buf_truncate(turn->out, begin);
	write_end(watch, status, error.status == status ? &error : NULL, turn->out);
	return false;
}

/* True when it had something to do. `*ret_keep`: it goes on. */
static bool serve(daemon__watch *watch, const daemon__watch_turn *turn, bool *ret_keep)
{
	*ret_keep = true;
	if (watch->credit > 0 && daemon__watch_has_more(watch, engine_read_seq(turn->read))) {
		*ret_keep = take_turn(watch, turn);
		if (*ret_keep && watch->place.seq > watch->told + 1 &&
		    turn->now_ns >= watch->told_ns + progress_ns)
			daemon__watch_tell(watch, turn->now_ns, turn->out);
		return true;
	}
	if (!is_due(watch, turn->now_ns))
		return false;
	watch->caught_up = true;
	daemon__watch_tell(watch, turn->now_ns, turn->out);
	return true;
}

bool daemon__watches_go_on(daemon__watches *watches, const daemon__watch_turn *turn)
{
	const uint32_t count = watches->count;
	for (uint32_t i = 0; i < count; i++) {
		bool keep;
		daemon__watch *watch = take_out(watches, NULL);
		const bool served = serve(watch, turn, &keep);
		if (served)
			show(watch);
		if (keep)
			append(watches, watch);
		else
			free_watch(&watch);
		if (served)
			return true;
	}
	return false;
}

/* ---- methods ---- */

static cx_slice keep(cx_slice bytes, uint8_t **at)
{
	if (bytes.size == 0)
		return (cx_slice){ 0 };
	const cx_slice kept = { .data = *at, .size = bytes.size };
	memcpy(*at, bytes.data, bytes.size);
	*at += bytes.size;
	return kept;
}

/* With copies of what the options point to. */
static cx_status new_watch(const proto_options *options, daemon__watch **ret, cx_error *error)
{
	const size_t size = options->types.size + options->where.size + options->only.size;
	if (size > PROTO_WATCH_OPTIONS_BYTES)
		return cx_fail(error, CX_TOO_LARGE,
		               "types, filter and fields of a watch have at most %d bytes "
		               "together",
		               PROTO_WATCH_OPTIONS_BYTES);
	daemon__watch *watch = calloc(1, sizeof *watch + size);
	if (watch == NULL)
		return cx_fail(error, CX_NO_MEMORY, "%s", cx_status_text(CX_NO_MEMORY));
	watch->listed.bytes = sizeof *watch + size;
	uint8_t *at = watch->bytes;
	watch->options = *options;
	watch->options.types = keep(options->types, &at);
	watch->options.where = keep(options->where, &at);
	watch->options.only = keep(options->only, &at);
	*ret = watch;
	return CX_OK;
}

static cx_status check_credit(uint64_t had, uint64_t more, cx_error *error)
{
	if (more <= PROTO_WATCH_CREDIT_MAX && had + more <= PROTO_WATCH_CREDIT_MAX)
		return CX_OK;
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "credit: a watch has at most %d, and this one has %" PRIu64,
	               PROTO_WATCH_CREDIT_MAX, had);
}

static cx_status refuse(void *context, const engine_logged *change)
{
	(void)context;
	(void)change;
	return CX_BUSY;
}

/* Where it begins; refuses what is not kept any more. */
static cx_status begin(daemon__watch *watch, engine_read *read, cx_error *error)
{
	const proto_options *options = &watch->options;
	const uint64_t seq = engine_read_seq(read);
	const bool given = (options->given & PROTO_BIT(FROM)) != 0;
	const bool resumes = (options->given & PROTO_BIT(ROWS_AFTER)) != 0;
	if (resumes && !(given && options->snapshot))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "rows_after goes on with a snapshot that was cut off: it needs "
		               "snapshot, and from one behind the seq it began at");
	if (given && options->snapshot && !resumes)
		return cx_fail(
			error, CX_INVALID_ARGUMENT,
			"from and snapshot exclude each other: after the rows of a "
			"snapshot its changes follow by themselves; one that was cut off "
			"goes on with rows_after");
	if (given && (options->from == 0 || options->from > seq + 1))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "from must lie between 1 and %" PRIu64
		               ", one behind the last change",
		               seq + 1);
	watch->place.seq = given ? options->from : seq + 1;
	watch->told = watch->place.seq - 1;
	watch->rows.active = options->snapshot;
	watch->caught_up = watch->place.seq > seq && !options->snapshot;
	engine_place place = watch->place;
	cx_status status = engine_changes_step(read, &place, 0, refuse, NULL, error);
	if (status == CX_OK && resumes)
		status = daemon__watch_rows_after(watch, read, options->rows_after, error);
	watch->options.rows_after = (cx_slice){ 0 }; /* it is of the request */
	return status;
}

cx_status daemon__answer_watch(daemon__call *call, cx_error *error)
{
	const proto_options *options = &call->request->options;
	daemon__watches *watches = &call->session->watches;
	CX_SCOPED(free_watch) daemon__watch *watch = NULL;
	if (watches->count >= PROTO_WATCHES_MAX)
		return cx_fail(error, CX_TOO_LARGE,
		               "a connection has at most %d watches: end one with unwatch, or "
		               "open another connection",
		               PROTO_WATCHES_MAX);
	const bool given = (options->given & PROTO_BIT(CREDIT)) != 0;
	const uint64_t credit = given ? options->credit : PROTO_WATCH_CREDIT_DEFAULT;
	cx_status status = check_credit(0, credit, error);
	if (status == CX_OK)
		status = new_watch(options, &watch, error);
	if (status == CX_OK)
		status = daemon__watch_check(watch, call->read, error);
	if (status == CX_OK)
		status = begin(watch, call->read, error);
	if (status != CX_OK)
		return status;
	watch->number = ++watches->numbers;
	watch->credit = credit;
	watch->told_ns = cx_clock_monotonic_ns();
	cx_write_array(call->out, 2);
	cx_write_uint(call->out, watch->number);
	cx_write_uint(call->out, engine_read_seq(call->read));
	show(watch);
	daemon__roster_join(&call->context->watches, &watch->listed);
	append(watches, watch);
	watches->stirred = true;
	watch = NULL; /* now the list's */
	return CX_OK;
}

cx_status daemon__answer_unwatch(daemon__call *call, cx_error *error)
{
	daemon__watches *watches = &call->session->watches;
	daemon__watch *watch = NULL;
	daemon__watch *before = NULL;
	cx_status status = find(watches, call->request->watch, &watch, &before, error);
	if (status != CX_OK)
		return status;
	watch = take_out(watches, before);
	free_watch(&watch);
	cx_write_bool(call->out, true);
	return CX_OK;
}

cx_status daemon__answer_credit(daemon__call *call, cx_error *error)
{
	daemon__watches *watches = &call->session->watches;
	daemon__watch *watch = NULL;
	daemon__watch *before = NULL;
	const uint64_t more = call->request->amount;
	cx_status status = find(watches, call->request->watch, &watch, &before, error);
	if (status == CX_OK && more == 0)
		status = cx_fail(error, CX_INVALID_ARGUMENT, "credit: n must be at least 1");
	if (status == CX_OK)
		status = check_credit(watch->credit, more, error);
	if (status != CX_OK)
		return status;
	watch->credit += more;
	show(watch);
	watches->stirred = true;
	cx_write_uint(call->out, watch->credit);
	return CX_OK;
}
