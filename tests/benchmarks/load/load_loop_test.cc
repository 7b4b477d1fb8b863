#include "benchmarks/load/load_loop.h"

#include <gtest/gtest.h>

#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "benchmarks/load/closed_loop.h"
#include "benchmarks/load/open_loop.h"
#include "tests/benchmarks/load/milliseconds.h"

namespace nestor::bench {
namespace {

// However late a busy machine wakes the thread that sends, its calls are sent.
constexpr absl::Duration kNeverGiveUp = absl::InfiniteDuration();

// A server that holds its calls until it is told to answer, by a thread of its own.
class HeldServer {
 public:
  HeldServer() : answering_([this] { AnswerAll(); }) {}
  ~HeldServer() {
    Release();
    {
      absl::MutexLock lock(&mu_);
      stopped_ = true;
    }
    answering_.join();
  }

  SendFunction send() {
    return [this](const Operation&, OperationDone done) {
      absl::MutexLock lock(&mu_);
      held_.push_back(std::move(done));
    };
  }
  void Release() {
    absl::MutexLock lock(&mu_);
    released_ = true;
  }
  void AwaitHeld(size_t calls) {
    const auto enough = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return held_.size() >= calls; };
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&enough));
  }

 private:
  void AnswerAll() {
    const auto due = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
      return stopped_ || (released_ && !held_.empty());
    };
    while (true) {
      OperationDone done;
      {
        absl::MutexLock lock(&mu_);
        mu_.Await(absl::Condition(&due));
        if (held_.empty()) return;
        done = std::move(held_.front());
        held_.pop_front();
      }
      done({.code = absl::StatusCode::kOk, .found = 3});
    }
  }

  absl::Mutex mu_;
  std::deque<OperationDone> held_ ABSL_GUARDED_BY(mu_);
  bool released_ ABSL_GUARDED_BY(mu_) = false;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
  std::thread answering_;
};

OperationSourceOptions TenQueries() { return {.mix = {}, .queries = 10, .seed = 1}; }

// 1,000 calls a second.
ArrivalSchedule EveryMillisecond() { return {Arrivals::kUniform, 1000, 1}; }

TEST(OpenLoopTest, SendsWhatTheScheduleSaysUntilTheEnd) {
  HeldServer server;
  server.Release();
  OperationSource source(TenQueries());
  OperationLog log;
  OpenLoop loop(EveryMillisecond(), 1000, source, server.send(), log, kNeverGiveUp);
  loop.EndAt(50 * kMs);
  loop.Start();
  loop.Join();
  const std::vector<OperationRecord> records = log.From(0);
  ASSERT_EQ(records.size(), 50U);
  int64_t sum_ns = 0;
  for (const OperationRecord& record : records) {
    EXPECT_GE(record.sent_ns, record.intended_ns);
    EXPECT_GE(record.done_ns, record.sent_ns);
    EXPECT_TRUE(record.ok());
    EXPECT_EQ(record.found, 3);
    sum_ns += record.intended_ns;
  }
  EXPECT_EQ(sum_ns, 49 * 50 / 2 * kMs);
}

TEST(OpenLoopTest, SendsOnWhileNobodyAnswers) {
  HeldServer server;
  OperationSource source(TenQueries());
  OperationLog log;
  OpenLoop loop(EveryMillisecond(), 1000, source, server.send(), log, kNeverGiveUp);
  loop.EndAt(30 * kMs);
  loop.Start();
  server.AwaitHeld(30);
  const int64_t stalled_until_ns = loop.NowNs();
  server.Release();
  loop.Join();
  EXPECT_EQ(loop.most_in_flight(), 30U);
  for (const OperationRecord& record : log.From(0)) {
    EXPECT_GE(1e6 * record.latency_ms(),
              static_cast<double>(stalled_until_ns - record.intended_ns) - 1);
  }
}

TEST(OpenLoopTest, SkipsAndCountsWhatWouldBeTooManyInFlight) {
  HeldServer server;
  OperationSource source(TenQueries());
  OperationLog log;
  OpenLoop loop(EveryMillisecond(), 3, source, server.send(), log, kNeverGiveUp);
  loop.EndAt(10 * kMs);
  loop.Start();
  log.AwaitSize(7);
  server.Release();
  loop.Join();
  int skipped = 0;
  for (const OperationRecord& record : log.From(0)) {
    if (!record.skipped()) continue;
    ++skipped;
    EXPECT_EQ(record.status_code(), OperationRecord::kCrowded);
    EXPECT_FALSE(record.ok());
    EXPECT_FALSE(record.timed());
  }
  EXPECT_EQ(skipped, 7);
  EXPECT_EQ(loop.most_in_flight(), 3U);
}

TEST(OpenLoopTest, SkipsWhatWouldLeaveTooLate) {
  HeldServer server;
  OperationSource source(TenQueries());
  OperationLog log;
  OpenLoop loop(EveryMillisecond(), 1000, source, server.send(), log,
                /*give_up_lag=*/-absl::Hours(1));
  loop.EndAt(5 * kMs);
  loop.Start();
  loop.Join();
  const std::vector<OperationRecord> records = log.From(0);
  ASSERT_EQ(records.size(), 5U);
  for (const OperationRecord& record : records) {
    EXPECT_TRUE(record.skipped());
    EXPECT_EQ(record.status_code(), OperationRecord::kLate);
  }
}

TEST(OpenLoopTest, EndsThoughTheNextCallIsFarAway) {
  HeldServer server;
  server.Release();
  OperationSource source(TenQueries());
  OperationLog log;
  OpenLoop loop({Arrivals::kUniform, 1e-6, 1}, 1000, source, server.send(), log, kNeverGiveUp);
  loop.Start();
  log.AwaitSize(1);  // the first call is sent at once, the next is due in a million seconds
  loop.EndAt(1);
  loop.Join();
  EXPECT_EQ(log.From(0).size(), 1U);
}

TEST(ClosedLoopTest, HasSoManyCallsInFlightAndNoMore) {
  HeldServer server;
  OperationSource source(TenQueries());
  OperationLog log(200);
  ClosedLoop loop(4, source, server.send(), log);
  loop.Start();
  server.AwaitHeld(4);
  server.Release();
  loop.Join();  // ends because the log is full
  EXPECT_EQ(log.From(0).size(), 200U);
  EXPECT_EQ(loop.most_in_flight(), 4U);
}

TEST(ClosedLoopTest, AfterTheEndNothingIsSent) {
  HeldServer server;
  OperationSource source(TenQueries());
  OperationLog log;
  ClosedLoop loop(4, source, server.send(), log);
  loop.EndAt(0);
  loop.Start();
  loop.Join();
  EXPECT_TRUE(log.From(0).empty());
}

}  // namespace
}  // namespace nestor::bench
