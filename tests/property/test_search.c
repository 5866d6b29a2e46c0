/* SPDX-License-Identifier: Apache-2.0 */
/* Search finds what reading every text finds, and nothing else: random pieces of Chinese,
 * English and mixed lines, looked for in the index and by a plain scan of the folded lines. */
#include "base/msgpack.h"
#include "base/text.h"
#include "engine/search.h"
#include "tests/support/dice.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINES_MAX = 4000,
	LINES_OF_FILE_MAX = 120,
	LINES_APART = 7,
	LINE_BYTES_MAX = 1500,
	QUERY_BYTES_MAX = 400,
	WORD_STARTS_MAX = 8,
};

static const char SCHEMA[] = "type line { body text search }";

/* All folded lines one after the other, a 00 behind each; line i is record i + 1. */
typedef struct corpus {
	store_fixture store;
	engine_read *read;
	cx_buf stored;
	cx_buf folded;
	size_t stored_from[LINES_MAX + 1];
	size_t folded_from[LINES_MAX + 1];
	size_t count;
	dice rolls;
	bool wanted[LINES_MAX]; /* by the plain scan */
	bool found[LINES_MAX];  /* by the search */
	bool spans;             /* asked for */
	size_t searches;
	size_t hits;
} corpus;

static cx_slice line_of(const cx_buf *all, const size_t *from, size_t i)
{
	return (cx_slice){ .data = all->data + from[i], .size = from[i + 1] - from[i] - 1 };
}

/* ---- the corpus ---- */

static void add_line(corpus *self, cx_slice text)
{
	while (text.size > 0 &&
	       (text.data[text.size - 1] == '\n' || text.data[text.size - 1] == '\r'))
		text.size--;
	if (self->count == LINES_MAX || text.size == 0 || text.size > LINE_BYTES_MAX ||
	    !cx_text_is_utf8(text, NULL) || memchr(text.data, 0, text.size) != NULL)
		return;
	assert_int_equal(cx_text_nfc(text, &self->stored), CX_OK);
	assert_int_equal(cx_text_fold(text, &self->folded), CX_OK);
	cx_buf_append_byte(&self->stored, 0);
	cx_buf_append_byte(&self->folded, 0);
	self->count++;
	self->stored_from[self->count] = self->stored.size;
	self->folded_from[self->count] = self->folded.size;
}

static bool add_file(corpus *self, const char *path)
{
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return false;
	char *line = NULL;
	size_t capacity = 0;
	ssize_t size;
	for (size_t lines = 0; lines < LINES_APART * LINES_OF_FILE_MAX; lines++) {
		size = getline(&line, &capacity, file);
		if (size < 0)
			break;
		if (lines % LINES_APART == 0)
			add_line(self, (cx_slice){ (const uint8_t *)line, (size_t)size });
	}
	free(line);
	fclose(file);
	return true;
}

static void add_own(corpus *self)
{
	static const char *const lines[] = {
		"華東醫療器械有限公司",
		"Ｆｕｌｌ　Ｗｉｄｔｈ ＡＢＣ１２３",
		"株式会社タワー東京",
		"ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟ",
		"서울특별시 강남구",
		"Ärztekammer Düsseldorf Straße 5",
		"ไทยแลนด์ ประเทศไทย",
		"𠮷野家 𪚥𪚥 𠀀𠀁",
		"SO-202511-00042 / SO202511-00043",
		"e\xcc\x81te\xcc\x81 na\xc3\xafve",
		"A4纸 iPhone15手机壳 3M胶带",
		"👍🏽好评！👍",
		"㍿ ㈱ № ½ ﬁne",
		"ΑΒΓ αβγ Σίσυφος",
		"0x1F a1b2c3d4e5f6a7b8c9d0 x",
		"公公公公",
		"一",
	};
	for (size_t i = 0; i < CX_COUNT_OF(lines); i++)
		add_line(self, cx_slice_of(lines[i]));
}

static void add_files(corpus *self)
{
	static const char *const samples[] = { "05-product",         "07-customer",
		                               "08-contact",         "11-activity",
		                               "12-contract",        "13-sales_order",
		                               "18-service_request", "19-feedback" };
	static const char *const others[] = { "zh-waimai/waimai_10k.csv",
		                              "zh-superstore/订单.csv" };
	const char *source = getenv("CARDEX_SOURCE");
	if (source == NULL) {
		print_message("CARDEX_SOURCE is not set: without the sample data\n");
		return;
	}
	char path[4096], beside[2048];
	snprintf(beside, sizeof beside, "%s", source);
	dirname(beside); /* in place */
	for (size_t i = 0; i < CX_COUNT_OF(samples); i++) {
		snprintf(path, sizeof path, "%s/sample/data/%s.csv", source, samples[i]);
		assert_true(add_file(self, path));
	}
	const char *data = getenv("CARDEX_DATA");
	for (size_t i = 0; i < CX_COUNT_OF(others); i++) {
		if (data != NULL)
			snprintf(path, sizeof path, "%s/%s", data, others[i]);
		else
			snprintf(path, sizeof path, "%s/shared/data/%s", beside, others[i]);
		if (!add_file(self, path))
			print_message("%s is not there: without it\n", others[i]);
	}
}

