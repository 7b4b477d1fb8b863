#ifndef NESTOR_TESTS_BENCHMARKS_LOAD_STALLING_SERVER_H_
#define NESTOR_TESTS_BENCHMARKS_LOAD_STALLING_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace nestor::testing {

// A server of an older time, without the service Server, on a free loopback port: a collection
// "docs" of 4 points and 2 dims, and searches that find points 0 and 1 at once. But later than
// `after` the first search, it answers none for `stall`, and then all of them.
class StallingServer {
 public:
  StallingServer(absl::Duration after, absl::Duration stall);
  ~StallingServer();

  std::string address() const;

 private:
  class Collections;
  class Points;

  std::unique_ptr<Collections> collections_;
  std::unique_ptr<Points> points_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_BENCHMARKS_LOAD_STALLING_SERVER_H_
