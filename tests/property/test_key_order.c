/* SPDX-License-Identifier: Apache-2.0 */
/* The memcmp order of keys is the order of the values they were made of: for every kind,
 * direction, null, folded and cut texts and columns in a row; columns come off as they went
 * on; and the range of a prefix holds exactly the texts that begin so.
 *
 * The model below knows values only, not bytes of keys, but for how many bytes of a text a
 * column has room for. */
#include "base/text.h"
#include "engine/index/key.h"
#include "engine/store/store.h"
#include "tests/support/dice.h"
#include "tests/support/sample_type.h"
#include "tests/support/unit.h"

#include <string.h>

enum { ROUNDS = 100000, COLUMNS_MAX = 4, TEXT_SIZE_MAX = 64 };

/* A value and the bytes it points to. */
typedef struct datum {
	engine__value value;
	uint8_t bytes[TEXT_SIZE_MAX];
} datum;

/* What the model says of two values. */
typedef enum order {
	LESS = -1,
	EQUAL = 0,
	GREATER = 1,
	OPEN, /* different, but only beyond the cut */
} order;

static order order_of(int compared)
{
	return (order)((compared > 0) - (compared < 0));
}

static bool is_text(const engine_column *column)
{
	return engine__shape_of(column->field) == ENGINE__CHARS;
}

/* ---- random columns and values ---- */

static engine_column random_column(dice *rolls)
{
	static const uint8_t slots[] = { SAMPLE_ACTIVE, SAMPLE_AMOUNT, SAMPLE_PRICE,
		                         SAMPLE_BORN,   SAMPLE_SEEN,   SAMPLE_NAME,
		                         SAMPLE_NOTE,   SAMPLE_STAGE,  SAMPLE_OWNER,
		                         SAMPLE_BLOB };
	engine_column column = {
		.field = &sample_type.fields[slots[dice_below(rolls, sizeof slots)]],
		.descending = dice_one_in(rolls, 2),
	};
	if (is_text(&column)) {
		column.folded = column.field->kind != ENGINE_BYTES && dice_one_in(rolls, 2);
		column.text_bytes_max =
			(uint16_t)(dice_one_in(rolls, 3) ? 1 + dice_below(rolls, 6) : 100);
	}
	return column;
}

static int64_t random_integer(const engine_field *field, dice *rolls)
{
	static const int64_t edges[] = {
		INT64_MIN, INT64_MIN + 1, -65536, -256,  -255,          -1,       0, 1, 127,
		128,       255,           256,    65536, INT64_MAX - 1, INT64_MAX
	};
	if (field->kind == ENGINE_BOOL)
		return (int64_t)dice_below(rolls, 2);
	if (field->kind == ENGINE_ENUM)
		return (int64_t)dice_below(rolls, field->label_count);
	if (dice_one_in(rolls, 2))
		return edges[dice_below(rolls, CX_COUNT_OF(edges))];
	return (int64_t)(dice_u64(rolls) >> dice_below(rolls, 64)) *
	       (dice_one_in(rolls, 2) ? 1 : -1);
}

/* From few pieces, so that equal texts and texts that begin others are common. */
static cx_slice random_text(bool bytes, dice *rolls, uint8_t *to)
{
	static const char *const letters[] = { "a",        "A",  "b", "\x01",
		                               "ä",        "Ä",  "ß", "客",
		                               "\xcc\x88", "Ａ", "ﬃ", "\xf4\x8f\xbf\xbf" };
	static const uint8_t codes[] = { 0x00, 0x00, 0x01, 0x02, 'a', 0x10, 0x20, 0xfe, 0xff };
	size_t size = 0;
	for (uint64_t left = dice_below(rolls, 7); left > 0; left--) {
		if (bytes) {
			to[size++] = codes[dice_below(rolls, sizeof codes)];
			continue;
		}
		const char *letter = letters[dice_below(rolls, CX_COUNT_OF(letters))];
		memcpy(to + size, letter, strlen(letter));
		size += strlen(letter);
	}
	return (cx_slice){ .data = to, .size = size };
}

static void random_value(const engine_column *column, dice *rolls, datum *ret)
{
	ret->value = (engine__value){ 0 };
	if (dice_one_in(rolls, 8))
		return;
	ret->value.shape = engine__shape_of(column->field);
	if (is_text(column))
		ret->value.bytes =
			random_text(column->field->kind == ENGINE_BYTES, rolls, ret->bytes);
	else
		ret->value.integer = random_integer(column->field, rolls);
}

