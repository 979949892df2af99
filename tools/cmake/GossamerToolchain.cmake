# Language level, launcher, linker, and the one interface target that carries our private compile flags.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

if(NOT CMAKE_CXX_COMPILER_ID MATCHES "^(GNU|Clang|AppleClang)$")
  message(FATAL_ERROR "Gossamer needs g++ 12 or newer, or clang++ 14 or newer; found ${CMAKE_CXX_COMPILER_ID}")
endif()

if(GOSSAMER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(GOSSAMER_CCACHE_PROGRAM ccache)
  if(GOSSAMER_CCACHE_PROGRAM)
    # Precompiled headers defeat ccache unless it is told that their timestamps and macros may be trusted.
    set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "${GOSSAMER_CCACHE_PROGRAM}")
  endif()
endif()

find_program(GOSSAMER_MOLD_PROGRAM NAMES mold)
find_program(GOSSAMER_LLD_PROGRAM NAMES ld.lld)
set(GOSSAMER_LINKER_FLAG "")
if(GOSSAMER_MOLD_PROGRAM)
  set(GOSSAMER_LINKER_FLAG "-fuse-ld=mold")
elseif(GOSSAMER_LLD_PROGRAM)
  set(GOSSAMER_LINKER_FLAG "-fuse-ld=lld")
endif()

# Linked PRIVATE and only within this build: nothing of it reaches a consumer of an installed library.
add_library(gossamer_flags INTERFACE)

target_compile_options(gossamer_flags INTERFACE
  -Wall
  -Wextra
  -Wcast-qual
  -Wdouble-promotion
  -Wextra-semi
  -Wfloat-conversion
  -Wformat=2
  -Wimplicit-fallthrough
  -Wnon-virtual-dtor
  -Woverloaded-virtual
  -Wpointer-arith
  -Wredundant-decls
  -Wundef
  -Wunused
  -Wvla
  # A simulated result must not depend on whether the compiler fused a multiply and an add.
  -ffp-contract=off)
if(NOT GOSSAMER_COVERAGE)
  # No build path in any binary, message or __FILE__ (gcovr, though, wants the sources where they are).
  target_compile_options(gossamer_flags INTERFACE "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(gossamer_flags INTERFACE
    # g++ counts a constructor parameter named like a member function as a shadow; only locals matter to us.
    -Wshadow=compatible-local
    -Wduplicated-branches
    -Wduplicated-cond
    # False positives of g++ 12 inside std::string at -O2 (GCC bug 105651).
    -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
else()
  target_compile_options(gossamer_flags INTERFACE
    -Wshadow
    -Wunreachable-code
    -Wthread-safety)
endif()

if(GOSSAMER_WERROR)
  target_compile_options(gossamer_flags INTERFACE -Werror)
endif()
if(GOSSAMER_HARDENED)
  target_compile_definitions(gossamer_flags INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(GOSSAMER_X86_LEVEL AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  target_compile_options(gossamer_flags INTERFACE "-march=${GOSSAMER_X86_LEVEL}")
endif()
if(GOSSAMER_LINKER_FLAG)
  target_link_options(gossamer_flags INTERFACE "${GOSSAMER_LINKER_FLAG}")
endif()

set(sanitize "${GOSSAMER_SANITIZE}")
if(GOSSAMER_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "GOSSAMER_FUZZ needs clang++: libFuzzer is part of it")
  endif()
  # Coverage feedback everywhere; only the fuzz programs themselves get libFuzzer's main.
  target_compile_options(gossamer_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(sanitize)
  target_compile_options(gossamer_flags INTERFACE
    "-fsanitize=${sanitize}"
    -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(gossamer_flags INTERFACE "-fsanitize=${sanitize}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The instrumentation hides the data flow that these warnings reason about.
    target_compile_options(gossamer_flags INTERFACE
      -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
endif()
if(GOSSAMER_COVERAGE)
  target_compile_options(gossamer_flags INTERFACE --coverage -fprofile-abs-path -fprofile-update=atomic)
  target_link_options(gossamer_flags INTERFACE --coverage)
endif()
