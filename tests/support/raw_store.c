/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/raw_store.h"

#include "tests/support/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHOW_BYTES = 64 * 1024, BATCH_MAX = 64 };

void raw_init(raw_store *self, const char *parent)
{
	*self = (raw_store){ 0 };
	if (parent == NULL) /* in memory: syncing costs nothing there */
		parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(self->folder, sizeof self->folder, "%s/cardex-store-XXXXXX", parent);
	assert_non_null(mkdtemp(self->folder));
	snprintf(self->path, sizeof self->path, "%s/store", self->folder);
}

void raw_release(raw_store *self)
{
	engine__store_close(&self->store);
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", self->folder);
	assert_int_equal(system(command), 0);
}

static void remove_file(const char *folder, const char *name, void *context)
{
	(void)context;
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static void copy_file(const char *folder, const char *name, void *context)
{
	const raw_store *to = context;
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	int in = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof path, "%s/%s", to->folder, name);
	int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(in >= 0 && out >= 0);
	ssize_t copied;
	do {
		copied = sendfile(out, in, NULL, 1 << 30);
	} while (copied > 0);
	assert_int_equal(copied, 0);
	close(in);
	close(out);
}

static void count_file(const char *folder, const char *name, void *context)
{
	(void)folder;
	unsigned *count = context;
	const char *lock = strstr(name, "-lock");
	*count += lock == NULL || lock[strlen("-lock")] != '\0';
}

static void each_file(const char *path, void visit(const char *, const char *, void *),
                      void *context)
{
	DIR *folder = opendir(path);
	assert_non_null(folder);
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
		if (entry->d_name[0] != '.')
			visit(path, entry->d_name, context);
	closedir(folder);
}

void raw_wipe(raw_store *self)
{
	assert_null(self->store);
	each_file(self->folder, remove_file, NULL);
}

void raw_copy(raw_store *self, const raw_store *other)
{
	raw_wipe(self);
	each_file(other->folder, copy_file, self);
}

unsigned raw_files(const raw_store *self)
{
	unsigned count = 0;
	each_file(self->folder, count_file, &count);
	return count;
}

cx_status raw_try_open(raw_store *self)
{
	assert_null(self->store);
	self->error = (cx_error){ 0 };
	cx_status status =
		engine__store_open(self->path, &self->options, &self->store, &self->error);
	if (status != CX_OK)
		assert_null(self->store);
	return status;
}

void raw_open(raw_store *self)
{
	cx_status status = raw_try_open(self);
	if (status != CX_OK)
		print_message("%s\n", self->error.text);
	assert_int_equal(status, CX_OK);
	assert_int_equal(engine__store_tree(self->store, "pairs", true, &self->tree), CX_OK);
}

void raw_close(raw_store *self)
{
	assert_non_null(self->store);
	engine__store_close(&self->store);
	assert_null(self->store);
}

void raw_reopen(raw_store *self)
{
	raw_close(self);
	raw_open(self);
}

void raw_assert_refused(raw_store *self, const char *part)
{
	const unsigned files = raw_files(self);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(raw_try_open(self), CX_CORRUPT);
		if (strstr(self->error.text, part) == NULL)
			print_error("it says: %s\n", self->error.text);
		assert_non_null(strstr(self->error.text, part));
	}
	assert_int_equal(raw_files(self), files);
}

cx_slice raw_text(const char *text)
{
	return cx_slice_of(text);
}

cx_status raw_put(raw_store *self, const char *key, cx_slice value)
{
	engine__txn *txn;
	cx_status status = engine__txn_begin(self->store, &txn);
	if (status != CX_OK)
		return status;
	assert_int_equal(engine__txn_put(txn, self->tree, raw_text(key), value), CX_OK);
	status = engine__txn_commit(&txn);
	assert_null(txn);
	return status;
}

cx_status raw_remove(raw_store *self, const char *key)
{
	engine__txn *txn;
	cx_status status = engine__txn_begin(self->store, &txn);
	if (status != CX_OK)
		return status;
	assert_int_equal(engine__txn_remove(txn, self->tree, raw_text(key)), CX_OK);
	return engine__txn_commit(&txn);
}

void raw_put_all(engine__txn *txn, engine__tree tree, const char *pairs)
{
	while (*pairs != '\0') {
		size_t key = strcspn(pairs, "=");
		size_t value = strcspn(pairs + key + 1, " ");
		const uint8_t *bytes = (const uint8_t *)pairs;
		cx_status status = engine__txn_put(txn, tree, (cx_slice){ bytes, key },
		                                   (cx_slice){ bytes + key + 1, value });
		assert_int_equal(status, CX_OK);
		pairs += key + 1 + value;
		pairs += strspn(pairs, " ");
	}
}

const char *raw_show(engine__view *view, engine__tree tree, engine__direction direction,
                     size_t batch)
{
	static char text[SHOW_BYTES];
	size_t used = 0;
	text[0] = '\0';
	engine__cursor *cursor;
	assert_true(batch <= BATCH_MAX);
	assert_int_equal(engine__cursor_open(view, tree, direction, &cursor), CX_OK);
	engine__pair pairs[BATCH_MAX];
	size_t count;
	do {
		assert_int_equal(engine__cursor_next(cursor, pairs, batch, &count), CX_OK);
		for (size_t i = 0; i < count; i++) {
			int more = snprintf(text + used, sizeof text - used, "%s%.*s=%.*s",
			                    used > 0 ? " " : "", CX_SLICE_ARG(pairs[i].key),
			                    CX_SLICE_ARG(pairs[i].value));
			assert_true(more > 0 && (size_t)more < sizeof text - used);
			used += (size_t)more;
		}
	} while (count == batch);
	engine__cursor_close(&cursor);
	assert_null(cursor);
	return text;
}

const char *raw_show_all(raw_store *self)
{
	engine__view *view;
	assert_int_equal(engine__view_begin(self->store, &view), CX_OK);
	const char *text = raw_show(view, self->tree, ENGINE__FORWARD, BATCH_MAX);
	engine__view_end(&view);
	return text;
}

int raw_spawn(const char *verb, const char *path, int *ret_out)
{
	char program[] = "/proc/self/exe";
	char *arguments[] = { program, strdup(verb), strdup(path), NULL };
	int ends[2] = { -1, -1 };
	posix_spawn_file_actions_t actions;
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	if (ret_out != NULL) {
		assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
		assert_int_equal(posix_spawn_file_actions_adddup2(&actions, ends[1], 1), 0);
		*ret_out = ends[0];
	}
	pid_t pid;
	assert_int_equal(posix_spawn(&pid, program, &actions, NULL, arguments, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	free(arguments[1]);
	free(arguments[2]);
	if (ret_out != NULL)
		close(ends[1]);
	return pid;
}

int raw_wait(int pid)
{
	int state;
	assert_int_equal(waitpid(pid, &state, 0), pid);
	return WIFEXITED(state) ? WEXITSTATUS(state) : 256 + WTERMSIG(state);
}
