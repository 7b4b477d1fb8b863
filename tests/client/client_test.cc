#include "client/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/client/fake_server.h"

namespace nestor {
namespace {

v1::CreateCollectionRequest Docs() {
  v1::CreateCollectionRequest request;
  request.mutable_collection()->set_name("docs");
  request.mutable_collection()->set_dims(2);
  request.mutable_collection()->set_metric(v1::Collection::L2);
  return request;
}

v1::UpsertRequest OnePoint(uint64_t id, float x, float y) {
  v1::UpsertRequest request;
  request.set_collection("docs");
  v1::Point& point = *request.add_points();
  point.mutable_id()->set_num(id);
  point.mutable_vector()->add_values(x);
  point.mutable_vector()->add_values(y);
  return request;
}

TEST(ClientTest, EveryCallReachesTheServer) {
  testing::FakeServer server;
  const Client client(server.address());
  ASSERT_EQ(client.CreateCollection(Docs())->name(), "docs");
  v1::GetCollectionRequest describe;
  describe.set_name("docs");
  EXPECT_EQ(client.GetCollection(describe)->dims(), 2);
  EXPECT_EQ(client.ListCollections({})->collections_size(), 1);

  EXPECT_EQ(client.Upsert(OnePoint(1, 0, 0))->affected(), 1);
  EXPECT_EQ(client.Upsert(OnePoint(2, 3, 4))->affected(), 1);
  v1::CountRequest count;
  count.set_collection("docs");
  EXPECT_EQ(client.Count(count)->count(), 2);
  v1::GetRequest get;
  get.set_collection("docs");
  get.add_ids()->set_num(2);
  EXPECT_EQ(client.Get(get)->points_size(), 1);
  v1::ScrollRequest scroll;
  scroll.set_collection("docs");
  scroll.set_page_size(1);
  EXPECT_FALSE(client.Scroll(scroll)->next_page_token().empty());

  v1::SearchRequest search;
  search.set_collection("docs");
  search.mutable_like()->set_num(1);
  search.set_limit(5);
  EXPECT_EQ(client.Search(search)->hits(0).distance(), 5);
  v1::SearchBatchRequest batch;
  batch.mutable_defaults()->set_collection("docs");
  EXPECT_EQ(client.SearchBatch(batch)->responses_size(), 0);

  v1::GetCollectionStatsRequest stats;
  stats.set_name("docs");
  EXPECT_EQ(client.GetCollectionStats(stats)->points(), 2);
  v1::WaitForIndexRequest wait;
  wait.set_name("docs");
  EXPECT_EQ(client.WaitForIndex(wait)->points(), 2);
  v1::DeleteRequest remove;
  remove.set_collection("docs");
  remove.mutable_selector()->mutable_ids()->add_ids()->set_num(1);
  EXPECT_EQ(client.Delete(remove)->affected(), 1);
  EXPECT_EQ(client.GetServerInfo({})->threads(), 3);
  v1::DeleteCollectionRequest drop;
  drop.set_name("docs");
  EXPECT_TRUE(client.DeleteCollection(drop).ok());
}

TEST(ClientTest, ErrorsKeepCodeAndMessage) {
  testing::FakeServer server;
  const Client client(server.address());
  v1::CountRequest request;
  request.set_collection("none");
  const absl::Status status = client.Count(request).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(status.message(), "collection 'none' does not exist");
}

// A port that takes connections and never says a word.
class SilentPort {
 public:
  SilentPort() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof(address);
    EXPECT_EQ(::bind(socket_, generic, length), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, generic, &length), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentPort() { ::close(socket_); }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  int socket_;
  int port_ = 0;
};

TEST(ClientTest, ACallEndsAtItsDeadline) {
  const SilentPort port;
  const Client client(port.address());
  const absl::Status status =
      client.ListCollections({}, {.timeout = absl::Milliseconds(5)}).status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
}

TEST(ClientTest, AnAbsentServerIsUnavailable) {
  std::string address;
  {
    testing::FakeServer server;
    address = server.address();
  }
  EXPECT_TRUE(absl::IsUnavailable(Client(address).ListCollections({}).status()));
}

TEST(ClientTest, ThreadsShareOneClient) {
  testing::FakeServer server;
  const Client client(server.address());
  ASSERT_TRUE(client.CreateCollection(Docs()).ok());
  std::atomic<int> written = 0;
  std::vector<std::thread> threads;
  for (uint64_t id = 0; id < 8; ++id) {
    threads.emplace_back([&, id] { written += client.Upsert(OnePoint(id, 1, 1)).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(written, 8);
}

}  // namespace
}  // namespace nestor
