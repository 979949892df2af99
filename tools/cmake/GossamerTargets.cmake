# The functions every CMakeLists.txt in the tree is written with. BUILD.md shows each by example.

include_guard(GLOBAL)

# gossamer_subdirectories(<dir>...): adds those that have a CMakeLists.txt, and configures again when one gets it.
function(gossamer_subdirectories)
  foreach(dir IN LISTS ARGN)
    set(path "${CMAKE_CURRENT_SOURCE_DIR}/${dir}")
    if(EXISTS "${path}/CMakeLists.txt")
      add_subdirectory("${dir}")
    else()
      while(NOT IS_DIRECTORY "${path}")
        get_filename_component(path "${path}" DIRECTORY)
      endwhile()
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    endif()
  endforeach()
endfunction()

# gossamer_umbrella(<name> <layer>...): gossamer::<name> links every listed layer that exists.
function(gossamer_umbrella name)
  add_library(gossamer_${name} INTERFACE)
  add_library(gossamer::${name} ALIAS gossamer_${name})
  foreach(layer IN LISTS ARGN)
    if(TARGET gossamer_${layer})
      target_link_libraries(gossamer_${name} INTERFACE gossamer::${layer})
    endif()
  endforeach()
endfunction()

function(gossamer_check_arguments function name)
  if(ARGN)
    message(FATAL_ERROR "${function}(${name}): unknown arguments: ${ARGN}")
  endif()
endfunction()

