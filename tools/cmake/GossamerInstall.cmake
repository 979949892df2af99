# What `cmake --install` puts where, the package config for find_package(gossamer), and the Debian packages of CPack.
#
# Component runtime: the programs and what belongs to them. Component development: libraries and headers.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(headers "${CMAKE_INSTALL_INCLUDEDIR}/gossamer")
set(config "${CMAKE_INSTALL_LIBDIR}/cmake/gossamer")
set(data "${CMAKE_INSTALL_DATADIR}/gossamer")

# ---- runtime ----

install(TARGETS gossamer-sim RUNTIME COMPONENT runtime)
install(FILES "${PROJECT_BINARY_DIR}/share/man/man1/gossamer-sim.1"
  DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT runtime)
set(completions "${PROJECT_BINARY_DIR}/share/completions")
install(FILES "${completions}/gossamer-sim.bash" RENAME gossamer-sim
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" COMPONENT runtime)
install(FILES "${completions}/gossamer-sim.zsh" RENAME _gossamer-sim
  DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions" COMPONENT runtime)
install(FILES "${completions}/gossamer-sim.fish"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" COMPONENT runtime)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/tools/schema" DESTINATION "${data}" COMPONENT runtime
  FILES_MATCHING PATTERN "*.json")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/tools/wireshark" DESTINATION "${data}" COMPONENT runtime
  FILES_MATCHING PATTERN "*.lua")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/scenarios" DESTINATION "${data}" COMPONENT runtime)
install(FILES "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/gossamer" COMPONENT runtime)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" RENAME copyright
  DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/gossamer" COMPONENT runtime)
install(FILES "${PROJECT_SOURCE_DIR}/third_party/uplot/LICENSE" RENAME copyright.uplot
  DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/gossamer" COMPONENT runtime)

# ---- development ----

get_property(layers GLOBAL PROPERTY GOSSAMER_LAYERS)
get_property(generated GLOBAL PROPERTY GOSSAMER_GENERATED)
foreach(layer IN LISTS layers)
  install(TARGETS gossamer_${layer} EXPORT gossamer
    ARCHIVE COMPONENT development
    FILE_SET HEADERS DESTINATION "${headers}" COMPONENT development)
endforeach()
foreach(target IN LISTS generated)
  string(REGEX REPLACE "^gossamer_" "" name "${target}")
  set_target_properties(${target} PROPERTIES EXPORT_NAME "${name}")
  install(TARGETS ${target} EXPORT gossamer ARCHIVE COMPONENT development)
endforeach()
set_target_properties(gossamer_sim PROPERTIES EXPORT_NAME sim)
install(TARGETS gossamer_sim EXPORT gossamer)
install(EXPORT gossamer NAMESPACE gossamer:: FILE gossamer-targets.cmake
  DESTINATION "${config}" COMPONENT development)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/gossamer-config.cmake.in"
  "${PROJECT_BINARY_DIR}/gen/gossamer-config.cmake" INSTALL_DESTINATION "${config}")
# Before 1.0 every minor version may break its users.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/gen/gossamer-config-version.cmake"
  VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/gen/gossamer-config.cmake" "${PROJECT_BINARY_DIR}/gen/gossamer-config-version.cmake"
  DESTINATION "${config}" COMPONENT development)

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" RENAME copyright
  DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/libgossamer-dev" COMPONENT development)
install(FILES "${PROJECT_SOURCE_DIR}/third_party/uplot/LICENSE" RENAME copyright.uplot
  DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/libgossamer-dev" COMPONENT development)

# ---- packages ----

set(CPACK_GENERATOR DEB)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_NAME gossamer)
set(CPACK_PACKAGE_VERSION "${GOSSAMER_PACKAGE_VERSION}")
set(CPACK_PACKAGE_VENDOR Gossamer)
set(CPACK_PACKAGE_CONTACT "Gossamer <gossamer@localhost>")
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME gossamer)
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "what an outage costs a Valkey or Redis cluster, by reproducible simulation
 gossamer-sim runs the cluster bus and failover code of a Valkey-compatible core on a virtual clock and a simulated
 network, and reports how long detection and failover took.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libgossamer-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "Valkey-compatible cluster core and simulator, libraries and headers
 For find_package(gossamer): the layers of the cluster core and of the simulator as static libraries.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libabsl-dev, libprotobuf-dev, nlohmann-json3-dev, libyaml-cpp-dev")
include(CPack)
