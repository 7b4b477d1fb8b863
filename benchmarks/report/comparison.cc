#include "benchmarks/report/comparison.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/report/fields.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr uint32_t kSeed = 1;
constexpr size_t kSecondsTogether = 5;

enum class Better { kLower, kHigher };

std::vector<double> Samples(const Json& object, absl::string_view name) {
  std::vector<double> samples;
  for (const Json& element : Elements(object, name)) samples.push_back(Number(element));
  return samples;
}

std::vector<double> WindowSamples(const Json& document, absl::string_view field) {
  std::vector<double> samples;
  for (const Json& window : Elements(document, "windows")) samples.push_back(Number(window, field));
  return samples;
}

bool CanResample(const std::vector<double>& samples) {
  return samples.size() >= kMinBootstrapSamples &&
         std::all_of(samples.begin(), samples.end(),
                     [](double value) { return std::isfinite(value) && value > 0; });
}

// The second is larger than the first by `least` to `most`.
Verdict Judge(Better better, double least, double most, double tolerance) {
  if (better == Better::kHigher) return Judge(Better::kLower, -most, -least, tolerance);
  if (least > tolerance) return Verdict::kWorse;
  return most < -tolerance ? Verdict::kBetter : Verdict::kSame;
}

// Two numbers, if both documents have them.
std::optional<Comparison> Both(const Json& before, const Json& after, absl::string_view metric) {
  Comparison comparison;
  comparison.metric = std::string(metric);
  comparison.before = Number(before, metric);
  comparison.after = Number(after, metric);
  if (std::isfinite(comparison.before) && std::isfinite(comparison.after)) return comparison;
  return std::nullopt;
}

// Chance must not explain it, and it must be large enough to matter.
void JudgeBySamples(const std::vector<double>& before, const std::vector<double>& after,
                    size_t block, Better better, double tolerance, Comparison* comparison) {
  if (!CanResample(before) || !CanResample(after)) return;
  const Interval interval = RelativeChange(before, after, block, kSeed);
  comparison->interval = interval;
  const double change = comparison->after / comparison->before - 1;
  const Verdict beyond_chance = Judge(better, interval.low, interval.high, 0);
  const Verdict beyond_tolerance = Judge(better, change, change, tolerance);
  comparison->verdict = beyond_chance == beyond_tolerance ? beyond_chance : Verdict::kSame;
}

void JudgeByTolerance(Better better, double change, double tolerance, Comparison* comparison) {
  comparison->verdict = Judge(better, change, change, tolerance);
}

std::string NameOf(const Json& result) {
  const std::string system = Text(result, "system");
  return absl::StrCat(system, system.empty() ? "" : ", ", Readable(Field(result, "params")));
}

void CompareResults(const Json& before, const Json& after, const CompareOptions& options,
                    std::vector<Comparison>* all) {
  const std::string name = NameOf(before);
  const auto add = [&](std::optional<Comparison> comparison) {
    if (!comparison) return;
    comparison->what = name;
    all->push_back(*std::move(comparison));
  };
  if (auto time = Both(before, after, "us_per_query")) {
    JudgeBySamples(Samples(before, "pass_us"), Samples(after, "pass_us"), 1, Better::kLower,
                   options.tolerance, &*time);
    add(time);
  }
  add(Both(before, after, "qps"));
  for (const char* metric : {"recall_at_10", "map_at_10", "recall_at_k"}) {
    if (auto quality = Both(before, after, metric)) {
      JudgeByTolerance(Better::kHigher, quality->after - quality->before, options.recall_tolerance,
                       &*quality);
      add(quality);
    }
  }
  if (auto bytes = Both(before, after, "resident_bytes_per_vector")) {
    JudgeByTolerance(Better::kLower, bytes->after / bytes->before - 1, options.tolerance, &*bytes);
    add(bytes);
  }
  add(Both(before, after, "build_seconds"));
}

void CompareWindows(const Json& before, const Json& after, const CompareOptions& options,
                    std::vector<Comparison>* all) {
  const auto add = [&](const char* name, const Json& a, const Json& b, const char* field,
                       const char* window, Better better) {
    std::optional<Comparison> comparison = Both(a, b, field);
    if (!comparison) return;
    comparison->metric = name;
    JudgeBySamples(WindowSamples(before, window), WindowSamples(after, window), kSecondsTogether,
                   better, options.tolerance, &*comparison);
    all->push_back(*std::move(comparison));
  };
  const Json& a = Field(before, "latency_ms");
  const Json& b = Field(after, "latency_ms");
  add("p50 ms", a, b, "p50", "p50_ms", Better::kLower);
  add("p99 ms", a, b, "p99", "p99_ms", Better::kLower);
  add("achieved_rate", before, after, "achieved_rate", "count", Better::kHigher);
}

void CompareRecall(const Json& before, const Json& after, const CompareOptions& options,
                   std::vector<Comparison>* all) {
  std::optional<Comparison> recall = Both(before, after, "recall_at_k");
  if (!recall) return;
  JudgeByTolerance(Better::kHigher, recall->after - recall->before, options.recall_tolerance,
                   &*recall);
  const bool touch = Number(before, "recall_low") <= Number(after, "recall_high") &&
                     Number(after, "recall_low") <= Number(before, "recall_high");
  if (touch) recall->verdict = Verdict::kSame;
  all->push_back(*std::move(recall));
}

absl::Status CheckComparable(const Json& before, const Json& after) {
  if (Text(before, "command") != Text(after, "command")) {
    return absl::InvalidArgumentError(absl::StrCat(
        "one is of '", Text(before, "command"), "', the other of '", Text(after, "command"), "'"));
  }
  for (const char* hash : {"base_hash", "queries_hash"}) {
    const std::string a = Text(Field(before, "data"), hash);
    const std::string b = Text(Field(after, "data"), hash);
    if (!a.empty() && !b.empty() && a != b) {
      return absl::InvalidArgumentError(
          absl::StrCat("they are of different data: ", hash, " ", a, " and ", b));
    }
  }
  for (const Json* document : {&before, &after}) {
    if (Field(*document, "valid") == false) {
      return absl::InvalidArgumentError(
          absl::StrCat(document == &before ? "the first" : "the second",
                       " run is not valid: ", Readable(Field(*document, "invalid_because"))));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Comparison>> CompareDocuments(const Json& before, const Json& after,
                                                         const CompareOptions& options) {
  NESTOR_RETURN_IF_ERROR(CheckComparable(before, after));
  std::vector<Comparison> all;
  for (const Json& result : Elements(before, "results")) {
    for (const Json& other : Elements(after, "results")) {
      if (NameOf(result) == NameOf(other)) CompareResults(result, other, options, &all);
    }
  }
  CompareWindows(before, after, options, &all);
  CompareRecall(before, after, options, &all);
  if (auto rate = Both(before, after, "highest_rate")) all.push_back(*rate);
  if (all.empty()) return absl::InvalidArgumentError("they have no number in common");
  return all;
}

std::vector<std::string> EnvironmentDifferences(const Json& before, const Json& after) {
  std::vector<std::string> differences;
  for (const char* name : {"cpu", "cores", "kernels", "compiler", "optimised", "libraries"}) {
    const std::string a = Readable(Field(Field(before, "environment"), name));
    const std::string b = Readable(Field(Field(after, "environment"), name));
    if (a != b) differences.push_back(absl::StrCat(name, ": ", a, " | ", b));
  }
  return differences;
}

std::string VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSame:
      return "same";
    case Verdict::kBetter:
      return "better";
    case Verdict::kWorse:
      return "WORSE";
    case Verdict::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace nestor::bench
