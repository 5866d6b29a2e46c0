# SPDX-License-Identifier: Apache-2.0
# The installed libcardex, shared and static, from the objects of client, proto and base.
# Only cardex_* is visible in either, so an application may have a cx_buf of its own.
set(objects $<TARGET_OBJECTS:cx_client>)
foreach(module IN ITEMS proto base)
  get_target_property(type cx_${module} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    list(APPEND objects $<TARGET_OBJECTS:cx_${module}>)
  endif()
endforeach()

set(exports ${CMAKE_SOURCE_DIR}/cmake/libcardex.map)
set(link_libraries PkgConfig::OPENSSL PkgConfig::MSGPACK PkgConfig::UTF8PROC
  PkgConfig::XXHASH Threads::Threads)

add_library(libcardex SHARED ${objects})
target_link_libraries(libcardex PRIVATE ${link_libraries})
target_link_options(libcardex PRIVATE -Wl,--version-script=${exports})
set_target_properties(libcardex PROPERTIES
  OUTPUT_NAME cardex
  LINKER_LANGUAGE C
  VERSION ${PROJECT_VERSION}
  SOVERSION 0
  LINK_DEPENDS ${exports})

# One object with the private symbols made local: the static twin of the export list.
set(merged ${CMAKE_CURRENT_BINARY_DIR}/libcardex.o)
add_custom_command(OUTPUT ${merged}
  COMMAND ${CMAKE_LINKER} -r -o ${merged} ${objects}
  COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=cardex_[a-z]*
    --remove-section=.gnu.lto_* --remove-section=.gnu.debuglto_* ${merged}
  DEPENDS ${objects}
  COMMAND_EXPAND_LISTS VERBATIM)
add_library(libcardex_static STATIC ${merged})
set_target_properties(libcardex_static PROPERTIES OUTPUT_NAME cardex LINKER_LANGUAGE C)

configure_file(${CMAKE_SOURCE_DIR}/cmake/cardex.pc.in cardex.pc @ONLY)

install(TARGETS libcardex libcardex_static
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${CMAKE_SOURCE_DIR}/client/cardex.h
  ${CMAKE_SOURCE_DIR}/client/cardex_value.h
  ${CMAKE_SOURCE_DIR}/client/cardex_report.h
  ${CMAKE_SOURCE_DIR}/client/cardex_trade.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cardex.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
