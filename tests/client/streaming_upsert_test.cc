// StreamingUpsert against a server that cuts its streams.

#include "client/streaming_upsert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/client/status_details.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;

// Acknowledges every chunk but those that the script of the stream cuts off.
class CuttingServer : public v1::Points::Service {
 public:
  struct Script {
    int chunks = 0;  // read and acknowledged before the end
    grpc::Status end = grpc::Status::OK;
  };

  explicit CuttingServer(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    client_ = std::make_unique<Client>(absl::StrCat("127.0.0.1:", port));
  }
  ~CuttingServer() override { server_->Shutdown(); }

  const Client& client() const { return *client_; }
  // The numbers of all chunks that were acknowledged, stream by stream.
  const std::vector<std::vector<uint64_t>>& streams() const { return streams_; }

  grpc::Status UpsertStream(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::UpsertAck, v1::UpsertChunk>* stream) override {
    const Script script =
        streams_.size() < scripts_.size() ? scripts_[streams_.size()] : Script{1'000};
    std::vector<uint64_t>& numbers = streams_.emplace_back();
    v1::UpsertChunk chunk;
    for (int i = 0; i < script.chunks; ++i) {
      if (!stream->Read(&chunk)) return grpc::Status::OK;
      EXPECT_EQ(chunk.collection(), "docs");
      numbers.push_back(chunk.chunk());
      v1::UpsertAck ack;
      ack.set_chunk(chunk.chunk());
      ack.set_sequence(100 + chunk.chunk());
      stream->Write(ack);
    }
    return script.end;
  }

 private:
  std::vector<Script> scripts_;
  std::vector<std::vector<uint64_t>> streams_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Client> client_;
};

StreamingUpsertResult SendFive(CuttingServer& server, std::vector<absl::Duration>* sleeps,
                               size_t max_unacknowledged = 16) {
  StreamingUpsertOptions options;
  options.collection = "docs";
  options.max_unacknowledged = max_unacknowledged;
  options.retry.budget = absl::Seconds(1);
  options.sleep = [sleeps](absl::Duration wait) { sleeps->push_back(wait); };
  StreamingUpsert stream(server.client(), options);
  for (int i = 0; i < 5; ++i) {
    v1::UpsertChunk chunk;
    chunk.add_points()->mutable_id()->set_num(static_cast<uint64_t>(i));
    if (!stream.Send(std::move(chunk)).ok()) break;
  }
  return stream.Finish();
}

TEST(StreamingUpsertTest, WhatWasNotAcknowledgedIsSentAgain) {
  CuttingServer server({{2, {grpc::StatusCode::UNAVAILABLE, "cut"}},
                        {0, FullServer("full", absl::Milliseconds(70))},
                        {1, grpc::Status::OK}});
  std::vector<absl::Duration> sleeps;
  const StreamingUpsertResult result = SendFive(server, &sleeps);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.acknowledged, 5u);
  EXPECT_EQ(result.sequence, 105u);
  EXPECT_TRUE(result.unknown.empty());
  EXPECT_THAT(server.streams(),
              ElementsAre(ElementsAre(1, 2), ElementsAre(), ElementsAre(3), ElementsAre(4, 5)));
  // An acknowledgement makes the patience whole again.
  EXPECT_THAT(sleeps,
              ElementsAre(absl::Milliseconds(50), absl::Milliseconds(100), absl::Milliseconds(50)));
}

TEST(StreamingUpsertTest, NoMoreThanTheBoundIsInFlight) {
  CuttingServer server({});
  std::vector<absl::Duration> sleeps;
  const StreamingUpsertResult result = SendFive(server, &sleeps, 1);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.acknowledged, 5u);
  EXPECT_EQ(result.resent, 0u);
}

TEST(StreamingUpsertTest, AtLeastOneChunkIsInFlight) {
  CuttingServer server({});
  std::vector<absl::Duration> sleeps;
  EXPECT_EQ(SendFive(server, &sleeps, 0).acknowledged, 5u);
}

TEST(StreamingUpsertTest, WhatIsNeitherWrittenNorRefusedIsUnknown) {
  CuttingServer server({{2, {grpc::StatusCode::INVALID_ARGUMENT, "chunk 3: bad"}}});
  std::vector<absl::Duration> sleeps;
  const StreamingUpsertResult result = SendFive(server, &sleeps);
  EXPECT_EQ(result.status, absl::InvalidArgumentError("chunk 3: bad"));
  EXPECT_EQ(result.acknowledged, 2u);
  ASSERT_FALSE(result.unknown.empty());
  EXPECT_EQ(result.unknown.front(), 3u);
  EXPECT_TRUE(sleeps.empty());
}

TEST(StreamingUpsertTest, AnAbsentServerIsGivenUp) {
  std::vector<CuttingServer::Script> scripts(50, {0, {grpc::StatusCode::UNAVAILABLE, "away"}});
  CuttingServer server(std::move(scripts));
  std::vector<absl::Duration> sleeps;
  const StreamingUpsertResult result = SendFive(server, &sleeps);
  EXPECT_EQ(result.status, absl::UnavailableError("away"));
  EXPECT_EQ(result.acknowledged, 0u);
  EXPECT_FALSE(result.unknown.empty());
  absl::Duration slept;
  for (absl::Duration wait : sleeps) slept += wait;
  EXPECT_LE(slept, absl::Seconds(1));
  EXPECT_GT(sleeps.size(), 2u);
}

}  // namespace
}  // namespace nestor
