# SPDX-License-Identifier: Apache-2.0
# Every library that the project uses, each as one imported target. scripts/packages.txt
# has the Debian packages that bring them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# The C library of MessagePack has been packaged under three names.
pkg_search_module(MSGPACK REQUIRED IMPORTED_TARGET msgpack-c msgpackc msgpack)

foreach(pair IN ITEMS
    "LMDB lmdb" "UTF8PROC libutf8proc" "XXHASH libxxhash" "LIBEVENT libevent"
    "LIBEVENT_OPENSSL libevent_openssl" "LIBEVENT_PTHREADS libevent_pthreads"
    "OPENSSL openssl" "INIH inih" "JANSSON jansson" "LIBEDIT libedit")
  separate_arguments(pair)
  list(GET pair 0 prefix)
  list(GET pair 1 name)
  pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET ${name})
endforeach()

# libcsv ships no .pc file.
find_library(CSV_LIBRARY csv REQUIRED)
find_path(CSV_INCLUDE_DIR csv.h REQUIRED)
add_library(cx_libcsv UNKNOWN IMPORTED)
set_target_properties(cx_libcsv PROPERTIES
  IMPORTED_LOCATION ${CSV_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${CSV_INCLUDE_DIR})

if(CARDEX_TESTS AND NOT CARDEX_FUZZ)
  pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()

# Systems that bench/ compares with; optional.
pkg_check_modules(LIBPQ IMPORTED_TARGET libpq)
pkg_check_modules(SQLITE3 IMPORTED_TARGET sqlite3)
