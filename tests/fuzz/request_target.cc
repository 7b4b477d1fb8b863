#include "tests/fuzz/request_target.h"

namespace nestor::testing {

FuzzedEngine& SharedEngine() {
  static FuzzedEngine engine;
  return engine;
}

}  // namespace nestor::testing
