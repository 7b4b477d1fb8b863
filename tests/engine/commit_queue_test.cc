#include "engine/commit_queue.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace nestor {
namespace {

struct Write {
  int writer = 0;
  int number = 0;
  int group = 0;  // the one that took it
};

TEST(CommitQueueTest, ALoneWriterCommitsItself) {
  CommitQueue<Write> queue;
  Write write;
  queue.Run(&write, 1, [](absl::Span<Write* const> group) {
    ASSERT_EQ(group.size(), 1u);
    group[0]->group = 7;
  });
  EXPECT_EQ(write.group, 7);
}

// Four threads of 200 writes each: all are committed once, each thread's in its order, never two
// groups at a time.
TEST(CommitQueueTest, EveryWriteIsCommittedOnceAndInItsWritersOrder) {
  constexpr int kWriters = 4, kWrites = 200;
  CommitQueue<Write> queue;
  std::atomic<int> committing{0};
  std::vector<Write> log;  // guarded by the queue: one leader at a time
  int groups = 0;
  const auto commit = [&](absl::Span<Write* const> group) {
    EXPECT_EQ(committing.fetch_add(1), 0);
    ++groups;
    for (Write* write : group) {
      write->group = groups;
      log.push_back(*write);
    }
    committing.fetch_sub(1);
  };
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kWrites; ++i) {
        Write write{writer, i, 0};
        queue.Run(&write, 1, commit);
        EXPECT_GT(write.group, 0);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  ASSERT_EQ(log.size(), static_cast<size_t>(kWriters * kWrites));
  std::vector<int> next(kWriters);
  for (const Write& write : log) EXPECT_EQ(write.number, next[write.writer]++);
}

// A leader that is held up while others queue behind it: whoever comes next takes all of them, up
// to the cost of a group.
class HeldQueue {
 public:
  // Runs `costs` writes behind a leader that waits; returns the sizes of the groups.
  std::vector<size_t> Run(const std::vector<size_t>& costs) {
    std::thread leader([this] { RunOne(0); });
    leading_.WaitForNotification();
    std::vector<std::thread> others;
    for (size_t cost : costs) {
      others.emplace_back([this, cost] { RunOne(cost); });
      while (started_.load() < others.size() + 1) std::this_thread::yield();
    }
    release_.Notify();
    leader.join();
    for (std::thread& other : others) other.join();
    return sizes_;
  }

 private:
  void RunOne(size_t cost) {
    Write write;
    ++started_;
    queue_.Run(&write, cost, [this](absl::Span<Write* const> group) {
      sizes_.push_back(group.size());
      if (sizes_.size() > 1) return;
      leading_.Notify();
      release_.WaitForNotification();
    });
  }

  CommitQueue<Write> queue_;
  absl::Notification leading_, release_;
  std::atomic<size_t> started_{0};
  std::vector<size_t> sizes_;
};

size_t Total(const std::vector<size_t>& sizes) {
  size_t total = 0;
  for (size_t size : sizes) total += size;
  return total;
}

TEST(CommitQueueTest, TheLeaderLeadsAloneAndTheOthersAreNotForgotten) {
  const std::vector<size_t> sizes = HeldQueue().Run({1, 1, 1, 1, 1});
  EXPECT_EQ(sizes[0], 1u);
  EXPECT_EQ(Total(sizes), 6u);
}

TEST(CommitQueueTest, ExpensiveWritesGoInGroupsOfTheirOwn) {
  constexpr size_t kHuge = size_t{1} << 30;
  const std::vector<size_t> sizes = HeldQueue().Run({kHuge, kHuge, kHuge});
  EXPECT_EQ(sizes, (std::vector<size_t>{1, 1, 1, 1}));
}

}  // namespace
}  // namespace nestor
