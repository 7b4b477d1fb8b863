#ifndef NESTOR_BENCHMARKS_LOAD_OPEN_LOOP_H_
#define NESTOR_BENCHMARKS_LOAD_OPEN_LOOP_H_

#include <thread>

#include "absl/time/time.h"
#include "benchmarks/load/arrival_schedule.h"
#include "benchmarks/load/load_loop.h"

namespace nestor::bench {

// By default a call that is later than this is not sent any more: it is skipped, so that a client
// that cannot keep its rate ends in time.
inline constexpr absl::Duration kGiveUpLag = absl::Seconds(1);

// Calls as users make them who do not know of each other: a schedule says when each is sent, and
// nothing that the server does changes it. If the server stalls, the calls of that time still go
// out, and wait; a loop that waited with them would not have sent them, and would report a stall
// of a thousand calls as one slow call.
class OpenLoop : public LoadLoop {
 public:
  // A call is skipped if `max_in_flight` others wait for their answers, or if it would leave more
  // than `give_up_lag` late; see LoadLoop.
  OpenLoop(const ArrivalSchedule& schedule, uint64_t max_in_flight, OperationSource& source,
           SendFunction send, OperationLog& log, absl::Duration give_up_lag = kGiveUpLag)
      : LoadLoop(source, std::move(send), log, max_in_flight),
        schedule_(schedule),
        give_up_lag_(give_up_lag) {}

  // The load begins when the thread that sends runs: what that took makes no call late.
  void Start() override;
  void Join() override;

 private:
  void Pace();
  // Sleeps until a call is to be sent; false: the load ended meanwhile.
  bool AwaitTurn(int64_t intended_ns) const;
  void SendOrSkip(int64_t intended_ns);

  ArrivalSchedule schedule_;
  const absl::Duration give_up_lag_;
  std::thread pacer_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_OPEN_LOOP_H_
