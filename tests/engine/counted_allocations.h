#ifndef NESTOR_TESTS_ENGINE_COUNTED_ALLOCATIONS_H_
#define NESTOR_TESTS_ENGINE_COUNTED_ALLOCATIONS_H_

#include <cstddef>

namespace nestor::testing {

// How often this thread has called operator new, which the .cc replaces for the whole program; so
// sanitizers, which bring their own, are built without it.
size_t AllocationsOfThread();

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_ENGINE_COUNTED_ALLOCATIONS_H_
