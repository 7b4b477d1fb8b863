#ifndef NESTOR_SERVER_STREAM_REACTOR_H_
#define NESTOR_SERVER_STREAM_REACTOR_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/alarm.h"
#include "grpcpp/grpcpp.h"
#include "nestor/v1/points.grpc.pb.h"  // how gRPC reads and writes messages
#include "server/open_streams.h"
#include "server/service_state.h"
#include "server/unary_call.h"

namespace nestor {

// A stream of requests and a stream of answers with a bound on what is in between: what a stream
// does with its requests is said by the class that derives from this one; when to read, write, wait
// and finish is said here. Nothing is read while the derived class wants no more, so that a client
// that sends too fast is stopped by gRPC's flow control and not by our memory.
//
// Messages are read as bytes and parsed here: gRPC 1.51 reports one that it cannot parse as the end
// of the client's side, so that the stream would end well behind what was never read.
//
// Ends with what End was given once no work runs and every answer is written; with OK once the
// client has ended its side and all is done. Owns itself: gRPC's OnDone is its end.
//
// Thread safety: thread-safe; the hooks are called with the lock held.
template <typename Request, typename Response>
class StreamReactor : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                      private OpenStreams::Stream {
 public:
  // `state` and `context` must live until the call is done.
  StreamReactor(ServiceState& state, const grpc::CallbackServerContext* context)
      : state_(state), context_(context) {}

  // Call once, with an object made by `new`.
  void Start() {
    state_.streams().Add(this);
    absl::MutexLock lock(&mu_);
    Advance();
  }

 protected:
  struct Received {
    Request message;
    size_t bytes;  // as parsed; to be given back with Release
    absl::Time time;
  };

