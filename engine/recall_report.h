#ifndef NESTOR_ENGINE_RECALL_REPORT_H_
#define NESTOR_ENGINE_RECALL_REPORT_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "engine/recall_interval.h"
#include "storage/types.h"

namespace nestor {

// What some searches found of what an exact search of the same view finds.
struct RecallReport {
  enum class Source {
    kGiven,    // queries that were given
    kQueries,  // searches that the collection was asked
    kPoints,   // points of its own
  };
  Source source = Source::kGiven;
  size_t queries = 0;
  double recall = 0;  // mean
  RecallInterval interval = {};
  double worst = 1;            // of one query
  size_t short_of_target = 0;  // queries that found less than was asked for, of an adaptive plan
  std::optional<double> estimated_recall = {};  // mean of what the answers said, if all of them did
  absl::Duration cost = {};                     // mean time of a search
  absl::Duration exact_cost = {};               // and of an exact one, where 16 share their scans
  std::string plan = {};                        // of the last one, a line for a person
  Sequence sequence{};                          // of the view
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_RECALL_REPORT_H_
