#ifndef NESTOR_SERVER_ARENA_MESSAGES_H_
#define NESTOR_SERVER_ARENA_MESSAGES_H_

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/arena.h"
#include "grpcpp/support/message_allocator.h"

namespace nestor {

// Where gRPC puts request and response of a unary method: on an arena that later calls use again,
// so that a message of many parts is one allocation or none. Must outlive the server.
//
// Thread safety: thread-safe.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override {
    std::unique_ptr<Call> call;
    {
      absl::MutexLock lock(&mu_);
      if (!idle_.empty()) {
        call = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (call == nullptr) call = std::make_unique<Call>(*this);
    call->Begin();
    return call.release();  // comes back through Release
  }

 private:
  static constexpr size_t kBlockBytes = 8192;  // a request and an answer of a few dozen hits
  static constexpr size_t kMostIdle = 64;

  class Call final : public grpc::MessageHolder<Request, Response> {
   public:
    explicit Call(ArenaMessages& owner) : owner_(owner), arena_(block_, kBlockBytes) {}

    void Begin() {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    // Frees all but the block.
    void Release() override {
      arena_.Reset();
      owner_.TakeBack(std::unique_ptr<Call>(this));
    }

   private:
    ArenaMessages& owner_;
    alignas(std::max_align_t) char block_[kBlockBytes];
    google::protobuf::Arena arena_;
  };

  void TakeBack(std::unique_ptr<Call> call) {
    absl::MutexLock lock(&mu_);
    if (idle_.size() < kMostIdle) idle_.push_back(std::move(call));
  }

  absl::Mutex mu_;
  std::vector<std::unique_ptr<Call>> idle_ ABSL_GUARDED_BY(mu_);
};

}  // namespace nestor

#endif  // NESTOR_SERVER_ARENA_MESSAGES_H_
