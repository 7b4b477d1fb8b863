#ifndef NESTOR_TESTS_FUZZ_FUZZED_ENGINE_H_
#define NESTOR_TESTS_FUZZ_FUZZED_ENGINE_H_

#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "engine/engine.h"

namespace nestor::testing {

// A small engine in memory that requests are thrown at. It is the same every time it is made:
//
//   docs    8 dims, cosine, HNSW, int8 tier, prefix of 4 dims; payload indexes of all five types
//   images  8 dims, L2, IVF with 2 lists, float32 tier; filters on indexed fields only
//   sounds  2 dims, dot, flat; nothing in it but one point
//
// docs and images hold the points 0 to 31 (odd ones are called "point-1"): the first 18 in an
// indexed segment, the others not indexed yet. 3, 8 and 20 are deleted.
//
// Thread safety: one thread.
class FuzzedEngine {
 public:
  FuzzedEngine();
  ~FuzzedEngine();

  Engine& engine() { return *engine_; }

  // The clock moves on by a microsecond whenever it is looked at, and starts again here.
  void RestartClock();
  // Throws everything away and starts again: what one request changed, the next does not see.
  void Renew();

 private:
  struct TickingClock;

  std::unique_ptr<TickingClock> clock_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_FUZZ_FUZZED_ENGINE_H_
