# Writes what `git describe` says into OUT, and touches the file only when that changed. Run at every build:
# cmake -D SOURCE=<repository> -D OUT=<file> -P build_id.cmake

set(id "unknown")
find_program(git git)
if(git)
  execute_process(
    COMMAND "${git}" -c "safe.directory=${SOURCE}" describe --always --dirty --abbrev=12 --tags
    WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE described RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed AND described MATCHES "^[-._0-9A-Za-z/]+$")
    set(id "${described}")
  endif()
endif()
set(text "extern const char kGossamerBuildId[];\nconst char kGossamerBuildId[] = \"${id}\";\n")
if(EXISTS "${OUT}")
  file(READ "${OUT}" before)
endif()
if(NOT "${text}" STREQUAL "${before}")
  file(WRITE "${OUT}" "${text}")
endif()
