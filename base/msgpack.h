/* SPDX-License-Identifier: Apache-2.0 */
/* MessagePack: the only header that knows its bytes (specification:
 * msgpack.org, 2013 revision).
 *
 * Foreign bytes go through the scanner first. It finds the end of a value under
 * one budget of bytes, items and depth that all declared elements share, so
 * five bytes that declare four thousand million elements are refused after
 * those five bytes. Whatever the scanner has passed, the reader and msgpack-c's
 * decoder can take.
 *
 * Thread rule: objects are not shared between threads. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

/* ---- scanner ---- */

enum { CX_SCAN_DEPTH_MAX = 32 };

typedef struct cx_scan_limits {
	size_t bytes;   /* of the whole value */
	size_t items;   /* headers, elements, keys and values alike */
	unsigned depth; /* of nested arrays and maps; <= CX_SCAN_DEPTH_MAX */
} cx_scan_limits;

/* Resumable at any byte, allocates nothing. Start with CX_SCAN_INIT; only `bytes` and
 * `failed` are for others to look at. */
typedef struct cx_scan {
	cx_scan_limits limits;
	size_t bytes;        /* consumed so far */
	cx_status failed;    /* after BAD: why */
	uint64_t room_bytes; /* of the budget, not yet claimed by anything declared */
	uint64_t room_items;
	uint64_t skip; /* payload bytes of the current item still to come */
	uint64_t left; /* elements of the innermost array or map not begun yet */
	uint64_t left_above[CX_SCAN_DEPTH_MAX]; /* the same of those around it */
	unsigned depth;
	uint8_t header[5]; /* the begin of a header cut by the end of input */
	uint8_t header_size;
	bool begun;
} cx_scan;

#define CX_SCAN_INIT(limits_) ((cx_scan){ .limits = (limits_) })

/* The same, in place, where it is begun again and again: leaves alone what is set when a value
 * begins. */
static inline void cx_scan_begin(cx_scan *scan, cx_scan_limits limits)
{
	scan->limits = limits;
	scan->bytes = 0;
	scan->failed = CX_OK;
	scan->skip = 0;
	scan->depth = 0;
	scan->header_size = 0;
	scan->begun = false;
}

typedef enum cx_scan_result {
	CX_SCAN_MORE,  /* the value goes on beyond this input; all of it was consumed
	                */
	CX_SCAN_WHOLE, /* `*ret_used` bytes of this input end the value */
	CX_SCAN_BAD,   /* refused; scan->failed says why: MALFORMED, TOO_LARGE, TOO_DEEP
	                */
} cx_scan_result;

/* Takes the next bytes of one value. After WHOLE start anew with CX_SCAN_INIT; after BAD
 * every call is BAD. Ext types are MALFORMED: nothing in this protocol uses them.
 * The value is refused at the first byte from which it is certain that it cannot fit.
 * `*ret_used` is not written on BAD. */
cx_scan_result cx_scan_feed(cx_scan *scan, cx_slice input, size_t *ret_used);

/* One call for bytes that must be exactly one value. CX_MALFORMED for a cut
 * value or trailing bytes. */
CX_MUST_USE cx_status cx_scan_whole(cx_slice bytes, cx_scan_limits limits);

/* ---- reader ---- */

/* Zero-copy pull reader. Failure is sticky: after a read that does not fit what
 * is there `failed` is set, nothing moves any more, and every read returns
 * zero, false or the empty slice; the caller asks once, at the end. It never
 * reads past `rest`, whether or not the bytes were scanned. Slices it returns
 * point into the input. */
typedef struct cx_reader {
	cx_slice rest;
	bool failed;
} cx_reader;

typedef enum cx_kind {
	CX_KIND_END, /* no bytes left, or the reader has failed */
	CX_KIND_NIL,
	CX_KIND_BOOL,
	CX_KIND_INT,
	CX_KIND_FLOAT,
	CX_KIND_STR,
	CX_KIND_BIN,
	CX_KIND_ARRAY,
	CX_KIND_MAP,
	CX_KIND_BAD, /* 0xc1 or ext */
} cx_kind;

