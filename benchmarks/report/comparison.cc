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

std::optional<Comparison> CompareTime(const Json& before, const Json& after,
                                      const CompareOptions& options) {
  std::optional<Comparison> time = Both(before, after, "us_per_query");
  if (!time) return time;
  JudgeBySamples(Samples(before, "pass_us"), Samples(after, "pass_us"), 1, Better::kLower,
                 options.tolerance, &*time);
  return time;
}

std::optional<Comparison> CompareBytes(const Json& before, const Json& after,
                                       const CompareOptions& options) {
  std::optional<Comparison> bytes = Both(before, after, "resident_bytes_per_vector");
  if (!bytes) return bytes;
  JudgeByTolerance(Better::kLower, bytes->after / bytes->before - 1, options.tolerance, &*bytes);
  return bytes;
}

// Recall or mAP.
std::optional<Comparison> CompareQuality(const Json& before, const Json& after,
                                         absl::string_view metric, const CompareOptions& options) {
  std::optional<Comparison> quality = Both(before, after, metric);
  if (!quality) return quality;
  JudgeByTolerance(Better::kHigher, quality->after - quality->before, options.recall_tolerance,
                   &*quality);
  return quality;
}

// The recall of a run, or of one result of several.
std::optional<Comparison> CompareRunRecall(const Json& before, const Json& after,
                                           const CompareOptions& options) {
  std::optional<Comparison> recall = CompareQuality(before, after, "recall_at_k", options);
  const bool touch = Number(before, "recall_low") <= Number(after, "recall_high") &&
                     Number(after, "recall_low") <= Number(before, "recall_high");
  if (recall && touch) recall->verdict = Verdict::kSame;
  return recall;
}

// Two results of the same name; `qualities` are the fields of recall and mAP.
void CompareResult(const Json& before, const Json& after, const std::vector<std::string>& qualities,
                   const CompareOptions& options, std::vector<Comparison>* all) {
  const bool valid = Field(before, "valid") != false && Field(after, "valid") != false;
  const auto add = [&](std::optional<Comparison> comparison) {
    if (!comparison) return;
    comparison->what = NameOf(before);
    if (!valid) {
      comparison->interval.reset();
      comparison->verdict = Verdict::kInvalid;
    }
    all->push_back(*std::move(comparison));
  };
  add(CompareTime(before, after, options));
  add(Both(before, after, "qps"));
  for (const std::string& quality : qualities) add(CompareQuality(before, after, quality, options));
  add(CompareRunRecall(before, after, options));
  add(CompareBytes(before, after, options));
  add(Both(before, after, "build_seconds"));
}

void CompareResults(const Json& before, const Json& after, const CompareOptions& options,
                    std::vector<Comparison>* all) {
  const std::vector<std::string> qualities = {QualityField(before, "recall"),
                                              QualityField(before, "map")};
  for (const Json& result : Elements(before, "results")) {
    for (const Json& other : Elements(after, "results")) {
      if (NameOf(result) == NameOf(other)) CompareResult(result, other, qualities, options, all);
    }
  }
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

// What a document measured once: there is no telling how much of a change is chance.
void CompareSingleNumbers(const Json& before, const Json& after, std::vector<Comparison>* all) {
  for (const char* metric :
       {"limit_rate", "points_per_second", "searchable_seconds", "indexed_seconds"}) {
    if (auto number = Both(before, after, metric)) all->push_back(*std::move(number));
  }
}

absl::Status CheckSameData(const Json& before, const Json& after) {
  for (const char* hash : {"base_hash", "queries_hash"}) {
    const std::string a = Text(Field(before, "data"), hash);
    const std::string b = Text(Field(after, "data"), hash);
    if (!a.empty() && !b.empty() && a != b) {
      return absl::InvalidArgumentError(
          absl::StrCat("they are of different data: ", hash, " ", a, " and ", b));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSame(absl::string_view name, const Json& before, const Json& after) {
  if (before == after) return absl::OkStatus();
  const auto value = [](const Json& json) { return json.is_null() ? "none" : Readable(json); };
  return absl::InvalidArgumentError(
      absl::StrCat("they differ in ", name, ": ", value(before), " and ", value(after)));
}

// Other conditions have other numbers, whatever the program.
absl::Status CheckSameConditions(const Json& before, const Json& after) {
  for (const char* name : {"rows", "metric"}) {
    NESTOR_RETURN_IF_ERROR(CheckSame(absl::StrCat("data.", name),
                                     Field(Field(before, "data"), name),
                                     Field(Field(after, "data"), name)));
  }
  NESTOR_RETURN_IF_ERROR(CheckSame("limit", LimitOf(before), LimitOf(after)));
  for (const char* name : {"offered_rate", "filter", "mix", "goal", "points"}) {
    NESTOR_RETURN_IF_ERROR(CheckSame(name, Field(before, name), Field(after, name)));
  }
  return absl::OkStatus();
}

absl::Status CheckValid(const Json& document, absl::string_view which) {
  if (Field(document, "valid") != false) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(which, " run is not valid: ", Readable(Field(document, "invalid_because"))));
}

absl::Status CheckComparable(const Json& before, const Json& after) {
  if (Text(before, "command") != Text(after, "command")) {
    return absl::InvalidArgumentError(absl::StrCat(
        "one is of '", Text(before, "command"), "', the other of '", Text(after, "command"), "'"));
  }
  NESTOR_RETURN_IF_ERROR(CheckSameData(before, after));
  NESTOR_RETURN_IF_ERROR(CheckSameConditions(before, after));
  NESTOR_RETURN_IF_ERROR(CheckValid(before, "the first"));
  return CheckValid(after, "the second");
}

}  // namespace

absl::StatusOr<std::vector<Comparison>> CompareDocuments(const Json& before, const Json& after,
                                                         const CompareOptions& options) {
  NESTOR_RETURN_IF_ERROR(CheckComparable(before, after));
  std::vector<Comparison> all;
  CompareResults(before, after, options, &all);
  CompareWindows(before, after, options, &all);
  if (auto recall = CompareRunRecall(before, after, options)) all.push_back(*std::move(recall));
  CompareSingleNumbers(before, after, &all);
  if (all.empty()) return absl::InvalidArgumentError("they have no number in common");
  if (std::all_of(all.begin(), all.end(), [](const Comparison& comparison) {
        return comparison.verdict == Verdict::kInvalid;
      })) {
    return absl::InvalidArgumentError("no result is valid in both");
  }
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
    case Verdict::kInvalid:
      return "not valid";
    case Verdict::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace nestor::bench
