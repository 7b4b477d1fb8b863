#include "server/health_service.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace nestor {

namespace health = grpc::health::v1;

namespace {

constexpr char kWrite[] = "write";

}  // namespace

// One watch: says the state when it begins and whenever it changes. What changes while a message is
// on its way is said after it, the newest only. Belongs to gRPC until OnDone. Its members are
// guarded by the lock of its service.
class HealthService::Watcher : public grpc::ServerWriteReactor<health::HealthCheckResponse> {
 public:
  // REQUIRES: the service's lock is held for the calls of this constructor, Say and End.
  Watcher(HealthService& service, std::string name) : service_(service), name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  void Say(HealthService::Status status) {
    wanted_ = status;
    if (!writing_) WriteWanted();
  }

  // Once everything is said.
  void End() {
    ending_ = true;
    if (!writing_) FinishOnce(grpc::StatusCode::UNAVAILABLE, "the server is shutting down");
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&service_.mu_);
    writing_ = false;
    if (!ok) return FinishOnce(grpc::StatusCode::CANCELLED, "the watcher is gone");
    WriteWanted();
    if (ending_) End();
  }
  void OnCancel() override {
    absl::MutexLock lock(&service_.mu_);
    FinishOnce(grpc::StatusCode::CANCELLED, "the watcher is gone");
  }
  void OnDone() override {
    std::unique_ptr<Watcher> self(this);
    absl::MutexLock lock(&service_.mu_);
    service_.watchers_.erase(this);
  }

 private:
  void WriteWanted() {
    if (finished_ || wanted_ == response_.status()) return;
    response_.set_status(wanted_);
    writing_ = true;
    StartWrite(&response_);
  }
  void FinishOnce(grpc::StatusCode code, const char* message) {
    if (!std::exchange(finished_, true)) Finish(grpc::Status(code, message));
  }

  HealthService& service_;
  const std::string name_;  // that is watched
  HealthService::Status wanted_ = health::HealthCheckResponse::UNKNOWN;
  health::HealthCheckResponse response_;  // the last one said; UNKNOWN is never said
  bool writing_ = false;
  bool ending_ = false;
  bool finished_ = false;
};

HealthService::HealthService(std::vector<std::string> services) : services_(std::move(services)) {}

void HealthService::SetServing(bool serving) {
  absl::MutexLock lock(&mu_);
  serving_ = serving && !shut_down_;
  TellWatchers();
}

void HealthService::SetWritable(bool writable) {
  absl::MutexLock lock(&mu_);
  writable_ = writable;
  TellWatchers();
}

void HealthService::TellWatchers() {
  for (Watcher* watcher : watchers_) watcher->Say(StatusOf(watcher->name()));
}

void HealthService::Shutdown() {
  absl::MutexLock lock(&mu_);
  shut_down_ = true;
  serving_ = false;
  TellWatchers();
  for (Watcher* watcher : watchers_) watcher->End();
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context,
                                               const health::HealthCheckRequest* request,
                                               health::HealthCheckResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (!Knows(request->service())) {
    reactor->Finish(grpc::Status(grpc::StatusCode::NOT_FOUND, "no such service"));
    return reactor;
  }
  {
    absl::MutexLock lock(&mu_);
    response->set_status(StatusOf(request->service()));
  }
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerWriteReactor<health::HealthCheckResponse>* HealthService::Watch(
    grpc::CallbackServerContext*, const health::HealthCheckRequest* request) {
  absl::MutexLock lock(&mu_);
  auto* watcher = std::make_unique<Watcher>(*this, request->service()).release();
  watchers_.insert(watcher);
  watcher->Say(StatusOf(request->service()));
  if (shut_down_) watcher->End();
  return watcher;
}

bool HealthService::Knows(const std::string& service) const {
  return service.empty() || service == kWrite ||
         std::find(services_.begin(), services_.end(), service) != services_.end();
}

HealthService::Status HealthService::StatusOf(const std::string& service) const {
  if (!Knows(service)) return health::HealthCheckResponse::SERVICE_UNKNOWN;
  const bool serving = serving_ && (writable_ || service != kWrite);
  return serving ? health::HealthCheckResponse::SERVING : health::HealthCheckResponse::NOT_SERVING;
}

}  // namespace nestor
