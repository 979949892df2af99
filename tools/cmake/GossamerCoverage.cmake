# Target `coverage_report`: run the tests of this preset first; the report lands in <build>/coverage/.

find_program(GOSSAMER_GCOVR_PROGRAM gcovr)
if(NOT GOSSAMER_GCOVR_PROGRAM)
  message(FATAL_ERROR "Missing gcovr, which the coverage preset needs. Install it: apt-get install -y gcovr")
endif()
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/coverage")
add_custom_target(coverage_report
  COMMAND "${GOSSAMER_GCOVR_PROGRAM}"
    --root "${PROJECT_SOURCE_DIR}" --object-directory "${PROJECT_BINARY_DIR}"
    --filter "${PROJECT_SOURCE_DIR}/core/" --filter "${PROJECT_SOURCE_DIR}/sim/"
    --exclude-unreachable-branches --exclude-throw-branches
    --html-details "${PROJECT_BINARY_DIR}/coverage/index.html"
    --xml "${PROJECT_BINARY_DIR}/coverage/coverage.xml"
    --print-summary
  WORKING_DIRECTORY "${PROJECT_BINARY_DIR}"
  COMMENT "gcovr"
  USES_TERMINAL
  VERBATIM)
