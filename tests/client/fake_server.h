#ifndef NESTOR_TESTS_CLIENT_FAKE_SERVER_H_
#define NESTOR_TESTS_CLIENT_FAKE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "nestor/v1/collections.grpc.pb.h"
#include "nestor/v1/points.grpc.pb.h"
#include "nestor/v1/server.grpc.pb.h"
#include "nestor/v1/snapshots.grpc.pb.h"
#include "tests/client/fake_store.h"

namespace nestor::testing {

// A gRPC server over a FakeStore on a free loopback port, until it is destroyed.
class FakeServer {
 public:
  FakeServer();
  ~FakeServer();

  std::string address() const;
  FakeStore& store() { return store_; }

 private:
  FakeStore store_;
  std::unique_ptr<v1::Collections::Service> collections_;
  std::unique_ptr<v1::Points::Service> points_;
  std::unique_ptr<v1::Snapshots::Service> snapshots_;
  std::unique_ptr<v1::Server::Service> info_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CLIENT_FAKE_SERVER_H_
