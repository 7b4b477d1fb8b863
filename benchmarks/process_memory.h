#ifndef NESTOR_BENCHMARKS_PROCESS_MEMORY_H_
#define NESTOR_BENCHMARKS_PROCESS_MEMORY_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace nestor::bench {

// What the kernel says of this process, in bytes; 0 where there is no /proc.

// Resident memory that no file is behind: heap and stacks. What the heap has free is given back
// first, so that the difference of two calls is what was kept between them.
uint64_t AnonymousBytes();

// The same of the text of /proc/self/status.
uint64_t AnonymousBytesIn(absl::string_view status);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PROCESS_MEMORY_H_
