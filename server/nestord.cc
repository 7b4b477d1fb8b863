#include "server/nestord.h"

#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "server/build_info.h"
#include "server/data_directory_check.h"
#include "server/healthcheck.h"
#include "server/options.h"
#include "server/server.h"
#include "spdlog/spdlog.h"

namespace nestor {
namespace {

constexpr int kUsageError = 2;
// What recovery may still have to do when calls are accepted already.
constexpr std::chrono::milliseconds kAlmostDone(100);

sem_t stop;  // posted to end the server

extern "C" void PostStop(int) { sem_post(&stop); }

// Handled and not blocked: threads that libraries started before main would not know.
void HandleSignals() {
  sem_init(&stop, 0, 0);
  struct sigaction action = {};
  action.sa_handler = PostStop;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

// RocksDB keeps all its files open (storage/rocksdb_options.cc), and every connection is one more.
void RaiseOpenFileLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

void WaitForStop() {
  while (sem_wait(&stop) != 0) {  // interrupted by another signal
  }
}

int RunHealthCheck(const ServerOptions& options) {
  const absl::Status status = CheckHealth(options.grpc);
  std::printf("%s\n", status.ok() ? "SERVING" : std::string(status.message()).c_str());
  return status.ok() ? EXIT_SUCCESS : EXIT_FAILURE;
}

int RunCheck(const std::string& directory) {
  const DataReport report = CheckDataDirectory(directory);
  for (const std::string& fact : report.facts) std::printf("%s\n", fact.c_str());
  for (const std::string& problem : report.problems) std::printf("PROBLEM %s\n", problem.c_str());
  if (report.problems.empty()) std::printf("%s is healthy\n", directory.c_str());
  return report.problems.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

int RunServer(const ServerOptions& options, rocksdb::Env* env) {
  HandleSignals();
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options, env);
  if (!server.ok()) {
    spdlog::error("{}", std::string(server.status().message()));
    return EXIT_FAILURE;
  }
  // Recovery may take long, and a signal must end it: it runs beside the wait, and ends it if it
  // fails.
  std::atomic<bool> failed{false};
  std::future<absl::Status> recovery = std::async(std::launch::async, [&server, &failed] {
    absl::Status status = (*server)->Recover();
    if (!status.ok()) {
      spdlog::error("{}", std::string(status.message()));
      failed = true;
      sem_post(&stop);
    }
    return status;
  });
  WaitForStop();
  if (failed) recovery.wait();
  if (recovery.wait_for(kAlmostDone) != std::future_status::ready) {
    spdlog::info("stopped during recovery");
    std::_Exit(EXIT_SUCCESS);  // no write was accepted, so there is nothing to finish
  }
  if (!recovery.get().ok()) return EXIT_FAILURE;
  spdlog::info("draining: no new calls, up to {} s for the running ones", options.drain_seconds);
  (*server)->Drain();
  if ((*server)->reopening()) {
    spdlog::info("stopped while the store was opened again");
    std::_Exit(EXIT_SUCCESS);  // no call is left, so there is nothing to finish
  }
  server->reset();
  spdlog::info("stopped");
  return EXIT_SUCCESS;
}

}  // namespace

int RunNestord(int argc, char** argv, rocksdb::Env* env) {
  ServerOptions options;
  CLI::App app(
      "Nestor: an adaptive-retrieval vector search server.\n"
      "Every setting is also read from the environment (NESTOR__DATA, ...) and from the --config "
      "file.\n"
      "Example: nestord --data ./data --grpc 127.0.0.1:6434",
      "nestord");
  AddOptions(&app, &options);
  app.set_version_flag("--version", absl::StrCat("nestord ", kVersion, " (", kSourceCommit, ")"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EXIT_SUCCESS : kUsageError;
  }
  if (const absl::Status status = ReadConfigFile(app, &options); !status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    return kUsageError;
  }
  if (options.healthcheck) return RunHealthCheck(options);
  RaiseOpenFileLimit();
  if (options.check) return RunCheck(*options.check);
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  return RunServer(options, env);
}

}  // namespace nestor
