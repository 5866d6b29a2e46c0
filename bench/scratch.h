/* SPDX-License-Identifier: Apache-2.0 */
/* Stores that a measurement has made for itself. */
#pragma once

/* Removes a closed store with all that lies beside it. */
void bench_scratch_remove(const char *path);
