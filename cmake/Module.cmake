# SPDX-License-Identifier: Apache-2.0

# cx_module(<name> SOURCES <file>... LINK <library>...)
#
# One static library `cx_<name>`, archive `libcardex_<name>.a`. A module without sources
# is an interface library, so that what links to it configures all the same.
function(cx_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  if(arg_SOURCES)
    add_library(cx_${name} STATIC ${arg_SOURCES})
    set_target_properties(cx_${name} PROPERTIES OUTPUT_NAME cardex_${name})
    target_link_libraries(cx_${name} PUBLIC ${arg_LINK})
  else()
    add_library(cx_${name} INTERFACE)
    target_link_libraries(cx_${name} INTERFACE ${arg_LINK})
  endif()
endfunction()

# cx_embed_text(<file> <symbol> <ret_source>)
#
# A C source with `const char <symbol>[]`, the bytes of the file and a NUL, and
# `const size_t <symbol>_size`, without the NUL. Rebuilt when the file changes.
function(cx_embed_text file symbol ret_source)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${file} -DSYMBOL=${symbol} -DOUTPUT=${source}
      -P ${CMAKE_SOURCE_DIR}/cmake/embed_text.cmake
    DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/embed_text.cmake
    VERBATIM)
  set(${ret_source} ${source} PARENT_SCOPE)
endfunction()
