#ifndef NESTOR_BENCHMARKS_DEMO_REPORT_H_
#define NESTOR_BENCHMARKS_DEMO_REPORT_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "benchmarks/demo_data.h"
#include "benchmarks/demo_searches.h"
#include "nestor/v1/collections.pb.h"
#include "nestor/v1/points.pb.h"

namespace nestor::bench {

// One line of the demo's table.
struct DemoLine {
  std::string name;
  double recall = 0;        // against the exact answers
  double answer_share = 0;  // of the queries, with the known answer among the hits
  double queries_per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

// REQUIRES: run holds at least one query.
DemoLine MakeDemoLine(const std::string& name, const DemoData& data, const SearchRun& run,
                      const SearchRun& exact);

void PrintDemoTable(const std::vector<DemoLine>& lines, uint32_t limit, std::ostream& out);

// Bytes per vector of the collection, in memory and in its files' mapped part, and what hnswlib
// allocates for the same vectors in full length: components, the links of level 0 and the label,
// nothing else.
void PrintDemoMemory(const v1::CollectionStats& stats, uint32_t dims, std::ostream& out);

// A query in words and its hits: score, id, synopsis.
void PrintDemoQuery(const DemoQuery& query, const v1::SearchResponse& response, std::ostream& out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DEMO_REPORT_H_
