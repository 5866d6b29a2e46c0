/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of first bytes; written out, as every value read looks into them. */
#include "base/msgpack/form.h"

/* clang-format off */
#define FIXINT       { CX_KIND_INT, 0, 0, 0 }
#define FIXMAP(n)    { CX_KIND_MAP, 0, n, 2 }
#define FIXARRAY(n)  { CX_KIND_ARRAY, 0, n, 1 }
#define FIXSTR(n)    { CX_KIND_STR, 0, n, 0 }
#define SCALAR(kind, payload)       { CX_KIND_##kind, 0, payload, 0 }
#define COUNTED(kind, size, values) { CX_KIND_##kind, size, 0, values }
#define BAD          { CX_KIND_BAD, 0, 0, 0 }

#define FOUR(X, n)    X(n), X(n + 1), X(n + 2), X(n + 3)
#define SIXTEEN(X, n) FOUR(X, n), FOUR(X, n + 4), FOUR(X, n + 8), FOUR(X, n + 12)
#define FIXINT_AT(n)  FIXINT

#define ALL \
	/* 00 */ SIXTEEN(FIXINT_AT, 0), SIXTEEN(FIXINT_AT, 0), SIXTEEN(FIXINT_AT, 0), \
	/* 30 */ SIXTEEN(FIXINT_AT, 0), SIXTEEN(FIXINT_AT, 0), SIXTEEN(FIXINT_AT, 0), \
	/* 60 */ SIXTEEN(FIXINT_AT, 0), SIXTEEN(FIXINT_AT, 0), \
	/* 80 */ SIXTEEN(FIXMAP, 0), \
	/* 90 */ SIXTEEN(FIXARRAY, 0), \
	/* a0 */ SIXTEEN(FIXSTR, 0), SIXTEEN(FIXSTR, 16), \
	/* c0 */ SCALAR(NIL, 0), BAD, SCALAR(BOOL, 0), SCALAR(BOOL, 0), \
	/* c4 */ COUNTED(BIN, 1, 0), COUNTED(BIN, 2, 0), COUNTED(BIN, 4, 0), \
	/* c7 ext 8, 16, 32 */ BAD, BAD, BAD, \
	/* ca */ SCALAR(FLOAT, 4), SCALAR(FLOAT, 8), \
	/* cc unsigned */ SCALAR(INT, 1), SCALAR(INT, 2), SCALAR(INT, 4), SCALAR(INT, 8), \
	/* d0 signed */ SCALAR(INT, 1), SCALAR(INT, 2), SCALAR(INT, 4), SCALAR(INT, 8), \
	/* d4 fixext 1, 2, 4, 8, 16 */ BAD, BAD, BAD, BAD, BAD, \
	/* d9 */ COUNTED(STR, 1, 0), COUNTED(STR, 2, 0), COUNTED(STR, 4, 0), \
	/* dc */ COUNTED(ARRAY, 2, 1), COUNTED(ARRAY, 4, 1), \
	/* de */ COUNTED(MAP, 2, 2), COUNTED(MAP, 4, 2), \
	/* e0 */ SIXTEEN(FIXINT_AT, 0), SIXTEEN(FIXINT_AT, 0)

const cx__form cx__forms[256] = { ALL };

#undef FIXINT
#undef FIXMAP
#undef FIXARRAY
#undef FIXSTR
#undef SCALAR
#undef COUNTED
#undef BAD
#define FIXINT       1
#define FIXMAP(n)    0
#define FIXARRAY(n)  0
#define FIXSTR(n)    1 + (n)
#define SCALAR(kind, payload)       1 + (payload)
#define COUNTED(kind, size, values) 0
#define BAD          0

const uint8_t cx__sizes[256] = { ALL };
/* clang-format on */
