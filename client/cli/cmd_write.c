/* SPDX-License-Identifier: Apache-2.0 */
/* create update upsert delete undelete purge */
#include "client/cli/command.h"
#include "client/cli/fields.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

static void print_outcome(const cli_context *self, const char *type, const char *what,
                          const cardex_outcome *outcome)
{
	if (self->format == CLI_JSON || self->format == CLI_NDJSON) {
		printf("{\"type\":\"%s\",\"id\":%" PRId64 ",\"rev\":%" PRId64
		       ",\"seq\":%" PRIu64 ",\"affected\":%" PRIu32 ",\"created\":%s}\n",
		       type, outcome->id, outcome->rev, outcome->seq, outcome->affected,
		       outcome->created ? "true" : "false");
		return;
	}
	printf("%s %" PRId64 " %s, rev %" PRId64 ", seq %" PRIu64, type, outcome->id, what,
	       outcome->rev, outcome->seq);
	if (outcome->affected > 1)
		printf(", %" PRIu32 " records changed", outcome->affected);
	putchar('\n');
}

typedef struct arguments {
	const char *file;
	int64_t if_rev;
	bool dry_run;
} arguments;

/* Options may stand anywhere; what is left is in order from argv[optind]. */
static bool parse(int argc, char **argv, arguments *self)
{
	static const struct option options[] = {
		{ "file", required_argument, NULL, 'f' },
		{ "if-rev", required_argument, NULL, 'r' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ 0 },
	};
	optind = 0;
	for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 'f')
			self->file = optarg;
		else if (key == 'r' && !cli_parse_id(optarg, &self->if_rev))
			return false;
		else if (key == 'n')
			self->dry_run = true;
		else if (key == '?')
			return false;
	}
	return true;
}

static cli_exit send(cli_context *self, const cardex_request *request, const char *what)
{
	cardex_result *result = NULL;
	cardex_outcome outcome = { 0 };
	if (cardex_call(self->conn, request, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	cardex_result_outcome(result, 0, &outcome);
	cardex_result_free(&result);
	if (request->dry_run)
		what = "would be written";
	else if (what == NULL)
		what = outcome.created        ? "created"
		       : outcome.affected > 0 ? "updated"
		                              : "unchanged";
	print_outcome(self, request->type, what, &outcome);
	return CLI_OK;
}

static cli_exit send_fields(const arguments *given, cli_fields *source, cardex_request *request)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	source->file = given->file;
	source->method = request->method;
	source->id = request->id;
	cli_exit end = cli_fields_add(source, fields);
	cli_fields_release(source);
	request->type = source->type->name;
	request->fields = fields;
	request->if_rev = given->if_rev;
	request->dry_run = given->dry_run;
	return end == CLI_OK ? send(source->context, request, NULL) : end;
}

/* Runs a write of `words` words, then FIELD=VALUE…, from argv[optind] on; the first is the
 * type. */
static cli_exit run(cli_context *self, int argc, char **argv, int words, const arguments *given,
                    cardex_request *request)
{
	cli_exit end = CLI_OK;
	cli_fields source = { .context = self,
		              .type = cli_type(self, argv[optind], &end),
		              .count = argc - optind - words,
		              .arguments = argv + optind + words };
	if (source.type == NULL)
		return end;
	return send_fields(given, &source, request);
}

cli_exit cli_run_create(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	if (!parse(argc, argv, &given) || optind >= argc)
		return cli_usage(
			"usage: cardex create TYPE FIELD=VALUE… [--file FILE] [--dry-run]");
	cardex_request request = { .method = CARDEX_METHOD_CREATE };
	return run(self, argc, argv, 1, &given, &request);
}

cli_exit cli_run_update(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	if (!parse(argc, argv, &given) || optind + 1 >= argc)
		return cli_usage("usage: cardex update TYPE ID [--if-rev N] FIELD=VALUE… "
		                 "[--file FILE] [--dry-run]");
	cardex_request request = { .method = CARDEX_METHOD_UPDATE };
	if (!cli_parse_id(argv[optind + 1], &request.id))
		return CLI_USAGE;
	return run(self, argc, argv, 2, &given, &request);
}

cli_exit cli_run_upsert(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	if (!parse(argc, argv, &given) || optind + 1 >= argc)
		return cli_usage("usage: cardex upsert TYPE INDEX FIELD=VALUE… [--file FILE] "
		                 "[--dry-run]");
	cardex_request request = { .method = CARDEX_METHOD_UPSERT, .index = argv[optind + 1] };
	return run(self, argc, argv, 2, &given, &request);
}

static cli_exit each_id(cli_context *self, int argc, char **argv, cardex_method method,
                        const char *what)
{
	arguments given = { 0 };
	if (!parse(argc, argv, &given) || optind + 1 >= argc)
		return cli_usage("usage: cardex %s TYPE ID… [--if-rev N] [--dry-run]", argv[0]);
	/* A slip further on must not come to light when the first are gone. */
	for (int i = optind + 1; i < argc; i++) {
		int64_t id;
		if (!cli_parse_id(argv[i], &id))
			return CLI_USAGE;
	}
	cli_exit end = CLI_OK;
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	const char *type = argv[optind];
	for (int i = optind + 1; i < argc && end == CLI_OK; i++) {
		cardex_request request = { .method = method,
			                   .type = type,
			                   .if_rev = given.if_rev,
			                   .dry_run = given.dry_run };
		if (!cli_parse_id(argv[i], &request.id))
			return CLI_USAGE;
		end = send(self, &request, what);
	}
	return end;
}

cli_exit cli_run_delete(cli_context *self, int argc, char **argv)
{
	return each_id(self, argc, argv, CARDEX_METHOD_DELETE, "deleted");
}

cli_exit cli_run_undelete(cli_context *self, int argc, char **argv)
{
	return each_id(self, argc, argv, CARDEX_METHOD_UNDELETE, "brought back");
}

cli_exit cli_run_purge(cli_context *self, int argc, char **argv)
{
	return each_id(self, argc, argv, CARDEX_METHOD_PURGE, "erased");
}
