# GOSSAMER_VERSION (for project()) and GOSSAMER_PACKAGE_VERSION (as Debian orders versions), from the repository's tags:
#   at tag v1.2.3                 1.2.3 and 1.2.3
#   five commits after it         1.2.3 and 1.2.3+git5.<hash>
#   no tag yet, or no repository  the version below and ~git<commits>.<hash>, or the version alone

set(GOSSAMER_VERSION 0.1.0)
set(GOSSAMER_PACKAGE_VERSION "${GOSSAMER_VERSION}")

find_program(GOSSAMER_GIT_PROGRAM git)
# gossamer_git(<variable> <argument>...): what git prints; empty if it fails, or if this is no repository of its own.
function(gossamer_git variable)
  set(${variable} "" PARENT_SCOPE)
  if(NOT GOSSAMER_GIT_PROGRAM OR NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/.git")
    return()
  endif()
  execute_process(
    COMMAND "${GOSSAMER_GIT_PROGRAM}" -c "safe.directory=${CMAKE_CURRENT_SOURCE_DIR}" ${ARGN}
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" OUTPUT_VARIABLE printed RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(${variable} "${printed}" PARENT_SCOPE)
  endif()
endfunction()

gossamer_git(described describe --tags --long --abbrev=10 --match "v[0-9]*.[0-9]*.[0-9]*")
if(described MATCHES "^v([0-9]+\\.[0-9]+\\.[0-9]+)-([0-9]+)-g([0-9a-f]+)$")
  set(GOSSAMER_VERSION "${CMAKE_MATCH_1}")
  set(GOSSAMER_PACKAGE_VERSION "${CMAKE_MATCH_1}")
  if(CMAKE_MATCH_2 GREATER 0)
    string(APPEND GOSSAMER_PACKAGE_VERSION "+git${CMAKE_MATCH_2}.${CMAKE_MATCH_3}")
  endif()
else()
  gossamer_git(commits rev-list --count HEAD)
  gossamer_git(hash rev-parse --short=10 HEAD)
  if(commits AND hash)
    string(APPEND GOSSAMER_PACKAGE_VERSION "~git${commits}.${hash}")
  endif()
endif()
