#include "benchmarks/machine.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "engine/kernels/kernel_table.h"

namespace nestor::bench {
namespace {

#if defined(__clang__)
constexpr char kCompiler[] = "Clang " __clang_version__;
#elif defined(__GNUC__)
constexpr char kCompiler[] = "GCC " __VERSION__;
#else
constexpr char kCompiler[] = "unknown compiler";
#endif

#if defined(__OPTIMIZE__)
constexpr bool kIsOptimised = true;
#else
constexpr bool kIsOptimised = false;
#endif

}  // namespace

std::string Compiler() { return kCompiler; }

bool IsOptimised() { return kIsOptimised; }

std::string ReadCpuinfo() {
  std::ifstream file("/proc/cpuinfo");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string CpuModel(absl::string_view cpuinfo) {
  for (const absl::string_view line : absl::StrSplit(cpuinfo, '\n')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (parts.size() == 2 && absl::StartsWith(parts[0], "model name")) {
      return std::string(absl::StripAsciiWhitespace(parts[1]));
    }
  }
  return "unknown processor";
}

int HardwareThreads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

void PrintMachine(std::ostream& out) {
  out << "machine   " << CpuModel(ReadCpuinfo()) << ", " << std::thread::hardware_concurrency()
      << " cores\n"
      << "compiler  " << kCompiler << ", "
      << (kIsOptimised ? "optimised" : "NOT OPTIMISED: compare nothing with these numbers") << "\n"
      << "kernels   " << kernels::Kernels().name << "\n";
}

}  // namespace nestor::bench
