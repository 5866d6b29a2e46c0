/* SPDX-License-Identifier: Apache-2.0 */
/* Scope-bound release: the release function is named on the declaration, so the
 * reader sees what leaving the scope does. A release function takes `T **` or
 * `T *`, accepts a never-used object (NULL or zero) and is called once, at
 * scope exit. */
#pragma once

/* CX_SCOPED(engine_write_abort) engine_write *txn = NULL; */
#define CX_SCOPED(release) __attribute__((cleanup(release)))

/* The result must be looked at. */
#define CX_MUST_USE __attribute__((warn_unused_result))

/* printf-style checking; `fmt` and `first` are 1-based parameter numbers. */
#define CX_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/* A local that is written before it is read: spares it the zeroing that hardened builds give to
 * all of them. For large ones on hot paths. */
#if __has_attribute(uninitialized)
#define CX_UNSET __attribute__((uninitialized))
#else
#define CX_UNSET
#endif

#define CX_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