  // ---- Hooks
  // Whether another request may be read.
  virtual bool WantsMore() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) = 0;
  virtual void Take(Received request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) = 0;
  // Starts what can be started of what was taken.
  virtual void Work() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) = 0;
  // Nothing that was taken waits.
  virtual bool Idle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) = 0;

  // ---- For the hooks
  // Runs `task` on `pool`, without the lock, and then Work. False if the pool is full: see
  // WorkLater.
  bool Submit(WorkerPool& pool, size_t bytes, std::function<void()> task)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    ++busy_;
    const bool accepted = pool.TrySubmit(bytes, [this, task = std::move(task)] {
      task();
      absl::MutexLock lock(&mu_);
      --busy_;
      Advance();
    });
    if (accepted) return true;
    --busy_;
    WorkLater();
    return false;
  }
  // Calls Work again after that long, and not before.
  void WorkLater(std::chrono::milliseconds wait = std::chrono::milliseconds(10))
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (waiting_) return;
    waiting_ = true;
    ++busy_;
    next_alarm_ = 1 - next_alarm_;  // an alarm must not be set while its own callback runs
    alarms_[next_alarm_].Set(std::chrono::system_clock::now() + wait, [this](bool) {
      if (state_.streams().full()) state_.streams().MakeRoom(absl::Now());
      absl::MutexLock lock(&mu_);
      waiting_ = false;
      --busy_;
      Advance();
    });
  }
  void Answer(Response response) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    Outgoing answer;
    bool own = false;
    const grpc::Status status =
        grpc::SerializationTraits<Response>::Serialize(response, &answer.message, &own);
    if (status.ok()) {
      answer.bytes = answer.message.Length();
      state_.streams().Hold(answer.bytes);
      outgoing_bytes_ += answer.bytes;
      outgoing_.push_back(std::move(answer));
    } else {
      End(absl::InternalError(status.error_message()));
    }
    Advance();
  }
  // The first one counts.
  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (!end_.has_value()) end_ = ToGrpcStatus(status);
  }
  bool ended() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return end_.has_value(); }
  // Answers that are not sent yet.
  size_t outgoing() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return outgoing_.size(); }
  size_t outgoing_bytes() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return outgoing_bytes_; }
  void Release(size_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    held_ -= bytes;
    state_.streams().Release(bytes);
  }
  ServiceState& state() { return state_; }
  CallContext ContextOf(absl::Time received) const {
    return CallContext(state_, context_, received);
  }

  absl::Mutex mu_;

 private:
  struct Outgoing {
    grpc::ByteBuffer message;
    size_t bytes = 0;
  };

  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    reading_ = false;
    if (ok) {
      Keep();
    } else {
      client_is_done_ = true;
    }
    Advance();
  }
  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    DropFirst();
    if (!ok) {
      DropAllButFirst(0);
      End(absl::CancelledError("the client is gone"));
    }
    Advance();
  }
  void OnCancel() override {
    absl::MutexLock lock(&mu_);
    DropAllButFirst(writing_ ? 1 : 0);
    End(absl::CancelledError("the client is gone"));
    Advance();
  }
  void Drain() override {
    absl::MutexLock lock(&mu_);
    End(absl::UnavailableError("the server is shutting down"));
    Advance();
  }
  bool CancelIfStuck(absl::Time then) override {
    {
      absl::MutexLock lock(&mu_);
      if (!writing_ || write_began_ >= then || cancelled_) return false;
      cancelled_ = true;
      End(absl::ResourceExhaustedError("the client takes no answers, and holds up others"));
    }
    context_->TryCancel();  // or the write would never end
    return true;
  }
  void OnDone() override {
    std::unique_ptr<StreamReactor> self(this);
    state_.streams().Remove(this);
    absl::MutexLock lock(&mu_);
    state_.streams().Release(held_);
  }

  void Keep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    Received received{{}, 0, absl::Now()};
    const grpc::Status status =
        grpc::SerializationTraits<Request>::Deserialize(&incoming_, &received.message);
    incoming_.Clear();
    if (!status.ok()) {
      return End(absl::InvalidArgumentError(absl::StrCat("a message of the stream is no valid ",
                                                         Request::descriptor()->full_name())));
    }
    received.bytes = received.message.SpaceUsedLong();
    state_.streams().Hold(received.bytes);
    held_ += received.bytes;
    Take(std::move(received));
  }

  void DropFirst() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    outgoing_bytes_ -= outgoing_.front().bytes;
    state_.streams().Release(outgoing_.front().bytes);
    outgoing_.pop_front();
  }
  void DropAllButFirst(size_t first) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    for (; outgoing_.size() > first; outgoing_.pop_back()) {
      outgoing_bytes_ -= outgoing_.back().bytes;
      state_.streams().Release(outgoing_.back().bytes);
    }
  }

  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (finished_) return;
    if (!writing_ && !outgoing_.empty()) {
      writing_ = true;
      write_began_ = absl::Now();
      this->StartWrite(&outgoing_.front().message);
    }
    if (!ended() && !waiting_) Work();
    if (client_is_done_ && busy_ == 0 && Idle()) End(absl::OkStatus());
    if (ended()) {
      finished_ = busy_ == 0 && outgoing_.empty();
      if (finished_) this->Finish(*end_);
    } else if (!reading_ && !client_is_done_ && WantsMore()) {
      if (state_.streams().full()) return WorkLater();
      reading_ = true;
      this->StartRead(&incoming_);
    }
  }

  ServiceState& state_;
  const grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer incoming_ ABSL_GUARDED_BY(mu_);      // gRPC's while reading_
  std::deque<Outgoing> outgoing_ ABSL_GUARDED_BY(mu_);  // the first one is gRPC's while writing_
  size_t outgoing_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  size_t held_ ABSL_GUARDED_BY(mu_) = 0;  // bytes of what was taken and not released
  int busy_ ABSL_GUARDED_BY(mu_) = 0;     // tasks and alarms that will come back to this object
  bool waiting_ ABSL_GUARDED_BY(mu_) = false;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  absl::Time write_began_ ABSL_GUARDED_BY(mu_);
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;  // by us
  bool client_is_done_ ABSL_GUARDED_BY(mu_) = false;
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mu_);
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  grpc::Alarm alarms_[2] ABSL_GUARDED_BY(mu_);
  int next_alarm_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_STREAM_REACTOR_H_