static void copy_value(const datum *from, datum *to)
{
	*to = *from;
	if (from->value.shape == ENGINE__CHARS)
		to->value.bytes.data = to->bytes;
}

/* A value that often is that of `from` or, if it is a text, one that it begins. */
static void random_near(const engine_column *column, dice *rolls, const datum *from, datum *ret)
{
	if (dice_one_in(rolls, 2)) {
		random_value(column, rolls, ret);
		return;
	}
	copy_value(from, ret);
	if (ret->value.shape != ENGINE__CHARS || dice_one_in(rolls, 2))
		return;
	cx_slice more = random_text(column->field->kind == ENGINE_BYTES, rolls,
	                            ret->bytes + ret->value.bytes.size);
	ret->value.bytes.size += more.size;
}

/* ---- the model ---- */

/* A text as its column sees it. */
static void fold_value(const engine_column *column, const engine__value *value, cx_buf *room,
                       engine__value *ret)
{
	*ret = *value;
	if (value->shape != ENGINE__CHARS)
		return;
	if (column->folded)
		assert_int_equal(cx_text_fold(value->bytes, room), CX_OK);
	else
		cx_buf_append_slice(room, value->bytes);
	ret->bytes = cx_buf_slice(room);
}

/* How much of a text fits into the column; a zero byte counts twice. */
static size_t head_size(const engine_column *column, cx_slice text)
{
	size_t used = 0;
	for (size_t i = 0; i < text.size; i++) {
		used += text.data[i] == 0 ? 2 : 1;
		if (used > column->text_bytes_max)
			return i;
	}
	return text.size;
}

static order model_texts(const engine_column *column, cx_slice a, cx_slice b)
{
	cx_slice head_a = { .data = a.data, .size = head_size(column, a) };
	cx_slice head_b = { .data = b.data, .size = head_size(column, b) };
	bool cut_a = head_a.size < a.size;
	bool cut_b = head_b.size < b.size;
	if ((cut_a || cut_b) && cx_slice_equal(head_a, head_b)) {
		if (cut_a != cut_b)
			return cut_b ? LESS : GREATER;
		return cx_slice_equal(a, b) ? EQUAL : OPEN;
	}
	return order_of(cx_slice_compare(a, b));
}

static order model(const engine_column *column, const engine__value *a, const engine__value *b)
{
	CX_SCOPED(cx_buf_release) cx_buf room_a = CX_BUF_INIT(4096);
	CX_SCOPED(cx_buf_release) cx_buf room_b = CX_BUF_INIT(4096);
	engine__value seen_a;
	engine__value seen_b;
	fold_value(column, a, &room_a, &seen_a);
	fold_value(column, b, &room_b, &seen_b);
	order found = seen_a.shape == ENGINE__CHARS && seen_b.shape == ENGINE__CHARS
	                      ? model_texts(column, seen_a.bytes, seen_b.bytes)
	                      : order_of(engine__value_compare(&seen_a, &seen_b));
	if (found == OPEN || !column->descending)
		return found;
	return (order)-found;
}

static bool model_is_cut(const engine_column *column, const engine__value *value)
{
	if (value->shape != ENGINE__CHARS)
		return false;
	CX_SCOPED(cx_buf_release) cx_buf room = CX_BUF_INIT(4096);
	engine__value seen;
	fold_value(column, value, &room, &seen);
	return head_size(column, seen.bytes) < seen.bytes.size;
}

/* ---- keys ---- */

static void put(const engine_column *column, const engine__value *value, cx_buf *key)
{
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(4096);
	bool inexact = false;
	assert_int_equal(engine__key_put(column, value, key, &scratch, &inexact), CX_OK);
	assert_int_equal(inexact, model_is_cut(column, value));
}

/* A row of columns with the values of two records. */
typedef struct record_pair {
	engine_column columns[COLUMNS_MAX];
	datum a[COLUMNS_MAX];
	datum b[COLUMNS_MAX];
	size_t count;
} record_pair;

