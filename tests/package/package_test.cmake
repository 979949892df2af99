# cmake -D WHAT=install|deb -D BUILD=<build> -D SOURCE=<repository> -D WORK=<scratch> [-D COMPILER=<c++>] -P package_test.cmake
#
# install: another project finds the installed libraries, builds with them, and its run of the quickstart has the digest
#          that scenarios/digests.txt gives.
# deb:     both Debian packages are made; the program out of the unpacked one runs its own copy of the quickstart.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0)
    string(JOIN " " line ${ARGN})
    message(FATAL_ERROR "${line}\nended with ${code}\n${out}\n${err}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

function(expect_files root)
  foreach(file IN LISTS ARGN)
    if(NOT EXISTS "${root}/${file}")
      message(FATAL_ERROR "${root}/${file} is not there")
    endif()
  endforeach()
endfunction()

function(expect_quickstart_digest text)
  file(STRINGS "${SOURCE}/scenarios/digests.txt" line REGEX "^quickstart\\.yaml 1 ")
  string(REGEX REPLACE "^.* " "" digest "${line}")
  string(FIND "${text}" "${digest}" at)
  if(NOT digest OR at EQUAL -1)
    message(FATAL_ERROR "expected the digest ${digest}, got\n${text}")
  endif()
endfunction()

set(files bin/gossamer-sim share/man/man1/gossamer-sim.1 share/bash-completion/completions/gossamer-sim
  share/zsh/vendor-completions/_gossamer-sim share/fish/vendor_completions.d/gossamer-sim.fish
  share/gossamer/schema/scenario.schema.json share/gossamer/wireshark/cluster_bus.lua
  share/gossamer/scenarios/quickstart.yaml share/doc/gossamer/copyright share/doc/gossamer/copyright.uplot)

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
if(WHAT STREQUAL "install")
  run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/prefix")
  expect_files("${WORK}/prefix" ${files})
  run("${CMAKE_COMMAND}" -S "${SOURCE}/tests/package/consumer" -B "${WORK}/build" -G Ninja
    "-DCMAKE_PREFIX_PATH=${WORK}/prefix" "-DCMAKE_CXX_COMPILER=${COMPILER}")
  run("${CMAKE_COMMAND}" --build "${WORK}/build")
  run("${WORK}/build/consumer" "${WORK}/prefix/share/gossamer/scenarios/quickstart.yaml")
  expect_quickstart_digest("${out}")
else()
  run("${CMAKE_CPACK_COMMAND}" --config "${BUILD}/CPackConfig.cmake" -B "${WORK}")
  file(GLOB runtime "${WORK}/gossamer_*.deb")
  file(GLOB development "${WORK}/libgossamer-dev_*.deb")
  run(dpkg-deb --field "${runtime}" Package Version Depends)
  if(NOT out MATCHES "Package: gossamer\nVersion: [0-9]+\\.[0-9]+\\.[0-9]+" OR NOT out MATCHES "Depends: .*libc6")
    message(FATAL_ERROR "unexpected control fields\n${out}")
  endif()
  run(dpkg-deb --extract "${runtime}" "${WORK}/root")
  expect_files("${WORK}/root/usr" ${files})
  run(dpkg-deb --extract "${development}" "${WORK}/dev")
  expect_files("${WORK}/dev/usr" include/gossamer/sim/model/world.h)
  run("${WORK}/root/usr/bin/gossamer-sim" run "${WORK}/root/usr/share/gossamer/scenarios/quickstart.yaml" --seed 1)
  expect_quickstart_digest("${out}")
endif()
file(REMOVE_RECURSE "${WORK}")
