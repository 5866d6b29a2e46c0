# SPDX-License-Identifier: Apache-2.0
# Run as a script by cx_embed_text(): INPUT, SYMBOL, OUTPUT.
file(READ ${INPUT} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
# A cast, as a byte of UTF-8 text above 0x7f does not fit a signed char.
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "(char)0x\\1," bytes "${hex}")
string(REGEX REPLACE "((\\(char\\)0x..,)(\\(char\\)0x..,)?(\\(char\\)0x..,)?(\\(char\\)0x..,)?(\\(char\\)0x..,)?(\\(char\\)0x..,)?)"
  "\t\\1\n" bytes "${bytes}")
get_filename_component(name ${INPUT} NAME)
file(WRITE ${OUTPUT} "/* Made from ${name}. */
#include <stddef.h>

extern const char ${SYMBOL}[];
extern const size_t ${SYMBOL}_size;

const char ${SYMBOL}[] = {
${bytes}\t0,
};
const size_t ${SYMBOL}_size = ${size};
")