static void random_pair(dice *rolls, record_pair *ret)
{
	ret->count = 1 + dice_below(rolls, COLUMNS_MAX);
	for (size_t i = 0; i < ret->count; i++) {
		ret->columns[i] = random_column(rolls);
		random_value(&ret->columns[i], rolls, &ret->a[i]);
		random_near(&ret->columns[i], rolls, &ret->a[i], &ret->b[i]);
	}
}

static void put_all(const record_pair *pair, const datum *data, int64_t id, cx_buf *key)
{
	for (size_t i = 0; i < pair->count; i++)
		put(&pair->columns[i], &data[i].value, key);
	engine__key_put_id(key, id);
	assert_int_equal(cx_buf_status(key), CX_OK);
}

static void the_order_of_keys_is_the_order_of_values(void **state)
{
	(void)state;
	dice rolls = dice_init();
	unsigned seen[4] = { 0 };
	for (unsigned round = 0; round < ROUNDS; round++) {
		record_pair pair;
		random_pair(&rolls, &pair);
		int64_t id_a = 1 + (int64_t)dice_below(&rolls, 4);
		int64_t id_b = 1 + (int64_t)dice_below(&rolls, 4);
		order wanted = EQUAL;
		for (size_t i = 0; i < pair.count && wanted == EQUAL; i++)
			wanted = model(&pair.columns[i], &pair.a[i].value, &pair.b[i].value);
		if (wanted == EQUAL)
			wanted = (order)((id_a > id_b) - (id_a < id_b));

		CX_SCOPED(cx_buf_release) cx_buf a = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		CX_SCOPED(cx_buf_release) cx_buf b = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		put_all(&pair, pair.a, id_a, &a);
		put_all(&pair, pair.b, id_b, &b);
		order found = order_of(cx_slice_compare(cx_buf_slice(&a), cx_buf_slice(&b)));
		if (wanted == OPEN)
			assert_int_not_equal(found, EQUAL);
		else
			assert_int_equal(found, wanted);
		seen[wanted + 1]++;
	}
	print_message("less %u, equal %u, greater %u, open %u\n", seen[0], seen[1], seen[2],
	              seen[3]);
	/* the dice must have shown every case, or nothing was tested */
	for (size_t i = 0; i < CX_COUNT_OF(seen); i++)
		assert_true(seen[i] > ROUNDS / 200);
}

static void columns_come_off_as_they_went_on(void **state)
{
	(void)state;
	dice rolls = dice_init();
	for (unsigned round = 0; round < ROUNDS / 4; round++) {
		record_pair pair;
		random_pair(&rolls, &pair);
		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		put_all(&pair, pair.a, 9, &key);
		cx_slice rest = cx_buf_slice(&key);
		CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		for (size_t i = 0; i < pair.count; i++) {
			const engine_column *column = &pair.columns[i];
			size_t skipped = engine__key_skip(column, rest);
			size_t before = rest.size;
			engine__value back;
			bool exact;
			assert_int_equal(
				engine__key_take(column, &rest, &scratch, &back, &exact),
				CX_OK);
			assert_int_equal(before - rest.size, skipped);

			CX_SCOPED(cx_buf_release) cx_buf room = CX_BUF_INIT(4096);
			engine__value wanted;
			fold_value(column, &pair.a[i].value, &room, &wanted);
			assert_int_equal(exact, !model_is_cut(column, &pair.a[i].value));
			if (!exact)
				wanted.bytes.size = head_size(column, wanted.bytes);
			assert_true(engine__value_equal(&back, &wanted));
		}
		assert_int_equal(rest.size, ENGINE__KEY_ID_BYTES);
	}
}

/* Whether the text column begins with the prefix, both as the column sees them. */
static bool model_begins(const engine_column *column, const engine__value *value,
                         cx_slice prefix)
{
	if (value->shape == ENGINE__NULL)
		return false;
	CX_SCOPED(cx_buf_release) cx_buf room = CX_BUF_INIT(4096);
	CX_SCOPED(cx_buf_release) cx_buf prefix_room = CX_BUF_INIT(4096);
	const engine__value prefix_value = { .shape = ENGINE__CHARS, .bytes = prefix };
	engine__value seen;
	engine__value seen_prefix;
	fold_value(column, value, &room, &seen);
	fold_value(column, &prefix_value, &prefix_room, &seen_prefix);
	return cx_slice_starts_with(seen.bytes, seen_prefix.bytes);
}

