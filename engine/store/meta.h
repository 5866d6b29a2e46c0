/* SPDX-License-Identifier: Apache-2.0 */
/* A first look at a data file by plain reads, before it is mapped: a page that is not there
 * kills the process with SIGBUS, and LMDB trusts what its pages say. */
#pragma once

#include "base/status.h"

/* Checks both meta pages, the roots of the two trees they name, and that the file is as long as
 * the pages in use. It does not look at the other pages.
 * Errors: CX_CORRUPT (the error says what is wrong), CX_IO, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__meta_check(int fd, const char *path, cx_error *error);
