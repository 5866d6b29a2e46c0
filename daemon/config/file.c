/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files: inih finds sections and keys, what is here knows lines and files.
 *
 * inih tells its handler no line numbers and cuts long lines without a word, so it gets its
 * lines from us: we count them, refuse what it would cut, and take away leading blanks, which
 * it would take for the continuation of the line before. It calls the handler for a line
 * before it asks for the next one. */
#include "daemon/config.h"
#include "daemon/config/option.h"

#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES_MAX = 4096 };

typedef struct source {
	daemon_config *config;
	const char *path;
	FILE *file;
	uint32_t line;
	char *text; /* of the line; getline's */
	size_t capacity;
	uint32_t line_of[DAEMON_OPTION_COUNT_ALL]; /* where this file set it; 0 = nowhere */
	cx_status status;                          /* of the first error */
	cx_error *error;
} source;

static void source_release(source *self)
{
	if (self->file != NULL)
		fclose(self->file);
	free(self->text);
}

CX_PRINTF(3, 4)
static void refuse(source *self, cx_status status, const char *format, ...)
{
	if (self->status != CX_OK)
		return;
	char text[CX_ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	self->status = cx_fail(self->error, status, "%s:%u: %s", self->path, self->line, text);
	if (self->error != NULL)
		self->error->line = self->line;
}

static void refuse_name(source *self, const char *section, const char *key)
{
	CX_SCOPED(cx_buf_release) cx_buf hint = CX_BUF_INIT(CX_ERROR_TEXT_SIZE);
	bool has_section = daemon__option_has_section(section);
	daemon__option_suggest(section, has_section ? key : NULL, &hint);
	cx_slice tail = cx_buf_slice(&hint);
	if (!has_section && section[0] == '\0')
		refuse(self, CX_INVALID_ARGUMENT, "%s stands before the first [section]", key);
	else if (!has_section)
		refuse(self, CX_INVALID_ARGUMENT, "unknown section [%s]%s%.*s", section,
		       tail.size > 0 ? "; " : "", CX_SLICE_ARG(tail));
	else
		refuse(self, CX_INVALID_ARGUMENT, "unknown key %s in [%s]%s%.*s", key, section,
		       tail.size > 0 ? "; " : "", CX_SLICE_ARG(tail));
}

/* What inih calls for each key; 0 makes it remember an error, and it goes on all the same. */
static int take_value(void *user, const char *section, const char *key, const char *value)
{
	source *self = user;
	daemon_option option = 0;
	if (self->status != CX_OK)
		return 0;
	if (!daemon__option_find(section, key, &option)) {
		refuse_name(self, section, key);
		return 0;
	}
	if (self->line_of[option] != 0) {
		refuse(self, CX_INVALID_ARGUMENT, "%s is set a second time; first in line %u",
		       key, self->line_of[option]);
		return 0;
	}
	self->line_of[option] = self->line;

	CX_SCOPED(cx_buf_release) cx_buf origin = CX_BUF_INIT(PATH_BYTES_MAX + 32);
	cx_buf_printf(&origin, "%s:%u", self->path, self->line);
	cx_buf_append_byte(&origin, '\0');
	self->status = cx_buf_status(&origin);
	if (self->status == CX_OK)
		self->status = daemon_config_set(self->config, option, value,
		                                 (const char *)origin.data, self->error);
	if (self->status != CX_OK && self->error != NULL)
		self->error->line = self->line;
	return self->status == CX_OK;
}

/* What inih calls for each line, as it would fgets. */
static char *next_line(char *out, int size, void *user)
{
	source *self = user;
	if (self->status != CX_OK)
		return NULL;
	ssize_t length = getline(&self->text, &self->capacity, self->file);
	if (length < 0) {
		if (ferror(self->file))
			refuse(self, CX_IO, "%s", strerror(errno));
		return NULL;
	}
	self->line++;
	if (memchr(self->text, '\0', (size_t)length) != NULL) {
		refuse(self, CX_INVALID_ARGUMENT, "a zero byte");
		return NULL;
	}
	const char *begin = self->text + strspn(self->text, " \t");
	size_t rest = strlen(begin);
	if (rest >= (size_t)size) {
		refuse(self, CX_INVALID_ARGUMENT, "longer than %d bytes", size - 2);
		return NULL;
	}
	memcpy(out, begin, rest + 1);
	return out;
}

static cx_status read_file(daemon_config *config, const char *path, cx_error *error)
{
	CX_SCOPED(source_release)
	source self = { .config = config, .path = path, .error = error };
	self.file = fopen(path, "re");
	if (self.file == NULL)
		return cx_fail(error, errno == ENOENT ? CX_NOT_FOUND : CX_IO,
		               "cannot read %s: %s", path, strerror(errno));
	int bad_line = ini_parse_stream(next_line, &self, take_value, &self);
	if (self.status == CX_OK && bad_line != 0) {
		self.line = bad_line > 0 ? (uint32_t)bad_line : self.line;
		refuse(&self, CX_INVALID_ARGUMENT, "neither [section] nor key = value");
	}
	return self.status;
}

static int is_drop_in(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return entry->d_name[0] != '.' && length > 5 &&
	       strcmp(entry->d_name + length - 5, ".conf") == 0;
}

/* By bytes, whatever the locale: scandir's alphasort would ask it. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static cx_status read_drop_in(daemon_config *config, const char *folder, const char *name,
                              cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf path = CX_BUF_INIT(PATH_BYTES_MAX);
	cx_buf_printf(&path, "%s/%s", folder, name);
	cx_buf_append_byte(&path, '\0');
	if (cx_buf_status(&path) != CX_OK)
		return cx_fail(error, cx_buf_status(&path), "the path %s/%s is too long",
		               folder, name);
	return read_file(config, (const char *)path.data, error);
}

static cx_status read_drop_ins(daemon_config *config, const char *folder, cx_error *error)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_drop_in, by_bytes);
	if (count < 0)
		return errno == ENOENT ? CX_OK
		                       : cx_fail(error, CX_IO, "cannot read %s: %s", folder,
		                                 strerror(errno));
	cx_status status = CX_OK;
	for (int i = 0; i < count; i++) {
		if (status == CX_OK)
			status = read_drop_in(config, folder, entries[i]->d_name, error);
		free(entries[i]);
	}
	free(entries);
	return status;
}

cx_status daemon_config_read(daemon_config *config, const char *path, cx_error *error)
{
	cx_status status = read_file(config, path, error);
	if (status != CX_OK)
		return status;
	CX_SCOPED(cx_buf_release) cx_buf folder = CX_BUF_INIT(PATH_BYTES_MAX);
	cx_buf_printf(&folder, "%s.d", path);
	cx_buf_append_byte(&folder, '\0');
	if (cx_buf_status(&folder) != CX_OK)
		return cx_fail(error, cx_buf_status(&folder), "the path %s is too long", path);
	return read_drop_ins(config, (const char *)folder.data, error);
}
