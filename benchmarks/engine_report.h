#ifndef NESTOR_BENCHMARKS_ENGINE_REPORT_H_
#define NESTOR_BENCHMARKS_ENGINE_REPORT_H_

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace nestor::bench {

// One method at one setting, measured and judged.
struct ReportLine {
  std::string method;
  std::string knob;
  double recall = 0;
  std::optional<double> average_precision;
  double micros = 0;      // per query
  double cpu_micros = 0;  // per query, of the searching thread
  double bytes_per_vector = 0;
  double build_seconds = 0;
};

// All lines as a table; `limit` is the k of recall@k and mAP@k.
void PrintMeasurements(const std::vector<ReportLine>& lines, size_t limit, std::ostream& out);

// For each line of a method whose name begins with "nestor": the time that each hnswlib method
// needs for the same recall (benchmarks/equal_recall.h), and how many times faster ours is.
void PrintAtEqualRecall(const std::vector<ReportLine>& lines, size_t limit, std::ostream& out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ENGINE_REPORT_H_
