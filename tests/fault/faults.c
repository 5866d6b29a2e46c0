/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/faults.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 4096, NAME_BYTES = 64, FOLDER_BYTES = 128 };

static char folder[FOLDER_BYTES];
static char names[DESCRIPTORS_MAX][NAME_BYTES]; /* of watched files that are open */
static atomic_bool watched[DESCRIPTORS_MAX];

static fault how;
static unsigned fail_at;
static atomic_bool armed;

typedef struct tally {
	atomic_uint calls;
	atomic_uint hits;
	char first_hit[NAME_BYTES + 32];
	atomic_bool first_hit_lasting;
} tally;

static tally own_count;
static tally *counted = &own_count;

/* ---- which calls fail ---- */

static void remember(const char *call, const char *name, bool lasting)
{
	if (atomic_fetch_add(&counted->hits, 1) > 0)
		return;
	snprintf(counted->first_hit, sizeof counted->first_hit, "%s %s", call, name);
	atomic_store(&counted->first_hit_lasting, lasting);
}

static bool is_its_turn(void)
{
	unsigned number = atomic_fetch_add(&counted->calls, 1) + 1;
	return fail_at != 0 && (number == fail_at || (number > fail_at && how.for_good));
}

/* `is_sync`: the call makes bytes durable; `may_be_short`: it moves bytes. */
static bool fails(const char *call, const char *name, bool is_sync, bool may_be_short)
{
	if (!atomic_load(&armed) || how.target == FAULT_MEMORY ||
	    (how.target == FAULT_SYNCS && !is_sync) || !is_its_turn())
		return false;
	if (how.kind == FAULT_SHORT && !may_be_short)
		return false;
	bool lasting = (how.kind == FAULT_EIO || how.kind == FAULT_NO_SPACE) &&
	               (is_sync || strcmp(call, "pwrite") == 0);
	remember(call, name, lasting);
	return true;
}

static bool fails_on(const char *call, int fd, bool is_sync, bool may_be_short)
{
	return fd >= 0 && fd < DESCRIPTORS_MAX && atomic_load(&watched[fd]) &&
	       fails(call, names[fd], is_sync, may_be_short);
}

