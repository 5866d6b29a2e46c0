# SPDX-License-Identifier: Apache-2.0
# Each tests/fuzz/fuzz_<x>.c is a libFuzzer program `fuzz_<x>`, linked with the whole tree;
# the other C files of that folder are shared by them. The target `fuzz` builds all.
file(GLOB shared_sources CONFIGURE_DEPENDS fuzz/*.c)
file(GLOB fuzz_sources CONFIGURE_DEPENDS fuzz/fuzz_*.c)
if(fuzz_sources)
  list(REMOVE_ITEM shared_sources ${fuzz_sources})
endif()
set(everything cx_cli cx_client cx_daemon cx_crm cx_engine cx_proto cx_base)
cx_module(fuzz_shared SOURCES ${shared_sources} LINK ${everything})

add_custom_target(fuzz)
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE cx_fuzz_shared)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzz ${name})
endforeach()
