/* SPDX-License-Identifier: Apache-2.0 */
/* cardex: options before the command, then the command. */
#include "client/cli/command.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static bool set_language(cli_context *self, const char *name)
{
	static const char *const names[] = { "name", "en", "zh" };
	for (int i = 0; i < (int)CX_COUNT_OF(names); i++)
		if (strcmp(name, names[i]) == 0) {
			self->language = (cli_language)i;
			return true;
		}
	return false;
}

typedef enum action { RUN, HELP, VERSION, WRONG } action;

static action parse(cli_context *self, int argc, char **argv)
{
	static const struct option options[] = {
		{ "uri", required_argument, NULL, 'u' },
		{ "format", required_argument, NULL, 'f' },
		{ "lang", required_argument, NULL, 'l' },
		{ "raw", no_argument, NULL, 'r' },
		{ "csv-guard", no_argument, NULL, 'g' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	bool good = true;
	for (int key; good && (key = getopt_long(argc, argv, "+", options, NULL)) != -1;) {
		if (key == 'u')
			self->uri = optarg;
		else if (key == 'f')
			good = cli_format_set(self, optarg);
		else if (key == 'l')
			good = set_language(self, optarg);
		else if (key == 'r')
			self->raw = true;
		else if (key == 'g')
			self->csv_guard = true;
		else if (key == 'h')
			return HELP;
		else if (key == 'v')
			return VERSION;
		else
			good = false;
	}
	return good && optind < argc ? RUN : WRONG;
}

/* What was printed counts only when it has arrived. */
static cli_exit written(cli_exit end)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return end;
	if (end != CLI_OK)
		return end;
	fputs("cardex: the output could not be written\n", stderr);
	return CLI_SERVER;
}

int main(int argc, char **argv)
{
	const char *uri = getenv("CARDEX_URI");
	CX_SCOPED(cli_context_release)
	cli_context self = { .uri = uri != NULL ? uri
		                                : "cardex+unix:///run/cardex/cardex.sock" };
	signal(SIGPIPE, SIG_IGN);
	char *name = NULL;
	switch (parse(&self, argc, argv)) {
	case RUN:
		return (int)written(cli_dispatch(&self, argc - optind, argv + optind));
	case HELP:
		return (int)written(cli_run_help(&self, 1, &name));
	case VERSION:
		return (int)written(cli_run_version(&self, 1, &name));
	case WRONG:
		break;
	}
	return (int)cli_usage(
		"usage: cardex [--uri URI] [--format table|json|ndjson|csv] "
		"[--lang en|zh|name] [--raw] [--csv-guard] COMMAND …; see cardex --help");
}
