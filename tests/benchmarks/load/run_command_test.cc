// `nestor-bench run`, against a whole server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/command_line.h"
#include "benchmarks/ground_truth.h"
#include "benchmarks/load/grpc_sender.h"
#include "benchmarks/load/rank_payload.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/load/loaded_server.h"
#include "tests/client/fake_server.h"

namespace nestor {
namespace {

using ::testing::AllOf;
using testing::BenchOutcome;
using ::testing::HasSubstr;
using testing::LoadedServer;
using testing::RunNestorBench;

class RunCommandTest : public ::testing::Test {
 protected:
  void SetUp() override { server_.Load(); }

  // The report of a run that must succeed.
  Json Report(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    const BenchOutcome outcome = server_.ShortBench(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
    out_ = outcome.out;
    return server_.ReadJson();
  }
  // What is said of a run that must fail.
  std::string Error(std::vector<std::string> arguments, int exit_code) {
    arguments.insert(arguments.begin(), "run");
    const BenchOutcome outcome = server_.ShortBench(std::move(arguments));
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
    return outcome.err;
  }
  static uint64_t PointsOf(const Client& client) {
    v1::CountRequest request;
    request.set_collection("docs");
    return client.Count(request)->count();
  }
  // Makes "docs" of the first 12 rows of the base.
  void LoadTwelve(testing::FakeServer& fake) {
    v1::CreateCollectionRequest create;
    create.mutable_collection()->set_name("docs");
    create.mutable_collection()->set_dims(LoadedServer::kDims);
    create.mutable_collection()->set_metric(v1::Collection::COSINE);
    const Client client(fake.address());
    ASSERT_TRUE(client.CreateCollection(create).ok());
    const std::vector<uint32_t> rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    ASSERT_TRUE(client
                    .Upsert(bench::UpsertOfRows("docs", server_.base_rows(),
                                                bench::RanksOfRows(LoadedServer::kRows), rows))
                    .ok());
  }
  BenchOutcome RunOnTwelve(const testing::FakeServer& fake, std::vector<std::string> arguments) {
    const std::vector<std::string> defaults = {"run",
                                               "--server",
                                               fake.address(),
                                               "--collection",
                                               "docs",
                                               "--base",
                                               server_.base(),
                                               "--rows",
                                               "12",
                                               "--limit",
                                               "3",
                                               "--queries",
                                               server_.queries(),
                                               "--seconds",
                                               "0.5",
                                               "--warmup",
                                               "0",
                                               "--json",
                                               server_.json()};
    arguments.insert(arguments.begin(), defaults.begin(), defaults.end());
    return RunNestorBench(arguments);
  }

  LoadedServer server_;
  std::string out_;
};

TEST_F(RunCommandTest, TheDocumentOfAnOpenLoopHoldsTheContract) {
  const Json json =
      Report({"--base", server_.base(), "--rate", "300", "--exact", "--explain", "1"});
  EXPECT_EQ(json["format"], 1);
  EXPECT_EQ(json["command"], "run");
  EXPECT_EQ(json["mode"], "open loop");
  EXPECT_EQ(json["offered_rate"], 300.0);
  EXPECT_GT(json["achieved_rate"], 0.0);
  for (const char* name : {"p50", "p90", "p99", "p999", "max"}) {
    EXPECT_GT(json["latency_ms"][name], 0.0) << name;
  }
  EXPECT_EQ(json["recall_at_k"], 1.0);
  EXPECT_EQ(json["recall_low"], 1.0);
  EXPECT_EQ(json["recall_high"], 1.0);
  EXPECT_EQ(json["recall_worst_decile"], 1.0);
  EXPECT_EQ(json["errors"], Json::object());
  EXPECT_TRUE(json["valid"].is_boolean());
  EXPECT_EQ(json["valid"], json["invalid_because"].empty());
  EXPECT_EQ(json["data"]["rows"], 200);
  EXPECT_EQ(json["data"]["query_count"], 20);
  EXPECT_EQ(json["collection"]["dims"], 16);
  EXPECT_EQ(json["windows"].size(), 1U);
  EXPECT_EQ(json["windows"][0]["recall_sum"], json["windows"][0]["recall_count"]);
  EXPECT_EQ(json["percentiles"].size(), 10U);
  ASSERT_FALSE(json["stages"].empty());
  EXPECT_EQ(json["stages"].front()["name"], "queue");
  EXPECT_EQ(json["stages"].back()["name"], "total");
  EXPECT_GE(json["server"]["cpu_seconds"], 0.0);
  EXPECT_GT(json["server"]["resident_bytes"], 0);
  EXPECT_TRUE(json["client"]["skipped"].is_number());
  EXPECT_THAT(out_, AllOf(HasSubstr("open loop"), HasSubstr("1.0000"), HasSubstr("200 points"),
                          HasSubstr("stage on the server")));
}

TEST_F(RunCommandTest, AClosedLoopSaysThatItIsOne) {
  const Json json = Report({"--base", server_.base(), "--concurrency", "1,2"});
  EXPECT_EQ(json["mode"], "closed loop");
  EXPECT_FALSE(json.contains("offered_rate"));
  ASSERT_EQ(json["results"].size(), 2U);
  const Json& result = json["results"][1];
  EXPECT_EQ(result["params"]["concurrency"], 2);
  EXPECT_EQ(result["mode"], "closed loop");
  EXPECT_GT(result["qps"], 0.0);
  EXPECT_GT(result["latency_ms"]["p50"], 0.0);
  EXPECT_GT(result["recall_at_k"], 0.0);
  EXPECT_LE(result["recall_low"], result["recall_high"]);
  EXPECT_TRUE(result["pareto"].is_boolean());
  EXPECT_EQ(result["client"]["most_in_flight"], 2);
  EXPECT_THAT(out_, AllOf(HasSubstr("closed loop"), HasSubstr("2 callers"),
                          HasSubstr("leave out what users would have waited")));
}

TEST_F(RunCommandTest, WritesDoNotHurtTheTruthAndTheCollectionIsAsBefore) {
  const Json json = Report({"--base", server_.base(), "--rate", "1000", "--exact", "--mix",
                            "search=50,upsert=20,delete=30", "--churn", "0.3"});
  EXPECT_EQ(json["recall_at_k"], 1.0);
  EXPECT_EQ(json["errors"], Json::object());
  EXPECT_GT(json["operations"]["upsert"]["sent"], 0);
  EXPECT_GT(json["operations"]["delete"]["sent"], 0);
  EXPECT_EQ(json["churn_rows"], 60);
  EXPECT_EQ(PointsOf(server_.server().client()), LoadedServer::kRows);
}

TEST_F(RunCommandTest, AFilterIsJudgedAmongWhatItKeeps) {
  const Json json = Report({"--base", server_.base(), "--concurrency", "1", "--filter", "0.03"});
  EXPECT_EQ(json["filter"]["rows"], 6);
  EXPECT_EQ(json["results"][0]["recall_at_k"], 1.0) << "6 rows are scanned";
}

TEST_F(RunCommandTest, ATruthFileIsEnough) {
  const bench::FloatMatrix queries =
      testing::RandomMatrix(LoadedServer::kQueries, LoadedServer::kDims, 2);
  const bench::ExactScorer scorer(server_.base_rows(), Metric::kCosine);
  std::vector<std::vector<int32_t>> rows;
  for (const bench::RowIds& answer :
       bench::ExactNeighbours(scorer, server_.base_rows(), queries, 10, 1)) {
    rows.emplace_back(answer.begin(), answer.end());
  }
  const std::string truth = testing::WriteIvecs("truth.ivecs", rows);
  const Json json = Report({"--truth", truth, "--concurrency", "1", "--exact"});
  EXPECT_EQ(json["results"][0]["recall_at_k"], 1.0);
  EXPECT_TRUE(json["data"]["base"].is_null());
  EXPECT_THAT(Error({"--truth", truth, "--mix", "search=1,upsert=1"}, bench::kExitUsage),
              HasSubstr("--mix with writes needs --base"));
  EXPECT_THAT(Error({"--truth", truth, "--filter", "0.1"}, bench::kExitUsage),
              HasSubstr("--filter needs --base"));
}

TEST_F(RunCommandTest, ASearchThatCannotWorkSaysWhyAtOnce) {
  EXPECT_THAT(Error({"--base", server_.base(), "--funnel", "200000"}, bench::kExitUsage),
              HasSubstr("200000"));
}

TEST_F(RunCommandTest, ErrorsAreCountedByCode) {
  testing::FakeServer fake;
  LoadTwelve(fake);
  fake.store().FailUpserts(3, {grpc::StatusCode::RESOURCE_EXHAUSTED, "full"});
  const BenchOutcome outcome = RunOnTwelve(fake, {"--rate", "500", "--mix", "search=50,upsert=50"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  const Json json = server_.ReadJson();
  EXPECT_EQ(json["errors"], (Json{{"RESOURCE_EXHAUSTED", 3}}));
  EXPECT_EQ(json["operations"]["upsert"]["errors"], 3);
  EXPECT_EQ(json["operations"]["search"]["errors"], 0);
  EXPECT_EQ(json["recall_at_k"], 1.0);
  EXPECT_EQ(json["server"]["version"], "0.0.fake");
  EXPECT_EQ(json["server"]["cpu_seconds"], 1.0);
  EXPECT_THAT(outcome.out, HasSubstr("errors: 3 RESOURCE_EXHAUSTED"));
}

TEST_F(RunCommandTest, PointsAreWrittenAgainThoughTheServerWasAway) {
  testing::FakeServer fake;
  LoadTwelve(fake);
  fake.store().FailUpserts(2, {grpc::StatusCode::UNAVAILABLE, "draining"});
  const BenchOutcome outcome = RunOnTwelve(fake, {"--rate", "500", "--mix", "search=50,delete=50"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_GT(server_.ReadJson()["operations"]["delete"]["sent"], 0);
  EXPECT_EQ(PointsOf(Client(fake.address())), 12);
}

TEST_F(RunCommandTest, WhatWasMeasuredIsReportedThoughPointsAreMissing) {
  testing::FakeServer fake;
  LoadTwelve(fake);
  fake.store().FailUpsertsFrom(0, {grpc::StatusCode::INTERNAL, "disk is full"});
  const BenchOutcome outcome =
      RunOnTwelve(fake, {"--concurrency", "1,2", "--mix", "search=50,delete=50"});
  EXPECT_EQ(outcome.exit_code, bench::kExitFailed);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("could not be written again"), HasSubstr("disk is full"),
                                 HasSubstr("load collection docs again")));
  EXPECT_THAT(outcome.out, HasSubstr("1 caller "));
  const Json json = server_.ReadJson();
  ASSERT_EQ(json["results"].size(), 1U) << "no other run follows on a changed collection";
  EXPECT_GT(json["results"][0]["qps"], 0.0);
}

TEST_F(RunCommandTest, ServerCollectionAndFilesMustFitEachOther) {
  const BenchOutcome away =
      RunNestorBench({"run", "--base", server_.base(), "--queries", server_.queries(),
                      "--collection", "docs", "--server", "127.0.0.1:1"});
  EXPECT_EQ(away.exit_code, bench::kExitFailed);
  EXPECT_THAT(away.err, AllOf(HasSubstr("no server answers at 127.0.0.1:1"),
                              HasSubstr("nestord --grpc 127.0.0.1:1")));
  const BenchOutcome missing =
      RunNestorBench({"run", "--base", server_.base(), "--queries", server_.queries(),
                      "--collection", "other", "--server", server_.server().address()});
  EXPECT_EQ(missing.exit_code, bench::kExitFailed);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("no collection 'other'"),
                                 HasSubstr("nestor-bench load --collection other")));
  const std::string narrow = testing::WriteFbin("narrow.fbin", testing::RandomMatrix(200, 8, 1));
  EXPECT_THAT(Error({"--base", narrow}, bench::kExitUsage),
              AllOf(HasSubstr("has 8 dims"), HasSubstr("has 16")));
  EXPECT_THAT(Error({"--base", server_.base(), "--rows", "150"}, bench::kExitUsage),
              AllOf(HasSubstr("has 150 rows"), HasSubstr("has 200 points")));
  EXPECT_THAT(Error({}, bench::kExitUsage), HasSubstr("--truth or --base must say what is true"));
}

TEST_F(RunCommandTest, BadOptionsAreBadUsage) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--rate", "0"},
                                             {"--rate", "5", "--concurrency", "2"},
                                             {"--concurrency", "0"},
                                             {"--mix", "upsert=1"},
                                             {"--warmup", "soon"},
                                             {"--exact", "--recall-target", "0.9"},
                                             {"--funnel", "x"},
                                             {"--recall-target", "7"},
                                             {"--timeout", "-1s"},
                                             {"--arrivals", "never"},
                                             {"--filter", "0"},
                                             {"--churn", "0.9"},
                                             {"--explain", "2"},
                                             {"--max-in-flight", "0"}}) {
    std::vector<std::string> arguments = {"--base", server_.base()};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    Error(arguments, bench::kExitUsage);
  }
  EXPECT_THAT(
      Error({"--base", server_.base(), "--rate", "1000000", "--warmup", "1h"}, bench::kExitUsage),
      HasSubstr("the limit is 20000000"));
}

}  // namespace
}  // namespace nestor
