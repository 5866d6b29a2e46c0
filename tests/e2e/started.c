/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/started.h"

#include "tests/support/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	pid_t pid;
	char folder[64];
	char uri[128];
} started;

static void run_program(void)
{
	char path[1024], store[96], socket_path[96], log[96];
	const char *bin = getenv("CARDEX_BIN");
	snprintf(path, sizeof path, "%s/cardexd", bin == NULL ? "." : bin);
	snprintf(store, sizeof store, "%s/store", started.folder);
	snprintf(socket_path, sizeof socket_path, "%s/socket", started.folder);
	snprintf(log, sizeof log, "%s/log", started.folder);
	if (freopen(log, "a", stderr) != NULL)
		execl(path, "cardexd", "--store", store, "--listen-unix", socket_path,
		      (char *)NULL);
	_exit(127);
}

void started_start(void)
{
	strcpy(started.folder, "/tmp/cardex-client-XXXXXX");
	assert_non_null(mkdtemp(started.folder));
	snprintf(started.uri, sizeof started.uri, "cardex+unix://%s/socket", started.folder);
	started.pid = fork();
	assert_true(started.pid >= 0);
	if (started.pid == 0)
		run_program();
}

bool started_stop(void)
{
	kill(started.pid, SIGTERM);
	int how = 0;
	waitpid(started.pid, &how, 0);
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", started.folder);
	const bool removed = system(command) == 0;
	return removed && WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

cardex_conn *started_connect(void)
{
	cardex_conn *conn = NULL;
	cardex_error error = { .message = "" };
	for (int i = 0; i < 2000; i++) {
		if (cardex_connect(started.uri, NULL, &conn, &error) == CARDEX_OK)
			return conn;
		assert_int_equal(error.status, CARDEX_DISCONNECTED);
		assert_int_equal(waitpid(started.pid, NULL, WNOHANG), 0);
		usleep(5000);
	}
	fail_msg("%s", error.message);
	return NULL;
}
