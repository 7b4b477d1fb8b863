#ifndef NESTOR_TESTS_SANITIZERS_TSAN_GOOGLE_PROTOBUF_MAP_FIELD_H_
#define NESTOR_TESTS_SANITIZERS_TSAN_GOOGLE_PROTOBUF_MAP_FIELD_H_

// Stands before protobuf's own header in the tsan build, and in nothing else.
//
// Under ThreadSanitizer protobuf gives its map fields two members more. Debian's library is built
// without it and does not know them: what one side writes, the other reads in the wrong place.
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include_next <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")

#endif  // NESTOR_TESTS_SANITIZERS_TSAN_GOOGLE_PROTOBUF_MAP_FIELD_H_
