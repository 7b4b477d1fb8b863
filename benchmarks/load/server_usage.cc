#include "benchmarks/load/server_usage.h"

#include <google/protobuf/util/time_util.h>

namespace nestor::bench {
namespace {

using google::protobuf::util::TimeUtil;

constexpr CallOptions kShortCall = {.timeout = absl::Seconds(2)};

double CpuSeconds(const v1::ServerInfo& info) {
  const google::protobuf::Duration sum = info.user_cpu_time() + info.system_cpu_time();
  return 1e-6 * static_cast<double>(TimeUtil::DurationToMicroseconds(sum));
}

}  // namespace

std::optional<v1::ServerInfo> AskServer(const Client& client) {
  absl::StatusOr<v1::ServerInfo> info = client.GetServerInfo({}, kShortCall);
  if (!info.ok()) return std::nullopt;
  return *std::move(info);
}

Json ServerUsageJson(const ServerUsage& usage) {
  if (!usage.before.has_value() || !usage.after.has_value()) return nullptr;
  if (usage.before->start_time() != usage.after->start_time()) return nullptr;
  const v1::ServerInfo& info = *usage.after;
  return {{"version", info.version()},
          {"commit", info.commit()},
          {"kernels", info.kernels()},
          {"start_time", TimeUtil::ToString(info.start_time())},
          {"threads", info.threads()},
          {"cores", info.cores()},
          {"cpu_seconds", CpuSeconds(info) - CpuSeconds(*usage.before)},
          {"resident_bytes", info.resident_bytes()}};
}

}  // namespace nestor::bench
