#include "server/worker_pool.h"

#include <atomic>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace nestor {
namespace {

TEST(WorkerPoolTest, RefusesWhatTheQueueCannotHold) {
  absl::Notification started, release;
  std::atomic<int> ran{0};
  {
    WorkerPool pool(1, 2, 1000);
    ASSERT_TRUE(pool.TrySubmit(0, [&] {
      started.Notify();
      release.WaitForNotification();
    }));
    started.WaitForNotification();
    EXPECT_TRUE(pool.TrySubmit(0, [&] { ++ran; }));
    EXPECT_TRUE(pool.TrySubmit(0, [&] { ++ran; }));
    EXPECT_FALSE(pool.TrySubmit(0, [&] { ++ran; }));
    release.Notify();
  }
  EXPECT_EQ(ran, 2);
}

TEST(WorkerPoolTest, RefusesWhatWouldHoldTooManyBytes) {
  absl::Notification started, release;
  WorkerPool pool(1, 8, 100);
  ASSERT_TRUE(pool.TrySubmit(500, [&] {
    started.Notify();
    release.WaitForNotification();
  }));
  started.WaitForNotification();
  EXPECT_TRUE(pool.TrySubmit(70, [] {}));
  EXPECT_FALSE(pool.TrySubmit(31, [] {}));
  EXPECT_TRUE(pool.TrySubmit(30, [] {}));
  release.Notify();
}

TEST(WorkerPoolTest, WhatIsWithdrawnIsNotRunAndHoldsNothing) {
  absl::Notification started, release;
  std::atomic<int> ran{0};
  const int keys[3] = {};
  {
    WorkerPool pool(1, 3, 100);
    ASSERT_TRUE(pool.TrySubmit(0, &keys[0], [&] {
      started.Notify();
      release.WaitForNotification();
      ran += 1;
    }));
    started.WaitForNotification();
    ASSERT_TRUE(pool.TrySubmit(40, &keys[1], [&] { ran += 10; }));
    ASSERT_TRUE(pool.TrySubmit(40, &keys[2], [&] { ran += 100; }));
    ASSERT_TRUE(pool.TrySubmit(20, [&] { ran += 1000; }));
    EXPECT_FALSE(pool.TrySubmit(0, [] {}));
    const void* const withdrawn[] = {&keys[0], &keys[2]};  // the first has begun
    pool.Withdraw(withdrawn);
    EXPECT_FALSE(pool.TrySubmit(41, [] {}));
    EXPECT_TRUE(pool.TrySubmit(40, [&] { ran += 10'000; }));
    release.Notify();
  }
  EXPECT_EQ(ran, 11'011);
}

TEST(WorkerPoolTest, RunsTasksSideBySide) {
  absl::Notification first, second;
  WorkerPool pool(2, 8, 1000);  // last: it ends before what its tasks use
  ASSERT_TRUE(pool.TrySubmit(0, [&] {
    first.Notify();
    second.WaitForNotification();
  }));
  ASSERT_TRUE(pool.TrySubmit(0, [&] {
    first.WaitForNotification();
    second.Notify();
  }));
}

}  // namespace
}  // namespace nestor
