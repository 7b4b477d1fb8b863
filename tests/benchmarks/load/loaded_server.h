#ifndef NESTOR_TESTS_BENCHMARKS_LOAD_LOADED_SERVER_H_
#define NESTOR_TESTS_BENCHMARKS_LOAD_LOADED_SERVER_H_

#include <string>
#include <vector>

#include "benchmarks/float_matrix.h"
#include "client/json.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/server/running_server.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {

// A whole server in this process, and files to load into it: 200 rows and 20 queries of 16 dims.
class LoadedServer {
 public:
  static constexpr size_t kRows = 200;
  static constexpr size_t kQueries = 20;
  static constexpr size_t kDims = 16;

  LoadedServer();

  // Runs `nestor-bench` with these arguments, the server and the collection "docs".
  BenchOutcome Bench(std::vector<std::string> arguments);
  // The same with the queries, for half a second without a warm-up, and --json, unless the
  // arguments say otherwise.
  BenchOutcome ShortBench(std::vector<std::string> arguments);
  // `load --create` with more arguments; a failure fails the test.
  void Load(std::vector<std::string> arguments = {});
  // What the last command with --json wrote.
  Json ReadJson() const;

  const std::string& base() const { return base_path_; }
  const std::string& queries() const { return queries_path_; }
  std::string json() const { return directory_.Join("report.json"); }
  const bench::FloatMatrix& base_rows() const { return base_; }
  RunningServer& server() { return server_; }

 private:
  RunningServer server_;
  TempDir directory_;
  bench::FloatMatrix base_;
  std::string base_path_;
  std::string queries_path_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_BENCHMARKS_LOAD_LOADED_SERVER_H_
