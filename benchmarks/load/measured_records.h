#ifndef NESTOR_BENCHMARKS_LOAD_MEASURED_RECORDS_H_
#define NESTOR_BENCHMARKS_LOAD_MEASURED_RECORDS_H_

#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/load/measured_run.h"
#include "benchmarks/load/operation.h"

namespace nestor::bench {

// Fills in the run's records, those of `calls` that were intended for its measured time, and counts
// what was answered within that time, whenever it was intended.
void KeepMeasured(const std::deque<OperationRecord>& calls, MeasuredRun* run);

// Whether the records of a run are worth a report. UNAVAILABLE and such, naming the server, if that
// is all that searches ended with. OK if it had too much to do, or if the client did not send the
// searches that were due: then run_validity.h says why the percentiles mean nothing.
// DEADLINE_EXCEEDED if no search was due.
absl::Status CheckAnswered(const std::vector<OperationRecord>& records, const std::string& server);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_MEASURED_RECORDS_H_
