/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/daemon/scratch.h"

#include "base/check.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[SCRATCH_PATH_SIZE];

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
	(void)stat;
	(void)kind;
	(void)walk;
	return remove(path);
}

void scratch_remove(void)
{
	if (folder[0] != '\0')
		nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	folder[0] = '\0';
}

const char *scratch_make(void)
{
	const char *parent = getenv("TMPDIR");
	scratch_remove();
	int size = snprintf(folder, sizeof folder, "%s/cardex-test-XXXXXX",
	                    parent != NULL ? parent : "/tmp");
	CX_ASSERT(size > 0 && (size_t)size < sizeof folder);
	CX_ASSERT(mkdtemp(folder) != NULL);
	return folder;
}

void scratch_path(const char *name, char path[SCRATCH_PATH_SIZE])
{
	int size = snprintf(path, SCRATCH_PATH_SIZE, "%s/%s", folder, name);
	CX_ASSERT(size > 0 && size < SCRATCH_PATH_SIZE);
}

void scratch_write(const char *name, const char *text, char path[SCRATCH_PATH_SIZE])
{
	scratch_path(name, path);
	for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')) != NULL;
	     slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	FILE *file = fopen(path, "w");
	CX_ASSERT(file != NULL);
	CX_ASSERT(fputs(text, file) >= 0);
	CX_ASSERT(fclose(file) == 0);
}
