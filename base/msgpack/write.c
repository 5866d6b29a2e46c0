/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: msgpack-c's packer on a cx_buf. */
#include "base/check.h"
#include "base/msgpack.h"

#include <msgpack.h>

enum { ARRAY32 = 0xdd };

static int append(void *out, const char *data, size_t size)
{
	return cx_buf_append(out, data, size) ? 0 : -1;
}

/* A packer holds two pointers, so there is one per value and no state to keep. What it
 * returns is not looked at: the buffer remembers. */
static msgpack_packer packer_of(cx_buf *out)
{
	return (msgpack_packer){ .data = out, .callback = append };
}

/* The packer cuts a length to 32 bits without a word. */
static bool fits_length(cx_buf *out, size_t length)
{
	if (length <= UINT32_MAX)
		return true;
	if (out->failed == CX_OK)
		out->failed = CX_TOO_LARGE;
	return false;
}

void cx_write_nil(cx_buf *out)
{
	msgpack_packer packer = packer_of(out);
	msgpack_pack_nil(&packer);
}

void cx_write_bool(cx_buf *out, bool value)
{
	msgpack_packer packer = packer_of(out);
	if (value)
		msgpack_pack_true(&packer);
	else
		msgpack_pack_false(&packer);
}

void cx_write_int(cx_buf *out, int64_t value)
{
	msgpack_packer packer = packer_of(out);
	msgpack_pack_int64(&packer, value);
}

void cx_write_uint(cx_buf *out, uint64_t value)
{
	msgpack_packer packer = packer_of(out);
	msgpack_pack_uint64(&packer, value);
}

void cx_write_float(cx_buf *out, double value)
{
	msgpack_packer packer = packer_of(out);
	msgpack_pack_double(&packer, value);
}

void cx_write_str(cx_buf *out, cx_slice text)
{
	if (!fits_length(out, text.size))
		return;
	msgpack_packer packer = packer_of(out);
	msgpack_pack_str(&packer, text.size);
	cx_buf_append_slice(out, text);
}

void cx_write_text(cx_buf *out, const char *text)
{
	cx_write_str(out, cx_slice_of(text));
}

void cx_write_bin(cx_buf *out, cx_slice bytes)
{
	if (!fits_length(out, bytes.size))
		return;
	msgpack_packer packer = packer_of(out);
	msgpack_pack_bin(&packer, bytes.size);
	cx_buf_append_slice(out, bytes);
}

void cx_write_array(cx_buf *out, size_t count)
{
	if (!fits_length(out, count))
		return;
	msgpack_packer packer = packer_of(out);
	msgpack_pack_array(&packer, count);
}

void cx_write_map(cx_buf *out, size_t pairs)
{
	if (!fits_length(out, pairs))
		return;
	msgpack_packer packer = packer_of(out);
	msgpack_pack_map(&packer, pairs);
}

size_t cx_write_array_open(cx_buf *out)
{
	static const uint8_t array32[5] = { ARRAY32 };
	size_t place = out->size;
	cx_buf_append(out, array32, sizeof array32);
	return place;
}

void cx_write_array_close(cx_buf *out, size_t place, uint32_t count)
{
	if (out->failed != CX_OK)
		return;
	CX_ASSERT(place + 5 <= out->size);
	CX_ASSERT(out->data[place] == ARRAY32);
	for (unsigned i = 0; i < 4; i++)
		out->data[place + 1 + i] = (uint8_t)(count >> (24 - 8 * i));
}

void cx_write_raw(cx_buf *out, cx_slice value)
{
	cx_buf_append_slice(out, value);
}
