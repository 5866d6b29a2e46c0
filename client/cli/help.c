/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/command.h"

#include <stdio.h>
#include <string.h>

static const char GENERAL[] =
	"usage: cardex [OPTIONS] COMMAND …\n"
	"\n"
	"options, before the command:\n"
	"  --uri URI          the server; else $CARDEX_URI, else\n"
	"                     cardex+unix:///run/cardex/cardex.sock\n"
	"  --format FORMAT    table (default), json, ndjson, csv\n"
	"  --lang LANGUAGE    headers of tables: name (default), en, zh\n"
	"  --raw              numbers as stored: no dates, no decimals\n"
	"  --csv-guard        csv: a ' before text that a spreadsheet would run\n"
	"  --help, --version\n"
	"\n"
	"commands:\n";

static const char EXITS[] =
	"\n"
	"exit codes: 0 done; 1 not found, check found something, or rows were rejected;\n"
	"2 the command line is wrong; 3 the server refused; 4 no connection; 5 the server or\n"
	"a file failed\n";

typedef struct topic {
	const char *name;
	const char *text;
} topic;

static const topic TOPICS[] = {
	{ "query",
	  "  --where FILTER     owner = 7 and stage in (1,2); name ~^ 'Acme'; tax_id is null;\n"
	  "                     amount between 100.00 and 500.00; close_on >= 2026-11-01\n"
	  "  --order LIST       amount desc, id\n"
	  "  --limit N          rows of a page (100)\n"
	  "  --columns LIST     only these fields\n"
	  "  --all              all pages\n"
	  "  --after TOKEN      the page after the one that printed this token\n"
	  "  --count            count all that match, too\n"
	  "  --estimate         with --count: about how many, from statistics\n"
	  "  --include REF      the record that reference leads to, too; TYPE.REF[:N]: those "
	  "of\n"
	  "                     TYPE that refer to the row, at most N, the newest first\n"
	  "  --use-index NAME   this index or an error\n"
	  "  --no-index NAME    not this index\n"
	  "  --max-scan N       end the page when N keys were looked at\n"
	  "  --allow-scan       permit reading every record of a large type\n"
	  "  --explain[=LEVEL]  the plan instead of rows: 0 only that, 1 and why nothing else, "
	  "2 "
	  "and\n"
	  "                     what it has cost\n"
	  "\n"
	  "example: cardex query opportunity --where \"owner = 7\" --order \"amount desc\" "
	  "--limit 20\n" },
	{ "watch",
	  "Prints a line for each change of records of TYPE (several; none: of all), as soon "
	  "as\n"
	  "it is on disk; goes on after the server was restarted. Ends at SIGINT or SIGTERM.\n"
	  "  --where FILTER     as of query, with one TYPE: changes of records that it held "
	  "for\n"
	  "                     before the change or holds for after it\n"
	  "  --from WHERE       now (default); snapshot: first the records there are; or a "
	  "seq\n"
	  "  --fields LIST      only values of these\n"
	  "  --append FILE      append the lines, as ndjson, to FILE, and go on behind its "
	  "last\n"
	  "                     one: each change is in there once, whatever is killed\n"
	  "  --state FILE       keep in FILE how far it came, and go on there. After kill -9 "
	  "the\n"
	  "                     last lines may come again\n"
	  "  --count N          end after N changes\n"
	  "\n"
	  "example: cardex --format ndjson watch customer --where \"owner = 7\" --state "
	  "w.state\n" },
	{ "import",
	  "  --map FILE         how columns become fields; else the header names them:\n"
	  "                     FIELD, or FIELD.INDEX for a reference looked up by an index\n"
	  "  --key INDEX        update the records that are there already\n"
	  "  --separator C      of CSV (,)\n"
	  "  --input FORMAT     csv or ndjson; else by the file's name\n"
	  "  --rejects FILE     rows that did not go in, with the reason\n"
	  "  --at NAME          a field or column: of which time each row tells\n"
	  "  --duplicates HOW   off, warn, block: customers that there may be already\n"
	  "  --dry-run          try every row, write nothing\n" },
	{ "count",
	  "  --where FILTER     as of query\n"
	  "  --estimate         about how many, from statistics; reads no record\n"
	  "  --no-index NAME    not this index\n"
	  "  --use-index NAME   this index or an error\n"
	  "  --allow-scan       permit reading every record of a large type\n"
	  "\n"
	  "example: cardex count customer --where \"owner = 7 and lifecycle = active\"\n" },
	{ "aggregate",
	  "  --group LIST       a group for each of these: owner, month(closed_at), day(at)\n"
	  "  --values LIST      what is said of it (count): count, count(email),\n"
	  "                     sum(amount_base), sum(amount_base * probability_bp),\n"
	  "                     avg(amount_base), min(close_on), max(close_on)\n"
	  "  --where FILTER     as of query\n"
	  "  --name AGGREGATE   read this one of the schema's, of its own records; without\n"
	  "                     --group and --values all that it has\n"
	  "  --order LIST       sum(amount_base) desc, owner; else by the groups' columns\n"
	  "  --limit N          groups of a page (1000)\n"
	  "  --all              all pages\n"
	  "  --after TOKEN      the page after the one that printed this token\n"
	  "  --use-index NAME   from the records, by this index\n"
	  "  --no-index NAME    not by this index\n"
	  "  --allow-scan       permit reading every record of a large type\n"
	  "  --max-scan N       no answer when more than N keys have to be looked at\n"
	  "  --explain[=LEVEL]  how it would be read: 0 the plan, 1 and why not otherwise (if\n"
	  "                     left out), 2 and what it costs\n"
	  "\n"
	  "example: cardex aggregate opportunity --where \"state = open\" --group stage,owner "
	  "\\\n"
	  "         --values \"count, sum(amount_base)\"\n" },
	{ "report",
	  "Without NAME the reports there are, with NAME its figures. Parameters are written "
	  "as\n"
	  "people write them: from=2026-01-01 to=today-1 month=month-1 owner=zhang team=7\n"
	  "  --params           what the report takes, instead\n"
	  "  --section SECTION  only this one\n"
	  "  --limit N          rows of all sections together (1000)\n"
	  "  --max-scan N       give up when N keys were looked at\n"
	  "  --format FORMAT    as before the command\n"
	  "  --chart FILE       draw the section into FILE.svg or FILE.png, by gnuplot\n"
	  "  --cost             say on standard error what was looked at\n"
	  "\n"
	  "examples: cardex report board owner=zhang --chart board.svg\n"
	  "          cardex --lang zh report pipeline at=2026-06-30 by=owner\n" },
	{ "search",
	  "All words of TEXT must be in searched fields of a record: Chinese, Japanese and\n"
	  "Korean anywhere, other words from their beginning, telephone numbers from both\n"
	  "ends. Records that are TEXT come first, then those that begin with it, then the\n"
	  "newest. On a terminal the places found are marked (unless NO_COLOR is set).\n"
	  "  --type LIST        only these types: customer,contact\n"
	  "  --limit N          hits (20)\n"
	  "  --columns LIST     these fields, not those in which it was found\n"
	  "\n"
	  "examples: cardex search 华东 医疗\n"
	  "          cardex search 5678 --type customer,contact\n" },
	{ "create",
	  "FIELD=VALUE as people write it: amounts with decimals, dates as 2026-11-23, an "
	  "empty\n"
	  "value for null. FIELD@INDEX=VALUE finds the record referred to: owner@login=zhang\n"
	  "  --file FILE        a JSON object (-: standard input)\n"
	  "  --dry-run          try, and take it back\n"
	  "\n"
	  "Amounts have the decimals of the currency given with them, else of the schema's\n"
	  "default; those of fields named *_base have two.\n"
	  "\n"
	  "example: cardex create customer name=Acme owner@login=zhang\n" },
	{ "update",
	  "FIELD=VALUE as of create. Amounts have the decimals of the record's currency.\n"
	  "  --file FILE        a JSON object (-: standard input)\n"
	  "  --if-rev N         only when the record still has this revision\n"
	  "  --dry-run          try, and take it back\n"
	  "\n"
	  "example: cardex update customer 17 --if-rev 3 city=上海 employees=\n" },
	{ "upsert",
	  "INDEX is a unique index, FIELD=VALUE as of create; its columns must be among them.\n"
	  "An amount needs currency=… beside it.\n"
	  "  --file FILE        a JSON object (-: standard input)\n"
	  "  --dry-run          try, and take it back\n"
	  "\n"
	  "example: cardex upsert customer ext_id ext_id=K-0001 name=Acme\n" },
	{ "delete",
	  "What refers to them is deleted, cleared, or keeps them from being deleted, as the\n"
	  "schema says. Stops at the first that fails.\n"
	  "  --if-rev N         only when the record still has this revision\n"
	  "  --dry-run          try, and take it back\n"
	  "\n"
	  "example: cardex delete customer 17 18\n" },
	{ "undelete", "With all that went with them. Stops at the first that fails.\n"
	              "\n"
	              "example: cardex undelete customer 17\n" },
	{ "purge", "There is no way back.\n\nexample: cardex purge customer 17\n" },
	{ "convert",
	  "The order has the opportunity's customer, contact, campaign, currency and owner, "
	  "and\n"
	  "the FIELD=VALUE given, as of create. The same ext_id again answers the same order;\n"
	  "without one it is convert-ID.\n"
	  "  --line F=V,F=V     a line, as often as there are\n"
	  "  --if-rev N         only when the opportunity still has this revision\n"
	  "  --at TIME          it happened then\n"
	  "  --dry-run          try, and take it back\n"
	  "\n"
	  "example: cardex convert 12 ext_id=shop-1 --line "
	  "product@sku=P-1,qty_milli=2000,unit_price=9.90\n" },
	{ "transfer",
	  "USER is an id or a login. Nothing but the owner changes.\n"
	  "  --from USER        all records of this user, in slices\n"
	  "  --type LIST        only of these types: customer,opportunity\n"
	  "  --where FILTER     only these, of one type\n"
	  "  --dry-run          try the first slice, and take it back\n"
	  "\n"
	  "examples: cardex transfer --to li customer 17 18\n"
	  "          cardex transfer --to li --from zhang --type customer,opportunity\n" },
	{ "merge",
	  "All that refers to LOSER refers to WINNER then; the winner's values stand, its "
	  "empty\n"
	  "ones are the loser's, and FIELD=VALUE is what it is to have. LOSER is deleted, and\n"
	  "get shows the winner for it. unmerge takes it back.\n"
	  "  --dry-run          try, and take it back\n"
	  "\n"
	  "example: cardex merge 17 42 phone=021-55556666\n" },
	{ "duplicates",
	  "By tax id, and names, telephone numbers and e-mail addresses however they are\n"
	  "written. With fields (name, tax_id, phone, email, mobile): who may be meant by "
	  "them;\n"
	  "without: all pairs there are.\n"
	  "\n"
	  "example: cardex duplicates name=华东医疗 phone=021-55556666\n" },
	{ "run",
	  "  tiers              grade all customers\n"
	  "  forecast           forecast the sales of the organisation, its teams and people\n"
	  "  --at TIME          for this instant\n"
	  "  --months N         forecast: this month and those after it\n"
	  "  --model NAME       forecast: for later months, instead of the best\n"
	  "  --number N         forecast: number of the run\n"
	  "\n"
	  "example: cardex run tiers\n" },
	{ "schema",
	  "--format json has everything the server says of them.\n"
	  "  plan [FILE]        what FILE in place of one's own part of the schema would "
	  "change\n"
	  "  apply [FILE]       change it; new indexes are built while the server works on\n"
	  "  --base WHICH       the part before it: stored (as it is), program (the built-in\n"
	  "                     schema of this server), none (FILE is all)\n"
	  "  --may-lose         apply: drop fields that are not there any more, with their "
	  "values\n"
	  "\n"
	  "example: cardex schema customer\n"
	  "         cardex schema plan own.schema\n"
	  "         cardex schema plan --base program\n" },
	{ "index",
	  "  status [TYPE]      of indexes, aggregates and rollups: readable, building,\n"
	  "                     failed, dropping\n"
	  "  cancel TYPE INDEX  give up one that is being built, or an aggregate or rollup\n"
	  "\n"
	  "example: cardex index status customer\n" },
	{ "changes",
	  "Every create, update, delete, undelete and purge, with old and new values. An\n"
	  "operation is shown whole, so there may be more than N.\n"
	  "  --from SEQ         from this number on (the oldest that is kept)\n"
	  "  --limit N          about so many changes (100, at most 1000)\n"
	  "  --type LIST        only of these types: customer,contact\n"
	  "\n"
	  "example: cardex changes --from 1 --type customer\n" },
	{ "history", "Newest first.\n"
	             "  --before SEQ       what happened before this number\n"
	             "  --limit N          at most so many changes (100, at most 1000)\n"
	             "\n"
	             "example: cardex history customer 17\n" },
	{ "check",
	  "Ends with 1 when something is wrong.\n"
	  "  --state-hash       also a hash over all records: equal in stores that hold the\n"
	  "                     same\n" },
	{ "analyze", "The daemon does so by itself when a fifth of an index has changed.\n" },
	{ "shell",
	  "Words are parted by blanks; '…' and \"…\" keep them together, \\ takes the next\n"
	  "character as it is. On a terminal there is completion (TAB) and a history:\n"
	  "$XDG_STATE_HOME/cardex_history, else ~/.cardex_history. Elsewhere commands are "
	  "read\n"
	  "line by line. An error does not end it; quit, exit or the end of the input do.\n"
	  "\n"
	  "example: cardex --lang zh shell\n" },
	{ "get",
	  "INDEX=VALUE finds by a unique index; several columns are parted by commas.\n"
	  "  --columns LIST     only these fields (an amount brings its currency along)\n"
	  "  --deleted          a deleted record too; by id only\n"
	  "  --include REF      as of query; by id only\n"
	  "\n"
	  "examples: cardex get customer 17\n"
	  "          cardex get user login=zhang\n"
	  "          cardex get fx_rate currency,on=USD,2026-11-01\n" },
	{ "export",
	  "  --where FILTER  --columns LIST  --order LIST\n"
	  "CSV unless --format says otherwise. Every page is a snapshot of its own.\n" },
};

static cli_exit help_of(const char *name)
{
	for (const cli_command *command = cli_commands; command->name != NULL; command++) {
		if (strcmp(command->name, name) != 0)
			continue;
		printf("cardex %s %s\n\n%s\n", name, command->synopsis, command->what);
		for (size_t i = 0; i < CX_COUNT_OF(TOPICS); i++)
			if (strcmp(TOPICS[i].name, name) == 0)
				printf("\n%s", TOPICS[i].text);
		return CLI_OK;
	}
	return cli_usage("there is no command \"%s\"", name);
}

cli_exit cli_run_help(cli_context *self, int argc, char **argv)
{
	(void)self;
	if (argc > 1)
		return help_of(argv[1]);
	fputs(GENERAL, stdout);
	for (const cli_command *command = cli_commands; command->name != NULL; command++)
		printf("  %-9s %s\n            %s\n", command->name, command->synopsis,
		       command->what);
	fputs(EXITS, stdout);
	return CLI_OK;
}
