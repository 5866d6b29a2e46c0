/* SPDX-License-Identifier: Apache-2.0 */
/* Time. Wall-clock time is milliseconds UTC since 1970 and may jump; monotonic
 * time never goes back and has no meaning outside the process. Dates are days
 * since 1970-01-01 in the proleptic Gregorian calendar, without a zone. */
#pragma once

#include "base/slice.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t cx_clock_wall_ms(void);
uint64_t cx_clock_monotonic_ns(void);

/* Years -9999 to 9999 are accepted; month 1..12, day 1..days of the month. */
bool cx_date_of_civil(int64_t year, unsigned month, unsigned day, int64_t *ret_days);
void cx_date_to_civil(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day);

enum { CX_DATE_TEXT_SIZE = 32, CX_TS_TEXT_SIZE = 40 };

/* "2026-11-23" and "2026-11-23T08:15:00.250Z" (milliseconds left out when they
 * are 0); zero-ended. */
void cx_date_format(int64_t days, char text[CX_DATE_TEXT_SIZE]);
void cx_ts_format(int64_t ms, char text[CX_TS_TEXT_SIZE]);

/* ISO 8601 as the two functions above write it; a time may also use a space for
 * the T, leave out seconds, carry up to 9 digits of fraction (cut to ms), and
 * end in Z, +hh:mm, +hhmm, +hh or nothing (UTC). The whole slice must be the
 * date or time. False when it is not. */
bool cx_date_parse(cx_slice text, int64_t *ret_days);
bool cx_ts_parse(cx_slice text, int64_t *ret_ms);
