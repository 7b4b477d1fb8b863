#include "tests/server/server_process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "server/healthcheck.h"

namespace nestor::testing {

ServerProcess::ServerProcess(const std::string& directory)
    : address_("unix:" + directory + "/grpc.sock") {
  const std::string data = directory + "/data";
  pid_ = fork();
  if (pid_ == 0) {
    execl(NESTORD_BINARY, NESTORD_BINARY, "--data", data.c_str(), "--grpc", address_.c_str(),
          "--index-threads", "1", "--block-cache-mib", "16", "--log-level", "warn", nullptr);
    _exit(127);
  }
  const absl::Time give_up = absl::Now() + absl::Seconds(60);
  while (!CheckHealth(address_).ok()) {
    int status;
    const bool ended = waitpid(pid_, &status, WNOHANG) == pid_;
    if (ended) pid_ = -1;
    if (ended || absl::Now() > give_up) {
      ADD_FAILURE() << "nestord does not serve";
      return;
    }
  }
}

ServerProcess::~ServerProcess() { Kill(); }

void ServerProcess::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  Wait();
}

int ServerProcess::Terminate() {
  kill(pid_, SIGTERM);
  return Wait();
}

int ServerProcess::Wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace nestor::testing
