#include "tests/benchmarks/load/stalling_server.h"

#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "nestor/v1/collections.grpc.pb.h"
#include "nestor/v1/points.grpc.pb.h"

namespace nestor::testing {

class StallingServer::Collections : public v1::Collections::Service {
 public:
  grpc::Status GetCollection(grpc::ServerContext*, const v1::GetCollectionRequest* request,
                             v1::Collection* response) override {
    response->set_name(request->name());
    response->set_dims(2);
    response->set_metric(v1::Collection::L2);
    return grpc::Status::OK;
  }
  grpc::Status GetCollectionStats(grpc::ServerContext*, const v1::GetCollectionStatsRequest*,
                                  v1::CollectionStats* response) override {
    response->set_points(4);
    return grpc::Status::OK;
  }
};

class StallingServer::Points : public v1::Points::CallbackService {
 public:
  Points(absl::Duration after, absl::Duration stall)
      : after_(after), stall_(stall), waking_([this] { Wake(); }) {}
  ~Points() override {
    Stop();
    waking_.join();
  }

  // The stall ends now, if it has not yet.
  void Stop() {
    absl::MutexLock lock(&mu_);
    stopped_ = true;
  }

  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context, const v1::SearchRequest*,
                                   v1::SearchResponse* response) override {
    response->add_hits()->mutable_id()->set_num(0);
    response->add_hits()->mutable_id()->set_num(1);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    {
      absl::MutexLock lock(&mu_);
      const absl::Time now = absl::Now();
      if (first_ == absl::InfiniteFuture()) first_ = now;
      if (!stopped_ && now > first_ + after_ && now < first_ + after_ + stall_) {
        waiting_.push_back(reactor);
        return reactor;
      }
    }
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  // Answers what waits at the end of the stall.
  void Wake() {
    const auto called = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
      return stopped_ || first_ != absl::InfiniteFuture();
    };
    std::vector<grpc::ServerUnaryReactor*> waiting;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(&called));
      mu_.AwaitWithDeadline(absl::Condition(&stopped_), first_ + after_ + stall_);
      waiting = std::exchange(waiting_, {});
    }
    for (grpc::ServerUnaryReactor* reactor : waiting) reactor->Finish(grpc::Status::OK);
  }

  const absl::Duration after_;
  const absl::Duration stall_;
  absl::Mutex mu_;
  absl::Time first_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<grpc::ServerUnaryReactor*> waiting_ ABSL_GUARDED_BY(mu_);
  std::thread waking_;
};

StallingServer::StallingServer(absl::Duration after, absl::Duration stall)
    : collections_(std::make_unique<Collections>()),
      points_(std::make_unique<Points>(after, stall)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(collections_.get());
  builder.RegisterService(points_.get());
  server_ = builder.BuildAndStart();
}

StallingServer::~StallingServer() {
  points_->Stop();
  server_->Shutdown();  // waits for the last call
}

std::string StallingServer::address() const { return absl::StrCat("127.0.0.1:", port_); }

}  // namespace nestor::testing
