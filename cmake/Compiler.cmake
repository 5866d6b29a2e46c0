# SPDX-License-Identifier: Apache-2.0
# Language, warnings, hardening and instrumentation, the same for every target.
include(CheckCCompilerFlag)
include(CheckPIESupported)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# CMake's own flags for Release define NDEBUG; our asserts do not depend on it, but
# the code of others may, and -g costs nothing at run time.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")

find_program(CARDEX_CCACHE ccache)
if(CARDEX_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CARDEX_CCACHE})
endif()

# Executables are PIE, and the same objects serve libcardex.so.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
check_pie_supported(LANGUAGES C)

add_compile_definitions(_GNU_SOURCE _FILE_OFFSET_BITS=64)
include_directories(${CMAKE_SOURCE_DIR})

add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
  -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2
  -Wimplicit-fallthrough)
if(CARDEX_WERROR)
  add_compile_options(-Werror)
endif()

# Adds each flag that this compiler accepts. A warning counts as a refusal: clang only
# warns about options that it does not know.
function(cx_add_accepted_flags)
  set(CMAKE_REQUIRED_FLAGS -Werror)
  foreach(flag IN LISTS ARGN)
    string(MAKE_C_IDENTIFIER "CARDEX_HAVE${flag}" have)
    check_c_compiler_flag(${flag} ${have})
    if(${have})
      add_compile_options(${flag})
    endif()
  endforeach()
endfunction()

# Overflow and null checks stay in the code even where the optimiser could argue.
cx_add_accepted_flags(-fno-strict-overflow -fno-delete-null-pointer-checks)
# The objects of libcardex.so are also those of the executables: nothing interposes there.
cx_add_accepted_flags(-fno-semantic-interposition)

if(CARDEX_SANITIZE OR CARDEX_FUZZ)
  set(sanitizers ${CARDEX_SANITIZE})
  if(CARDEX_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
      message(FATAL_ERROR "CARDEX_FUZZ needs clang: -DCMAKE_C_COMPILER=clang")
    endif()
    set(sanitizers fuzzer-no-link,address,undefined)
  endif()
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${sanitizers})
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  # FORTIFY and the sanitizers intercept the same functions, so never both.
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  cx_add_accepted_flags(-fstack-protector-strong -fstack-clash-protection
    -fcf-protection=full -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code)
  # What is shipped is optimised across files. The objects can be linked without it, too: tests
  # are, as it takes seconds for each program, and libcardex.a is made of them.
  if(CMAKE_C_COMPILER_ID STREQUAL GNU)
    add_compile_options(-flto=auto -ffat-lto-objects)
    add_link_options(-flto=auto)
  endif()
endif()

if(CARDEX_COVERAGE)
  add_compile_options(--coverage -fprofile-abs-path)
  add_link_options(--coverage)
endif()
