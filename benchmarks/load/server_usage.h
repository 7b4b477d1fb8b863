#ifndef NESTOR_BENCHMARKS_LOAD_SERVER_USAGE_H_
#define NESTOR_BENCHMARKS_LOAD_SERVER_USAGE_H_

#include <optional>

#include "client/client.h"
#include "client/json.h"

namespace nestor::bench {

// What the server is and has used, at two moments; nothing from a server that cannot say.
struct ServerUsage {
  std::optional<v1::ServerInfo> before = std::nullopt;
  std::optional<v1::ServerInfo> after = std::nullopt;
};

std::optional<v1::ServerInfo> AskServer(const Client& client);

// {"version":..,"commit":..,"kernels":..,"start_time":..,"threads":..,"cores":..,
//  "cpu_seconds":..,"resident_bytes":..}: CPU seconds between the two, the rest afterwards. Null if
// one of them is missing, or the server was started again between them.
Json ServerUsageJson(const ServerUsage& usage);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_SERVER_USAGE_H_