static engine_column random_text_column(dice *rolls)
{
	for (;;) {
		engine_column column = random_column(rolls);
		if (is_text(&column))
			return column;
	}
}

static void the_range_of_a_prefix_holds_the_texts_that_begin_so(void **state)
{
	(void)state;
	dice rolls = dice_init();
	unsigned inside_seen = 0;
	for (unsigned round = 0; round < ROUNDS / 2; round++) {
		/* an equality before the prefix, and another column after it */
		const engine_column first = random_column(&rolls);
		const engine_column text = random_text_column(&rolls);
		const engine_column last = random_column(&rolls);
		datum fixed;
		datum other;
		datum searched;
		datum follower;
		random_value(&first, &rolls, &fixed);
		copy_value(&fixed, &other);
		if (dice_one_in(&rolls, 4))
			random_value(&first, &rolls, &other);
		random_value(&text, &rolls, &searched);
		random_value(&last, &rolls, &follower);
		uint8_t prefix_bytes[TEXT_SIZE_MAX];
		cx_slice prefix =
			random_text(text.field->kind == ENGINE_BYTES, &rolls, prefix_bytes);
		if (searched.value.shape == ENGINE__CHARS && dice_one_in(&rolls, 2))
			prefix = text.field->kind == ENGINE_BYTES
			                 ? searched.value.bytes
			                 : cx_text_head(searched.value.bytes,
			                                dice_below(&rolls, 4));

		CX_SCOPED(cx_buf_release) cx_buf low = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		CX_SCOPED(cx_buf_release) cx_buf high = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(4096);
		put(&first, &fixed.value, &low);
		bool wider = false;
		assert_int_equal(engine__key_put_prefix(&text, prefix, &low, &scratch, &wider),
		                 CX_OK);
		cx_buf_append_slice(&high, cx_buf_slice(&low));
		assert_true(engine__key_successor(&high));

		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		put(&first, &other.value, &key);
		put(&text, &searched.value, &key);
		put(&last, &follower.value, &key);
		engine__key_put_id(&key, 5);
		bool inside = cx_slice_compare(cx_buf_slice(&low), cx_buf_slice(&key)) <= 0 &&
		              cx_slice_compare(cx_buf_slice(&key), cx_buf_slice(&high)) < 0;
		bool wanted = model(&first, &fixed.value, &other.value) == EQUAL &&
		              model_begins(&text, &searched.value, prefix);
		if (wider)
			assert_true(inside || !wanted);
		else
			assert_int_equal(inside, wanted);
		inside_seen += inside;
	}
	assert_true(inside_seen > ROUNDS / 20);
}

static void the_successor_parts_those_that_begin_so_from_the_greater(void **state)
{
	(void)state;
	dice rolls = dice_init();
	static const uint8_t bytes[] = { 0x00, 0x01, 0xfe, 0xff, 0xff };
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint8_t beginning[4];
		uint8_t other[6];
		size_t beginning_size = 1 + dice_below(&rolls, sizeof beginning);
		size_t other_size = dice_below(&rolls, sizeof other + 1);
		for (size_t i = 0; i < sizeof other; i++)
			other[i] = bytes[dice_below(&rolls, sizeof bytes)];
		for (size_t i = 0; i < sizeof beginning; i++)
			beginning[i] = dice_one_in(&rolls, 4)
			                       ? bytes[dice_below(&rolls, sizeof bytes)]
			                       : other[i];
		cx_slice from = { .data = beginning, .size = beginning_size };
		cx_slice key = { .data = other, .size = other_size };

		CX_SCOPED(cx_buf_release) cx_buf successor = CX_BUF_INIT(64);
		cx_buf_append_slice(&successor, from);
		bool bounded = engine__key_successor(&successor);
		bool below = !bounded || cx_slice_compare(key, cx_buf_slice(&successor)) < 0;
		bool inside = cx_slice_compare(from, key) <= 0 && below;
		if (bounded)
			assert_int_equal(inside, cx_slice_starts_with(key, from));
		else if (cx_slice_starts_with(key, from))
			assert_true(inside);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_keys_is_the_order_of_values),
		cmocka_unit_test(columns_come_off_as_they_went_on),
		cmocka_unit_test(the_range_of_a_prefix_holds_the_texts_that_begin_so),
		cmocka_unit_test(the_successor_parts_those_that_begin_so_from_the_greater),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