# gossamer_layer(<name> [SOURCES ...] HEADERS ... [DEPS ...] [PRIVATE_DEPS ...])
# Static library gossamer_<name>, alias gossamer::<name>. Includes are written from the root of the repository. DEPS are
# what the headers need, PRIVATE_DEPS what only the sources need. Without SOURCES it is header-only.
function(gossamer_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS")
  gossamer_check_arguments(gossamer_layer "${name}" ${arg_UNPARSED_ARGUMENTS})
  set(target gossamer_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PUBLIC ${arg_DEPS}
      PRIVATE ${arg_PRIVATE_DEPS} $<BUILD_INTERFACE:gossamer_flags>)
    target_compile_options(${target} PRIVATE -Wmissing-declarations)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
    target_link_libraries(${target} INTERFACE ${arg_DEPS})
  endif()
  add_library(gossamer::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_sources(${target} ${scope}
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HEADERS})
  set_property(GLOBAL APPEND PROPERTY GOSSAMER_LAYERS ${name})
endfunction()

# gossamer_proto(<name> PROTOS ...): messages compiled to C++, included by their path in the repository ("sim/report/x.pb.h").
function(gossamer_proto name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PROTOS")
  gossamer_check_arguments(gossamer_proto "${name}" ${arg_UNPARSED_ARGUMENTS})
  set(out "${PROJECT_BINARY_DIR}/gen")
  set(generated "")
  file(MAKE_DIRECTORY "${out}")
  foreach(proto IN LISTS arg_PROTOS)
    get_filename_component(absolute "${proto}" ABSOLUTE)
    file(RELATIVE_PATH relative "${PROJECT_SOURCE_DIR}" "${absolute}")
    string(REGEX REPLACE "\\.proto$" ".pb" stem "${relative}")
    add_custom_command(
      OUTPUT "${out}/${stem}.cc" "${out}/${stem}.h"
      COMMAND protobuf::protoc "--cpp_out=${out}" "--proto_path=${PROJECT_SOURCE_DIR}" "${absolute}"
      DEPENDS "${absolute}" protobuf::protoc
      COMMENT "protoc ${relative}"
      VERBATIM)
    list(APPEND generated "${out}/${stem}.cc" "${out}/${stem}.h")
  endforeach()
  add_library(gossamer_${name} STATIC ${generated})
  add_library(gossamer::${name} ALIAS gossamer_${name})
  # Generated code follows its generator's taste: none of our warnings, all of our code generation flags.
  target_link_libraries(gossamer_${name} PUBLIC protobuf::libprotobuf PRIVATE $<BUILD_INTERFACE:gossamer_flags>)
  target_compile_options(gossamer_${name} PRIVATE -w)
  target_include_directories(gossamer_${name} SYSTEM PUBLIC "$<BUILD_INTERFACE:${out}>")
  set_property(GLOBAL APPEND PROPERTY GOSSAMER_GENERATED gossamer_${name})
endfunction()

# gossamer_embed(<variable> <header> <constant>=<file>...): a generated source, named in <variable>, that defines the
# constants of <header> (a path in the repository) from texts; embed_text.cmake says how.
function(gossamer_embed variable header)
  string(REGEX REPLACE "\\.h$" ".embedded.cc" name "${header}")
  set(out "${PROJECT_BINARY_DIR}/gen/${name}")
  set(script "${PROJECT_SOURCE_DIR}/tools/cmake/embed_text.cmake")
  set(texts "")
  set(files "")
  foreach(pair IN LISTS ARGN)
    string(REGEX REPLACE "=.*$" "" constant "${pair}")
    string(REGEX REPLACE "^[^=]*=" "" file "${pair}")
    get_filename_component(file "${file}" ABSOLUTE)
    list(APPEND texts "${constant}=${file}")
    list(APPEND files "${file}")
  endforeach()
  add_custom_command(
    OUTPUT "${out}"
    COMMAND "${CMAKE_COMMAND}" -D "OUT=${out}" -D "HEADER=${header}" -D "TEXTS=${texts}" -P "${script}"
    DEPENDS "${script}" ${files}
    COMMENT "embedding the texts of ${header}"
    VERBATIM)
  set(${variable} "${out}" PARENT_SCOPE)
endfunction()

# Target generated_sources: all that must exist before a tool can read every source.
function(gossamer_generated_sources)
  get_property(generated GLOBAL PROPERTY GOSSAMER_GENERATED)
  add_custom_target(generated_sources)
  if(generated)
    add_dependencies(generated_sources ${generated})
  endif()
endfunction()

# gossamer_program(<name> SOURCES ... [DEPS ...]): build/<preset>/bin/<name>.
function(gossamer_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS")
  gossamer_check_arguments(gossamer_program "${name}" ${arg_UNPARSED_ARGUMENTS})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_DEPS} gossamer_flags)
endfunction()

# One ctest entry: labels, timeout (longer under instrumentation), a command that runs from the given directory.
function(gossamer_add_ctest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT;DIRECTORY" "LABELS;COMMAND")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(NOT arg_DIRECTORY)
    set(arg_DIRECTORY "${PROJECT_BINARY_DIR}")
  endif()
  if(GOSSAMER_SANITIZE OR GOSSAMER_COVERAGE)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 5")
  endif()
  add_test(NAME ${name} COMMAND ${arg_COMMAND} WORKING_DIRECTORY "${arg_DIRECTORY}")
  set_tests_properties(${name} PROPERTIES
    LABELS "${arg_LABELS}"
    TIMEOUT ${arg_TIMEOUT}
    SKIP_RETURN_CODE 77
    ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1")
endfunction()

# A library of nothing but the compiled GoogleTest header; every test reuses it.
function(gossamer_test_pch)
  set(source "${PROJECT_BINARY_DIR}/gen/gtest_pch.cc")
  if(NOT EXISTS "${source}")
    file(WRITE "${source}" "// Exists so that the precompiled header has a target.\n")
  endif()
  add_library(gossamer_gtest_pch OBJECT "${source}")
  target_link_libraries(gossamer_gtest_pch PRIVATE gossamer_flags GTest::gtest GTest::gmock)
  gossamer_test_flags(gossamer_gtest_pch)
  target_precompile_headers(gossamer_gtest_pch PRIVATE
    <gmock/gmock.h> <gtest/gtest.h> <algorithm> <map> <memory> <optional> <string> <vector>)
endfunction()

# What test code is compiled with besides gossamer_flags: light optimisation in every preset, as no test is hot itself.
function(gossamer_test_flags target)
  target_compile_options(${target} PRIVATE -O1)
  target_compile_definitions(${target} PRIVATE "GOSSAMER_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
endfunction()

# gossamer_test(<name> SOURCES ... [DEPS ...] [LABELS ...] [TIMEOUT s] [ARGS ...] [DATA] [NO_MAIN])
# One GoogleTest program and one ctest entry of the same name, which prints failing cases only. LABELS defaults to unit.
# DATA: it reads files of the repository and runs from its root (GOSSAMER_SOURCE_DIR is defined in every test).
function(gossamer_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "DATA;NO_MAIN" "TIMEOUT" "SOURCES;DEPS;LABELS;ARGS")
  gossamer_check_arguments(gossamer_test "${name}" ${arg_UNPARSED_ARGUMENTS})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_DEPS} gossamer_flags GTest::gtest GTest::gmock)
  if(NOT arg_NO_MAIN)
    target_link_libraries(${name} PRIVATE GTest::gtest_main)
  endif()
  gossamer_test_flags(${name})
  if(GOSSAMER_PCH)
    target_precompile_headers(${name} REUSE_FROM gossamer_gtest_pch)
  endif()
  set(directory "")
  if(arg_DATA)
    set(directory DIRECTORY "${PROJECT_SOURCE_DIR}")
  endif()
  gossamer_add_ctest(${name}
    COMMAND ${name} --gtest_brief=1 ${arg_ARGS}
    LABELS ${arg_LABELS} TIMEOUT ${arg_TIMEOUT} ${directory})
  set_tests_properties(${name} PROPERTIES FAIL_REGULAR_EXPRESSION "] 0 tests from ")
endfunction()

# gossamer_bench(<name> SOURCES ... [DEPS ...]): build/<preset>/bin/<name>_bench with GoogleBenchmark's main.
function(gossamer_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_MAIN" "" "SOURCES;DEPS")
  gossamer_check_arguments(gossamer_bench "${name}" ${arg_UNPARSED_ARGUMENTS})
  if(NOT GOSSAMER_BENCH)
    return()
  endif()
  add_executable(${name}_bench ${arg_SOURCES})
  target_include_directories(${name}_bench PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name}_bench PRIVATE ${arg_DEPS} gossamer_flags benchmark::benchmark)
  if(NOT arg_NO_MAIN)
    target_link_libraries(${name}_bench PRIVATE benchmark::benchmark_main)
  endif()
endfunction()

# gossamer_fuzz(<name> SOURCES ... [DEPS ...] [TIMEOUT s])
# The sources define LLVMFuzzerTestOneInput. The fuzz preset builds a libFuzzer program fuzz_<name>; every other preset
# builds a replayer that feeds it the corpus tests/fuzz/corpus/<name> and fixed mutations of it, as a unit test.
function(gossamer_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;DEPS")
  gossamer_check_arguments(gossamer_fuzz "${name}" ${arg_UNPARSED_ARGUMENTS})
  set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  add_executable(fuzz_${name} ${arg_SOURCES})
  target_include_directories(fuzz_${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(fuzz_${name} PRIVATE ${arg_DEPS} gossamer_flags)
  if(NOT IS_DIRECTORY "${corpus}")
    set(corpus "")
  endif()
  if(GOSSAMER_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set(arguments -runs=2000 -seed=1 -max_total_time=20 -verbosity=0)
    set(scratch "${PROJECT_BINARY_DIR}/fuzz/${name}")
    file(MAKE_DIRECTORY "${scratch}")
    # libFuzzer writes what it finds into the first directory: never into the repository.
    set(corpus "${scratch}" ${corpus})
    set(arguments ${arguments} "-artifact_prefix=${scratch}/")
  else()
    target_sources(fuzz_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tools/cmake/fuzz_replay_main.cc")
    set(arguments --mutations=4000)
  endif()
  gossamer_add_ctest(fuzz_${name} COMMAND fuzz_${name} ${arguments} ${corpus} LABELS unit fuzz TIMEOUT ${arg_TIMEOUT})
endfunction()

# gossamer_scenarios(<program> <directory>... [BUG_DRIVER <script>]): one ctest entry `scenario/<path>` per YAML file,
# label scenario. Comments in a file say more: `# ctest-labels: slow`, `# ctest-timeout: 300` (seconds; 60 without it).
# `# ctest-cell: a=1,b=2`: the cell of a file with a matrix that runs; without it all its cells are checked.
# With a driver also an entry `bug/<path>`, label slow, which hands it the program and the file.
function(gossamer_scenarios program)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "BUG_DRIVER" "")
  foreach(directory IN LISTS arg_UNPARSED_ARGUMENTS)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS "${directory}/*.yaml")
    foreach(file IN LISTS files)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
      file(STRINGS "${file}" head LIMIT_COUNT 20 REGEX "^# ctest-")
      set(labels scenario)
      set(timeout 60)
      if(head MATCHES "# ctest-labels: ([a-z_ ]+)")
        separate_arguments(more UNIX_COMMAND "${CMAKE_MATCH_1}")
        list(APPEND labels ${more})
      endif()
      if(head MATCHES "# ctest-timeout: ([0-9]+)")
        set(timeout ${CMAKE_MATCH_1})
      endif()
      file(RELATIVE_PATH path "${PROJECT_SOURCE_DIR}" "${file}")
      string(REGEX REPLACE "^scenarios/|\\.yaml$" "" name "${path}")
      # A study has many scenarios: one cell of it runs, or all are checked.
      file(STRINGS "${file}" study REGEX "^matrix:")
      set(command run)
      set(cell "")
      if(head MATCHES "# ctest-cell: ([^; ]+)")
        set(cell --cell "${CMAKE_MATCH_1}")
      elseif(study)
        set(command check)
      endif()
      gossamer_add_ctest("scenario/${name}"
        COMMAND ${program} ${command} "${path}" ${cell}
        DIRECTORY "${PROJECT_SOURCE_DIR}" LABELS ${labels} TIMEOUT ${timeout})
      if(arg_BUG_DRIVER AND NOT study)
        math(EXPR timeout "2 * ${timeout}")
        gossamer_add_ctest("bug/${name}"
          COMMAND "${Python3_EXECUTABLE}" "${arg_BUG_DRIVER}" $<TARGET_FILE:${program}> "${path}"
          DIRECTORY "${PROJECT_SOURCE_DIR}" LABELS slow TIMEOUT ${timeout})
      endif()
    endforeach()
  endforeach()
endfunction()
