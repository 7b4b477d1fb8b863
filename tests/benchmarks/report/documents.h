#ifndef NESTOR_TESTS_BENCHMARKS_REPORT_DOCUMENTS_H_
#define NESTOR_TESTS_BENCHMARKS_REPORT_DOCUMENTS_H_

#include "client/json.h"

namespace nestor::testing {

// Small documents with the fields that nestor-bench writes, every time `slower` times as long.
inline Json EngineDocument(double slower = 1, double recall = 0.95) {
  Json passes = Json::array();
  for (const double us : {49.0, 50.0, 50.0, 51.0, 52.0}) passes.push_back(us * slower);
  return {{"format", 1},
          {"command", "engine"},
          {"environment", {{"cpu", "Test CPU"}, {"optimised", true}}},
          {"data", {{"base", "base.npy"}, {"base_hash", "aa"}, {"synthetic", true}}},
          {"results",
           {{{"system", "hnsw_full"},
             {"params", {{"ef", 10}}},
             {"recall_at_10", 0.9},
             {"map_at_10", 0.6},
             {"us_per_query", 100.0}},
            {{"system", "nestor_hnsw"},
             {"params", {{"recall", 0.95}}},
             {"recall_at_10", recall},
             {"map_at_10", 0.61},
             {"us_per_query", 50.0 * slower},
             {"pass_us", passes},
             {"build_seconds", 10.0},
             {"resident_bytes_per_vector", 800.0}}}}};
}

inline Json RunDocument(double slower = 1, double recall = 0.95) {
  Json windows = Json::array();
  for (int second = 0; second < 20; ++second) {
    const double noise = 1 + 0.01 * (second % 3);
    windows.push_back({{"second", second},
                       {"count", 500},
                       {"errors", 0},
                       {"p50_ms", 1.0 * slower * noise},
                       {"p99_ms", 4.0 * slower * noise},
                       {"max_ms", 9.0 * slower * noise},
                       {"recall_sum", 500 * recall},
                       {"recall_count", 500}});
  }
  return {{"format", 1},
          {"command", "run"},
          {"environment", {{"cpu", "Test CPU"}, {"optimised", true}}},
          {"data", {{"base_hash", "aa"}, {"queries_hash", "bb"}, {"synthetic", false}}},
          {"offered_rate", 500.0},
          {"achieved_rate", 500.0},
          {"latency_ms", {{"p50", 1.01 * slower}, {"p99", 4.04 * slower}, {"max", 9.2 * slower}}},
          {"recall_at_k", recall},
          {"recall_low", recall - 0.002},
          {"recall_high", recall + 0.002},
          {"errors", Json::object()},
          {"valid", true},
          {"percentiles", {{0, 0.5}, {50, 1.0}, {99, 4.0}, {99.9, 8.0}, {100, 9.2}}},
          {"stages",
           {{{"name", "queue"}, {"count", 9}, {"mean_us", 10.0}, {"p99_us", 20.0}},
            {{"name", "shortlist"}, {"count", 9}, {"mean_us", 40.0}, {"p99_us", 90.0}},
            {{"name", "total"}, {"count", 9}, {"mean_us", 60.0}, {"p99_us", 120.0}}}},
          {"windows", windows}};
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_BENCHMARKS_REPORT_DOCUMENTS_H_
