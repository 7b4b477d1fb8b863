#include "tests/crash/server_under_test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "server/healthcheck.h"

namespace nestor::testing {
namespace {

constexpr absl::Duration kLookAtServer = absl::Milliseconds(2);
constexpr size_t kLastWordsBytes = 8000;

size_t LogBytes(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

// In the child: becomes the server, which ends with us.
[[noreturn]] void Become(const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment, const std::string& log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  for (const std::string& entry : environment) putenv(const_cast<char*>(entry.c_str()));
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

ServerUnderTest::ServerUnderTest(std::string address, std::string log_path)
    : address_(std::move(address)),
      log_path_(std::move(log_path)),
      log_begin_(LogBytes(log_path_)) {}

absl::StatusOr<std::unique_ptr<ServerUnderTest>> ServerUnderTest::Launch(const ServerSetup& setup) {
  // A socket of its own for each: gRPC remembers for a while that a name could not be reached.
  static std::atomic<int> launched{0};
  const std::string address =
      absl::StrCat("unix:", setup.scratch, "/", getpid(), "-", launched++, ".sock");
  std::unique_ptr<ServerUnderTest> server(
      new ServerUnderTest(address, setup.scratch + "/nestord.log"));
  const std::vector<std::string> arguments = {
      NESTORD_UNDER_TEST,  "--data", setup.data,    "--grpc", address, "--index-threads", "1",
      "--block-cache-mib", "16",     "--log-level", "info"};
  const pid_t pid = fork();
  if (pid < 0) return absl::UnavailableError("cannot fork");
  if (pid == 0) Become(arguments, setup.environment, server->log_path_);
  server->pid_ = pid;
  return server;
}

ServerUnderTest::~ServerUnderTest() {
  Kill();
  unlink(std::string(absl::StripPrefix(address_, "unix:")).c_str());
}

absl::Status ServerUnderTest::WaitUntilServing(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (!CheckHealth(address_).ok()) {
    if (!IsRunning()) {
      return absl::FailedPreconditionError(absl::StrCat("the server ended: ", LastWords()));
    }
    if (absl::Now() > give_up) return absl::DeadlineExceededError("the server does not serve");
    absl::SleepFor(kLookAtServer);
  }
  return absl::OkStatus();
}

bool ServerUnderTest::WaitForEnd(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (IsRunning() && absl::Now() < give_up) absl::SleepFor(kLookAtServer);
  return !IsRunning();
}

void ServerUnderTest::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, &wait_status_, 0);
  pid_ = -1;
}

void ServerUnderTest::RequestTermination() {
  if (pid_ >= 0) kill(pid_, SIGTERM);
}

bool ServerUnderTest::IsRunning() {
  if (pid_ < 0) return false;
  if (waitpid(pid_, &wait_status_, WNOHANG) == pid_) pid_ = -1;
  return pid_ >= 0;
}

std::string ServerUnderTest::Log() const {
  std::ifstream in(log_path_, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(log_begin_));
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string ServerUnderTest::LastWords() const {
  const std::string log = Log();
  return log.substr(log.size() - std::min(log.size(), kLastWordsBytes));
}

}  // namespace nestor::testing