/* "an integer", "a string" …; for messages. */
const char *cx_kind_name(cx_kind kind);

static inline cx_reader cx_reader_of(cx_slice bytes)
{
	return (cx_reader){ .rest = bytes };
}

/* What comes next; moves nothing. */
cx_kind cx_reader_peek(const cx_reader *reader);

void cx_read_nil(cx_reader *reader);
/* Takes a nil and returns true, or leaves what is there and returns false. */
bool cx_read_if_nil(cx_reader *reader);
bool cx_read_bool(cx_reader *reader);
/* Any integer form; fails outside int64. */
int64_t cx_read_int(cx_reader *reader);
/* Any non-negative integer form. */
uint64_t cx_read_uint(cx_reader *reader);
double cx_read_float(cx_reader *reader); /* an integer is taken too */
cx_slice cx_read_str(cx_reader *reader);
cx_slice cx_read_bin(cx_reader *reader);
/* Either; method names come as both. */
cx_slice cx_read_str_or_bin(cx_reader *reader);
/* The number of elements (of pairs for a map) that follow. Fails when the bytes left could
 * not hold that many, so a caller may allocate by it. */
uint32_t cx_read_array(cx_reader *reader);
uint32_t cx_read_map(cx_reader *reader);
/* Passes one whole value, whatever it is, without recursion; returns its bytes.
 */
cx_slice cx_read_skip(cx_reader *reader);
/* Passes `count` whole values. */
void cx_read_skip_many(cx_reader *reader, size_t count);

/* ---- writer ---- */

/* Appends to a cx_buf in the smallest encoding of each value, a float always as 64 bits
 * (msgpack-c's packer). Failure is the buffer's: see cx_buf_status(). cx_write_array()
 * and cx_write_map() are followed by that many elements or pairs. */
void cx_write_nil(cx_buf *out);
void cx_write_bool(cx_buf *out, bool value);
void cx_write_int(cx_buf *out, int64_t value);
void cx_write_uint(cx_buf *out, uint64_t value);
void cx_write_float(cx_buf *out, double value);
void cx_write_str(cx_buf *out, cx_slice text);
void cx_write_text(cx_buf *out, const char *text); /* a C string */
void cx_write_bin(cx_buf *out, cx_slice bytes);
void cx_write_array(cx_buf *out, size_t count);
void cx_write_map(cx_buf *out, size_t pairs);
/* An array whose number of elements is known only when they are written: open returns a place
 * that close puts the number at (always in the 32-bit form). */
size_t cx_write_array_open(cx_buf *out);
void cx_write_array_close(cx_buf *out, size_t place, uint32_t count);
/* Bytes that already are one whole value. */
void cx_write_raw(cx_buf *out, cx_slice value);

/* ---- dynamic values ---- */

/* A decoded tree, for the client and for tests. */
typedef struct cx_value cx_value;
typedef struct cx_member cx_member;

struct cx_value {
	cx_kind kind; /* NIL … MAP */
	union {
		bool boolean;
		int64_t integer;
		double number;
		cx_slice bytes; /* STR and BIN */
		struct {
			const cx_value *items;
			uint32_t count;
		} array;
		struct {
			const cx_member *items;
			uint32_t count;
		} map;
	} as;
};

struct cx_member {
	cx_value key;
	cx_value value;
};

/* Decodes bytes that must be exactly one value: scanned under `limits` first,
 * then by msgpack-c. Strings point into `bytes`; everything else lives in the
 * arena. Integers over 2^63-1 are CX_MALFORMED. Errors: as the scanner;
 * CX_NO_MEMORY. */
CX_MUST_USE cx_status cx_value_decode(cx_slice bytes, cx_scan_limits limits, cx_arena *arena,
                                      const cx_value **ret);

/* The member of a map value by key text, NULL when absent or not a map. */
const cx_value *cx_value_member(const cx_value *map, const char *key);
