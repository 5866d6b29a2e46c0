/* SPDX-License-Identifier: Apache-2.0 */
/* What the service manager is told, and what it asks for. */
#include "daemon/notify.h"
#include "tests/daemon/scratch.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void a_message_is_one_datagram(void **state)
{
	(void)state;
	char path[SCRATCH_PATH_SIZE];
	char got[64] = "";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	scratch_make();
	scratch_path("n", path);
	snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);

	setenv("NOTIFY_SOCKET", path, 1);
	daemon_notify("READY=1");
	assert_int_equal(recv(fd, got, sizeof got, MSG_DONTWAIT), 7);
	assert_string_equal(got, "READY=1");

	unsetenv("NOTIFY_SOCKET");
	daemon_notify("STOPPING=1");
	assert_int_equal(recv(fd, got, sizeof got, MSG_DONTWAIT), -1);
	close(fd);

	/* Nobody there, or nothing that could be a socket: lost without harm. */
	setenv("NOTIFY_SOCKET", path, 1);
	daemon_notify("READY=1");
	setenv("NOTIFY_SOCKET", "relative", 1);
	daemon_notify("READY=1");
	unsetenv("NOTIFY_SOCKET");
	scratch_remove();
}

static uint64_t watchdog_with(const char *us, const char *pid)
{
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	if (us != NULL)
		setenv("WATCHDOG_USEC", us, 1);
	if (pid != NULL)
		setenv("WATCHDOG_PID", pid, 1);
	return daemon_notify_watchdog_ns();
}

static void the_watchdog_is_ours_or_nothing(void **state)
{
	(void)state;
	char own[32];
	snprintf(own, sizeof own, "%d", (int)getpid());
	assert_int_equal(watchdog_with(NULL, NULL), 0);
	assert_int_equal(watchdog_with("3000000", NULL), UINT64_C(3000000000));
	assert_int_equal(watchdog_with("3000000", own), UINT64_C(3000000000));
	assert_int_equal(watchdog_with("3000000", "1"), 0);
	assert_int_equal(watchdog_with("soon", NULL), 0);
	assert_int_equal(watchdog_with("-5", NULL), 0);
	assert_int_equal(watchdog_with("18446744073709551615", NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_one_datagram),
		cmocka_unit_test(the_watchdog_is_ours_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
