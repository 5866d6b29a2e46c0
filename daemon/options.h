/* SPDX-License-Identifier: Apache-2.0 */
/* Every option of the configuration in one list. From it come the structure, the parser, the
 * names of the environment variables, --help-config and --check-config. */
#pragma once

/* O(section, key, kind, default, lowest, highest, help)
 *   TEXT    any text; lowest and highest bound its length in bytes
 *   SIZE    bytes: a number, K, M, G or T after it for the powers of 1024
 *   COUNT   a number
 *   FLAG    yes or no
 *   MODE    access rights, octal
 *   LEVEL, FORMAT  one of the words of daemon/log.h
 *   VERIFY  one of the words of DAEMON_VERIFY_TIMES */
#define DAEMON_OPTIONS(O)                                                                    \
	O(store, path, TEXT, "", 0, 4095, "the file of the store; made when there is none")  \
	O(store, map_bytes, SIZE, "64G", 1048576, 17592186044416,                            \
	  "the most the file can grow to; only address space until it is used")              \
	O(store, journal_bytes, SIZE, "128M", 1048576, 1073741824,                           \
	  "each journal file; unmerged writes take up to six times that in memory, twelve "  \
	  "where indexes are large")                                                         \
	O(store, journal_age_ms, COUNT, "60000", 100, 86400000,                              \
	  "writes are merged into the store's file at the latest after this time")           \
	O(store, schema, TEXT, "", 0, 4095,                                                  \
	  "a file with more schema text, added when the store is made")                      \
	O(store, any_filesystem, FLAG, "no", 0, 1,                                           \
	  "also on network and FUSE file systems, where locks and memory maps may fail")     \
	O(store, verify_on_open, VERIFY, "always", 0, 0,                                     \
	  "when every page of the store is checked at the start: always or unclean")         \
	O(listen, unix, TEXT, "", 0, 107, "path of the UNIX socket; empty = none")           \
	O(listen, unix_mode, MODE, "0660", 0, 511, "who may use the UNIX socket")            \
	O(listen, tcp, TEXT, "", 0, 63,                                                      \
	  "loopback address and port, 127.0.0.1:7497 or [::1]:7497; empty = none")           \
	O(limits, connections, COUNT, "1000", 1, 1000000, "connections at a time")           \
	O(limits, inflight, COUNT, "1024", 1, 65536,                                         \
	  "unanswered requests of a connection; at this number it is not read")              \
	O(limits, request_bytes, SIZE, "4M", 1024, 67108864, "size of a request")            \
	O(limits, request_items, COUNT, "100000", 100, 10000000, "values in a request")      \
	O(limits, request_depth, COUNT, "16", 8, 32, "nesting of a request")                 \
	O(limits, request_deadline_ms, COUNT, "30000", 10, 3600000,                          \
	  "time from the first byte of a request to its last")                               \
	O(limits, read_deadline_ms, COUNT, "5000", 1, 3600000,                               \
	  "time a query or a count may take when it asks for none")                          \
	O(limits, read_deadline_max_ms, COUNT, "600000", 1, 86400000,                        \
	  "the most it may ask for; also the time of a check that asks for none")            \
	O(limits, output_soft_bytes, SIZE, "1M", 4096, 1073741824,                           \
	  "unsent answers of a connection; at this size it is not read")                     \
	O(limits, output_hard_bytes, SIZE, "16M", 4096, 4294967296,                          \
	  "unsent answers of a connection; past this size it is closed")                     \
	O(limits, output_stall_ms, COUNT, "60000", 10, 3600000,                              \
	  "a connection that takes nothing of its answers for so long is closed")            \
	O(limits, queue_requests, COUNT, "16384", 1, 1048576,                                \
	  "writes that may wait; further ones are answered BUSY")                            \
	O(limits, queue_bytes, SIZE, "64M", 1048576, 17179869184, "bytes of waiting writes") \
	O(limits, group_operations, COUNT, "10000", 1, 100000,                               \
	  "changes of keys after which a commit takes no more requests")                     \
	O(limits, group_bytes, SIZE, "8M", 4096, 33554432,                                   \
	  "bytes of changes after which a commit takes no more requests")                    \
	O(limits, sort_records, COUNT, "10000", 1, 1000000,                                  \
	  "records that one query may sort without an index")                                \
	O(limits, scan_records, COUNT, "1000", 0, 1000000000,                                \
	  "types with fewer records are read through without allow_scan")                    \
	O(changes, keep_days, COUNT, "0", 0, 36500,                                          \
	  "days for which the change log is kept; 0 = for ever")                             \
	O(changes, keep_bytes, SIZE, "0", 0, 17592186044416,                                 \
	  "size at which the change log drops its oldest changes; 0 = none")                 \
	O(threads, loops, COUNT, "0", 0, 64,                                                 \
	  "threads that serve connections; 0 = one per "                                     \
	  "processor, at most 4")                                                            \
	O(threads, workers, COUNT, "1", 1, 16, "threads for reads that take long")           \
	O(threads, spin_us, COUNT, "0", 0, 10000,                                            \
	  "time a loop goes on looking for work before it sleeps")                           \
	O(clock, file, TEXT, "", 0, 4095,                                                    \
	  "for tests: a file that says what time it is, read at each use; empty = the "      \
	  "machine's clock")                                                                 \
	O(log, level, LEVEL, "info", 0, 0, "error, warn, info or debug")                     \
	O(log, format, FORMAT, "text", 0, 0, "text or json")
