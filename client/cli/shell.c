/* SPDX-License-Identifier: Apache-2.0 */
/* Commands typed one after the other, on a terminal with editing, history and completion, else
 * line by line from standard input. */
#include "client/cli/command.h"

#include <editline/readline.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORDS_MAX = 128, HISTORY_MAX = 1000 };

/* readline's completion has no context of its own. */
static cli_context *completing;

/* Cuts a line into words, in place: blanks part them, '…' and "…" keep them together, \ takes
 * the next character as it is. Returns their number, -1 when a quote is open or there are too
 * many. */
static int split(char *line, char **words)
{
	int count = 0;
	char *out = line;
	while (*line != '\0') {
		while (*line == ' ' || *line == '\t')
			line++;
		if (*line == '\0')
			break;
		if (count == WORDS_MAX)
			return -1;
		words[count++] = out;
		char quote = '\0';
		for (; *line != '\0' && (quote != '\0' || (*line != ' ' && *line != '\t'));
		     line++) {
			if (quote == '\0' && (*line == '\'' || *line == '"'))
				quote = *line;
			else if (quote != '\0' && *line == quote)
				quote = '\0';
			else if (*line == '\\' && quote != '\'' && line[1] != '\0')
				*out++ = *++line;
			else
				*out++ = *line;
		}
		if (quote != '\0')
			return -1;
		line += *line != '\0';
		*out++ = '\0';
	}
	return count;
}

/* The candidate number `i` of completion: commands first, then types, then fields of them. */
static const char *candidate(size_t i)
{
	size_t commands = 0;
	while (cli_commands[commands].name != NULL)
		if (commands++ == i)
			return cli_commands[i].name;
	i -= commands;
	const cardex_schema *schema = completing->schema;
	if (schema == NULL)
		return NULL;
	const size_t types = cardex_schema_type_count(schema);
	if (i < types)
		return cardex_schema_type_at(schema, i)->name;
	i -= types;
	for (size_t t = 0; t < types; t++) {
		const cardex_type *type = cardex_schema_type_at(schema, t);
		if (i < type->field_count)
			return type->fields[i].name;
		i -= type->field_count;
	}
	return NULL;
}

static char *next_match(const char *text, int state)
{
	static size_t at;
	if (state == 0)
		at = 0;
	for (const char *name; (name = candidate(at)) != NULL;) {
		at++;
		if (strncmp(name, text, strlen(text)) == 0)
			return strdup(name);
	}
	return NULL;
}

static bool history_path(char *path, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (state != NULL && state[0] == '/')
		return snprintf(path, size, "%s/cardex_history", state) < (int)size;
	return home != NULL && snprintf(path, size, "%s/.cardex_history", home) < (int)size;
}

/* False at the end: \q, quit, exit. */
static bool run_line(cli_context *self, char *line)
{
	char *words[WORDS_MAX + 1] = { 0 };
	const int count = split(line, words);
	if (count < 0)
		cli_usage("a quote is not closed, or there are over %d words", WORDS_MAX);
	if (count <= 0)
		return true;
	if (strcmp(words[0], "q") == 0 || strcmp(words[0], "quit") == 0 ||
	    strcmp(words[0], "exit") == 0)
		return false;
	if (strcmp(words[0], "shell") == 0)
		cli_usage("this is the shell");
	else if (cli_dispatch(self, count, words) == CLI_UNREACHABLE)
		cardex_close(&self->conn); /* the next command connects anew */
	fflush(stdout);
	return true;
}

/* It has what was typed, data too: nobody else may read it, at no time. */
static void save_history(const char *path)
{
	const mode_t others = umask(S_IRWXG | S_IRWXO);
	if (write_history(path) == 0)
		chmod(path, S_IRUSR | S_IWUSR);
	umask(others);
}

static void edit_lines(cli_context *self)
{
	char path[512];
	const bool keep = history_path(path, sizeof path);
	completing = self;
	rl_completion_entry_function = next_match;
	using_history();
	stifle_history(HISTORY_MAX);
	if (keep)
		read_history(path);
	for (char *line; (line = readline("cardex> ")) != NULL; free(line)) {
		if (line[0] != '\0')
			add_history(line);
		if (!run_line(self, line)) {
			free(line);
			break;
		}
	}
	if (keep)
		save_history(path);
}

static void read_lines(cli_context *self)
{
	char *line = NULL;
	size_t capacity = 0;
	while (getline(&line, &capacity, stdin) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!run_line(self, line))
			break;
	}
	free(line);
}

cli_exit cli_run_shell(cli_context *self, int argc, char **argv)
{
	(void)argv;
	cli_exit end = CLI_OK;
	if (argc != 1)
		return cli_usage("usage: cardex shell");
	if (cli_schema(self, &end) == NULL)
		return end;
	if (isatty(STDIN_FILENO))
		edit_lines(self);
	else
		read_lines(self);
	return CLI_OK;
}
