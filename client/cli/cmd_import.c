/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/command.h"
#include "client/cli/import/import.h"

#include <getopt.h>
#include <string.h>

typedef struct arguments {
	const char *map;
	const char *key;
	const char *separator;
	const char *format;
	cli_import_options import;
} arguments;

static bool parse(int argc, char **argv, arguments *self)
{
	static const struct option options[] = {
		{ "map", required_argument, NULL, 'm' },
		{ "key", required_argument, NULL, 'k' },
		{ "separator", required_argument, NULL, 's' },
		{ "input", required_argument, NULL, 'i' },
		{ "rejects", required_argument, NULL, 'r' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ "at", required_argument, NULL, 'a' },
		{ "duplicates", required_argument, NULL, 'd' },
		{ 0 },
	};
	optind = 0;
	for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 'm')
			self->map = optarg;
		else if (key == 'k')
			self->key = optarg;
		else if (key == 's')
			self->separator = optarg;
		else if (key == 'i')
			self->format = optarg;
		else if (key == 'r')
			self->import.rejects = optarg;
		else if (key == 'n')
			self->import.dry_run = true;
		else if (key == 'a')
			self->import.at = optarg;
		else if (key == 'd')
			self->import.duplicates = optarg;
		else
			return false;
	}
	return optind == argc - 2;
}

static bool is_policy(const char *word)
{
	return strcmp(word, "off") == 0 || strcmp(word, "warn") == 0 ||
	       strcmp(word, "block") == 0;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t size = strlen(text), end_size = strlen(end);
	return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static bool choose_kind(arguments *self)
{
	const char *path = self->import.path;
	const bool json = ends_with(path, ".ndjson") || ends_with(path, ".jsonl");
	self->import.kind = json ? CLI_SOURCE_NDJSON : CLI_SOURCE_CSV;
	if (self->format == NULL)
		return true;
	self->import.kind =
		strcmp(self->format, "ndjson") == 0 ? CLI_SOURCE_NDJSON : CLI_SOURCE_CSV;
	return strcmp(self->format, "ndjson") == 0 || strcmp(self->format, "csv") == 0;
}

static cli_exit run(cli_context *self, const arguments *given, cli_mapping *mapping,
                    const cardex_type *type)
{
	*mapping = (cli_mapping){ .type = type, .separator = ',' };
	cli_exit end = CLI_OK;
	if (given->map != NULL)
		end = cli_mapping_read(self, given->map, type, mapping);
	if (end == CLI_OK && given->key != NULL)
		end = cli_mapping_set_key(mapping, given->key);
	if (end == CLI_OK && given->separator != NULL)
		mapping->separator = given->separator[0];
	return end == CLI_OK ? cli_import_run(self, mapping, &given->import) : end;
}

cli_exit cli_run_import(cli_context *self, int argc, char **argv)
{
	arguments given = { 0 };
	if (!parse(argc, argv, &given))
		return cli_usage("usage: cardex import TYPE FILE [--map FILE] [--key INDEX] "
		                 "[--separator C] [--input csv|ndjson] [--rejects FILE] "
		                 "[--at FIELD|COLUMN] [--duplicates off|warn|block] "
		                 "[--dry-run]");
	given.import.path = argv[optind + 1];
	if (!choose_kind(&given))
		return cli_usage("--input is csv or ndjson, not \"%s\"", given.format);
	if (given.separator != NULL && strlen(given.separator) != 1)
		return cli_usage("--separator is one character");
	if (given.import.duplicates != NULL && strcmp(argv[optind], "customer") != 0)
		return cli_usage("--duplicates is for customers");
	if (given.import.duplicates != NULL && !is_policy(given.import.duplicates))
		return cli_usage("--duplicates is off, warn or block, not \"%s\"",
		                 given.import.duplicates);
	cli_exit end = CLI_OK;
	const cardex_type *type = cli_type(self, argv[optind], &end);
	if (type == NULL)
		return end;
	CX_SCOPED(cli_mapping_release) cli_mapping mapping = { 0 };
	return run(self, &given, &mapping, type);
}
