#ifndef NESTOR_SERVER_HEALTH_SERVICE_H_
#define NESTOR_SERVER_HEALTH_SERVICE_H_

#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/grpcpp.h"

namespace nestor {

// The standard health service (https://github.com/grpc/grpc/blob/master/doc/health-checking.md).
// gRPC's own says SERVING from the moment the port is open until it is told otherwise; this one
// begins with NOT_SERVING. All services have one state; the name "write" asks in addition whether
// writes are accepted. A name that is unknown is NOT_FOUND to Check and SERVICE_UNKNOWN to Watch.
//
// Thread safety: thread-safe. Must outlive the gRPC server that it is registered with.
class HealthService : public grpc::health::v1::Health::CallbackService {
 public:
  // The names that may be asked for, besides "", the server as a whole.
  explicit HealthService(std::vector<std::string> services);

  void SetServing(bool serving);
  void SetWritable(bool writable);
  // Says NOT_SERVING to all and ends every watch, so that a drain need not wait for them.
  void Shutdown();

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context,
      const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  class Watcher;
  using Status = grpc::health::v1::HealthCheckResponse::ServingStatus;

  bool Knows(const std::string& service) const;
  Status StatusOf(const std::string& service) const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  void TellWatchers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::vector<std::string> services_;
  absl::Mutex mu_;
  bool serving_ ABSL_GUARDED_BY(mu_) = false;
  bool writable_ ABSL_GUARDED_BY(mu_) = true;
  bool shut_down_ ABSL_GUARDED_BY(mu_) = false;
  std::set<Watcher*> watchers_ ABSL_GUARDED_BY(mu_);
};

}  // namespace nestor

#endif  // NESTOR_SERVER_HEALTH_SERVICE_H_
