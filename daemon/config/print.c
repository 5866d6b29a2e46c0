/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration for people. */
#include "daemon/config/option.h"

#include <string.h>

static void print_section(const char **section, const char *next, FILE *out)
{
	if (*section != NULL && strcmp(*section, next) == 0)
		return;
	fprintf(out, "%s[%s]\n", *section == NULL ? "" : "\n", next);
	*section = next;
}

void daemon_config_print(const daemon_config *config, FILE *out)
{
	const char *section = NULL;
	for (daemon_option option = 0; option < DAEMON_OPTION_COUNT_ALL; option++) {
		const daemon__option_info *info = daemon__option_info_of(option);
		print_section(&section, info->section, out);
		fprintf(out, "; %s\n%s = %s\n", config->origins[option], info->key,
		        config->texts[option]);
	}
}

void daemon_config_print_help(FILE *out)
{
	const char *section = NULL;
	fputs("; Configuration of cardexd. Each option is shown with its default.\n"
	      "; Files <this file>.d/*.conf are read after this one, in the order of their "
	      "names;\n"
	      "; an environment variable CARDEXD_<SECTION>_<KEY> and the command line win.\n"
	      "; Sizes may end in K, M, G or T. A line has at most 198 bytes.\n\n",
	      out);
	for (daemon_option option = 0; option < DAEMON_OPTION_COUNT_ALL; option++) {
		const daemon__option_info *info = daemon__option_info_of(option);
		print_section(&section, info->section, out);
		fprintf(out, "; %s\n;%s =%s%s\n", info->help, info->key,
		        info->default_text[0] != '\0' ? " " : "", info->default_text);
	}
}
