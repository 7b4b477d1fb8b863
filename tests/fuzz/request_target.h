#ifndef NESTOR_TESTS_FUZZ_REQUEST_TARGET_H_
#define NESTOR_TESTS_FUZZ_REQUEST_TARGET_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tests/fuzz/answer_checks.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzzed_engine.h"
#include "tests/fuzz/message_input.h"

namespace nestor::testing {

// What a handler's StopCheck answers here.
inline absl::Status NeverStop() { return absl::OkStatus(); }

template <typename Request, typename Response>
using Handler = std::function<absl::Status(Engine&, const Request&, Response*)>;

enum class Effect { kReads, kWrites };

// The one that all targets of a process share: it takes a while to make.
FuzzedEngine& SharedEngine();

template <typename Request, typename Response>
void RunRequest(absl::string_view input, Effect effect, const Handler<Request, Response>& handle) {
  Request request;
  if (!ReadMessageInput(input, &request)) return;
  FuzzedEngine& fuzzed = SharedEngine();
  fuzzed.RestartClock();
  Response response;
  const absl::Status status = handle(fuzzed.engine(), request, &response);
  CheckStatus(status);
  if (status.ok()) CheckReadableByClient(response);
  // A request that was refused has changed nothing.
  if (effect == Effect::kReads || absl::IsInvalidArgument(status) || absl::IsNotFound(status)) {
    return;
  }
  CheckEverythingReadable(fuzzed.engine());
  fuzzed.Renew();
}

// Any bytes as `Request`, answered by the handler that the server calls.
template <typename Request, typename Response>
FuzzTarget RequestTarget(Effect effect, Handler<Request, Response> handle) {
  const auto run = [effect, handle](absl::string_view input) {
    RunRequest<Request, Response>(input, effect, handle);
  };
  return {Request::descriptor()->name(), run, &Request::default_instance()};
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_FUZZ_REQUEST_TARGET_H_
