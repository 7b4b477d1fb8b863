#ifndef NESTOR_SERVER_SERVER_INFO_SERVICE_H_
#define NESTOR_SERVER_SERVER_INFO_SERVICE_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nestor/v1/server.grpc.pb.h"

namespace nestor {

// nestor.v1.Server over gRPC. Needs neither an engine nor a worker: it answers on gRPC's thread,
// so that a server that is full, or still recovering, can be asked what it is doing.
//
// Thread safety: thread-safe.
class ServerInfoService : public v1::Server::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetServerInfo(grpc::CallbackServerContext* context,
                                          const v1::GetServerInfoRequest* request,
                                          v1::ServerInfo* response) override;

 private:
  const absl::Time start_time_ = absl::Now();
};

}  // namespace nestor

#endif  // NESTOR_SERVER_SERVER_INFO_SERVICE_H_
