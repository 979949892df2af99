# What a user may set on the command line; CMakePresets.json holds the sets in daily use.

option(GOSSAMER_TESTS "Build the tests" ON)
option(GOSSAMER_BENCH "Build the benchmarks" OFF)
option(GOSSAMER_WERROR "Treat warnings as errors" OFF)
option(GOSSAMER_PCH "Precompile the GoogleTest header for tests" ON)
option(GOSSAMER_FUZZ "Build the libFuzzer programs (clang only) in place of the corpus replayers" OFF)
option(GOSSAMER_COVERAGE "Instrument for gcovr" OFF)
option(GOSSAMER_HARDENED "Turn on the assertions of the standard library" OFF)
option(GOSSAMER_CCACHE "Compile through ccache when it is installed" ON)
set(GOSSAMER_SANITIZE "" CACHE STRING "Sanitizers, comma separated, as -fsanitize= takes them")
set(GOSSAMER_X86_LEVEL "x86-64-v2" CACHE STRING
  "-march for x86-64; v2 (SSE4.2, POPCNT) runs on every such machine since 2011; empty = the compiler's own baseline")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
