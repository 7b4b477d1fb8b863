// `nestor-bench echo`, against a whole server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "benchmarks/command_line.h"
#include "benchmarks/load/calls_in_flight.h"
#include "benchmarks/load/echo_server.h"
#include "client/client.h"
#include "tests/benchmarks/load/loaded_server.h"

namespace nestor {
namespace {

using bench::CallsInFlight;
using ::testing::AllOf;
using testing::BenchOutcome;
using ::testing::HasSubstr;
using testing::LoadedServer;

TEST(EchoCommandTest, ComparesSearchesWithAnEcho) {
  LoadedServer server;
  server.Load();
  const BenchOutcome outcome =
      server.Bench({"echo", "--base", server.base(), "--queries", server.queries(), "--exact",
                    "--batch", "7", "--repeat", "2", "--json", server.json()});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("beside echo"), HasSubstr("batches of 7"),
                                 HasSubstr("1.0000"), HasSubstr("plan exact; 16 at a time")));
  const Json json = server.ReadJson();
  EXPECT_EQ(json["command"], "echo");
  EXPECT_EQ(json["plan"], "exact");
  ASSERT_EQ(json["results"].size(), 3U);
  EXPECT_EQ(json["results"][0]["beside_echo"], 1.0);
  EXPECT_FALSE(json["results"][0].contains("recall_at_k"));
  for (const int i : {1, 2}) {
    const Json& result = json["results"][i];
    EXPECT_EQ(result["recall_at_k"], 1.0);
    EXPECT_GT(result["qps"], 0.0);
    EXPECT_NEAR(result["beside_echo"].get<double>(),
                result["qps"].get<double>() / json["results"][0]["qps"].get<double>(), 1e-9);
  }
}

TEST(EchoCommandTest, WithoutACollectionItSaysHowToMakeOne) {
  LoadedServer server;
  const BenchOutcome outcome =
      server.Bench({"echo", "--base", server.base(), "--queries", server.queries()});
  EXPECT_EQ(outcome.exit_code, bench::kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("nestor-bench load --collection docs"));
}

TEST(EchoCommandTest, WritesAreNothingItKnows) {
  LoadedServer server;
  const BenchOutcome outcome = server.Bench({"echo", "--base", server.base(), "--queries",
                                             server.queries(), "--mix", "search=90,upsert=10"});
  EXPECT_EQ(outcome.exit_code, bench::kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("--mix"));
}

TEST(EchoServerTest, AnswersWithWhatItWasGivenAndTheTag) {
  v1::SearchResponse answer;
  answer.add_hits()->mutable_id()->set_num(7);
  const auto echo = *bench::EchoServer::Start(answer);
  v1::SearchRequest request;
  request.set_tag(42);
  const v1::SearchResponse got = *Client(echo->address()).Search(request);
  EXPECT_EQ(got.hits(0).id().num(), 7U);
  EXPECT_EQ(got.tag(), 42U);
}

TEST(CallsInFlightTest, MakesEveryCallAndNeverMoreAtOnceThanAllowed) {
  for (const size_t concurrency : {1, 3, 50}) {
    std::vector<std::thread> threads;
    std::vector<std::atomic<int>> calls(20);
    std::atomic<size_t> running{0}, most{0};
    absl::Mutex mu;
    const absl::Status status =
        CallsInFlight::Run(calls.size(), concurrency, [&](size_t i, CallsInFlight::Done done) {
          ++calls[i];
          const size_t now = ++running;
          size_t before = most;
          while (before < now && !most.compare_exchange_weak(before, now)) {
          }
          absl::MutexLock lock(&mu);
          threads.emplace_back([&running, done = std::move(done)] {
            --running;
            done(absl::OkStatus());
          });
        });
    EXPECT_TRUE(status.ok());
    for (const auto& times : calls) EXPECT_EQ(times, 1);
    EXPECT_LE(most, concurrency);
    for (std::thread& thread : threads) thread.join();
  }
}

TEST(CallsInFlightTest, TheFirstErrorEndsIt) {
  size_t calls = 0;
  const absl::Status status = CallsInFlight::Run(100, 1, [&](size_t i, CallsInFlight::Done done) {
    ++calls;
    done(i == 3 ? absl::AbortedError("enough") : absl::OkStatus());
  });
  EXPECT_EQ(status, absl::AbortedError("enough"));
  EXPECT_EQ(calls, 4U);
  EXPECT_TRUE(CallsInFlight::Run(0, 5, [](size_t, const CallsInFlight::Done&) {}).ok());
}

}  // namespace
}  // namespace nestor
