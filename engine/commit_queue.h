#ifndef NESTOR_ENGINE_COMMIT_QUEUE_H_
#define NESTOR_ENGINE_COMMIT_QUEUE_H_

#include <cstddef>
#include <deque>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"

namespace nestor {

// Group commit: the first writer in line becomes the leader, takes everybody who waits behind it,
// and commits them together with one sync; the others only wait. Groups run one after the other, so
// what the leader does needs no further lock against other writers.
//
// Thread safety: thread-safe.
template <typename Write>
class CommitQueue {
 public:
  using CommitGroup = absl::FunctionRef<void(absl::Span<Write* const> group)>;

  // Returns once `write` has been through a `commit`, its own or another writer's. `cost` is in the
  // units of kMaxGroupCost; a group takes writes until it reaches that.
  void Run(Write* write, size_t cost, CommitGroup commit) {
    Waiter self{write, cost};
    mu_.Lock();
    waiting_.push_back(&self);
    while (!self.done && waiting_.front() != &self) self.wake.Wait(&mu_);
    if (!self.done) Lead(commit);
    mu_.Unlock();
  }

 private:
  static constexpr size_t kMaxGroupCost = size_t{16} << 20;

  struct Waiter {
    Write* write;
    size_t cost;
    bool done = false;
    absl::CondVar wake = {};
  };

  // The lock is not held while the group commits; the leader stays at the front, which keeps others
  // from leading.
  void Lead(CommitGroup commit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    std::vector<Write*> group;
    size_t cost = 0;
    for (const Waiter* waiter : waiting_) {
      if (!group.empty() && cost + waiter->cost > kMaxGroupCost) break;
      group.push_back(waiter->write);
      cost += waiter->cost;
    }
    mu_.Unlock();
    commit(group);
    mu_.Lock();
    for (size_t i = 0; i < group.size(); ++i) {
      Waiter* waiter = waiting_.front();
      waiting_.pop_front();
      waiter->done = true;
      waiter->wake.Signal();
    }
    if (!waiting_.empty()) waiting_.front()->wake.Signal();
  }

  absl::Mutex mu_;
  std::deque<Waiter*> waiting_ ABSL_GUARDED_BY(mu_);
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_COMMIT_QUEUE_H_
