// `nestor-bench load`, into a whole server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/command_line.h"
#include "benchmarks/load/rank_payload.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/load/loaded_server.h"

namespace nestor {
namespace {

using ::testing::AllOf;
using testing::BenchOutcome;
using ::testing::HasSubstr;
using testing::LoadedServer;
using testing::RunNestorBench;

TEST(LoadCommandTest, LoadsEveryRowUnderItsNumberWithItsRank) {
  LoadedServer server;
  const BenchOutcome outcome =
      server.Bench({"load", "--base", server.base(), "--create", "--metric", "l2", "--index",
                    "flat", "--prefix-dims", "8", "--chunk", "7"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("200 rows x 16 dims"), HasSubstr("points/s"),
                                 HasSubstr("searchable"), HasSubstr("indexed")));
  v1::GetRequest request;
  request.set_collection("docs");
  request.mutable_select()->set_payload(true);
  request.mutable_select()->set_vector(true);
  const std::vector<uint32_t> ranks = bench::RanksOfRows(LoadedServer::kRows);
  for (const uint32_t row : {0U, 6U, 7U, 199U}) request.add_ids()->set_num(row);
  const auto points = server.server().client().Get(request);
  ASSERT_TRUE(points.ok()) << points.status();
  ASSERT_EQ(points->points_size(), 4);
  for (const v1::Point& point : points->points()) {
    const uint64_t row = point.id().num();
    EXPECT_EQ(point.payload().fields().at("rank").int_value(), ranks[row]);
    EXPECT_EQ(point.vector().packed().substr(0, 4),
              std::string(reinterpret_cast<const char*>(server.base_rows().Row(row)), 4));
  }
  v1::GetCollectionRequest describe;
  describe.set_name("docs");
  const auto collection = server.server().client().GetCollection(describe);
  EXPECT_EQ(collection->metric(), v1::Collection::L2);
  EXPECT_TRUE(collection->index().has_flat());
  EXPECT_EQ(collection->payload_indexes(0).field(), "rank");
}

TEST(LoadCommandTest, TheDocumentHasRatesTimesAndTheServer) {
  LoadedServer server;
  const BenchOutcome outcome = server.Bench(
      {"load", "--base", server.base(), "--create", "--rows", "150", "--json", server.json()});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  const Json json = server.ReadJson();
  EXPECT_EQ(json["command"], "load");
  EXPECT_EQ(json["points"], 150);
  EXPECT_GT(json["points_per_second"], 0.0);
  EXPECT_GE(json["searchable_seconds"], json["written_seconds"]);
  EXPECT_GE(json["indexed_seconds"], json["searchable_seconds"]);
  EXPECT_EQ(json["data"]["rows"], 200);
  EXPECT_EQ(json["data"]["base_hash"].get<std::string>().size(), 32U);
  EXPECT_EQ(json["collection"]["points"], 150);
  EXPECT_EQ(json["collection"]["unindexed_points"], 0);
  EXPECT_GT(json["server"]["resident_bytes"], 0);
}

TEST(LoadCommandTest, ACollectionMadeOtherwiseGetsItsPayloadIndex) {
  LoadedServer server;
  v1::CreateCollectionRequest request;
  request.mutable_collection()->set_name("docs");
  request.mutable_collection()->set_dims(LoadedServer::kDims);
  request.mutable_collection()->set_metric(v1::Collection::DOT);
  ASSERT_TRUE(server.server().client().CreateCollection(request).ok());
  ASSERT_EQ(server.Bench({"load", "--base", server.base()}).exit_code, bench::kExitOk);
  v1::GetCollectionRequest describe;
  describe.set_name("docs");
  EXPECT_EQ(server.server().client().GetCollection(describe)->payload_indexes_size(), 1);
}

TEST(LoadCommandTest, SaysWhatToDoWhenItCannotLoad) {
  LoadedServer server;
  const BenchOutcome missing = server.Bench({"load", "--base", server.base()});
  EXPECT_EQ(missing.exit_code, bench::kExitFailed);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("no collection 'docs'"), HasSubstr("--create")));
  server.Load();
  const BenchOutcome again = server.Bench({"load", "--base", server.base(), "--create"});
  EXPECT_EQ(again.exit_code, bench::kExitFailed);
  EXPECT_THAT(again.err, AllOf(HasSubstr("ALREADY_EXISTS"), HasSubstr("nestor drop docs")));
  const BenchOutcome away = RunNestorBench({"load", "--base", server.base(), "--create", "--server",
                                            "127.0.0.1:1", "--collection", "docs"});
  EXPECT_EQ(away.exit_code, bench::kExitFailed);
  EXPECT_THAT(away.err, AllOf(HasSubstr("UNAVAILABLE"), HasSubstr("127.0.0.1:1"),
                              HasSubstr("nestord --grpc")));
}

TEST(LoadCommandTest, FilesThatDoNotFitAreBadUsage) {
  LoadedServer server;
  server.Load();
  const std::string other = testing::WriteFbin("other.fbin", testing::RandomMatrix(5, 8, 1));
  const BenchOutcome dims = server.Bench({"load", "--base", other});
  EXPECT_EQ(dims.exit_code, bench::kExitUsage);
  EXPECT_THAT(dims.err, AllOf(HasSubstr("has 8 dims"), HasSubstr("has 16")));
  const BenchOutcome rows = server.Bench({"load", "--base", server.base(), "--rows", "201"});
  EXPECT_EQ(rows.exit_code, bench::kExitUsage);
  EXPECT_THAT(rows.err, HasSubstr("--rows 201 exceeds the 200 rows"));
  EXPECT_EQ(server.Bench({"load", "--base", server.base(), "--index", "flat"}).exit_code,
            bench::kExitUsage)
      << "without --create";
}

}  // namespace
}  // namespace nestor
