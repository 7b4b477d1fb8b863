# Looks at object files: those of the instruction sets, and that of the walk of a graph. -D CHECK=
#
# ShareNoCode: none has a symbol that the linker may replace by another file's copy, a weak or unique one. Otherwise
#   code for AVX-512 could end up in what every processor runs.
# Prefetch: each fetches rows ahead. Compilers have dropped that silently.
cmake_minimum_required(VERSION 3.25)

string(REPLACE "|" ";" objects "${OBJECTS}")
if(objects STREQUAL "")
  message(FATAL_ERROR "no object files to look at")
endif()

function(share_no_code object)
  execute_process(COMMAND ${NM} --defined-only ${object}
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]* [WwVvu] [^\n]*" shared "${symbols}")
  if(NOT shared STREQUAL "")
    message(FATAL_ERROR "${object} shares symbols: ${shared}")
  endif()
endfunction()

function(prefetch object)
  execute_process(COMMAND ${OBJDUMP} -d ${object}
    OUTPUT_VARIABLE instructions COMMAND_ERROR_IS_FATAL ANY)
  if(NOT instructions MATCHES "prefetch")
    message(FATAL_ERROR "${object} has no prefetch instruction")
  endif()
endfunction()

foreach(object IN LISTS objects)
  if(CHECK STREQUAL "ShareNoCode")
    share_no_code(${object})
  elseif(CHECK STREQUAL "Prefetch")
    prefetch(${object})
  else()
    message(FATAL_ERROR "no such check: '${CHECK}'")
  endif()
endforeach()
