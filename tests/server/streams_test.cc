// UpsertStream and SearchStream over the wire, against a whole server.

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "client/error_details.h"
#include "client/streaming_search.h"
#include "client/streaming_upsert.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"
#include "tests/testing/without_details.h"

namespace nestor::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StreamsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.Recover();
    server_.CreateDocs();
  }

  static v1::UpsertChunk Chunk(uint64_t number, const std::vector<v1::Point>& points) {
    v1::UpsertChunk chunk;
    chunk.set_collection("docs");
    chunk.set_chunk(number);
    chunk.mutable_points()->Add(points.begin(), points.end());
    return chunk;
  }
  // How a stream of these chunks ends, and what it acknowledged.
  absl::Status Send(const std::vector<v1::UpsertChunk>& chunks,
                    std::vector<v1::UpsertAck>* acks = nullptr) {
    grpc::ClientContext context;
    const auto stream = server_.client().OpenUpsertStream(&context);
    for (const v1::UpsertChunk& chunk : chunks) {
      if (!stream->Write(chunk)) break;
    }
    (void)stream->WritesDone();
    v1::UpsertAck ack;
    while (stream->Read(&ack)) {
      if (acks != nullptr) acks->push_back(ack);
    }
    return FromGrpcStatus(stream->Finish());
  }
  uint64_t Points() {
    v1::CountRequest request;
    request.set_collection("docs");
    const auto count = server_.client().Count(request);
    EXPECT_TRUE(count.ok()) << count.status();
    return count.ok() ? count->count() : 0;
  }
  std::vector<float> VectorOf(uint64_t id) {
    v1::GetRequest request;
    request.set_collection("docs");
    request.add_ids()->set_num(id);
    request.mutable_select()->set_vector(true);
    const auto found = server_.client().Get(request);
    EXPECT_TRUE(found.ok() && found->points_size() == 1) << id;
    std::vector<float> vector(4);
    if (found.ok() && found->points_size() == 1) {
      std::memcpy(vector.data(), found->points(0).vector().packed().data(), sizeof(float) * 4);
    }
    return vector;
  }
  static v1::SearchRequest Query(uint64_t tag, const std::vector<float>& values) {
    v1::SearchRequest request;
    request.set_collection("docs");
    request.set_limit(3);
    request.set_tag(tag);
    *request.mutable_vector() = MakeVector(values);
    return request;
  }

  RunningServer server_;
};

using UpsertStreamTest = StreamsTest;
using SearchStreamTest = StreamsTest;

TEST_F(UpsertStreamTest, ChunksAreWrittenInTheirOrder) {
  constexpr uint64_t kChunks = 300;
  StreamingUpsert stream(server_.client(), {.collection = "docs"});
  for (uint64_t i = 1; i <= kChunks; ++i) {
    v1::UpsertChunk chunk;
    *chunk.add_points() = MakePoint(0, {static_cast<float>(i), 0, 0, 1});
    *chunk.add_points() = MakePoint(i, {0, static_cast<float>(i), 0, 1});
    ASSERT_TRUE(stream.Send(std::move(chunk)).ok());
  }
  const StreamingUpsertResult result = stream.Finish();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.acknowledged, kChunks);
  EXPECT_TRUE(result.unknown.empty());
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(Points(), kChunks + 1);
  EXPECT_EQ(VectorOf(0), (std::vector<float>{kChunks, 0, 0, 1}));
  // Searchable, and the sequence says from when on.
  v1::SearchRequest query = Query(1, {0, 1, 0, 0});
  query.set_min_sequence(result.sequence);
  const auto answer = server_.client().Search(query);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->hits(0).id().num(), kChunks);
}

TEST_F(UpsertStreamTest, ColumnsAreTakenAsWell) {
  v1::UpsertChunk chunk;
  chunk.set_collection("docs");
  chunk.set_chunk(1);
  v1::ColumnBatch& columns = *chunk.mutable_columns();
  columns.add_ids()->set_num(1);
  columns.add_ids()->set_num(2);
  columns.mutable_vectors()->set_rows(2);
  columns.mutable_vectors()->set_dims(4);
  const std::vector<float> values = {1, 0, 0, 0, 0, 1, 0, 0};
  columns.mutable_vectors()->set_packed(values.data(), values.size() * sizeof(float));
  EXPECT_EQ(Send({chunk}), absl::OkStatus());
  EXPECT_EQ(VectorOf(2), (std::vector<float>{0, 1, 0, 0}));
}