static bool is_below(const char *path)
{
	return folder[0] != '\0' && strncmp(path, folder, strlen(folder)) == 0;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

static bool fails_at(const char *call, const char *path)
{
	return is_below(path) && fails(call, name_of(path), false, false);
}

static int code(void)
{
	switch (how.kind) {
	case FAULT_NO_SPACE:
		return ENOSPC;
	case FAULT_INTERRUPTED:
		return EINTR;
	case FAULT_EIO:
	case FAULT_SHORT:
	case FAULT_KINDS:
		break;
	}
	return EIO;
}

static int refuse(void)
{
	errno = code();
	return -1;
}

static size_t half(size_t size)
{
	return (size + 1) / 2;
}

/* ---- the calls ---- */

static int opened(int fd, const char *path)
{
	if (fd < 0 || fd >= DESCRIPTORS_MAX)
		return fd;
	snprintf(names[fd], NAME_BYTES, "%s", name_of(path));
	atomic_store(&watched[fd], is_below(path));
	return fd;
}

static int open_at(int parent, const char *path, int flags, mode_t mode)
{
	if (fails_at("open", path))
		return refuse();
	return opened((int)syscall(SYS_openat, parent, path, flags, mode), path);
}

/* With 64-bit offsets the C names are those of the 64-bit functions to the linker; LMDB was
 * compiled without. */
#define CATCH(result, symbol, ...)                            \
	result caught_##symbol(__VA_ARGS__) __asm__(#symbol); \
	result caught_##symbol(__VA_ARGS__)
#define MODE_OF(flags, mode)                        \
	mode_t mode = 0;                            \
	if ((flags & (O_CREAT | O_TMPFILE)) != 0) { \
		va_list rest;                       \
		va_start(rest, flags);              \
		mode = va_arg(rest, mode_t);        \
		va_end(rest);                       \
	}

CATCH(int, open, const char *path, int flags, ...)
{
	MODE_OF(flags, mode)
	return open_at(AT_FDCWD, path, flags, mode);
}

CATCH(int, open64, const char *path, int flags, ...)
{
	MODE_OF(flags, mode)
	return open_at(AT_FDCWD, path, flags, mode);
}

CATCH(int, openat, int parent, const char *path, int flags, ...)
{
	MODE_OF(flags, mode)
	return open_at(parent, path, flags, mode);
}

CATCH(int, openat64, int parent, const char *path, int flags, ...)
{
	MODE_OF(flags, mode)
	return open_at(parent, path, flags, mode);
}

CATCH(int, close, int fd)
{
	if (fd >= 0 && fd < DESCRIPTORS_MAX)
		atomic_store(&watched[fd], false);
	return (int)syscall(SYS_close, fd);
}

static ssize_t read_at(int fd, void *bytes, size_t size, off_t offset)
{
	if (fails_on("pread", fd, false, true)) {
		if (how.kind != FAULT_SHORT)
			return refuse();
		size = half(size);
	}
	return syscall(SYS_pread64, fd, bytes, size, offset);
}

CATCH(ssize_t, pread, int fd, void *bytes, size_t size, off_t offset)
{
	return read_at(fd, bytes, size, offset);
}

CATCH(ssize_t, pread64, int fd, void *bytes, size_t size, off_t offset)
{
	return read_at(fd, bytes, size, offset);
}

static ssize_t write_at(int fd, const void *bytes, size_t size, off_t offset)
{
	if (fails_on("pwrite", fd, false, true)) {
		if (how.kind != FAULT_SHORT)
			return refuse();
		size = half(size);
	}
	return syscall(SYS_pwrite64, fd, bytes, size, offset);
}

CATCH(ssize_t, pwrite, int fd, const void *bytes, size_t size, off_t offset)
{
	return write_at(fd, bytes, size, offset);
}

CATCH(ssize_t, pwrite64, int fd, const void *bytes, size_t size, off_t offset)
{
	return write_at(fd, bytes, size, offset);
}

CATCH(ssize_t, write, int fd, const void *bytes, size_t size)
{
	if (fails_on("write", fd, false, true)) {
		if (how.kind != FAULT_SHORT)
			return refuse();
		size = half(size);
	}
	return syscall(SYS_write, fd, bytes, size);
}

CATCH(ssize_t, writev, int fd, const struct iovec *parts, int count)
{
	if (fails_on("pwrite", fd, false, true)) {
		if (how.kind != FAULT_SHORT)
			return refuse();
		return syscall(SYS_write, fd, parts[0].iov_base, half(parts[0].iov_len));
	}
	return syscall(SYS_writev, fd, parts, count);
}

CATCH(int, fsync, int fd)
{
	if (fails_on("fsync", fd, true, false))
		return refuse();
	return (int)syscall(SYS_fsync, fd);
}

CATCH(int, fdatasync, int fd)
{
	if (fails_on("fdatasync", fd, true, false))
		return refuse();
	return (int)syscall(SYS_fdatasync, fd);
}

static int allocate(int fd, int mode, off_t offset, off_t size)
{
	if (fails_on("fallocate", fd, false, false))
		return refuse();
	return (int)syscall(SYS_fallocate, fd, mode, offset, size);
}

CATCH(int, fallocate, int fd, int mode, off_t offset, off_t size)
{
	return allocate(fd, mode, offset, size);
}

CATCH(int, fallocate64, int fd, int mode, off_t offset, off_t size)
{
	return allocate(fd, mode, offset, size);
}

CATCH(int, posix_fallocate, int fd, off_t offset, off_t size)
{
	return allocate(fd, 0, offset, size) == 0 ? 0 : errno;
}

CATCH(int, posix_fallocate64, int fd, off_t offset, off_t size)
{
	return allocate(fd, 0, offset, size) == 0 ? 0 : errno;
}

static int cut(int fd, off_t size)
{
	if (fails_on("ftruncate", fd, false, false))
		return refuse();
	return (int)syscall(SYS_ftruncate, fd, size);
}

CATCH(int, ftruncate, int fd, off_t size)
{
	return cut(fd, size);
}

CATCH(int, ftruncate64, int fd, off_t size)
{
	return cut(fd, size);
}

CATCH(int, unlink, const char *path)
{
	if (fails_at("unlink", path))
		return refuse();
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

CATCH(int, rename, const char *from, const char *to)
{
	if (fails_at("rename", from))
		return refuse();
	return (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

/* ---- memory ---- */

/* The functions behind those that are caught. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REAL(name) __interceptor_##name
#else
#define REAL(name)            __libc_##name
#define __libc_posix_memalign posix_memalign_by_memalign
#endif
void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *old, size_t size);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
int REAL(posix_memalign)(void **ret, size_t alignment, size_t size);
#else
void *libc_memalign(size_t alignment, size_t size) __asm__("__libc_memalign");

static int posix_memalign_by_memalign(void **ret, size_t alignment, size_t size)
{
	void *memory = libc_memalign(alignment, size);
	if (memory == NULL)
		return ENOMEM;
	*ret = memory;
	return 0;
}
#endif

/* Who gets memory all the same. */
enum { SPARED_MAX = 16 };

typedef struct spared_range {
	uintptr_t from;
	uintptr_t to;
} spared_range;

static spared_range spared[SPARED_MAX];
static unsigned spared_count;

static int spare(struct dl_phdr_info *object, size_t size, void *context)
{
	static const char *const objects[] = {
		"/libcrypto", /* OpenSSL 3.0 ends by SIGSEGV when it has none to begin with */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
		/* The sanitizers do not live without, nor when the C library has none for them.
		 */
		"/libc.so",
		"/ld-linux",
		"/libasan",
		"/libubsan",
		"/libtsan",
#endif
	};
	(void)size;
	(void)context;
	bool found = false;
	for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
		found |= strstr(object->dlpi_name, objects[i]) != NULL;
	for (unsigned i = 0; found && i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t from = object->dlpi_addr + part->p_vaddr;
		if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0 &&
		    spared_count < SPARED_MAX)
			spared[spared_count++] = (spared_range){ from, from + part->p_memsz };
	}
	return 0;
}

static bool is_spared(const void *caller)
{
	for (unsigned i = 0; i < spared_count; i++)
		if ((uintptr_t)caller >= spared[i].from && (uintptr_t)caller < spared[i].to)
			return true;
	return false;
}

static void find_spared(void)
{
	if (spared_count == 0)
		dl_iterate_phdr(spare, NULL);
}
/* The first calls come before the sanitizers are ready. */
#define UNCHECKED __attribute__((no_sanitize("address", "thread", "undefined"), noinline))

static volatile int memory_armed;

static bool memory_refused(const char *call, const void *caller)
{
	if (is_spared(caller) || !is_its_turn())
		return false;
	remember(call, "", false);
	errno = ENOMEM;
	return true;
}

#define REFUSED(call) (memory_armed && memory_refused(call, __builtin_return_address(0)))

UNCHECKED CATCH(void *, malloc, size_t size)
{
	return REFUSED("malloc") ? NULL : REAL(malloc)(size);
}

UNCHECKED CATCH(void *, calloc, size_t count, size_t size)
{
	return REFUSED("calloc") ? NULL : REAL(calloc)(count, size);
}

UNCHECKED CATCH(void *, realloc, void *old, size_t size)
{
	return REFUSED("realloc") ? NULL : REAL(realloc)(old, size);
}

UNCHECKED CATCH(int, posix_memalign, void **ret, size_t alignment, size_t size)
{
	return REFUSED("posix_memalign") ? ENOMEM : REAL(posix_memalign)(ret, alignment, size);
}

/* ---- for the tests ---- */

void faults_share(void)
{
	if (counted != &own_count)
		return;
	void *shared = mmap(NULL, sizeof *counted, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	counted = shared;
}

void faults_watch(const char *path)
{
	snprintf(folder, sizeof folder, "%s", path);
}

void faults_arm(fault what, unsigned at)
{
	find_spared();
	how = what;
	fail_at = at;
	counted->first_hit[0] = '\0';
	atomic_store(&counted->first_hit_lasting, false);
	atomic_store(&counted->hits, 0);
	atomic_store(&counted->calls, 0);
	atomic_store(&armed, true);
	memory_armed = what.target == FAULT_MEMORY;
}

unsigned faults_disarm(void)
{
	memory_armed = 0;
	atomic_store(&armed, false);
	return atomic_load(&counted->calls);
}

bool faults_have_hit(void)
{
	return atomic_load(&counted->hits) > 0;
}

const char *faults_hit(void)
{
	return counted->first_hit;
}

bool faults_hit_lasting(void)
{
	return atomic_load(&counted->first_hit_lasting);
}

const char *fault_text(fault what)
{
	static const char *const kinds[FAULT_KINDS] = { "EIO", "ENOSPC", "EINTR", "short" };
	static char text[64];
	snprintf(text, sizeof text, "%s %s%s",
	         what.target == FAULT_MEMORY ? "no memory" : kinds[what.kind],
	         what.for_good ? "for good" : "once",
	         what.target == FAULT_SYNCS ? ", syncs" : "");
	return text;
}

static char deadline_text[160];

static void on_alarm(int number)
{
	(void)number;
	ssize_t written = write(STDERR_FILENO, deadline_text, strlen(deadline_text));
	(void)written;
	abort();
}

void faults_deadline(unsigned seconds, const char *what)
{
	snprintf(deadline_text, sizeof deadline_text, "hangs: %s\n", what);
	signal(SIGALRM, on_alarm);
	alarm(seconds);
}

unsigned faults_step(unsigned all, unsigned wanted)
{
	const char *every = getenv("CARDEX_FAULT_ALL");
	if (all <= wanted || (every != NULL && strcmp(every, "1") == 0))
		return 1;
	return (all + wanted - 1) / wanted;
}

unsigned faults_first(unsigned *all)
{
	const char *point = getenv("CARDEX_FAULT_POINT");
	if (point == NULL)
		return 1;
	char *behind;
	unsigned first = (unsigned)strtoul(point, &behind, 0);
	unsigned last = *behind == '-' ? (unsigned)strtoul(behind + 1, NULL, 0) : first;
	if (last < *all)
		*all = last;
	return first;
}