static void store_lines(corpus *self)
{
	enum { LINES_OF_TRANSACTION = 2000 };
	const engine_type *type = fixture_type(&self->store, "line");
	const engine_change change = { .author = { .now_ms = 1700000000000 } };
	for (size_t i = 0; i < self->count; i++) {
		if (i % LINES_OF_TRANSACTION == 0)
			fixture_begin(&self->store);
		CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(1 << 16);
		cx_write_map(&fields, 1);
		cx_write_text(&fields, "body");
		cx_write_str(&fields, line_of(&self->stored, self->stored_from, i));
		engine_outcome outcome;
		assert_int_equal(engine_create(self->store.write, type, cx_buf_slice(&fields),
		                               &change, &outcome, NULL),
		                 CX_OK);
		assert_int_equal(outcome.id, i + 1);
		if ((i + 1) % LINES_OF_TRANSACTION == 0 || i + 1 == self->count)
			fixture_commit(&self->store);
	}
}

static int setup(void **state)
{
	corpus *self = calloc(1, sizeof *self);
	self->stored = CX_BUF_INIT(64 << 20);
	self->folded = CX_BUF_INIT(64 << 20);
	self->rolls = dice_init();
	add_own(self);
	add_files(self);
	fixture_open(&self->store, SCHEMA);
	store_lines(self);
	assert_int_equal(engine_read_begin(self->store.engine, &self->read), CX_OK);
	*state = self;
	return 0;
}

static int teardown(void **state)
{
	corpus *self = *state;
	print_message("%zu lines, %zu searches, %zu hits\n", self->count, self->searches,
	              self->hits);
	engine_read_end(&self->read);
	fixture_assert_sound(&self->store);
	fixture_close(&self->store);
	cx_buf_release(&self->stored);
	cx_buf_release(&self->folded);
	free(self);
	return 0;
}

/* ---- the plain scan ---- */

