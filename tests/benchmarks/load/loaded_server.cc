#include "tests/benchmarks/load/loaded_server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "benchmarks/command_line.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::testing {

LoadedServer::LoadedServer()
    : base_(RandomMatrix(kRows, kDims, 1)),
      base_path_(WriteFbin("base.fbin", base_)),
      queries_path_(WriteFbin("queries.fbin", RandomMatrix(kQueries, kDims, 2))) {
  server_.Recover();
}

BenchOutcome LoadedServer::Bench(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--server", server_.address(), "--collection", "docs"});
  return RunNestorBench(arguments);
}

BenchOutcome LoadedServer::ShortBench(std::vector<std::string> arguments) {
  const std::pair<std::string, std::string> defaults[] = {
      {"--queries", queries_path_}, {"--seconds", "0.5"}, {"--warmup", "0"}, {"--json", json()}};
  for (const auto& [option, value] : defaults) {
    if (std::count(arguments.begin(), arguments.end(), option) > 0) continue;
    arguments.insert(arguments.end(), {option, value});
  }
  return Bench(std::move(arguments));
}

void LoadedServer::Load(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"load", "--base", base_path_, "--create"});
  const BenchOutcome outcome = Bench(std::move(arguments));
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
}

Json LoadedServer::ReadJson() const {
  std::ifstream file(json());
  return Json::parse(file, nullptr, /*allow_exceptions=*/false);
}

}  // namespace nestor::testing
