#ifndef NESTOR_SERVER_OPTIONS_H_
#define NESTOR_SERVER_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "server/open_streams.h"

namespace nestor {

// What an operator can set: by flag, by environment variable (NESTOR__ and the name in capitals),
// or in the TOML file that --config names. A flag beats the environment, the environment beats the
// file.
struct ServerOptions {
  std::string data = "./data";
  std::string grpc = "127.0.0.1:6434";
  uint64_t block_cache_mib = 512;  // of RocksDB
  int read_threads = 0;            // 0: one for each processor
  int write_threads = 32;          // they mostly wait for the disk
  int index_threads = 0;           // 0: one for each processor
  uint64_t queue_limit = 1024;     // calls that may wait for a thread, for reads and for writes
  double audit_share = 0.001;      // of adaptive searches, done again exactly
  int settle_seconds = 10;  // without writes, before segments become as few as can be; 0: never
  int drain_seconds = 10;   // that running calls get after SIGTERM
  std::string log_level = "info";

  StreamLimits streams;  // of the code; tests have others

  std::string config;                               // flag only
  bool healthcheck = false;                         // flag only
  std::optional<std::string> check = std::nullopt;  // flag only: a data directory
};

// Declares the flags on `app`, bound to `options`, which must outlive it.
void AddOptions(CLI::App* app, ServerOptions* options);

// After parsing: reads options->config, if set, for whatever neither flag nor environment has set.
// InvalidArgumentError naming the file, the line and what is wrong: an unknown key, a wrong type, a
// value out of range.
absl::Status ReadConfigFile(const CLI::App& app, ServerOptions* options);

}  // namespace nestor

#endif  // NESTOR_SERVER_OPTIONS_H_
