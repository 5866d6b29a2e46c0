/* SPDX-License-Identifier: Apache-2.0 */
/* Under a sanitizer, whose malloc it is, its hooks count; else the functions of this file take
 * the place of those of the C library and pass on to them. */
#include "tests/daemon/allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

static atomic_bool counting;
static atomic_size_t taken;
static _Thread_local bool is_own; /* the thread of the test */

static void count(void)
{
	if (atomic_load_explicit(&counting, memory_order_relaxed) && !is_own)
		atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* gcc has no header that declares it. */
typedef void malloc_hook(const volatile void *data, size_t size);
typedef void free_hook(const volatile void *data);
int install_hooks(malloc_hook *,
                  free_hook *) __asm__("__sanitizer_install_malloc_and_free_hooks");

static void on_malloc(const volatile void *data, size_t size)
{
	(void)data;
	(void)size;
	count();
}

static void on_free(const volatile void *data)
{
	(void)data;
}

static void prepare(void)
{
	static bool done;
	if (!done)
		install_hooks(on_malloc, on_free);
	done = true;
}
#else
void *libc_malloc(size_t size) __asm__("__libc_malloc");
void *libc_calloc(size_t number, size_t size) __asm__("__libc_calloc");
void *libc_realloc(void *data, size_t size) __asm__("__libc_realloc");
void *libc_memalign(size_t alignment, size_t size) __asm__("__libc_memalign");

void *malloc(size_t size)
{
	count();
	return libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
	count();
	return libc_calloc(number, size);
}

void *realloc(void *data, size_t size)
{
	count();
	return libc_realloc(data, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	count();
	return libc_memalign(alignment, size);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	count();
	void *data = libc_memalign(alignment, size);
	if (data == NULL)
		return ENOMEM;
	*ret = data;
	return 0;
}

static void prepare(void)
{
}
#endif

void allocations_begin(void)
{
	prepare();
	is_own = true;
	atomic_store(&taken, 0);
	atomic_store(&counting, true);
}

size_t allocations_end(void)
{
	atomic_store(&counting, false);
	return atomic_load(&taken);
}
