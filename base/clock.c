/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, and days and milliseconds as calendar text. Source of the day arithmetic:
 * Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March,
 * so the leap day is the last of its year, and an era is 400 years of 146097 days. */
#include "base/clock.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum {
	DAYS_PER_ERA = 146097,
	DAYS_TO_1970 = 719468, /* from 0000-03-01 */
	YEAR_MIN = -9999,
	YEAR_MAX = 9999,
	MS_PER_SECOND = 1000,
	MS_PER_MINUTE = 60 * MS_PER_SECOND,
	MS_PER_HOUR = 60 * MS_PER_MINUTE,
	MS_PER_DAY = 24 * MS_PER_HOUR,
};

int64_t cx_clock_wall_ms(void)
{
	struct timespec now;
	CX_ASSERT(clock_gettime(CLOCK_REALTIME, &now) == 0);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / 1000000;
}

uint64_t cx_clock_monotonic_ns(void)
{
	struct timespec now;
	CX_ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Division that rounds down, as C's does not below 0; `*ret_rest` is in 0..by-1. */
static int64_t floor_divide(int64_t number, int64_t by, int64_t *ret_rest)
{
	int64_t quotient = number / by;
	int64_t rest = number % by;
	if (rest < 0) {
		rest += by;
		quotient--;
	}
	*ret_rest = rest;
	return quotient;
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of_month(int64_t year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool cx_date_of_civil(int64_t year, unsigned month, unsigned day, int64_t *ret_days)
{
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12)
		return false;
	if (day < 1 || day > days_of_month(year, month))
		return false;
	int64_t year_of_era;
	int64_t era = floor_divide(month <= 2 ? year - 1 : year, 400, &year_of_era);
	int64_t month_from_march = (month + 9) % 12;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
	int64_t day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	*ret_days = era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
	return true;
}

void cx_date_to_civil(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	/* The era first and the shift to 0000-03-01 after it, so that no `days` overflows. */
	int64_t day_of_era;
	int64_t era = floor_divide(days, DAYS_PER_ERA, &day_of_era);
	era += floor_divide(day_of_era + DAYS_TO_1970, DAYS_PER_ERA, &day_of_era);

	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
	                       day_of_era / (DAYS_PER_ERA - 1)) /
	                      365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	*ret_day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	*ret_month = (unsigned)month;
	*ret_year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
}

/* The longest year, of INT64_MIN days, has 17 digits and a sign: 24 characters in all. */
void cx_date_format(int64_t days, char text[CX_DATE_TEXT_SIZE])
{
	int64_t year;
	unsigned month;
	unsigned day;
	cx_date_to_civil(days, &year, &month, &day);
	snprintf(text, CX_DATE_TEXT_SIZE, "%s%04" PRId64 "-%02u-%02u", year < 0 ? "-" : "",
	         year < 0 ? -year : year, month, day);
}

void cx_ts_format(int64_t ms, char text[CX_TS_TEXT_SIZE])
{
	int64_t rest;
	char date[CX_DATE_TEXT_SIZE];
	cx_date_format(floor_divide(ms, MS_PER_DAY, &rest), date);
	int hour = (int)(rest / MS_PER_HOUR);
	int minute = (int)(rest / MS_PER_MINUTE % 60);
	int second = (int)(rest / MS_PER_SECOND % 60);
	int fraction = (int)(rest % MS_PER_SECOND);
	char tail[8] = "Z";
	if (fraction != 0)
		snprintf(tail, sizeof tail, ".%03dZ", fraction);
	snprintf(text, CX_TS_TEXT_SIZE, "%.16sT%02d:%02d:%02d%s", date, hour, minute, second,
	         tail);
}

/* ---- parsing: each step takes from the front of the text, or refuses ---- */

static bool take_character(cx_slice *text, char character)
{
	if (text->size == 0 || text->data[0] != (uint8_t)character)
		return false;
	*text = cx_slice_from(*text, 1);
	return true;
}

static bool is_digit_next(cx_slice text)
{
	return text.size > 0 && text.data[0] >= '0' && text.data[0] <= '9';
}

/* Exactly `count` digits. */
static bool take_digits(cx_slice *text, unsigned count, unsigned *ret)
{
	unsigned value = 0;
	for (unsigned i = 0; i < count; i++) {
		if (!is_digit_next(*text))
			return false;
		value = value * 10 + (unsigned)(text->data[0] - '0');
		*text = cx_slice_from(*text, 1);
	}
	*ret = value;
	return true;
}

static bool take_date(cx_slice *text, int64_t *ret_days)
{
	bool negative = take_character(text, '-');
	unsigned year;
	unsigned month;
	unsigned day;
	if (!take_digits(text, 4, &year) || !take_character(text, '-'))
		return false;
	if (!take_digits(text, 2, &month) || !take_character(text, '-'))
		return false;
	if (!take_digits(text, 2, &day))
		return false;
	return cx_date_of_civil(negative ? -(int64_t)year : (int64_t)year, month, day,
	                        ret_days);
}

/* 1 to 9 digits, as whole milliseconds. */
static bool take_fraction(cx_slice *text, unsigned *ret_ms)
{
	unsigned ms = 0;
	unsigned digits = 0;
	unsigned unit = 100;
	for (; is_digit_next(*text); digits++, unit /= 10) {
		ms += unit * (unsigned)(text->data[0] - '0');
		*text = cx_slice_from(*text, 1);
	}
	*ret_ms = ms;
	return digits >= 1 && digits <= 9;
}

static bool take_time(cx_slice *text, int64_t *ret_ms)
{
	unsigned hour;
	unsigned minute;
	unsigned second = 0;
	unsigned ms = 0;
	if (!take_digits(text, 2, &hour) || !take_character(text, ':'))
		return false;
	if (!take_digits(text, 2, &minute) || hour > 23 || minute > 59)
		return false;
	if (take_character(text, ':')) {
		if (!take_digits(text, 2, &second) || second > 59)
			return false;
		if (take_character(text, '.') && !take_fraction(text, &ms))
			return false;
	}
	*ret_ms = (int64_t)hour * MS_PER_HOUR + (int64_t)minute * MS_PER_MINUTE +
	          (int64_t)second * MS_PER_SECOND + ms;
	return true;
}

/* The rest of the text: nothing or Z, +hh, +hhmm, +hh:mm; what it is east of UTC. */
static bool take_zone(cx_slice text, int64_t *ret_east_ms)
{
	*ret_east_ms = 0;
	if (text.size == 0)
		return true;
	if (take_character(&text, 'Z'))
		return text.size == 0;

	bool west = text.data[0] == '-';
	unsigned hour;
	unsigned minute = 0;
	if (!west && text.data[0] != '+')
		return false;
	text = cx_slice_from(text, 1);
	if (!take_digits(&text, 2, &hour))
		return false;
	if (text.size > 0) {
		(void)take_character(&text, ':');
		if (!take_digits(&text, 2, &minute))
			return false;
	}
	if (text.size > 0 || hour > 23 || minute > 59)
		return false;
	int64_t east = (int64_t)hour * MS_PER_HOUR + (int64_t)minute * MS_PER_MINUTE;
	*ret_east_ms = west ? -east : east;
	return true;
}

/* False where a zone has moved a time out of the years that can be written again. */
static bool is_in_years(int64_t ms)
{
	int64_t first = 0;
	int64_t last = 0;
	bool valid = cx_date_of_civil(YEAR_MIN, 1, 1, &first) &&
	             cx_date_of_civil(YEAR_MAX, 12, 31, &last);
	CX_ASSERT(valid);
	return ms >= first * MS_PER_DAY && ms < (last + 1) * MS_PER_DAY;
}

bool cx_date_parse(cx_slice text, int64_t *ret_days)
{
	int64_t days;
	if (!take_date(&text, &days) || text.size > 0)
		return false;
	*ret_days = days;
	return true;
}

bool cx_ts_parse(cx_slice text, int64_t *ret_ms)
{
	int64_t days;
	int64_t time_ms;
	int64_t east_ms;
	if (!take_date(&text, &days))
		return false;
	if (!take_character(&text, 'T') && !take_character(&text, ' '))
		return false;
	if (!take_time(&text, &time_ms) || !take_zone(text, &east_ms))
		return false;
	int64_t ms = days * MS_PER_DAY + time_ms - east_ms;
	if (!is_in_years(ms))
		return false;
	*ret_ms = ms;
	return true;
}
