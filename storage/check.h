#ifndef NESTOR_STORAGE_CHECK_H_
#define NESTOR_STORAGE_CHECK_H_

#include <cstdio>
#include <cstdlib>

// Stops the process when an invariant of ours is broken. Never for bad input: that is an
// absl::Status.
#define NESTOR_CHECK(condition)                                                              \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)

#endif  // NESTOR_STORAGE_CHECK_H_
