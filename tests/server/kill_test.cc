// A real server process is killed in the middle of a stream. What it acknowledged must be there
// afterwards. (tests/crash does the same with single calls, and much more.)

#include <random>
#include <thread>
#include <vector>

#include "client/client.h"
#include "gtest/gtest.h"
#include "tests/server/server_process.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {
namespace {

constexpr uint32_t kDims = 96;
constexpr uint32_t kBatch = 40;
constexpr size_t kKillAfter = 60;  // acknowledged chunks

// The vector of an id: anyone can compute it again.
std::vector<float> VectorOf(uint64_t id) {
  std::mt19937_64 random(id);
  std::normal_distribution<float> normal;
  std::vector<float> vector(kDims);
  for (float& value : vector) value = normal(random);
  return vector;
}

v1::UpsertRequest BatchFrom(uint64_t first) {
  v1::UpsertRequest request;
  request.set_collection("docs");
  v1::Matrix* matrix = request.mutable_columns()->mutable_vectors();
  matrix->set_rows(kBatch);
  matrix->set_dims(kDims);
  for (uint64_t id = first; id < first + kBatch; ++id) {
    request.mutable_columns()->add_ids()->set_num(id);
    const std::vector<float> vector = VectorOf(id);
    matrix->mutable_packed()->append(reinterpret_cast<const char*>(vector.data()),
                                     kDims * sizeof(float));
  }
  return request;
}

void ExpectBatchIsThere(const Client& client, uint64_t first) {
  v1::GetRequest get;
  get.set_collection("docs");
  get.mutable_select()->set_vector(true);
  for (uint64_t id = first; id < first + kBatch; ++id) get.add_ids()->set_num(id);
  const auto got = client.Get(get);
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_EQ(got->points_size(), static_cast<int>(kBatch)) << "batch " << first;
  for (const v1::Point& point : got->points()) {
    const std::vector<float> vector = VectorOf(point.id().num());
    EXPECT_EQ(point.vector().packed(),
              std::string(reinterpret_cast<const char*>(vector.data()), kDims * sizeof(float)));
  }
}

void CreateDocs(const Client& client) {
  v1::CreateCollectionRequest create;
  create.mutable_collection()->set_name("docs");
  create.mutable_collection()->set_dims(kDims);
  create.mutable_collection()->set_metric(v1::Collection::COSINE);
  ASSERT_TRUE(client.CreateCollection(create).ok());
}

// The chunk that was acknowledged last when the server was killed in the middle of a stream. Chunk
// n has the ids from (n - 1) * kBatch.
uint64_t StreamUntilKilled(ServerProcess& server) {
  const Client client(server.address());
  grpc::ClientContext context;
  const auto stream = client.OpenUpsertStream(&context);
  std::thread sender([&] {
    for (uint64_t number = 1;; ++number) {
      v1::UpsertChunk chunk;
      chunk.set_collection("docs");
      chunk.set_chunk(number);
      *chunk.mutable_columns() = BatchFrom((number - 1) * kBatch).columns();
      if (!stream->Write(chunk)) return;
    }
  });
  v1::UpsertAck ack;
  uint64_t acknowledged = 0;
  while (stream->Read(&ack)) {
    EXPECT_GT(ack.chunk(), acknowledged);
    const bool kill = acknowledged < kKillAfter && ack.chunk() >= kKillAfter;
    acknowledged = ack.chunk();
    if (kill) server.Kill();
  }
  sender.join();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  return acknowledged;
}

TEST(KillTest, AcknowledgedChunksSurviveSigkill) {
  TempDir directory;
  uint64_t acknowledged = 0;
  {
    ServerProcess server(directory.path());
    CreateDocs(Client(server.address()));
    acknowledged = StreamUntilKilled(server);
  }
  ASSERT_GE(acknowledged, kKillAfter);
  ServerProcess server(directory.path());
  const Client client(server.address());
  for (uint64_t number = 1; number <= acknowledged; ++number) {
    ExpectBatchIsThere(client, (number - 1) * kBatch);
  }
}

TEST(KillTest, SigtermDrainsAndExitsWithZero) {
  TempDir directory;
  ServerProcess server(directory.path());
  EXPECT_EQ(server.Terminate(), 0);
}

}  // namespace
}  // namespace nestor::testing
