/* SPDX-License-Identifier: Apache-2.0 */
/* watch: changes as they come, across restarts of the server and of the tool. */
#include "client/cli/command.h"
#include "client/cli/logged.h"
#include "client/cli/place.h"

#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_FIRST_MS = 50, WAIT_MOST_MS = 2000, TYPES_BYTES_MAX = 1 << 16 };

typedef struct arguments {
	const char *where;
	const char *state;
	const char *append;
	const char *from;
	const char *fields;
	uint64_t count; /* 0 = no end */
} arguments;

typedef struct following {
	cli_context *context;
	const arguments *given;
	cardex_request request;
	cardex_watcher *watcher;
	FILE *out;
	bool lines;      /* JSON, one a line */
	cli_place place; /* behind what was printed */
	uint64_t printed;
	bool failed; /* the output cannot be written */
	bool ended;  /* by the server, or with the connection: context->error says why */
	bool done;   /* all that was asked for is printed */
} following;

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

/* ---- lines ---- */

static const char *side_of(const cardex_value *change)
{
	const cardex_value *was = cardex_value_member(change, "was");
	const cardex_value *is = cardex_value_member(change, "is");
	if (was == NULL)
		return "";
	if (cardex_value_kind_of(was) != CARDEX_VALUE_BOOL ||
	    cardex_value_kind_of(is) != CARDEX_VALUE_BOOL)
		return " (unknown)";
	if (!cardex_value_bool(was))
		return " (comes)";
	return cardex_value_bool(is) ? "" : " (leaves)";
}

static bool print_text(const cardex_value *change, FILE *out)
{
	char at[CLI_TIME_TEXT_SIZE];
	cli_logged_time(change, at);
	char *values = cli_logged_values(change);
	const bool good =
		fprintf(out, "%" PRId64 "  %s  %s%s  %s %" PRId64 "  ",
	                cli_logged_figure(change, "seq"), at, cli_logged_text(change, "kind"),
	                side_of(change), cli_logged_text(change, "type"),
	                cli_logged_figure(change, "id")) > 0 &&
		cli_logged_end_line(values, out);
	free(values);
	return good;
}

static void on_change(void *context, const cardex_value *change)
{
	following *self = context;
	if (self->done || self->failed)
		return;
	self->failed = !(self->lines ? cli_logged_json(change, self->out)
	                             : print_text(change, self->out));
	self->place = (cli_place){ .seq = (uint64_t)cli_logged_figure(change, "seq"),
		                   .part = (uint32_t)cli_logged_figure(change, "part") + 1 };
	self->printed++;
	self->done = self->printed == self->given->count;
}

static void on_row(void *context, const char *type, const cardex_value *names,
                   const cardex_value *row)
{
	following *self = context;
	const char *last_type;
	int64_t last_id;
	if (self->failed)
		return;
	const uint64_t next = cardex_watcher_row(self->watcher, &last_type, &last_id);
	self->failed = !cli_logged_row(next > 0 ? next - 1 : 0, type, names, row, self->lines,
	                               self->out);
	if (next > 0)
		self->place = cli_place_of_row(next, last_type, last_id);
}

/* From here on there is a place to go on from. */
static void on_rows_end(void *context)
{
	following *self = context;
	uint32_t part;
	const uint64_t next = cardex_watcher_next(self->watcher, &part);
	self->place = (cli_place){ .seq = next };
	self->request.snapshot = false;
	if (self->lines &&
	    fprintf(self->out, "{\"kind\":\"rows_end\",\"seq\":%" PRIu64 "}\n", next - 1) < 0)
		self->failed = true;
}

static void on_end(void *context, const cardex_error *error)
{
	following *self = context;
	self->ended = true;
	self->context->error = *error;
}

/* ---- following ---- */

static bool may_come_back(const cardex_error *error)
{
	return error->status == CARDEX_DISCONNECTED || error->retryable;
}

/* What was printed is written before its place is kept. */
static bool keep(following *self)
{
	uint32_t part;
	const uint64_t seq =
		self->watcher != NULL ? cardex_watcher_next(self->watcher, &part) : 0;
	if (!self->done && seq > 0)
		self->place = (cli_place){ .seq = seq, .part = part };
	if (fflush(self->out) != 0)
		self->failed = true;
	if (self->failed)
		return false;
	return self->given->state == NULL || self->place.seq == 0 ||
	       cli_place_save(self->given->state, self->place);
}

