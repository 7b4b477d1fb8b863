#include "tests/crash/workload.h"

#include <utility>

#include "absl/time/clock.h"
#include "tests/crash/housekeeping.h"
#include "tests/crash/point_client.h"
#include "tests/crash/snapshot_keeping.h"

namespace nestor::testing {
namespace {

constexpr absl::Duration kMomentPatience = absl::Seconds(60);
constexpr absl::Duration kLook = absl::Microseconds(100);

}  // namespace

Workload::Workload(const std::string& address, uint64_t seed, JudgeFailure judge,
                   const Truth& truth)
    : control_(std::move(judge)) {
  for (Key client = 0; client < kClients; ++client) {
    threads_.emplace_back([this, address, seed, client, truth] {
      PointClient({address, seed * kClients + client, client, kClients}, truth.docs, truth.figures,
                  &control_)
          .Run();
    });
  }
  threads_.emplace_back(
      [this, address, truth] { Housekeeping(address, truth.scratch, &control_).Run(); });
  threads_.emplace_back([this, address] { SnapshotKeeping(address, &control_).Run(); });
}

Workload::~Workload() { (void)Stop(); }

void Workload::WorkUntil(const std::function<bool()>& moment) const {
  const absl::Time give_up = absl::Now() + kMomentPatience;
  while (!moment() && !control_.stopping() && absl::Now() < give_up) Work(kLook);
}

absl::Status Workload::Stop() {
  control_.Stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return control_.violation();
}

}  // namespace nestor::testing
