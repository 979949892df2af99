# The rules of the tree as tests, label lint. Each has a self test that feeds it what it must refuse.

set(lint "${PROJECT_SOURCE_DIR}/tools/lint")

foreach(script layers banned sizes)
  gossamer_add_ctest(lint_${script}
    COMMAND "${Python3_EXECUTABLE}" "${lint}/${script}.py" --root "${PROJECT_SOURCE_DIR}"
    LABELS lint)
  gossamer_add_ctest(lint_${script}_self_test
    COMMAND "${Python3_EXECUTABLE}" "${lint}/${script}.py" --self-test
    LABELS lint)
endforeach()

gossamer_add_ctest(lint_format COMMAND "${lint}/format.sh" LABELS lint)
gossamer_add_ctest(lint_format_self_test COMMAND "${lint}/format.sh" --self-test LABELS lint)
gossamer_add_ctest(lint_shell COMMAND "${lint}/shell.sh" LABELS lint)
gossamer_add_ctest(lint_shell_self_test COMMAND "${lint}/shell.sh" --self-test LABELS lint)

# Instrumentation adds symbols of its own, so only plain builds can be judged.
if(NOT GOSSAMER_SANITIZE AND NOT GOSSAMER_COVERAGE AND NOT GOSSAMER_FUZZ)
  set(libraries "")
  foreach(module base slots bus cluster resp keyspace replication persistence commands node)
    if(TARGET gossamer_${module})
      get_target_property(type gossamer_${module} TYPE)
      if(type STREQUAL "STATIC_LIBRARY")
        list(APPEND libraries "$<TARGET_FILE:gossamer_${module}>")
      endif()
    endif()
  endforeach()
  set(symbols "${Python3_EXECUTABLE}" "${lint}/symbols.py"
    --nm "${CMAKE_NM}" --objdump "${CMAKE_OBJDUMP}" --compiler "${CMAKE_CXX_COMPILER}")
  if(libraries)
    gossamer_add_ctest(lint_symbols COMMAND ${symbols} ${libraries} LABELS lint)
  endif()
  gossamer_add_ctest(lint_symbols_self_test COMMAND ${symbols} --self-test LABELS lint)
endif()

# Every header of every layer compiles alone.
get_property(layers GLOBAL PROPERTY GOSSAMER_LAYERS)
if(layers)
  gossamer_add_ctest(lint_headers
    COMMAND "${CMAKE_COMMAND}" --build "${PROJECT_BINARY_DIR}" --target all_verify_interface_header_sets
    LABELS lint TIMEOUT 600)
  set_tests_properties(lint_headers PROPERTIES RESOURCE_LOCK build_directory)
endif()

set(trial "${PROJECT_BINARY_DIR}/gen/header_self_test")
file(WRITE "${trial}/needs_string.h" "#pragma once\nstd::string Name();\n")
file(WRITE "${trial}/one.cc" "int One() { return 1; }\n")
file(WRITE "${trial}/CMakeLists.txt" [[
cmake_minimum_required(VERSION 3.25)
project(trial CXX)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
add_library(trial STATIC one.cc)
target_sources(trial PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR} FILES needs_string.h)
]])
gossamer_add_ctest(lint_headers_self_test
  COMMAND "${CMAKE_CTEST_COMMAND}" --build-and-test "${trial}" "${trial}/build"
    --build-generator Ninja --build-noclean --build-target all_verify_interface_header_sets
    --build-options "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}"
  LABELS lint)
set_tests_properties(lint_headers_self_test PROPERTIES
  PASS_REGULAR_EXPRESSION "needs_string.h:2:.*error")
