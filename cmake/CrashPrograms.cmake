# SPDX-License-Identifier: Apache-2.0
# The crash simulator of tests/crash: the program `crash_sim`, and `crash_sim_<x>` over a store
# changed by tests/crash/mutants/<x>.patch, which it must find to be wrong.
file(GLOB crash_sources CONFIGURE_DEPENDS crash/*.c)
list(FILTER crash_sources EXCLUDE REGEX "/(test|tool)_[a-z0-9_]+\\.c$")

# crash_program(<name> <main> <store>): the object library <store> is the store that crashes.
function(crash_program name main store)
  plain_program(${name} ${main} crash_parts plain_engine plain_base ${store})
endfunction()

function(crash_test name timeout)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES
    LABELS crash
    TIMEOUT ${timeout}
    ENVIRONMENT "${test_environment}")
endfunction()

plain_library(crash_parts ${crash_sources} support/dice.c)
crash_program(crash_sim crash/tool_crash_sim.c plain_store)
crash_program(test_crash_disk crash/test_disk.c plain_store)
crash_program(test_crash_recording crash/test_recording.c plain_store)
crash_test(test_crash_disk 60 test_crash_disk)
crash_test(test_crash_recording 60 test_crash_recording)
crash_test(test_crash_store 300 crash_sim --states 150000)
crash_test(test_crash_records 300 crash_sim --subject records --states 40000)

# What breaks its word outside of the product; the names are those of tests/crash/lie.h.
set(mutants lie_disk_ignores_flushes lie_folder_not_synced lie_data_not_synced
  lie_journal_not_synced lie_replay_not_synced lie_acknowledged_early)

# A patch that no longer applies fails the build.
file(GLOB patches CONFIGURE_DEPENDS crash/mutants/*.patch)
foreach(patch IN LISTS patches)
  get_filename_component(mutant ${patch} NAME_WE)
  set(top ${CMAKE_CURRENT_BINARY_DIR}/mutants/${mutant})
  list(TRANSFORM store_sources REPLACE "^${CMAKE_SOURCE_DIR}/" "${top}/"
    OUTPUT_VARIABLE mutated_sources)
  file(GLOB originals CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/engine/store/*.[ch])
  add_custom_command(OUTPUT ${mutated_sources}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${top}
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${CMAKE_SOURCE_DIR}/engine/store
      ${top}/engine/store
    COMMAND patch --quiet --forward --fuzz=0 -p1 -d ${top} -i ${patch}
    DEPENDS ${patch} ${originals}
    VERBATIM)
  plain_library(plain_store_${mutant} ${mutated_sources})
  target_include_directories(plain_store_${mutant} BEFORE PRIVATE ${top})
  crash_program(crash_sim_${mutant} crash/tool_crash_sim.c plain_store_${mutant})
  list(APPEND mutants ${mutant})
endforeach()
crash_test(test_crash_mutants 300 ${CMAKE_CURRENT_SOURCE_DIR}/crash/mutants.sh ${mutants})
