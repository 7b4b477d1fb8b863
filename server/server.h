#ifndef NESTOR_SERVER_SERVER_H_
#define NESTOR_SERVER_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "server/collections_service.h"
#include "server/engine_host.h"
#include "server/health_service.h"
#include "server/options.h"
#include "server/points_service.h"
#include "server/server_info_service.h"
#include "server/service_state.h"
#include "server/snapshots_service.h"
#include "server/worker_pool.h"
#include "storage/point_store.h"

namespace nestor {

// The whole server, put together: gRPC in front, worker pools, engine, store. It listens first, so
// that its health can be asked for, and serves when recovery is done.
//
//   auto server = Server::Start(options).value();   // listens, NOT_SERVING
//   server->Recover();                              // SERVING when it returns OK
//   ... wait for a signal ...
//   server->Drain();                                // NOT_SERVING, running calls finish
//
// Thread safety: one thread at a time.
class Server {
 public:
  // `env` is the file system that the data is on, which must outlive the server; null: the real
  // one. InvalidArgumentError if the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       rocksdb::Env* env = nullptr);
  ~Server();

  // Opens the store and recovers every collection. The store's errors.
  absl::Status Recover();
  // Refuses new calls, waits for the running ones, at most options.drain_seconds.
  void Drain();

  // Whether, after a failure, the store is being opened again.
  bool reopening() const { return engine_.reopening(); }
  int port() const { return port_; }  // the one that is listened on; useful when the address said 0

 private:
  Server(const ServerOptions& options, rocksdb::Env* env);

  const ServerOptions options_;
  WorkerPool readers_;
  WorkerPool writers_;
  WorkerPool slow_workers_;
  ServiceState state_;
  CollectionsService collections_;
  PointsService points_;
  SnapshotsService snapshots_;
  ServerInfoService info_;
  HealthService health_;
  EngineHost engine_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> grpc_;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_SERVER_H_
