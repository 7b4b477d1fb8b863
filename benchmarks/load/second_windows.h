#ifndef NESTOR_BENCHMARKS_LOAD_SECOND_WINDOWS_H_
#define NESTOR_BENCHMARKS_LOAD_SECOND_WINDOWS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "benchmarks/load/operation.h"
#include "benchmarks/load/truth_set.h"
#include "client/json.h"

namespace nestor::bench {

// The searches of the measured time, second by second, each in the second that it was meant for:
//
//   [{"second":0,"count":500,"errors":0,"p50_ms":1.2,"p99_ms":4,"max_ms":9,"recall_sum":480.5,
//     "recall_count":500},...]
//
// `count` and the times are of the calls whose time counts (OperationRecord::timed), null where
// there are none; recall is that of the answers that can be judged. `records` were intended from
// `begin_ns` to before `end_ns`; skipped ones are left out. There is a window for every second,
// the last one may be shorter.
Json SecondWindowsJson(absl::Span<const OperationRecord> records, int64_t begin_ns, int64_t end_ns,
                       const TruthSet& truth);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_SECOND_WINDOWS_H_
