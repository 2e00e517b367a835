# The list of sources of `advisories update`, as a part of the program.
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/advisory_sources.txt CONTENT "advisory_sources.yaml\n")
add_custom_command(
  OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/advisory_sources.cc
  COMMAND ${CMAKE_COMMAND} -DROOM=workspace -DHEADER=workspace/vulnerabilities/built_in_sources.h -DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}
          -DLIST=${CMAKE_CURRENT_BINARY_DIR}/advisory_sources.txt -DOUTPUT=${CMAKE_CURRENT_BINARY_DIR}/advisory_sources.cc -P ${PROJECT_SOURCE_DIR}/cmake/BuildInFiles.cmake
  DEPENDS advisory_sources.yaml ${CMAKE_CURRENT_BINARY_DIR}/advisory_sources.txt ${PROJECT_SOURCE_DIR}/cmake/BuildInFiles.cmake
  VERBATIM)