TEST_F(UpsertStreamTest, BadPointsAreReportedWithTheirChunk) {
  std::vector<v1::UpsertAck> acks;
  EXPECT_EQ(Send({Chunk(1, {MakePoint(1, {1, 0, 0, 0})}),
                  Chunk(2, {MakePoint(2, {1, 0, 0, 0}), MakePoint(3, {1, 0})}),
                  Chunk(3, {MakePoint(4, {0, 0, 0, 0})}), Chunk(9, {MakePoint(5, {1, 0, 0, 0})})},
                 &acks),
            absl::OkStatus());
  std::map<uint64_t, v1::UpsertAck> by_chunk;
  for (const v1::UpsertAck& ack : acks) by_chunk[ack.chunk()] = ack;
  ASSERT_EQ(by_chunk[2].errors_size(), 1);
  EXPECT_EQ(by_chunk[2].errors(0).index(), 1u);
  EXPECT_EQ(by_chunk[2].errors(0).field(), "points[1].vector");
  ASSERT_EQ(by_chunk[3].errors_size(), 1);
  EXPECT_EQ(by_chunk[3].errors(0).id().num(), 4u);
  EXPECT_EQ(acks.back().chunk(), 9u);
  EXPECT_EQ(Points(), 3u);
}

TEST_F(UpsertStreamTest, WhatIsWrongWithAChunkEndsTheStreamBehindTheChunksBefore) {
  const v1::UpsertChunk good = Chunk(4, {MakePoint(1, {1, 0, 0, 0})});
  std::vector<v1::UpsertAck> acks;
  EXPECT_EQ(WithoutDetails(Send({good, Chunk(5, {})}, &acks)),
            absl::InvalidArgumentError("chunk 5: points: neither points nor columns are set"));
  ASSERT_EQ(acks.size(), 1u);
  EXPECT_EQ(acks[0].chunk(), 4u);
  EXPECT_EQ(Points(), 1u);

  EXPECT_EQ(WithoutDetails(Send({good, good})),
            absl::InvalidArgumentError("chunk 4: chunk: does not ascend: it follows 4"));
  v1::UpsertChunk other = Chunk(5, {MakePoint(1, {1, 0, 0, 0})});
  other.set_collection("others");
  EXPECT_EQ(
      WithoutDetails(Send({good, other})),
      absl::InvalidArgumentError("chunk 5: collection: is 'others', the stream writes to 'docs'"));
  EXPECT_EQ(Send({other}).code(), absl::StatusCode::kNotFound);
}

TEST_F(UpsertStreamTest, AFirstChunkSaysWhereItGoes) {
  v1::UpsertChunk chunk = Chunk(1, {MakePoint(1, {1, 0, 0, 0})});
  chunk.clear_collection();
  const absl::Status status = Send({chunk});
  EXPECT_EQ(WithoutDetails(status),
            absl::InvalidArgumentError(
                "chunk 1: collection: is empty; the first chunk of a stream must name it"));
  ASSERT_EQ(FieldViolations(status).size(), 1u);
  EXPECT_EQ(FieldViolations(status)[0].field, "collection");
  EXPECT_EQ(WithoutDetails(Send({Chunk(0, {MakePoint(1, {1, 0, 0, 0})})})),
            absl::InvalidArgumentError("chunk 0: chunk: is 0; chunks are numbered from 1"));
  EXPECT_EQ(Points(), 0u);
}

