# SPDX-License-Identifier: Apache-2.0
# A copy of the product that is optimised and has no sanitizers, whatever the build, for tests
# that do very much. The store is a part of its own, so that it can be exchanged.
set(plain_flags -O2 -g -fno-sanitize=all -U_FORTIFY_SOURCE
  -Wno-maybe-uninitialized)

get_target_property(base_sources cx_base SOURCES)
get_target_property(engine_sources cx_engine SOURCES)
set(store_sources ${engine_sources})
list(FILTER store_sources INCLUDE REGEX "/engine/store/")
list(FILTER engine_sources EXCLUDE REGEX "/engine/store/")

function(plain_library name)
  add_library(${name} OBJECT ${ARGN})
  target_compile_options(${name} PRIVATE ${plain_flags})
  target_link_libraries(${name} PRIVATE PkgConfig::MSGPACK PkgConfig::UTF8PROC
    PkgConfig::XXHASH PkgConfig::LMDB PkgConfig::CMOCKA)
endfunction()

# plain_program(<name> <main> <object library>...)
function(plain_program name main)
  add_executable(${name} ${main})
  target_compile_options(${name} PRIVATE ${plain_flags})
  target_link_options(${name} PRIVATE -fno-sanitize=all)
  target_link_libraries(${name} PRIVATE ${ARGN} PkgConfig::MSGPACK PkgConfig::UTF8PROC
    PkgConfig::XXHASH PkgConfig::LMDB PkgConfig::CMOCKA Threads::Threads m)
endfunction()

plain_library(plain_base ${base_sources})
plain_library(plain_engine ${engine_sources})
plain_library(plain_store ${store_sources})
