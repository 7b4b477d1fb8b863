#include "benchmarks/environment.h"

#include <faiss/Index.h>
#include <rocksdb/version.h>

#include <thread>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "benchmarks/machine.h"
#include "engine/kernels/kernel_table.h"
#include "grpcpp/grpcpp.h"
#include "server/build_info.h"

namespace nestor::bench {
namespace {

// Those that decide which kernels can run.
Json CpuFlags(absl::string_view cpuinfo) {
  static constexpr absl::string_view kWanted[] = {
      "sse4_2",      "avx",         "f16c",     "fma",      "avx2",
      "avx512f",     "avx512bw",    "avx512dq", "avx512vl", "avx512_vnni",
      "avx512_bf16", "avx512_fp16", "avx_vnni", "amx_int8", "asimddp"};
  Json flags = Json::array();
  for (const absl::string_view line : absl::StrSplit(cpuinfo, '\n')) {
    if (!absl::StartsWith(line, "flags") && !absl::StartsWith(line, "Features")) continue;
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t:"), absl::SkipEmpty());
    for (const absl::string_view flag : kWanted) {
      if (absl::c_linear_search(words, flag)) flags.push_back(std::string(flag));
    }
    break;
  }
  return flags;
}

Json Libraries() {
  return {{"faiss",
           absl::StrCat(FAISS_VERSION_MAJOR, ".", FAISS_VERSION_MINOR, ".", FAISS_VERSION_PATCH)},
          {"grpc", grpc::Version()},
          {"rocksdb", absl::StrCat(ROCKSDB_MAJOR, ".", ROCKSDB_MINOR, ".", ROCKSDB_PATCH)}};
}

}  // namespace

Json EnvironmentJson(const std::vector<std::string>& command_line, absl::Time now) {
  const std::string cpuinfo = ReadCpuinfo();
  return {{"time", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now, absl::UTCTimeZone())},
          {"version", std::string(kVersion)},
          {"commit", std::string(kSourceCommit)},
          {"cpu", CpuModel(cpuinfo)},
          {"cores", std::thread::hardware_concurrency()},
          {"cpu_flags", CpuFlags(cpuinfo)},
          {"kernels", std::string(kernels::Kernels().name)},
          {"compiler", Compiler()},
          {"optimised", IsOptimised()},
          {"libraries", Libraries()},
          {"command_line", command_line}};
}

}  // namespace nestor::bench
