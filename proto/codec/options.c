/* SPDX-License-Identifier: Apache-2.0 */
/* Options by table: name, kind and place of each; one loop reads and one writes. */
#include "proto/codec/options.h"

#include "base/check.h"

#include <string.h>

typedef enum option_kind {
	KIND_FLAG,
	KIND_COUNT,
	KIND_WORD,
	KIND_BYTES,
	KIND_RAW,
} option_kind;

typedef struct option {
	const char *name;
	size_t name_size;
	option_kind kind;
	size_t offset; /* in proto_options */
} option;

#define OPTION(name, member, text, kind) \
	{ text, sizeof(text) - 1, KIND_##kind, offsetof(proto_options, member) },
static const option table[] = { PROTO_OPTIONS(OPTION) };

_Static_assert(CX_COUNT_OF(table) <= 64, "an option is one bit of `given`");

static bool find(cx_slice name, unsigned *ret)
{
	for (unsigned i = 0; i < CX_COUNT_OF(table); i++) {
		if (name.size == table[i].name_size &&
		    memcmp(name.data, table[i].name, name.size) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static cx_status fail_unknown(const proto_method_info *method, cx_slice name, cx_error *error)
{
	if (method->options == 0)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "%s takes no options, and \"%.*s\" came", method->name,
		               CX_SLICE_ARG(name));

	CX_SCOPED(cx_buf_release) cx_buf allowed = CX_BUF_INIT(CX_ERROR_TEXT_SIZE);
	for (unsigned i = 0; i < CX_COUNT_OF(table); i++) {
		if ((method->options & (1ULL << i)) != 0)
			cx_buf_printf(&allowed, "%s%s", allowed.size == 0 ? "" : ", ",
			              table[i].name);
	}
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "%s has no option \"%.*s\"; its options are: %.*s", method->name,
	               CX_SLICE_ARG(name), CX_SLICE_ARG(cx_buf_slice(&allowed)));
}

static const char *kind_text(option_kind kind)
{
	switch (kind) {
	case KIND_FLAG:
		return "a boolean";
	case KIND_COUNT:
		return "an integer of at least 0";
	case KIND_WORD:
		return "a string";
	case KIND_BYTES:
		return "a byte string";
	case KIND_RAW:
		return "any value";
	}
	CX_UNREACHABLE();
}

static void read_value(cx_reader *reader, option_kind kind, void *ret)
{
	switch (kind) {
	case KIND_FLAG:
		*(bool *)ret = cx_read_bool(reader);
		return;
	case KIND_COUNT:
		*(uint64_t *)ret = cx_read_uint(reader);
		return;
	case KIND_WORD:
		*(cx_slice *)ret = cx_read_str(reader);
		return;
	case KIND_BYTES:
		/* Clients that know text only send back as str what they got as bin. */
		*(cx_slice *)ret = cx_read_str_or_bin(reader);
		return;
	case KIND_RAW:
		*(cx_slice *)ret = cx_read_skip(reader);
		return;
	}
	CX_UNREACHABLE();
}

static cx_status decode_one(cx_reader *reader, const proto_method_info *method,
                            proto_options *options, cx_error *error)
{
	if (cx_reader_peek(reader) != CX_KIND_STR)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s: the name of an option is %s",
		               method->name, cx_kind_name(cx_reader_peek(reader)));
	cx_slice name = cx_read_str(reader);
	unsigned number;
	if (!find(name, &number) || (method->options & (1ULL << number)) == 0)
		return fail_unknown(method, name, error);
	if ((options->given & (1ULL << number)) != 0)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s: option \"%s\" came twice",
		               method->name, table[number].name);

	read_value(reader, table[number].kind, (char *)options + table[number].offset);
	if (reader->failed)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s: option \"%s\" takes %s",
		               method->name, table[number].name, kind_text(table[number].kind));
	options->given |= 1ULL << number;
	return CX_OK;
}

cx_status proto__options_decode(cx_reader *reader, const proto_method_info *method,
                                proto_options *ret, cx_error *error)
{
	if (cx_reader_peek(reader) != CX_KIND_MAP)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "%s: after the parameters comes a map of options, not %s",
		               method->name, cx_kind_name(cx_reader_peek(reader)));
	uint32_t count = cx_read_map(reader);
	if (reader->failed)
		return cx_fail(error, CX_MALFORMED, "%s: the options are cut short",
		               method->name);
	for (uint32_t i = 0; i < count; i++) {
		cx_status status = decode_one(reader, method, ret, error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

uint64_t proto__options_sent(const proto_options *options, const proto_method_info *method)
{
	return options->given & method->options;
}

static cx_slice slice_at(const void *place)
{
	cx_slice slice;
	memcpy(&slice, place, sizeof slice);
	return slice;
}

static void write_value(const void *place, option_kind kind, cx_buf *out)
{
	switch (kind) {
	case KIND_FLAG:
		cx_write_bool(out, *(const bool *)place);
		return;
	case KIND_COUNT:
		cx_write_uint(out, *(const uint64_t *)place);
		return;
	case KIND_WORD:
		cx_write_str(out, slice_at(place));
		return;
	case KIND_BYTES:
		cx_write_bin(out, slice_at(place));
		return;
	case KIND_RAW:
		CX_ASSERT(slice_at(place).size > 0);
		cx_write_raw(out, slice_at(place));
		return;
	}
	CX_UNREACHABLE();
}

void proto__options_encode(const proto_options *options, uint64_t sent, cx_buf *out)
{
	cx_write_map(out, (size_t)__builtin_popcountll(sent));
	for (unsigned i = 0; i < CX_COUNT_OF(table); i++) {
		if ((sent & (1ULL << i)) == 0)
			continue;
		cx_write_text(out, table[i].name);
		write_value((const char *)options + table[i].offset, table[i].kind, out);
	}
}
