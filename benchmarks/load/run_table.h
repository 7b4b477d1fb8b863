#ifndef NESTOR_BENCHMARKS_LOAD_RUN_TABLE_H_
#define NESTOR_BENCHMARKS_LOAD_RUN_TABLE_H_

#include <ostream>
#include <string>
#include <vector>

#include "benchmarks/load/load_target.h"
#include "benchmarks/load/run_summary.h"

namespace nestor::bench {

// Machine, data and collection.
void PrintTarget(const LoadTarget& target, std::ostream& out);
// What stands above every report of a load: these, what is sent and how long.
void PrintLoadHead(const LoadTarget& target, const RunOptions& options, std::ostream& out);

// A table with one line for each run; the first columns, under `heads`, are `names`. Below it, for
// each line whose percentiles are not valid, why; and in closed loop, what that leaves out.
struct RunTable {
  std::vector<std::string> heads;
  std::vector<std::vector<std::string>> names;
};
void PrintRunTable(const RunTable& table, const std::vector<ReportedRun>& runs, uint32_t limit,
                   std::ostream& out);

// More of one run: the other kinds of calls, errors, stages, what client and server used.
void PrintRunDetails(const ReportedRun& reported, std::ostream& out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_RUN_TABLE_H_