/* Waits with signals let through. */
static void wait_for(int fd, short events, int ms)
{
	struct pollfd waiting = { .fd = fd, .events = events };
	const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
	sigset_t none;
	sigemptyset(&none);
	ppoll(&waiting, fd >= 0, ms < 0 ? NULL : &time, &none);
}

static cardex_status open_watch(following *self)
{
	static const cardex_watch_handlers handlers = { .on_change = on_change,
		                                        .on_row = on_row,
		                                        .on_rows_end = on_rows_end,
		                                        .on_end = on_end };
	cardex_watch_handlers mine = handlers;
	mine.context = self;
	cli_context *context = self->context;
	const cardex_options options = { .client_name = "cardex watch" };
	const bool in_rows = self->place.type[0] != '\0';
	if (self->place.seq > 0) {
		self->request.from = self->place.seq;
		self->request.from_part = self->place.part;
		self->request.snapshot = in_rows;
		self->request.rows_after_type = in_rows ? self->place.type : NULL;
		self->request.rows_after_id = self->place.id;
	}
	cardex_status status = CARDEX_OK;
	if (context->conn == NULL)
		status =
			cardex_connect(context->uri, &options, &context->conn, &context->error);
	if (status == CARDEX_OK)
		status = cardex_watch(context->conn, &self->request, &mine, &self->watcher,
		                      &context->error);
	return status;
}

/* Until the watch has ended or nothing more is wanted. False: what is printed or its place
 * cannot be written. */
static bool follow(following *self)
{
	cardex_conn *conn = self->context->conn;
	self->ended = false;
	bool good = keep(self);
	while (good && !self->ended && !self->done && !stopped) {
		wait_for(cardex_fd(conn), cardex_events(conn), -1);
		cardex_error error;
		const cardex_status status = cardex_process(conn, &error);
		(void)status; /* on_end was told */
		good = keep(self);
	}
	return good;
}

/* A snapshot that cannot be gone on with begins anew; who reads it compares revisions. */
static bool begins_anew(following *self, const cardex_error *why)
{
	if (self->place.type[0] == '\0' ||
	    (why->status != CARDEX_COMPACTED && why->status != CARDEX_NO_TYPE))
		return false;
	fprintf(stderr, "cardex: %s; the snapshot begins anew\n", why->message);
	self->place = (cli_place){ 0 };
	self->request.from = 0;
	self->request.rows_after_type = NULL;
	self->request.snapshot = true;
	return true;
}

static void close_watch(following *self)
{
	cardex_unwatch(&self->watcher);
	cardex_close(&self->context->conn);
}

static cli_exit run(following *self)
{
	int wait_ms = WAIT_FIRST_MS;
	bool followed = false;
	while (!stopped && !self->done) {
		if (open_watch(self) == CARDEX_OK) {
			followed = true;
			wait_ms = WAIT_FIRST_MS;
			const bool good = follow(self);
			if (!good || !self->ended) {
				close_watch(self);
				return good ? CLI_OK : CLI_SERVER;
			}
		}
		const cardex_error why = self->context->error;
		close_watch(self);
		self->context->error = why;
		if (begins_anew(self, &why))
			continue;
		/* What is wrong from the beginning is said at once. */
		if (!followed || !may_come_back(&why))
			return cli_fail(self->context);
		if (wait_ms == WAIT_FIRST_MS)
			fprintf(stderr, "cardex: %s; trying again\n", why.message);
		wait_for(-1, 0, wait_ms);
		wait_ms = wait_ms * 2 < WAIT_MOST_MS ? wait_ms * 2 : WAIT_MOST_MS;
	}
	return CLI_OK;
}

static cli_exit follow_to_the_end(following *self)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t ours;
	sigset_t before;
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	struct sigaction old[2];
	stopped = 0;
	sigprocmask(SIG_BLOCK, &ours, &before);
	sigaction(SIGINT, &action, &old[0]);
	sigaction(SIGTERM, &action, &old[1]);
	const cli_exit end = run(self);
	/* One that came twice counts once: ignoring forgets what is pending. */
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGTERM, &ignore, NULL);
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return end;
}

