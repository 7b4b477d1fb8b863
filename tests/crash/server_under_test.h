#ifndef NESTOR_TESTS_CRASH_SERVER_UNDER_TEST_H_
#define NESTOR_TESTS_CRASH_SERVER_UNDER_TEST_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace nestor::testing {

struct ServerSetup {
  std::string data;
  // For the socket and the log, which are not the server's data: a fault there would be ours.
  std::string scratch;
  std::vector<std::string> environment = {};  // NAME=value, added to ours
};

// A real server process: nestord with fault injection, see nestord_under_test.cc. What it logs is
// appended to <scratch>/nestord.log.
//
// Thread safety: none, except address().
class ServerUnderTest {
 public:
  // Starts it, and does not wait.
  static absl::StatusOr<std::unique_ptr<ServerUnderTest>> Launch(const ServerSetup& setup);
  ~ServerUnderTest();  // SIGKILL, if it still runs

  // OK once it serves. FailedPreconditionError with its last words if it ends before,
  // DeadlineExceededError if neither happens.
  absl::Status WaitUntilServing(absl::Duration patience = absl::Seconds(60));
  // True if it ended by itself within `patience`.
  bool WaitForEnd(absl::Duration patience);
  void Kill();                // SIGKILL, and waits for its end
  void RequestTermination();  // SIGTERM
  bool IsRunning();
  // After its end: how, as waitpid() says it.
  int wait_status() const { return wait_status_; }

  const std::string& address() const { return address_; }
  // What it wrote to its log since it was started.
  std::string Log() const;
  std::string LastWords() const;  // its end

 private:
  ServerUnderTest(std::string address, std::string log_path);

  const std::string address_;
  const std::string log_path_;
  const size_t log_begin_;
  pid_t pid_ = -1;  // -1: it has ended
  int wait_status_ = 0;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_SERVER_UNDER_TEST_H_
