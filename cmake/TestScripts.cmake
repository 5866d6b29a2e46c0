# SPDX-License-Identifier: Apache-2.0
# Each executable tests/{e2e,interop,lint}/<x>.sh is a ctest test `<folder>_<x>`; a
# `<x>.inc.sh` is a part of others. Each tests/fuzz/fuzz_<x>.c is a ctest test that runs the
# target for a while. Exit code 77 means skipped.
# The slowest, clang-tidy with a cold cache, takes a quarter of an hour of two slow processors that
# have other tests to run as well.
function(cx_add_script name label timeout)
  add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES
    LABELS ${label}
    TIMEOUT ${timeout}
    SKIP_RETURN_CODE 77
    ENVIRONMENT "${test_environment}")
endfunction()

foreach(folder IN ITEMS e2e interop lint)
  file(GLOB scripts CONFIGURE_DEPENDS ${folder}/*.sh)
  list(FILTER scripts EXCLUDE REGEX "\\.inc\\.sh$")
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WE)
    cx_add_script(${folder}_${name} ${folder} 900 ${script})
  endforeach()
endforeach()
set_tests_properties(lint_tidy PROPERTIES TIMEOUT 2400)

file(GLOB fuzz_sources CONFIGURE_DEPENDS fuzz/fuzz_*.c)
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name ${source} NAME_WE)
  cx_add_script(${name} fuzz 180 ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/run.sh ${name})
endforeach()
