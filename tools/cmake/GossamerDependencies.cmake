# Every external library, found once, here. A missing one stops the configure step with the line that installs it.
# third_party/README.md lists versions and licences; tools/dev installs the same packages.

set(GOSSAMER_APT_PACKAGES
  libabsl-dev libprotobuf-dev protobuf-compiler libcli11-dev nlohmann-json3-dev libyaml-cpp-dev libgtest-dev libgmock-dev
  libbenchmark-dev)

function(gossamer_require target package)
  if(NOT TARGET ${target})
    string(JOIN " " all ${GOSSAMER_APT_PACKAGES})
    message(FATAL_ERROR
      # CMake leaves indented lines as they are, so that they can be copied.
      "Missing dependency: CMake target ${target}, from the Debian package ${package}. Install it, or all, or every tool too:\n"
      "  apt-get install -y ${package}\n"
      "  apt-get install -y ${all}\n"
      "  tools/dev install-deps")
  endif()
endfunction()

find_package(absl CONFIG QUIET)
gossamer_require(absl::status libabsl-dev)

# Debian 12 ships protobuf without a package config, newer distributions with one.
find_package(Protobuf CONFIG QUIET)
if(NOT TARGET protobuf::libprotobuf)
  find_package(Protobuf MODULE QUIET)
endif()
gossamer_require(protobuf::libprotobuf libprotobuf-dev)
gossamer_require(protobuf::protoc protobuf-compiler)

find_package(CLI11 CONFIG QUIET)
gossamer_require(CLI11::CLI11 libcli11-dev)

find_package(nlohmann_json CONFIG QUIET)
gossamer_require(nlohmann_json::nlohmann_json nlohmann-json3-dev)

# Its target has no namespace in 0.7; give it one, so that a missing link is an error of ours and not of the linker.
find_package(yaml-cpp CONFIG QUIET)
gossamer_require(yaml-cpp libyaml-cpp-dev)
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp INTERFACE IMPORTED)
  target_link_libraries(yaml-cpp::yaml-cpp INTERFACE yaml-cpp)
endif()

find_package(Threads REQUIRED)

if(GOSSAMER_TESTS)
  find_package(GTest CONFIG QUIET)
  gossamer_require(GTest::gtest libgtest-dev)
  gossamer_require(GTest::gmock libgmock-dev)
  find_package(Python3 COMPONENTS Interpreter QUIET)
  if(NOT Python3_Interpreter_FOUND)
    message(FATAL_ERROR "Missing python3, which runs the lint tests. Install it: apt-get install -y python3")
  endif()
endif()
if(GOSSAMER_BENCH)
  find_package(benchmark CONFIG QUIET)
  gossamer_require(benchmark::benchmark libbenchmark-dev)
endif()
