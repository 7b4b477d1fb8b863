#include "benchmarks/data_options.h"

#include "engine/limits.h"

namespace nestor::bench {

void AddBaseOptions(CLI::App& command, std::string& base, uint64_t& rows) {
  command
      .add_option("--base", base, "The vectors (.npy float32 or float16, .fvecs, .bvecs, .fbin)")
      ->required()
      ->type_name("FILE");
  command.add_option("--rows", rows, "Only the first N vectors")->type_name("N");
}

void AddDataOptions(CLI::App& command, DataSetOptions& data) {
  AddBaseOptions(command, data.base, data.rows);
  command.add_option("--queries", data.queries, "The query vectors")->required()->type_name("FILE");
}

void AddMetricOption(CLI::App& command, Metric& metric) {
  const std::map<std::string, Metric> metrics = {
      {"cosine", Metric::kCosine}, {"dot", Metric::kDot}, {"l2", Metric::kL2}};
  command.add_option("--metric", metric, "cosine (default), dot or l2")
      ->transform(CLI::Transformer(metrics))
      ->type_name("NAME");
}

void AddLimitOption(CLI::App& command, uint32_t& limit) {
  command.add_option("--limit", limit, "Hits for each query, the k of recall@k")
      ->check(CLI::Range(uint32_t{1}, kMaxLimit))
      ->capture_default_str()
      ->type_name("N");
}

void AddRepeatOption(CLI::App& command, int& repeat) {
  command.add_option("--repeat", repeat, "Timed passes")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str()
      ->type_name("N");
}

void AddJsonOption(CLI::App& command, std::string& path) {
  command.add_option("--json", path, "Write the report to this file as well")->type_name("FILE");
}

const std::map<std::string, Baseline>& Baselines() {
  static const auto& baselines =
      *new std::map<std::string, Baseline>{{"exact", Baseline::kExact},
                                           {"hnsw_full", Baseline::kHnswFull},
                                           {"hnsw_prefix", Baseline::kHnswPrefix},
                                           {"ivf_prefix", Baseline::kIvfPrefix}};
  return baselines;
}

const std::map<std::string, IndexKind>& IndexKinds() {
  static const auto& kinds = *new std::map<std::string, IndexKind>{
      {"hnsw", IndexKind::kHnsw}, {"ivf", IndexKind::kIvf}, {"flat", IndexKind::kFlat}};
  return kinds;
}

const std::map<std::string, Transform>& Transforms() {
  static const auto& transforms = *new std::map<std::string, Transform>{
      {"none", Transform::kNone}, {"pca", Transform::kPca}, {"auto", Transform::kAuto}};
  return transforms;
}

std::string IndexKindName(IndexKind kind) {
  for (const auto& [name, named] : IndexKinds()) {
    if (named == kind) return name;
  }
  return "unknown";
}

}  // namespace nestor::bench
