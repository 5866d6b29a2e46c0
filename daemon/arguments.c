/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/arguments.h"

#include <string.h>

/* A flag: a word that chooses the action, or one that takes a value. */
typedef struct flag {
	const char *name;
	const char *value; /* how its value is called; NULL = it chooses `action` */
	daemon_action action;
	size_t offset; /* of the value in daemon_arguments */
	const char *help;
} flag;

static const flag flags[] = {
	{ "--config", "FILE", DAEMON_RUN, offsetof(daemon_arguments, config),
	  "read this configuration, and FILE.d/*.conf" },
	{ "--store", "PATH", DAEMON_RUN, offsetof(daemon_arguments, store),
	  "the file of the store" },
	{ "--listen-unix", "PATH", DAEMON_RUN, offsetof(daemon_arguments, listen_unix),
	  "listen on a UNIX socket" },
	{ "--listen-tcp", "ADDR:PORT", DAEMON_RUN, offsetof(daemon_arguments, listen_tcp),
	  "listen on a loopback address; port 0 takes a free one" },
	{ "--check-config", NULL, DAEMON_CHECK_CONFIG, 0,
	  "print the configuration in force and where each value comes from" },
	{ "--help-config", NULL, DAEMON_HELP_CONFIG, 0, "print every option with its default" },
	{ "--version", NULL, DAEMON_VERSION, 0, "print the versions" },
	{ "--help", NULL, DAEMON_HELP, 0, "print this" },
};

/* The flag that `word` is, alone or with "=value", which `*ret_value` then is. */
static const flag *find_flag(const char *word, const char **ret_value)
{
	for (size_t i = 0; i < CX_COUNT_OF(flags); i++) {
		size_t length = strlen(flags[i].name);
		if (strncmp(word, flags[i].name, length) != 0)
			continue;
		if (word[length] != '\0' && word[length] != '=')
			continue;
		*ret_value = word[length] == '=' ? word + length + 1 : NULL;
		return &flags[i];
	}
	return NULL;
}

cx_status daemon_arguments_parse(int count, char *const *words, daemon_arguments *ret,
                                 cx_error *error)
{
	daemon_arguments arguments = { .action = DAEMON_RUN };
	for (int i = 1; i < count; i++) {
		const char *value = NULL;
		const flag *found = find_flag(words[i], &value);
		if (found == NULL)
			return cx_fail(error, CX_INVALID_ARGUMENT, "%s is no flag; see --help",
			               words[i]);
		if (found->value == NULL && value != NULL)
			return cx_fail(error, CX_INVALID_ARGUMENT, "%s takes no value",
			               found->name);
		if (found->value == NULL) {
			arguments.action = found->action;
			continue;
		}
		if (value == NULL && i + 1 < count)
			value = words[++i];
		if (value == NULL)
			return cx_fail(error, CX_INVALID_ARGUMENT, "%s needs a value: %s %s",
			               found->name, found->name, found->value);
		memcpy((char *)&arguments + found->offset, &value, sizeof value);
	}
	*ret = arguments;
	return CX_OK;
}

static cx_status set_if_given(daemon_config *config, daemon_option option, const char *text,
                              const char *flag_name, cx_error *error)
{
	return text == NULL ? CX_OK : daemon_config_set(config, option, text, flag_name, error);
}

cx_status daemon_arguments_config(const daemon_arguments *arguments, char *const *environment,
                                  daemon_config *config, cx_error *error)
{
	cx_status status = CX_OK;
	if (arguments->config != NULL)
		status = daemon_config_read(config, arguments->config, error);
	if (status == CX_OK)
		status = daemon_config_environment(config, environment, error);
	if (status == CX_OK)
		status = set_if_given(config, DAEMON_OPTION_store_path, arguments->store,
		                      "--store", error);
	if (status == CX_OK)
		status = set_if_given(config, DAEMON_OPTION_listen_unix, arguments->listen_unix,
		                      "--listen-unix", error);
	if (status == CX_OK)
		status = set_if_given(config, DAEMON_OPTION_listen_tcp, arguments->listen_tcp,
		                      "--listen-tcp", error);
	return status;
}

void daemon_arguments_print_help(FILE *out)
{
	fputs("Usage: cardexd [--config FILE] [flag …]\n"
	      "Serves a cardex store to its clients, until SIGTERM.\n\n",
	      out);
	for (size_t i = 0; i < CX_COUNT_OF(flags); i++)
		fprintf(out, "  %s %-*s %s\n", flags[i].name, 24 - (int)strlen(flags[i].name),
		        flags[i].value != NULL ? flags[i].value : "", flags[i].help);
	fputs("\nWithout --config it needs --store and at least one --listen flag.\n"
	      "Exit status: 0 stopped as asked; 1 could not start, or the configuration is "
	      "not valid;\n64 wrong flags; 74 the disk failed; 75 stopped before everything "
	      "in flight was answered.\n",
	      out);
}
