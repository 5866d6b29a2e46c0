/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/command.h"

#include <string.h>

const cli_command cli_commands[] = {
#define COMMAND(name, synopsis, what) { #name, synopsis, what, cli_run_##name },
	CLI_COMMANDS(COMMAND)
#undef COMMAND
		{ 0 },
};

cli_exit cli_dispatch(cli_context *self, int argc, char **argv)
{
	for (const cli_command *command = cli_commands; command->name != NULL; command++)
		if (strcmp(argv[0], command->name) == 0)
			return command->run(self, argc, argv);
	return cli_usage("there is no command \"%s\"; see cardex help", argv[0]);
}
