# SPDX-License-Identifier: Apache-2.0
# Each tests/<folder>/test_<x>.c is a program and a ctest test `test_<folder>_<x>`, linked
# with what the folder is about and all below it. Each tests/<folder>/tool_<x>.c is a
# program `<x>` for scripts. Other C files of a folder are shared by its programs, those of
# tests/support by all.
set(everything cx_cli cx_client cx_daemon cx_crm cx_engine cx_proto cx_base)
set(data_side cx_crm cx_engine cx_proto cx_base)
set(modules base engine crm proto daemon)

function(link_of folder ret_libraries)
  if(folder IN_LIST modules)
    set(libraries cx_${folder})
  elseif(folder MATCHES "^(property|model|compat|trade)$")
    set(libraries ${data_side})
  else()
    set(libraries ${everything})
  endif()
  set(${ret_libraries} ${libraries} PARENT_SCOPE)
endfunction()

function(label_of folder ret_label)
  if(folder IN_LIST modules OR folder STREQUAL client)
    set(folder unit)
  endif()
  set(${ret_label} ${folder} PARENT_SCOPE)
endfunction()

file(GLOB support CONFIGURE_DEPENDS support/*.c)
cx_module(test_support SOURCES ${support} LINK PkgConfig::CMOCKA cx_base)

set(test_environment
  "CARDEX_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
  "CARDEX_SOURCE=${CMAKE_SOURCE_DIR}"
  "CARDEX_BUILD=${CMAKE_BINARY_DIR}"
  "UBSAN_OPTIONS=print_stacktrace=1"
  "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1")
if(CARDEX_RELEASE_BIN)
  list(APPEND test_environment "CARDEX_RELEASE_BIN=${CARDEX_RELEASE_BIN}")
endif()
if(CARDEX_FUZZ_BIN)
  list(APPEND test_environment "CARDEX_FUZZ_BIN=${CARDEX_FUZZ_BIN}")
endif()

file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *)
list(REMOVE_ITEM folders support fuzz lint crash)

foreach(folder IN LISTS folders)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.c)
  set(programs ${sources})
  list(FILTER programs INCLUDE REGEX "/(test|tool)_[a-z0-9_]+\\.c$")
  if(NOT programs)
    continue()
  endif()
  list(REMOVE_ITEM sources ${programs})
  link_of(${folder} libraries)
  label_of(${folder} label)
  cx_module(test_${folder} SOURCES ${sources} LINK cx_test_support ${libraries})

  foreach(program IN LISTS programs)
    get_filename_component(name ${program} NAME_WE)
    if(name MATCHES "^tool_(.*)")
      add_executable(${CMAKE_MATCH_1} ${program})
      target_link_libraries(${CMAKE_MATCH_1} PRIVATE cx_test_${folder})
      continue()
    endif()
    string(REGEX REPLACE "^test_" "test_${folder}_" name ${name})
    add_executable(${name} ${program})
    target_link_libraries(${name} PRIVATE cx_test_${folder})
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES
      LABELS ${label}
      TIMEOUT 300
      SKIP_RETURN_CODE 77
      ENVIRONMENT "${test_environment}")
  endforeach()
endforeach()
