/* SPDX-License-Identifier: Apache-2.0 */
/* A place in a page tells where the map of the file begins, for pages larger and smaller than
 * those of the system; a page that is not where it says is refused. */
#include "engine/store/mapped.h"
#include "engine/store/page.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGES = 6, NUMBER = 4, LARGEST = 32 * 1024 };

/* A file, and memory that holds the same: pages of which two say where they are. */
typedef struct fixture {
	int fd;
	size_t page_bytes;
	uint8_t *map;
	engine__image image;
	cx_error error;
} fixture;

static void write_file(fixture *self)
{
	const ssize_t bytes = (ssize_t)(PAGES * self->page_bytes);
	assert_int_equal(pwrite(self->fd, self->map, (size_t)bytes, 0), bytes);
}

static void begin(fixture *self, size_t page_bytes)
{
	*self = (fixture){ .fd = memfd_create("pages", MFD_CLOEXEC), .page_bytes = page_bytes };
	assert_true(self->fd >= 0);
	self->map = aligned_alloc(2 * LARGEST, PAGES * (size_t)2 * LARGEST);
	assert_non_null(self->map);
	dice random = dice_init();
	for (size_t i = 0; i < PAGES * page_bytes; i++)
		self->map[i] = (uint8_t)dice_below(&random, 256);
	for (uint64_t i = 1; i <= NUMBER; i += NUMBER - 1)
		memcpy(self->map + i * page_bytes, &i, sizeof i);
	write_file(self);
	assert_int_equal(engine__image_open(self->fd, "file", &self->error, &self->image),
	                 CX_OK);
	self->image.page_bytes = (uint32_t)page_bytes;
}

static void end(fixture *self)
{
	free(self->map);
	assert_int_equal(close(self->fd), 0);
}

static uint8_t *page(const fixture *self)
{
	return self->map + NUMBER * self->page_bytes;
}

static cx_status find(fixture *self, size_t offset, size_t system_page_bytes)
{
	const uint8_t *map = NULL;
	cx_status status =
		engine__mapped_find(&self->image, page(self) + offset, system_page_bytes, &map);
	if (status == CX_OK)
		assert_ptr_equal(map, self->map);
	return status;
}

static void pages_of_all_sizes_are_found(void **state)
{
	(void)state;
	for (size_t page_bytes = ENGINE__PAGE_BYTES_MIN; page_bytes <= LARGEST;
	     page_bytes *= 2) {
		fixture self;
		begin(&self, page_bytes);
		for (size_t system = ENGINE__PAGE_BYTES_MIN; system <= 2 * LARGEST; system *= 2)
			for (size_t offset = 20; offset < page_bytes; offset += 500)
				assert_int_equal(find(&self, offset, system), CX_OK);
		end(&self);
	}
}

static void a_page_that_is_not_where_it_says_is_refused(void **state)
{
	(void)state;
	for (size_t page_bytes = ENGINE__PAGE_BYTES_MIN; page_bytes <= LARGEST;
	     page_bytes *= 2) {
		fixture self;
		begin(&self, page_bytes);
		const uint64_t numbers[] = { NUMBER - 1, NUMBER + 1, PAGES, UINT64_MAX };
		for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
			memcpy(page(&self), &numbers[i], sizeof numbers[i]);
			write_file(&self);
			assert_int_equal(find(&self, 100, ENGINE__PAGE_BYTES_MIN), CX_CORRUPT);
			assert_non_null(strstr(self.error.text, "file is damaged"));
		}
		end(&self);
	}
}

/* Within a large page lies what stands in the file as another page. */
static void of_two_places_none_is_believed(void **state)
{
	(void)state;
	fixture self;
	begin(&self, LARGEST);
	memcpy(page(&self) + ENGINE__PAGE_BYTES_MIN, self.map + LARGEST,
	       ENGINE__PAGE_BYTES_MIN);
	write_file(&self);
	assert_int_equal(find(&self, 2 * ENGINE__PAGE_BYTES_MIN, ENGINE__PAGE_BYTES_MIN),
	                 CX_CORRUPT);
	end(&self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_all_sizes_are_found),
		cmocka_unit_test(a_page_that_is_not_where_it_says_is_refused),
		cmocka_unit_test(of_two_places_none_is_believed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
