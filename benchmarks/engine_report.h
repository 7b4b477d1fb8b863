#ifndef NESTOR_BENCHMARKS_ENGINE_REPORT_H_
#define NESTOR_BENCHMARKS_ENGINE_REPORT_H_

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "benchmarks/equal_recall.h"
#include "benchmarks/measure.h"
#include "benchmarks/method.h"
#include "client/json.h"

namespace nestor::bench {

// One method at one setting, measured and judged.
struct ReportLine {
  std::string system;
  std::string knob;
  Json params;
  double recall = 0;
  std::optional<double> average_precision;
  double micros = 0;                // per query, median of the passes
  double cpu_micros = 0;            // per query, of the searching thread
  std::vector<double> pass_micros;  // per query, of each pass
  MethodCost cost;
};

// What was measured of one variant of `methods`; it is yet to be judged.
ReportLine MakeLine(const std::vector<Method>& methods, const Measurement& measurement);

// What an answer is judged by, and thus compared at.
enum class Quality { kRecall, kAveragePrecision };

// The systems in the order of their first lines, and all settings of one of them.
std::vector<std::string> SystemsOf(const std::vector<ReportLine>& lines);
std::vector<SweepPoint> SweepOf(const std::vector<ReportLine>& lines, const std::string& system,
                                Quality quality);

// One of our lines beside all baselines (every system that is not ours).
struct EqualQuality {
  const ReportLine* ours = nullptr;  // into the lines that it was made from
  double quality = 0;
  struct Baseline {
    std::string system;
    TimeAtRecall time;  // what it needs for as much
  };
  std::vector<Baseline> baselines;
};

// For each of our lines ("nestor_..."). REQUIRES: every line has that quality. `lines` must outlive
// what comes back.
std::vector<EqualQuality> CompareAtEqual(const std::vector<ReportLine>& lines, Quality quality);

// All lines as a table; `limit` is the k of recall@k and mAP@k.
void PrintMeasurements(const std::vector<ReportLine>& lines, size_t limit, std::ostream& out);

// For each of our lines the time that each baseline needs for the same quality, and how many times
// faster ours is.
void PrintAtEqual(const std::vector<ReportLine>& lines, Quality quality, size_t limit,
                  std::ostream& out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ENGINE_REPORT_H_
