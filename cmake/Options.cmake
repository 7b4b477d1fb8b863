# Warnings and sanitizers, as interface targets: a folder links what it wants, nothing is global.
option(NESTOR_BUILD_TESTS "Build the tests" ON)
set(NESTOR_SANITIZER "" CACHE STRING "address, thread, fuzzer or empty")

add_library(nestor_options INTERFACE)
target_include_directories(nestor_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(nestor_options INTERFACE -Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(nestor_options INTERFACE -Wthread-safety)
endif()

# In a unity build no source is the main file, which GCC takes for a header then.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(nestor_options INTERFACE -Wno-subobject-linkage)
endif()

if(NESTOR_SANITIZER STREQUAL "address")
  set(sanitizer_flags -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(NESTOR_SANITIZER STREQUAL "thread")
  set(sanitizer_flags -fsanitize=thread -fno-omit-frame-pointer)
elseif(NESTOR_SANITIZER STREQUAL "fuzzer")
  # libFuzzer's main is linked by nestor-fuzz alone.
  set(sanitizer_flags -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(NOT NESTOR_SANITIZER STREQUAL "")
  message(FATAL_ERROR "NESTOR_SANITIZER is '${NESTOR_SANITIZER}'; use address, thread, fuzzer or nothing")
endif()
if(sanitizer_flags)
  target_compile_options(nestor_options INTERFACE ${sanitizer_flags})
  target_link_options(nestor_options INTERFACE ${sanitizer_flags})
endif()

# Packaged libraries are not instrumented: Abseil's locks are explained to ThreadSanitizer by this file, and protobuf's headers
# must not expect more of its library than is there.
if(NESTOR_SANITIZER STREQUAL "thread")
  target_include_directories(nestor_options INTERFACE ${PROJECT_SOURCE_DIR}/tests/sanitizers/tsan)
  add_library(nestor_tsan_support STATIC ${PROJECT_SOURCE_DIR}/tests/sanitizers/absl_sync_for_tsan.cc)
  target_link_libraries(nestor_tsan_support PUBLIC absl::synchronization ${CMAKE_DL_LIBS})
  target_link_libraries(nestor_options INTERFACE $<LINK_LIBRARY:WHOLE_ARCHIVE,nestor_tsan_support>)
endif()
