#ifndef NESTOR_BENCHMARKS_REPORT_COMPARISON_H_
#define NESTOR_BENCHMARKS_REPORT_COMPARISON_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/report/bootstrap.h"
#include "client/json.h"

namespace nestor::bench {

enum class Verdict {
  kSame,     // no difference is shown
  kBetter,   // the second is better, beyond chance and tolerance
  kWorse,    // likewise
  kUnknown,  // too few samples to tell a difference from chance
  kInvalid,  // a result is marked invalid, in either document
};

struct CompareOptions {
  double tolerance = 0.03;          // relative: what is smaller does not matter
  double recall_tolerance = 0.005;  // absolute, of recall and mAP
};

// One number of two documents.
struct Comparison {
  std::string what;    // which result: "nestor_hnsw, recall 0.95"; empty where there is only one
  std::string metric;  // "us_per_query"
  double before = 0;
  double after = 0;
  std::optional<Interval> interval;  // of the relative change, 95 %; none without samples
  Verdict verdict = Verdict::kUnknown;
};

// Compares the numbers of two documents of one command, the earlier one first.
//
// Times and rates have a verdict where both sides have samples (passes of an engine, seconds of a
// run): better or worse if the whole interval is, and the change is beyond the tolerance. What was
// measured once, such as the highest rate of `limit` or the times of `load`, has none. Recall, mAP
// and bytes hardly vary: they have one by tolerance alone, or, where both sides have an interval of
// the recall, only if the two do not touch. A result that is marked invalid on either side is
// kInvalid in all its numbers.
//
// INVALID_ARGUMENT when the documents are of different commands or data (both hashes are named),
// when they measured under different conditions (limit, rate, filter, mix and others: the field and
// both values are named), when a run or every result is marked invalid, or when there is nothing
// that both have.
absl::StatusOr<std::vector<Comparison>> CompareDocuments(const Json& before, const Json& after,
                                                         const CompareOptions& options);

// What differs in machine and program: "cpu: AMD EPYC | Intel Xeon". Empty if nothing does.
std::vector<std::string> EnvironmentDifferences(const Json& before, const Json& after);

// "same", "better", "WORSE", "unknown", "not valid".
std::string VerdictName(Verdict verdict);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_COMPARISON_H_
