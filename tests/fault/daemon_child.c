/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/daemon_child.h"

#include "base/msgpack.h"
#include "daemon/process.h"
#include "daemon/server.h"
#include "tests/support/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOG_BYTES_MAX = 64 * 1024, RECEIVED_BYTES_MAX = 64 * 1024 * 1024 };

/* ---- in the process ---- */

static cx_status set(daemon_config *config, const char *option, cx_error *error)
{
	char section[32];
	char key[32];
	char value[256];
	char variable[512];
	char *environment[] = { variable, NULL };
	if (sscanf(option, "%31[^.].%31[^=]=%255s", section, key, value) != 3)
		abort();
	snprintf(variable, sizeof variable, "CARDEXD_%s_%s=%s", section, key, value);
	for (char *at = variable; *at != '='; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - ('a' - 'A'));
	return daemon_config_environment(config, environment, error);
}

static cx_status configure(daemon_config *config, const char *folder,
                           const char *const *options, cx_error *error)
{
	char store[256];
	snprintf(store, sizeof store, "store.path=%s/store", folder);
	cx_status status = daemon_config_init(config);
	const char *const own[] = { store, "threads.loops=1", "store.any_filesystem=yes",
		                    "store.map_bytes=256M", NULL };
	for (const char *const *option = own; status == CX_OK && *option != NULL; option++)
		status = set(config, *option, error);
	for (; status == CX_OK && options != NULL && *options != NULL; options++)
		status = set(config, *options, error);
	return status;
}

/* As the main function of cardexd does. */
static int serve(const daemon_config *config, int fd)
{
	cx_error error = { 0 };
	daemon_server *server = NULL;
	daemon_process_init();
	daemon_log_setup(DAEMON_LOG_INFO, DAEMON_LOG_AS_TEXT);
	cx_status status = daemon_server_new(config, &server, &error);
	if (status == CX_OK)
		status = daemon_server_listen(server, &error);
	if (status != CX_OK) {
		dprintf(STDERR_FILENO, "cardexd: %s\n", error.text);
		daemon_server_free(&server);
		return DAEMON_EXIT_START;
	}
	daemon_server_adopt(server, fd, false);
	int code = daemon_server_run(server);
	daemon_server_free(&server);
	return code;
}

static char *log_path(const char *folder)
{
	static char path[256];
	snprintf(path, sizeof path, "%s.log", folder);
	return path;
}

__attribute__((noreturn)) static void be_daemon(const char *folder, const char *const *options,
                                                int fd, void prepare(void *), void *context)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS };
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < CX_COUNT_OF(crashes); i++)
		signal(crashes[i], SIG_DFL); /* cmocka would go on with the next test */
	int log = open(log_path(folder), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (log < 0 || dup2(log, STDERR_FILENO) < 0)
		abort();
	daemon_config config = { 0 };
	cx_error error = { 0 };
	if (configure(&config, folder, options, &error) != CX_OK)
		abort();
	if (prepare != NULL)
		prepare(context);
	int code = serve(&config, fd);
	_exit(code);
}

/* ---- in the test ---- */

void daemon_child_start(daemon_child *self, const char *folder, const char *const *options,
                        void prepare(void *context), void *context)
{
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	*self = (daemon_child){ .fd = pair[0], .received = CX_BUF_INIT(RECEIVED_BYTES_MAX) };
	fflush(NULL);
	self->pid = fork();
	assert_true(self->pid >= 0);
	if (self->pid == 0) {
		close(pair[0]);
		if (fcntl(pair[1], F_SETFL, O_NONBLOCK) != 0)
			abort();
		be_daemon(folder, options, pair[1], prepare, context);
	}
	close(pair[1]);
}

/* False when it does not end soon. */
static bool ends_by_itself(pid_t pid, int *ret_state)
{
	enum { TRIES = 500 };
	for (int i = 0; i < TRIES; i++) {
		pid_t ended = waitpid(pid, ret_state, WNOHANG);
		assert_true(ended == 0 || ended == pid);
		if (ended == pid)
			return true;
		usleep(1000);
	}
	return false;
}

int daemon_child_stop(daemon_child *self, bool gone)
{
	int state = 0;
	if (!gone || !ends_by_itself(self->pid, &state)) {
		assert_int_equal(kill(self->pid, SIGTERM), 0);
		assert_int_equal(waitpid(self->pid, &state, 0), self->pid);
	}
	close(self->fd);
	cx_buf_release(&self->received);
	return WIFEXITED(state) ? WEXITSTATUS(state) : 256 + WTERMSIG(state);
}

bool daemon_child_send(daemon_child *self, cx_slice message)
{
	while (message.size > 0) {
		ssize_t sent = send(self->fd, message.data, message.size, MSG_NOSIGNAL);
		if (sent < 0)
			return false;
		message = cx_slice_from(message, (size_t)sent);
	}
	return true;
}

cx_slice daemon_child_receive(daemon_child *self)
{
	static uint8_t message[1024 * 1024];
	for (;;) {
		cx_scan scan = CX_SCAN_INIT(((cx_scan_limits){ 1 << 30, 1 << 30, 32 }));
		size_t used = 0;
		cx_scan_result result =
			cx_scan_feed(&scan, cx_buf_slice(&self->received), &used);
		assert_true(result != CX_SCAN_BAD);
		if (result == CX_SCAN_WHOLE) {
			assert_true(used <= sizeof message);
			memcpy(message, self->received.data, used);
			cx_buf_consume(&self->received, used);
			return (cx_slice){ message, used };
		}
		uint8_t bytes[65536];
		ssize_t size = recv(self->fd, bytes, sizeof bytes, 0);
		if (size <= 0)
			return (cx_slice){ 0 };
		assert_true(cx_buf_append(&self->received, bytes, (size_t)size));
	}
}

const char *daemon_child_log(const char *folder)
{
	static char text[LOG_BYTES_MAX];
	int fd = open(log_path(folder), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	ssize_t size = read(fd, text, sizeof text - 1);
	close(fd);
	assert_true(size >= 0);
	text[size] = '\0';
	return text;
}

void daemon_child_remove_log(const char *folder)
{
	assert_int_equal(unlink(log_path(folder)), 0);
}
