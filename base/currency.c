/* SPDX-License-Identifier: Apache-2.0 */
#include "base/currency.h"

enum { CODE_SIZE = 3 };

/* Those with another number than 2. */
static const char none[] = "BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVNDVUVXAFXOFXPF";
static const char three[] = "BHDIQDJODKWDLYDOMRTND";
static const char four[] = "CLFUYW";

static bool has(const char *codes, cx_slice code)
{
	for (; *codes != '\0'; codes += CODE_SIZE)
		if (memcmp(codes, code.data, CODE_SIZE) == 0)
			return true;
	return false;
}

unsigned cx_currency_digits(cx_slice code)
{
	if (code.size != CODE_SIZE)
		return 2;
	if (has(none, code))
		return 0;
	if (has(three, code))
		return 3;
	return has(four, code) ? 4 : 2;
}
