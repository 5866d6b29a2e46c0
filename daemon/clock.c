/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/clock.h"

#include "base/clock.h"

#include <fcntl.h>
#include <unistd.h>

enum { TIME_BYTES_MAX = 64 };

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static cx_slice trim(cx_slice text)
{
	while (text.size > 0 && is_blank(text.data[0]))
		text = cx_slice_from(text, 1);
	while (text.size > 0 && is_blank(text.data[text.size - 1]))
		text.size--;
	return text;
}

/* Digits alone. Fifteen of them reach beyond the last year of a time. */
static bool parse_ms(cx_slice text, int64_t *ret)
{
	int64_t ms = 0;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		ms = ms * 10 + (text.data[i] - '0');
	}
	*ret = ms;
	return text.size > 0 && text.size < 15;
}

static bool parse(cx_slice text, int64_t *ret)
{
	text = trim(text);
	if (text.size >= 15 || !parse_ms(text, ret))
		return cx_ts_parse(text, ret);
	return true;
}

static bool read_file(const char *path, int64_t *ret)
{
	uint8_t bytes[TIME_BYTES_MAX];
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	const ssize_t size = read(fd, bytes, sizeof bytes);
	close(fd);
	return size > 0 && parse((cx_slice){ .data = bytes, .size = (size_t)size }, ret);
}

cx_status daemon_clock_init(daemon_clock *ret, const char *file, cx_error *error)
{
	int64_t ms = 0;
	if (file[0] != '\0' && !read_file(file, &ms))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "clock.file: %s has no time in it, such as "
		               "2026-11-23T08:15:00Z or milliseconds since 1970",
		               file);
	ret->file = file;
	atomic_init(&ret->last_ms, ms);
	return CX_OK;
}

/* The later of the two becomes the last. */
static int64_t advance(daemon_clock *clock, int64_t ms)
{
	int_fast64_t last = atomic_load(&clock->last_ms);
	while (last < ms && !atomic_compare_exchange_weak(&clock->last_ms, &last, ms))
		;
	return last < ms ? ms : last;
}

int64_t daemon_clock_now_ms(daemon_clock *clock)
{
	int64_t ms = 0;
	if (clock->file[0] == '\0')
		ms = cx_clock_wall_ms();
	else
		(void)read_file(clock->file, &ms);
	return advance(clock, ms);
}
