#include "server/server_info.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "engine/kernels/kernel_table.h"
#include "server/build_info.h"
#include "server/convert_time.h"

namespace nestor {
namespace {

// proc(5) counts the fields from 1; the first one behind the name of the program is 3.
constexpr size_t kFirstField = 3;
constexpr size_t kThreadsField = 20;
constexpr size_t kResidentField = 24;

std::string ReadOwnStat() {
  std::ifstream file("/proc/self/stat");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

// The name may hold spaces and parentheses, so what counts begins behind the last one.
ProcessStat ParseProcessStat(absl::string_view text) {
  ProcessStat stat;
  const size_t name_end = text.rfind(')');
  if (name_end == absl::string_view::npos) return stat;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(text.substr(name_end + 1), ' ', absl::SkipWhitespace());
  if (fields.size() <= kResidentField - kFirstField) return stat;
  if (!absl::SimpleAtoi(fields[kThreadsField - kFirstField], &stat.threads) ||
      !absl::SimpleAtoi(fields[kResidentField - kFirstField], &stat.resident_pages)) {
    return {};
  }
  return stat;
}

void WriteServerInfo(absl::Time start_time, v1::ServerInfo* out) {
  out->set_version(kVersion);
  out->set_commit(kSourceCommit);
  out->set_kernels(std::string(kernels::Kernels().name));
  WriteTimestamp(start_time, out->mutable_start_time());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  WriteDuration(absl::DurationFromTimeval(usage.ru_utime), out->mutable_user_cpu_time());
  WriteDuration(absl::DurationFromTimeval(usage.ru_stime), out->mutable_system_cpu_time());
  const ProcessStat stat = ParseProcessStat(ReadOwnStat());
  out->set_resident_bytes(stat.resident_pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
  out->set_threads(stat.threads);
  out->set_cores(std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace nestor