static size_t line_at(const corpus *self, size_t offset)
{
	size_t low = 0, high = self->count;
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		if (self->folded_from[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static cx_text_class class_at(const corpus *self, size_t offset, size_t *ret_size)
{
	return cx_text_class_of(cx_slice_from(cx_buf_slice(&self->folded), offset), ret_size);
}

static size_t character_before(const corpus *self, size_t offset)
{
	do
		offset--;
	while (offset > 0 && (self->folded.data[offset] & 0xc0) == 0x80);
	return offset;
}

static bool is_of_word(cx_text_class class)
{
	return class == CX_TEXT_LETTER || class == CX_TEXT_DIGIT;
}

/* Whether a word may be begun to read here: at its beginning, and where letters and digits
 * meet, the first so many times. */
static bool is_start(const corpus *self, size_t offset)
{
	size_t size, changes = 0;
	cx_text_class here = class_at(self, offset, &size);
	bool first = true;
	while (offset > 0) {
		offset = character_before(self, offset);
		const cx_text_class before = class_at(self, offset, &size);
		if (!is_of_word(before))
			break;
		if (first && before == here)
			return false;
		changes += before != here;
		here = before;
		first = false;
	}
	return changes < WORD_STARTS_MAX;
}

/* Marks the lines with the folded text: anywhere, or at the starts of words. */
static void scan(corpus *self, cx_slice text, bool words, bool *ret_marks)
{
	const uint8_t *all = self->folded.data;
	for (size_t at = 0; at < self->folded.size;) {
		const uint8_t *hit =
			memmem(all + at, self->folded.size - at, text.data, text.size);
		if (hit == NULL)
			return;
		const size_t offset = (size_t)(hit - all);
		const size_t line = line_at(self, offset);
		if (!words || is_start(self, offset)) {
			ret_marks[line] = true;
			at = self->folded_from[line + 1];
		} else {
			at = offset + 1;
		}
	}
}

static void narrow(corpus *self, cx_slice text, bool words)
{
	static bool marks[LINES_MAX];
	memset(marks, 0, sizeof marks);
	scan(self, text, words, marks);
	for (size_t i = 0; i < self->count; i++)
		self->wanted[i] &= marks[i];
}

/* ---- the search ---- */

static cx_status take_hit(void *context, const engine_hit *hit)
{
	corpus *self = context;
	assert_in_range(hit->row.id, 1, self->count);
	assert_false(self->found[hit->row.id - 1]); /* once */
	self->found[hit->row.id - 1] = true;
	if (!self->spans)
		return CX_OK;
	assert_true(hit->span_count > 0);
	const cx_slice line =
		line_of(&self->stored, self->stored_from, (size_t)hit->row.id - 1);
	uint32_t end = 0;
	for (size_t i = 0; i < hit->span_count; i++) {
		const engine_span *span = &hit->spans[i];
		assert_true(span->from >= end && span->size > 0);
		end = span->from + span->size;
		assert_true(end <= line.size);
		assert_true(cx_text_is_utf8((cx_slice){ line.data + span->from, span->size },
		                            NULL));
	}
	return CX_OK;
}

static void search(corpus *self, const char *text, engine_search_report *ret)
{
	memset(self->found, 0, sizeof self->found);
	self->spans = dice_one_in(&self->rolls, 16);
	const engine_search what = { .text = cx_slice_of(text),
		                     .limit = ENGINE_SEARCH_HITS_MAX,
		                     .spans = self->spans,
		                     .keys_max = UINT32_MAX,
		                     .rows_max = UINT32_MAX };
	cx_error error = { 0 };
	cx_status status = engine_search_run(self->read, &what, take_hit, self, ret, &error);
	if (status != CX_OK)
		fail_msg("\"%s\": %s", text, error.text);
	self->searches++;
	self->hits += ret->hits;
}

/* Exactly the lines that are wanted; of many, as many. */
static void expect(corpus *self, const char *text)
{
	engine_search_report report;
	search(self, text, &report);
	size_t wanted = 0;
	for (size_t i = 0; i < self->count; i++) {
		wanted += self->wanted[i];
		if (self->found[i] && !self->wanted[i])
			fail_msg("\"%s\" found in line %zu, where it is not", text, i);
		if (self->wanted[i] && !self->found[i] && report.end == ENGINE_SEARCH_DONE)
			fail_msg("\"%s\" not found in line %zu", text, i);
	}
	if (report.found != wanted)
		fail_msg("\"%s\": %zu found, %zu are there", text, (size_t)report.found,
		         wanted);
}

/* ---- pieces ---- */

typedef struct piece {
	char text[QUERY_BYTES_MAX];
	cx_slice folded; /* of the corpus */
	bool words;
} piece;

/* A few characters of a run of a random line; false when chance meets none. */
static bool random_run(corpus *self, size_t line, size_t most, piece *ret)
{
	const size_t from = self->folded_from[line];
	const size_t bytes = self->folded_from[line + 1] - from - 1;
	if (bytes == 0)
		return false;
	size_t at = from + dice_below(&self->rolls, bytes), size;
	while (at > from && (self->folded.data[at] & 0xc0) == 0x80)
		at--;
	size_t to = at, characters = 0;
	const size_t wanted = 1 + dice_below(&self->rolls, most);
	while (characters < wanted && class_at(self, to, &size) == CX_TEXT_DENSE) {
		to += size;
		characters++;
	}
	ret->folded = (cx_slice){ self->folded.data + at, to - at };
	ret->words = false;
	memcpy(ret->text, ret->folded.data, ret->folded.size);
	ret->text[ret->folded.size] = '\0';
	return characters > 0;
}

/* The beginning of a word, in another case. */
static bool random_word(corpus *self, size_t line, piece *ret)
{
	const size_t from = self->folded_from[line];
	const size_t bytes = self->folded_from[line + 1] - from - 1;
	if (bytes == 0)
		return false;
	size_t at = from + dice_below(&self->rolls, bytes), size;
	while (at > from && (self->folded.data[at] & 0xc0) == 0x80)
		at--;
	if (!is_of_word(class_at(self, at, &size)))
		return false;
	while (!is_start(self, at) && at > from)
		at = character_before(self, at);
	if (!is_start(self, at))
		return false;
	size_t to = at, characters = 0;
	const size_t wanted = 1 + dice_below(&self->rolls, 8);
	while (characters < wanted && to - at < 100 && is_of_word(class_at(self, to, &size))) {
		to += size;
		characters++;
	}
	ret->folded = (cx_slice){ self->folded.data + at, to - at };
	ret->words = true;
	for (size_t i = 0; i < ret->folded.size; i++) {
		const char c = (char)ret->folded.data[i];
		const bool up = c >= 'a' && c <= 'z' && dice_one_in(&self->rolls, 2);
		ret->text[i] = (char)(up ? c - 'a' + 'A' : c);
	}
	ret->text[ret->folded.size] = '\0';
	return true;
}

static size_t random_line(corpus *self)
{
	return dice_below(&self->rolls, self->count);
}

static void expect_pieces(corpus *self, const piece *pieces, size_t count)
{
	char text[2 * QUERY_BYTES_MAX + 2] = "";
	memset(self->wanted, 1, sizeof self->wanted);
	for (size_t i = 0; i < count; i++) {
		narrow(self, pieces[i].folded, pieces[i].words);
		strcat(text, i > 0 ? " " : "");
		strcat(text, pieces[i].text);
	}
	expect(self, text);
}

/* ---- tests ---- */

static void every_piece_of_a_run_is_found(void **state)
{
	corpus *self = *state;
	for (int i = 0; i < 3500;) {
		piece one;
		if (!random_run(self, random_line(self), 6, &one))
			continue;
		expect_pieces(self, &one, 1);
		i++;
	}
}

static void every_beginning_of_a_word_is_found(void **state)
{
	corpus *self = *state;
	for (int i = 0; i < 2500;) {
		piece one;
		if (!random_word(self, random_line(self), &one))
			continue;
		expect_pieces(self, &one, 1);
		i++;
	}
}

static void all_words_must_be_there(void **state)
{
	corpus *self = *state;
	for (int i = 0; i < 2000;) {
		piece both[2];
		const size_t line = random_line(self);
		const size_t other = dice_one_in(&self->rolls, 2) ? line : random_line(self);
		const bool words = dice_one_in(&self->rolls, 2);
		if (!random_run(self, line, 3, &both[0]) ||
		    !(words ? random_word(self, other, &both[1])
		            : random_run(self, other, 3, &both[1])))
			continue;
		expect_pieces(self, both, 2);
		i++;
	}
}

/* Pieces of two lines put together, which mostly is nowhere. */
static void what_is_not_there_is_not_found(void **state)
{
	corpus *self = *state;
	for (int i = 0; i < 2000;) {
		piece one, other;
		if (!random_run(self, random_line(self), 2, &one) ||
		    !random_run(self, random_line(self), 2, &other))
			continue;
		strcat(one.text, other.text);
		one.folded = cx_slice_of(one.text);
		expect_pieces(self, &one, 1);
		i++;
	}
}

static bool is_blank(uint8_t byte)
{
	return byte <= ' ';
}

/* Every word of the text, by itself, is in the line: less than the search asks for, but it is
 * known without cutting it into parts. */
static bool holds_words(const corpus *self, size_t line, const piece *what)
{
	const cx_slice text = line_of(&self->folded, self->folded_from, line);
	for (size_t at = 0; at < what->folded.size;) {
		size_t size;
		const cx_slice rest = cx_slice_from(what->folded, at);
		size_t to = 0;
		while (to < rest.size &&
		       cx_text_class_of(cx_slice_from(rest, to), &size) != CX_TEXT_OTHER)
			to += size;
		if (to > 0 && memmem(text.data, text.size, rest.data, to) == NULL)
			return false;
		(void)cx_text_class_of(rest, &size);
		at += to > 0 ? to : size;
	}
	return true;
}

/* Anything that begins at a word or in a run and ends anywhere, with blanks and punctuation. */
static void any_piece_of_a_line_finds_the_line(void **state)
{
	corpus *self = *state;
	for (int i = 0; i < 2000;) {
		piece one;
		const size_t line = random_line(self);
		if (!random_word(self, line, &one) && !random_run(self, line, 1, &one))
			continue;
		const size_t from = (size_t)(one.folded.data - self->folded.data);
		const size_t left = self->folded_from[line + 1] - 1 - from;
		size_t size = 1 + dice_below(&self->rolls, left < 60 ? left : 60);
		while (size < left && (self->folded.data[from + size] & 0xc0) == 0x80)
			size++;
		one.folded.size = size;
		memcpy(one.text, one.folded.data, size);
		one.text[size] = '\0';
		size_t words = 0;
		for (size_t k = 0; k < size; k++)
			words += !is_blank(one.folded.data[k]) &&
			         (k == 0 || is_blank(one.folded.data[k - 1]));
		if (words > ENGINE_SEARCH_WORDS_MAX)
			continue;
		engine_search_report report;
		search(self, one.text, &report);
		if (report.end == ENGINE_SEARCH_DONE && !self->found[line])
			fail_msg("\"%s\" does not find line %zu", one.text, line);
		for (size_t k = 0; k < self->count; k++)
			if (self->found[k] && !holds_words(self, k, &one))
				fail_msg("\"%s\" finds line %zu", one.text, k);
		i++;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_piece_of_a_run_is_found),
		cmocka_unit_test(every_beginning_of_a_word_is_found),
		cmocka_unit_test(all_words_must_be_there),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(any_piece_of_a_line_finds_the_line),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
