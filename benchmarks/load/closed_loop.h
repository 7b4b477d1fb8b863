#ifndef NESTOR_BENCHMARKS_LOAD_CLOSED_LOOP_H_
#define NESTOR_BENCHMARKS_LOAD_CLOSED_LOOP_H_

#include "benchmarks/load/load_loop.h"

namespace nestor::bench {

// So many callers that each wait for an answer before they call again: what a server can do at
// most. Not how long users wait: while the server stalls, nobody calls, and the calls that would
// have waited are missing from the latencies. So whatever is made of this says "closed loop".
class ClosedLoop : public LoadLoop {
 public:
  // REQUIRES: concurrency > 0. See LoadLoop.
  ClosedLoop(uint64_t concurrency, OperationSource& source, SendFunction send, OperationLog& log)
      : LoadLoop(source, std::move(send), log, concurrency), concurrency_(concurrency) {}

  void Start() override;
  void Join() override { in_flight_.AwaitNone(); }

 private:
  // Sends a call now, and the next when it is answered, until the end.
  void Continue();

  const uint64_t concurrency_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_CLOSED_LOOP_H_
