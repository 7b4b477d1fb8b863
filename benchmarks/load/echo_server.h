#ifndef NESTOR_BENCHMARKS_LOAD_ECHO_SERVER_H_
#define NESTOR_BENCHMARKS_LOAD_ECHO_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "nestor/v1/points.grpc.pb.h"

namespace nestor::bench {

// A server in this process that answers every search at once, always the same: what the calls alone
// take, without a search.
class EchoServer {
 public:
  // Listens on a free port of 127.0.0.1 until it is destroyed. UnavailableError.
  static absl::StatusOr<std::unique_ptr<EchoServer>> Start(const v1::SearchResponse& answer);
  ~EchoServer();

  const std::string& address() const { return address_; }

 private:
  class Service : public v1::Points::CallbackService {
   public:
    explicit Service(const v1::SearchResponse& answer) : answer_(answer) {}
    grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context,
                                     const v1::SearchRequest* request,
                                     v1::SearchResponse* response) override;

   private:
    const v1::SearchResponse answer_;
  };

  explicit EchoServer(const v1::SearchResponse& answer) : service_(answer) {}

  Service service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_ECHO_SERVER_H_