/* ---- arguments ---- */

static bool read_number(const char *text, uint64_t *ret)
{
	char *end;
	const unsigned long long number = strtoull(text, &end, 10);
	*ret = number;
	return *text >= '0' && *text <= '9' && *end == '\0' && number > 0 &&
	       number <= INT64_MAX;
}

static bool parse(int argc, char **argv, arguments *self)
{
	static const struct option options[] = {
		{ "where", required_argument, NULL, 'w' },
		{ "from", required_argument, NULL, 'f' },
		{ "fields", required_argument, NULL, 'c' },
		{ "state", required_argument, NULL, 's' },
		{ "append", required_argument, NULL, 'a' },
		{ "count", required_argument, NULL, 'n' },
		{ 0 },
	};
	optind = 0;
	for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 'w')
			self->where = optarg;
		else if (key == 'f')
			self->from = optarg;
		else if (key == 'c')
			self->fields = optarg;
		else if (key == 's')
			self->state = optarg;
		else if (key == 'a')
			self->append = optarg;
		else if (key != 'n' || !read_number(optarg, &self->count))
			return false;
	}
	return self->state == NULL || self->append == NULL;
}

static bool set_from(const char *from, cardex_request *request)
{
	if (from == NULL || strcmp(from, "now") == 0)
		return true;
	request->snapshot = strcmp(from, "snapshot") == 0;
	return request->snapshot || read_number(from, &request->from);
}

static cli_exit set_filter(cli_context *self, const arguments *given, int types,
                           const char *name, cardex_doc **ret)
{
	if (given->where == NULL)
		return CLI_OK;
	if (types != 1)
		return cli_usage("--where needs exactly one TYPE");
	cli_exit end = CLI_OK;
	const cardex_type *type = cli_type(self, name, &end);
	if (type != NULL &&
	    cardex_filter_parse(given->where, type, ret, &self->error) != CARDEX_OK)
		end = cli_fail(self);
	return end;
}

/* Where it goes on, if it has been there before, and where the lines go. */
static bool open_output(following *self)
{
	const arguments *given = self->given;
	self->out = stdout;
	self->lines = self->context->format != CLI_TABLE;
	if (given->state != NULL)
		return cli_place_load(given->state, &self->place);
	if (given->append == NULL)
		return true;
	self->lines = true;
	self->out = cli_place_open_lines(given->append, &self->place);
	return self->out != NULL;
}

static cli_exit watch(following *self)
{
	if (!open_output(self))
		return CLI_SERVER;
	cli_exit end = follow_to_the_end(self);
	if (self->out == stdout)
		return end;
	if (fclose(self->out) != 0 && end == CLI_OK) {
		fprintf(stderr, "cardex: %s could not be written\n", self->given->append);
		end = CLI_SERVER;
	}
	return end;
}

cli_exit cli_run_watch(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	following follower = { .context = self, .given = &given };
	if (!parse(argc, argv, &given) || !set_from(given.from, &follower.request) ||
	    self->format == CLI_CSV)
		return cli_usage(
			"usage: cardex [--format ndjson] watch [TYPE…] [--where FILTER] "
			"[--from now|snapshot|SEQ] [--fields LIST] [--state FILE | "
			"--append FILE] [--count N]");
	CX_SCOPED(cx_buf_release) cx_buf types = CX_BUF_INIT(TYPES_BYTES_MAX);
	for (int i = optind; i < argc; i++)
		cx_buf_printf(&types, "%s%s", i == optind ? "" : ",", argv[i]);
	cx_buf_append_byte(&types, '\0');
	if (cx_buf_status(&types) != CX_OK)
		return cli_usage("the names of the types are too long");
	cardex_doc *filter = NULL;
	cli_exit end = set_filter(self, &given, argc - optind, argv[optind], &filter);
	if (end == CLI_OK) {
		follower.request.types = optind < argc ? (const char *)types.data : NULL;
		follower.request.columns = given.fields;
		follower.request.filter = filter;
		end = watch(&follower);
	}
	cardex_doc_free(&filter);
	return end;
}
