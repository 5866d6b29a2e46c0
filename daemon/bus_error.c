/* SPDX-License-Identifier: Apache-2.0 */
/* All of it but the last function runs inside the signal handler: only system calls, arithmetic
 * and memory of its own. So it writes its line itself, and finds the file in /proc/self/maps.
 * It needs little stack, and the fault was not the stack's, so it needs no other. */
#include "daemon/bus_error.h"

#include "base/clock.h"
#include "daemon/log.h"
#include "daemon/process.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MAPS_LINE_MAX = PATH_MAX + 128,
	MS_PER_DAY = 24 * 60 * 60 * 1000,
};

/* ---- the line ---- */

typedef struct line {
	char text[PATH_MAX + 1024];
	size_t size;
	bool json;
} line;

static void put_byte(line *self, char byte)
{
	if (self->size < sizeof self->text)
		self->text[self->size++] = byte;
}

static void put(line *self, const char *text)
{
	for (; *text != '\0'; text++)
		put_byte(self, *text);
}

static void put_number(line *self, uint64_t number, unsigned base, unsigned digits_min)
{
	char digits[24];
	unsigned count = 0;
	for (; number > 0 || count < digits_min; number /= base)
		digits[count++] = "0123456789abcdef"[number % base];
	while (count > 0)
		put_byte(self, digits[--count]);
}

static void put_quoted(line *self, const char *text)
{
	put_byte(self, '"');
	for (; *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;
		if (c == '"' || c == '\\')
			put_byte(self, '\\');
		if (c >= 0x20 && c != 0x7f) {
			put_byte(self, *text);
		} else {
			put(self, "\\u");
			put_number(self, c, 16, 4);
		}
	}
	put_byte(self, '"');
}

static void put_key(line *self, const char *key)
{
	put(self, self->json ? ",\"" : " ");
	put(self, key);
	put(self, self->json ? "\":" : "=");
}

static void put_time(line *self)
{
	const int64_t now_ms = cx_clock_wall_ms();
	const uint64_t second = (uint64_t)(now_ms % MS_PER_DAY) / 1000;
	int64_t year;
	unsigned month;
	unsigned day;
	cx_date_to_civil(now_ms / MS_PER_DAY, &year, &month, &day);
	const struct {
		const char *before;
		uint64_t number;
		unsigned digits;
	} parts[] = {
		{ "", (uint64_t)year, 4 },
		{ "-", month, 2 },
		{ "-", day, 2 },
		{ "T", second / 3600, 2 },
		{ ":", second / 60 % 60, 2 },
		{ ":", second % 60, 2 },
		{ ".", (uint64_t)(now_ms % 1000), 3 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(parts); i++) {
		put(self, parts[i].before);
		put_number(self, parts[i].number, 10, parts[i].digits);
	}
	put_byte(self, 'Z');
}

static void begin_line(line *self, const char *event)
{
	self->json = daemon_log_format_now() == DAEMON_LOG_AS_JSON;
	put(self, self->json ? "{\"time\":\"" : "");
	put_time(self);
	put(self, self->json ? "\",\"level\":\"error\",\"event\":\"" : " error ");
	put(self, event);
	put(self, self->json ? "\"" : "");
}

static void end_line(line *self)
{
	put(self, self->json ? "}\n" : "\n");
	ssize_t written = write(STDERR_FILENO, self->text, self->size);
	(void)written;
}

/* ---- the file ---- */

typedef struct mapping {
	char text[MAPS_LINE_MAX]; /* a line of /proc/self/maps */
	uint64_t offset;          /* of the address in the file */
	const char *path;
} mapping;

static uint64_t take_hex(const char **at)
{
	uint64_t number = 0;
	for (;; ++*at) {
		const char c = **at;
		if (c >= '0' && c <= '9')
			number = number << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			number = number << 4 | (uint64_t)(c - 'a' + 10);
		else
			return number;
	}
}

/* "7f00-7f20 rw-s 00001000 fe:00 123   /path": whether it is a file's and has the address. */
static bool parse_mapping(mapping *self, uint64_t address)
{
	const char *at = self->text;
	const uint64_t begin = take_hex(&at);
	at += *at == '-';
	const uint64_t end = take_hex(&at);
	if (address < begin || address >= end)
		return false;
	at += strspn(at, " ");
	at += strcspn(at, " "); /* access */
	at += strspn(at, " ");
	self->offset = take_hex(&at) + (address - begin);
	self->path = strchr(at, '/');
	return self->path != NULL;
}

static bool find_mapping(mapping *self, uint64_t address)
{
	static char part[4096];
	size_t size = 0;
	ssize_t got;
	const int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while ((got = read(fd, part, sizeof part)) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			if (part[i] != '\n') {
				if (size < sizeof self->text - 1)
					self->text[size++] = part[i];
				continue;
			}
			self->text[size] = '\0';
			size = 0;
			if (parse_mapping(self, address)) {
				close(fd);
				return true;
			}
		}
	}
	close(fd);
	return false;
}

/* ---- the signal ---- */

static void say_file(line *out, const mapping *where)
{
	struct stat file;
	const bool cut =
		stat(where->path, &file) == 0 && where->offset >= (uint64_t)file.st_size;
	begin_line(out, "store unreadable");
	put_key(out, "file");
	put_quoted(out, where->path);
	put_key(out, "offset");
	put_number(out, where->offset, 10, 1);
	put_key(out, "cause");
	put_quoted(out, cut ? "the file was cut while it was in use"
	                    : "the disk or the memory failed");
	put_key(out, "text");
	put_quoted(out, cut ? "restore it from a backup"
	                    : "check the machine, start again and run cardex check");
	end_line(out);
}

static void say_address(line *out, uint64_t address)
{
	begin_line(out, "bus error");
	put_key(out, "address");
	put_number(out, address, 10, 1);
	end_line(out);
}

static void on_bus_error(int number, siginfo_t *what, void *context)
{
	static atomic_flag taken = ATOMIC_FLAG_INIT;
	static line out;
	static mapping where;
	(void)number;
	(void)context;
	while (atomic_flag_test_and_set(&taken))
		(void)pause(); /* another thread ends the process */
	const uint64_t address = (uint64_t)(uintptr_t)what->si_addr;
	/* One that a process sent has no address. */
	if (what->si_code > 0 && find_mapping(&where, address))
		say_file(&out, &where);
	else
		say_address(&out, what->si_code > 0 ? address : 0);
	_exit(DAEMON_EXIT_IO);
}

void daemon_bus_error_handle(void)
{
	struct sigaction action = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}