// gRPC itself reports such a message as the end of the client's side.
TEST_F(UpsertStreamTest, WhatIsNoMessageEndsTheStreamWithAnError) {
  v1::UpsertChunk bad = Chunk(2, {MakePoint(2, {1, 0, 0, 0})});
  (*bad.mutable_points(0)->mutable_payload()->mutable_fields())["a"].set_string_value("\xff");
  std::vector<v1::UpsertAck> acks;
  EXPECT_EQ(
      Send({Chunk(1, {MakePoint(1, {1, 0, 0, 0})}), bad, Chunk(3, {MakePoint(3, {1, 0, 0, 0})})},
           &acks),
      absl::InvalidArgumentError("a message of the stream is no valid nestor.v1.UpsertChunk"));
  EXPECT_LE(Points(), 1u);
  StreamingSearch searches(server_.client());
  v1::SearchRequest query = Query(1, {1, 0, 0, 0});
  query.mutable_like()->set_str("\xff");
  (void)searches.Send(query);
  searches.SendingIsDone();
  EXPECT_FALSE(searches.Receive().has_value());
  EXPECT_EQ(searches.Finish().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(UpsertStreamTest, ALongNameIsNotQuotedWhole) {
  v1::UpsertChunk other = Chunk(2, {MakePoint(1, {1, 0, 0, 0})});
  other.set_collection(std::string(1 << 20, 'x'));
  const absl::Status status = Send({Chunk(1, {MakePoint(1, {1, 0, 0, 0})}), other});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
}

TEST_F(UpsertStreamTest, AnEmptyStreamIsFine) { EXPECT_EQ(Send({}), absl::OkStatus()); }

TEST_F(UpsertStreamTest, AcknowledgedChunksOutliveACut) {
  grpc::ClientContext context;
  const auto stream = server_.client().OpenUpsertStream(&context);
  for (uint64_t i = 1; i <= 20; ++i) {
    ASSERT_TRUE(stream->Write(Chunk(i, {MakePoint(i, {1, 0, 0, static_cast<float>(i)})})));
  }
  v1::UpsertAck ack;
  ASSERT_TRUE(stream->Read(&ack));
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  for (uint64_t id = 1; id <= ack.chunk(); ++id) EXPECT_EQ(VectorOf(id)[3], static_cast<float>(id));
  // Sending them again, and the rest, changes nothing but the versions.
  std::vector<v1::UpsertChunk> all;
  for (uint64_t i = 1; i <= 20; ++i) {
    all.push_back(Chunk(i, {MakePoint(i, {1, 0, 0, static_cast<float>(i)})}));
  }
  EXPECT_EQ(Send(all), absl::OkStatus());
  EXPECT_EQ(Points(), 20u);
}

TEST_F(UpsertStreamTest, TheCollectionMayBeDroppedMeanwhile) {
  grpc::ClientContext context;
  const auto stream = server_.client().OpenUpsertStream(&context);
  ASSERT_TRUE(stream->Write(Chunk(1, {MakePoint(1, {1, 0, 0, 0})})));
  v1::UpsertAck ack;
  ASSERT_TRUE(stream->Read(&ack));
  v1::DeleteCollectionRequest drop;
  drop.set_name("docs");
  ASSERT_TRUE(server_.client().DeleteCollection(drop).ok());
  (void)stream->Write(Chunk(2, {MakePoint(2, {1, 0, 0, 0})}));
  EXPECT_FALSE(stream->Read(&ack));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(SearchStreamTest, EveryQueryIsAnsweredOnceUnderItsTag) {
  std::vector<v1::Point> points;
  for (uint64_t i = 0; i < 100; ++i) {
    points.push_back(
        MakePoint(i, {std::cos(static_cast<float>(i)), std::sin(static_cast<float>(i)), 0, 0}));
  }
  ASSERT_TRUE(server_.Upsert(points).ok());
  constexpr uint64_t kQueries = 500;
  StreamingSearch stream(server_.client());
  std::thread sender([&] {
    for (uint64_t tag = 0; tag < kQueries; ++tag) {
      const auto angle = static_cast<float>(tag % 100);
      v1::SearchRequest query = Query(tag, {std::cos(angle), std::sin(angle), 0, 0});
      if (tag % 2 == 0) query.mutable_plan()->mutable_exact();  // some of these are done together
      if (!stream.Send(query)) break;
    }
    stream.SendingIsDone();
  });
  std::set<uint64_t> tags;
  while (const auto answer = stream.Receive()) {
    EXPECT_FALSE(answer->has_error()) << answer->ShortDebugString();
    ASSERT_EQ(answer->hits_size(), 3);
    EXPECT_EQ(answer->hits(0).id().num(), answer->tag() % 100);
    EXPECT_TRUE(tags.insert(answer->tag()).second) << answer->tag();
  }
  sender.join();
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_EQ(tags.size(), kQueries);
}

TEST_F(SearchStreamTest, ABadQueryIsItsOwnProblem) {
  ASSERT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0})}).ok());
  StreamingSearch stream(server_.client());
  ASSERT_TRUE(stream.Send(Query(1, {1, 0})));
  v1::SearchRequest elsewhere = Query(2, {1, 0, 0, 0});
  elsewhere.set_collection("others");
  ASSERT_TRUE(stream.Send(elsewhere));
  ASSERT_TRUE(stream.Send(Query(3, {1, 0, 0, 0})));
  stream.SendingIsDone();
  std::map<uint64_t, v1::SearchResponse> answers;
  while (const auto answer = stream.Receive()) answers[answer->tag()] = *answer;
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[1].error().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(answers[1].error().field(), "vector");
  EXPECT_EQ(answers[2].error().code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(answers[3].hits_size(), 1);
}

