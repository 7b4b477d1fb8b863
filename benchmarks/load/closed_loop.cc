#include "benchmarks/load/closed_loop.h"

namespace nestor::bench {

void ClosedLoop::Start() {
  Begin();
  for (uint64_t i = 0; i < concurrency_; ++i) {
    in_flight_.TryAdd();  // a caller counts until it stops calling
    Continue();
  }
}

void ClosedLoop::Continue() {
  const int64_t now_ns = NowNs();
  if (Ended(now_ns)) {
    in_flight_.Remove();
    return;
  }
  Send(now_ns, [this] { Continue(); });
}

}  // namespace nestor::bench
