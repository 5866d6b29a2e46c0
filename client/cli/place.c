/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static bool fail(const char *path, const char *what)
{
	fprintf(stderr, "cardex: %s: %s\n", path, what);
	return false;
}

cli_place cli_place_of_row(uint64_t seq, const char *type, int64_t id)
{
	cli_place place = { .seq = seq, .id = id };
	if (strlen(type) >= sizeof place.type)
		return (cli_place){ 0 };
	strcpy(place.type, type);
	return place;
}

/* "SEQ PART", or "SEQ PART TYPE ID" in the rows of a snapshot. */
static bool read_place(FILE *file, cli_place *ret)
{
	char end = '\0';
	*ret = (cli_place){ 0 };
	int read = fscanf(file, "%" SCNu64 " %" SCNu32 "%c", &ret->seq, &ret->part, &end);
	if (read != 3 || ret->seq == 0)
		return false;
	if (end == '\n')
		return true;
	read = fscanf(file, "%63s %" SCNd64 "%c", ret->type, &ret->id, &end);
	return read == 3 && end == '\n' && ret->id > 0;
}

bool cli_place_load(const char *path, cli_place *ret)
{
	FILE *file = fopen(path, "re");
	*ret = (cli_place){ 0 };
	if (file == NULL)
		return errno == ENOENT || fail(path, strerror(errno));
	const bool good = read_place(file, ret);
	fclose(file);
	if (good)
		return true;
	return fail(path, "this is no state of a watch; remove it to begin anew");
}

static bool write_whole(const char *path, cli_place place)
{
	FILE *file = fopen(path, "we");
	if (file == NULL)
		return false;
	bool good = fprintf(file, "%" PRIu64 " %" PRIu32, place.seq, place.part) > 0;
	if (good && place.type[0] != '\0')
		good = fprintf(file, " %s %" PRId64, place.type, place.id) > 0;
	good = good && fputc('\n', file) != EOF;
	good = fflush(file) == 0 && good;
	good = fsync(fileno(file)) == 0 && good;
	return fclose(file) == 0 && good;
}

bool cli_place_save(const char *path, cli_place place)
{
	char next[PATH_SIZE];
	const int size = snprintf(next, sizeof next, "%s.next", path);
	if (size < 0 || (size_t)size >= sizeof next)
		return fail(path, "the name is too long");
	if (write_whole(next, place) && rename(next, path) == 0)
		return true;
	return fail(path, strerror(errno));
}

/* ---- lines ---- */

/* Where the last newline before `end` is; -1: there is none. */
static off_t newline_before(int fd, off_t end)
{
	char bytes[4096];
	while (end > 0) {
		const off_t begin = end > (off_t)sizeof bytes ? end - (off_t)sizeof bytes : 0;
		const ssize_t got = pread(fd, bytes, (size_t)(end - begin), begin);
		if (got != end - begin)
			return -1;
		const char *found = memrchr(bytes, '\n', (size_t)got);
		if (found != NULL)
			return begin + (found - bytes);
		end = begin;
	}
	return -1;
}

/* Behind a row; none when it does not say where its changes begin. */
static cli_place behind_row(json_t *row)
{
	const json_int_t seq = json_integer_value(json_object_get(row, "seq"));
	const char *type = json_string_value(json_object_get(row, "type"));
	const json_int_t id =
		json_integer_value(json_object_get(json_object_get(row, "values"), "id"));
	if (!json_is_integer(json_object_get(row, "seq")) || type == NULL || id <= 0)
		return (cli_place){ 0 };
	return cli_place_of_row((uint64_t)seq + 1, type, id);
}

/* The place behind a line: a change, a row of a snapshot, or the end of those. */
static bool place_behind(const char *line, size_t size, cli_place *ret)
{
	json_t *json = json_loadb(line, size, 0, NULL);
	const char *kind = json_string_value(json_object_get(json, "kind"));
	const json_int_t seq = json_integer_value(json_object_get(json, "seq"));
	const json_int_t part = json_integer_value(json_object_get(json, "part"));
	bool good = kind != NULL;
	if (good && strcmp(kind, "rows_end") == 0)
		*ret = (cli_place){ .seq = (uint64_t)seq + 1 };
	else if (good && strcmp(kind, "row") == 0)
		*ret = behind_row(json);
	else
		*ret = (cli_place){ .seq = (uint64_t)seq, .part = (uint32_t)part + 1 };
	good = good && seq >= 0 && part >= 0 && part < UINT32_MAX;
	json_decref(json);
	return good;
}

static bool read_last(int fd, off_t end, cli_place *ret)
{
	const off_t begin = newline_before(fd, end - 1) + 1;
	const size_t size = (size_t)(end - begin);
	char *line = malloc(size);
	const bool good = line != NULL && pread(fd, line, size, begin) == (ssize_t)size &&
	                  place_behind(line, size, ret);
	free(line);
	return good;
}

/* The size is that of the whole lines. */
static bool settle(int fd, const char *path, cli_place *ret)
{
	const off_t size = lseek(fd, 0, SEEK_END);
	const off_t end = size < 0 ? -1 : newline_before(fd, size) + 1;
	*ret = (cli_place){ 0 };
	if (end > 0 && !read_last(fd, end, ret))
		return fail(path, "its last line is none of cardex watch --append; give "
		                  "another file");
	if (end < 0 || ftruncate(fd, end) != 0 || lseek(fd, end, SEEK_SET) != end)
		return fail(path, strerror(errno));
	return true;
}

FILE *cli_place_open_lines(const char *path, cli_place *ret)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		fail(path, strerror(errno));
		return NULL;
	}
	FILE *file = settle(fd, path, ret) ? fdopen(fd, "r+") : NULL;
	if (file == NULL)
		close(fd);
	return file;
}
