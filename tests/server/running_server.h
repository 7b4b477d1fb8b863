#ifndef NESTOR_TESTS_SERVER_RUNNING_SERVER_H_
#define NESTOR_TESTS_SERVER_RUNNING_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/client.h"
#include "gtest/gtest.h"
#include "server/server.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {

inline v1::Vector MakeVector(const std::vector<float>& values) {
  v1::Vector vector;
  vector.mutable_values()->Add(values.begin(), values.end());
  return vector;
}

inline v1::Point MakePoint(uint64_t id, const std::vector<float>& values) {
  v1::Point point;
  point.mutable_id()->set_num(id);
  *point.mutable_vector() = MakeVector(values);
  return point;
}

// A search of the collection "docs" for 3 hits.
inline v1::SearchRequest SearchFor(const std::vector<float>& values) {
  v1::SearchRequest request;
  request.set_collection("docs");
  request.set_limit(3);
  *request.mutable_vector() = MakeVector(values);
  return request;
}

// A whole server in this process, on a free loopback port and a directory of its own, and a client
// of it.
class RunningServer {
 public:
  // `env`: see Server::Start.
  explicit RunningServer(rocksdb::Env* env = nullptr, const ServerOptions& defaults = {}) {
    ServerOptions options = defaults;
    options.data = directory_.Join("data");
    options.grpc = "127.0.0.1:0";
    options.write_threads = 4;
    options.index_threads = 1;
    options.block_cache_mib = 16;
    absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options, env);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<Client>(address());
  }

  void Recover() {
    const absl::Status status = server_->Recover();
    ASSERT_TRUE(status.ok()) << status;
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", server_->port()); }
  Server& server() { return *server_; }
  const Client& client() const { return *client_; }
  const TempDir& directory() const { return directory_; }

  // A collection "docs" of 4 dims.
  void CreateDocs(v1::Collection::Metric metric = v1::Collection::COSINE) {
    v1::CreateCollectionRequest request;
    request.mutable_collection()->set_name("docs");
    request.mutable_collection()->set_dims(4);
    request.mutable_collection()->set_metric(metric);
    const auto created = client_->CreateCollection(request);
    ASSERT_TRUE(created.ok()) << created.status();
  }

  absl::StatusOr<v1::WriteResponse> Upsert(const std::vector<v1::Point>& points) {
    v1::UpsertRequest request;
    request.set_collection("docs");
    request.mutable_points()->Add(points.begin(), points.end());
    return client_->Upsert(request);
  }

 private:
  TempDir directory_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_SERVER_RUNNING_SERVER_H_