TEST_F(SearchStreamTest, AClientThatDoesNotReadIsStopped) {
  // 20 KB each way: more of them than all buffers in between hold.
  v1::Point large = MakePoint(1, {1, 0, 0, 0});
  (*large.mutable_payload()->mutable_fields())["text"].set_string_value(std::string(20'000, 'x'));
  ASSERT_TRUE(server_.Upsert({large}).ok());
  constexpr uint64_t kQueries = 10'000;
  v1::SearchRequest query = Query(0, {1, 0, 0, 0});
  query.mutable_select()->set_payload(true);
  v1::Filter::Compare& compare = *query.mutable_filter()->mutable_compare();
  compare.set_field("a");
  compare.set_op(v1::Filter::NE);
  compare.add_values()->set_string_value(std::string(20'000, 'x'));
  StreamingSearch stream(server_.client());
  std::atomic<uint64_t> sent{0};
  std::thread sender([&] {
    for (; sent < kQueries; ++sent) {
      query.set_tag(sent);
      if (!stream.Send(query)) break;
    }
    stream.SendingIsDone();
  });
  uint64_t before = 0;
  do {
    before = sent;
    absl::SleepFor(absl::Milliseconds(500));
  } while (sent != before);
  EXPECT_LT(before, kQueries);
  EXPECT_GT(before, 64u);
  uint64_t answers = 0;
  while (stream.Receive().has_value()) ++answers;
  sender.join();
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_EQ(answers, kQueries);
}

// What it does not take fills what all streams may hold, and then it would hold up everybody.
class StreamLimitsTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(ClientEndsItsSide, StreamLimitsTest, ::testing::Bool());

TEST_P(StreamLimitsTest, AClientThatDoesNotReadHoldsUpOthersForAWhileOnly) {
  ServerOptions options;
  options.streams = {.bytes = 1 << 20, .patience = absl::Milliseconds(500)};
  RunningServer server(nullptr, options);
  server.Recover();
  server.CreateDocs();
  std::vector<v1::Point> points;
  for (uint64_t id = 1; id <= 50; ++id) {
    v1::Point& large = points.emplace_back(MakePoint(id, {1, 0, 0, 0}));
    (*large.mutable_payload()->mutable_fields())["text"].set_string_value(std::string(60'000, 'x'));
  }
  ASSERT_TRUE(server.Upsert(points).ok());
  v1::SearchRequest query = SearchFor({1, 0, 0, 0});
  query.set_limit(1);
  query.mutable_select()->set_payload(true);
  v1::SearchRequest large_query = query;
  large_query.set_limit(50);
  StreamingSearch silent(server.client());
  const bool ends_its_side = GetParam();
  if (ends_its_side) {  // three answers of 3 MB, and nothing left to begin
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(silent.Send(large_query));
    silent.SendingIsDone();
  }
  std::atomic<bool> cancelled{false};
  std::thread sender([&] {
    while (!ends_its_side && silent.Send(large_query)) {
    }
    cancelled = true;
  });
  StreamingSearch other(server.client());
  const absl::Time enough = absl::Now() + 2 * options.streams.patience;
  while (!cancelled || absl::Now() < enough) {
    EXPECT_TRUE(other.Send(query));
    EXPECT_TRUE(other.Receive().has_value());
  }
  other.SendingIsDone();
  EXPECT_FALSE(other.Receive().has_value());
  EXPECT_EQ(other.Finish(), absl::OkStatus());
  sender.join();
  while (silent.Receive().has_value()) {
  }
  EXPECT_EQ(silent.Finish().code(), absl::StatusCode::kCancelled);
}

TEST(StreamsDrainTest, AServerThatShutsDownEndsItsStreams) {
  auto server = std::make_unique<RunningServer>();
  server->Recover();
  server->CreateDocs();
  grpc::ClientContext upsert_context;
  const auto upserts = server->client().OpenUpsertStream(&upsert_context);
  v1::UpsertChunk chunk;
  chunk.set_collection("docs");
  chunk.set_chunk(1);
  *chunk.add_points() = MakePoint(1, {1, 0, 0, 0});
  ASSERT_TRUE(upserts->Write(chunk));
  v1::UpsertAck ack;
  ASSERT_TRUE(upserts->Read(&ack));
  StreamingSearch searches(server->client());
  ASSERT_TRUE(searches.Send({}));
  ASSERT_TRUE(searches.Receive().has_value());
  std::thread drain([&] { server->server().Drain(); });
  EXPECT_FALSE(upserts->Read(&ack));
  const grpc::Status status = upserts->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "the server is shutting down");
  EXPECT_FALSE(searches.Receive().has_value());
  EXPECT_EQ(searches.Finish().code(), absl::StatusCode::kUnavailable);
  drain.join();
}

}  // namespace
}  // namespace nestor::testing
