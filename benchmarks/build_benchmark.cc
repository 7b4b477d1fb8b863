#include "benchmarks/build_benchmark.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/faiss_ivf_index.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/hnswlib_index.h"
#include "benchmarks/machine.h"
#include "benchmarks/number_table.h"
#include "benchmarks/passes.h"
#include "engine/hnsw_graph.h"
#include "engine/int8_tier.h"
#include "engine/ivf_index.h"
#include "engine/prefix_coder.h"
#include "engine/prefix_codes.h"
#include "engine/prefix_reader.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr uint32_t kCodeBits = 4;

struct System {
  std::string name;
  uint32_t dims;
  size_t baseline;  // its place; its own if it is one
  Pass build;
};

PrefixCodes Encode(const FloatMatrix& rows, Metric metric, uint32_t dims) {
  PrefixCodes codes(std::make_shared<const PrefixCoder>(PrefixCodeFormat{metric, dims, kCodeBits}));
  codes.Reserve(rows.rows);
  for (size_t row = 0; row < rows.rows; ++row) codes.Append(rows.Row(row));
  return codes;
}

}  // namespace

absl::Status RunBuildBenchmark(const BuildBenchmarkOptions& options, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const FloatMatrix base,
                          ReadFloatMatrix(options.base, options.rows, options.metric));
  if (base.rows == 0) return absl::InvalidArgumentError(absl::StrCat(options.base, " has no rows"));
  const Metric metric = options.metric;
  const int threads = options.threads;
  const auto dims = static_cast<uint32_t>(base.dims);
  const uint32_t ours = std::min(options.prefix_dims, dims);
  const uint32_t theirs = std::min(options.baseline_prefix_dims, dims);
  const uint32_t of_lists = std::min(ours, kMaxListDims);

  Int8Tier tier(metric, base.dims, base.rows);
  for (size_t row = 0; row < base.rows; ++row) tier.Append(base.Row(row));
  const PrefixCodes codes = Encode(base, metric, ours);
  const PrefixReader prefixes(tier, metric, ours), list_prefixes(tier, metric, of_lists);
  const FloatMatrix float_prefixes = Prefixes(base, theirs, metric);

  const std::vector<System> systems = {
      {"hnswlib", theirs, 0,
       [&] { return HnswlibIndex::Build(float_prefixes, metric, {.threads = threads}).status(); }},
      {"graph", ours, 0, [&] { return BuildHnswGraph(prefixes, {.threads = threads}).status(); }},
      {"FAISS IVF", theirs, 2,
       [&] { return FaissIvfIndex::Build(float_prefixes, metric, {.threads = threads}).status(); }},
      {"lists", of_lists, 2,
       [&] { return IvfIndex::Build(codes, list_prefixes, {.threads = threads}).status(); }}};
  std::vector<Pass> passes;
  for (const System& system : systems) passes.push_back(system.build);
  NESTOR_ASSIGN_OR_RETURN(const std::vector<PassTime> times, TimePasses(passes, options.repeat));

  PrintMachine(console.out);
  console.out << absl::StreamFormat("%s: %d rows x %d dims; %d threads build\n", options.base,
                                    base.rows, base.dims, threads);
  NumberTable table({"system", "prefix dims", "build s", "times as fast"}, /*text_columns=*/1);
  for (size_t i = 0; i < systems.size(); ++i) {
    const System& system = systems[i];
    table.AddRow({system.name, absl::StrCat(system.dims), absl::StrFormat("%.2f", times[i].seconds),
                  system.baseline == i ? "-"
                                       : absl::StrFormat("%.2f", times[system.baseline].seconds /
                                                                     times[i].seconds)});
  }
  table.Print(console.out);
  console.out << "Medians of the passes. Ours, from int8 rows: graph, beside hnswlib, and lists, "
                 "beside FAISS;\nbaselines over float32 prefixes. What they find is compared by "
                 "'nestor-bench engine'.\n";
  return absl::OkStatus();
}

}  // namespace nestor::bench
