#ifndef NESTOR_TESTS_CRASH_ANSWERS_H_
#define NESTOR_TESTS_CRASH_ANSWERS_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "nestor/v1/points.pb.h"
#include "tests/crash/figures.h"
#include "tests/crash/oracle.h"

namespace nestor::testing {

inline constexpr char kDocs[] = "docs";  // the collection that the oracle knows

// How a search is asked for.
enum class PlanKind { kExact, kAdaptive, kFunnel };

v1::SearchRequest SearchFor(const std::vector<float>& vector, PlanKind plan, uint32_t limit);
// One query for the vector of each of `points`, for its best hit.
v1::SearchBatchRequest SelfSearch(absl::Span<const VersionedKey> points, PlanKind plan);

// Checks answers to reads that began when `window` was opened. Each violation is a DataLossError.
//
// Thread safety: thread-safe, as is `oracle`.
class AnswerChecker {
 public:
  AnswerChecker(Oracle* oracle, Figures* figures) : oracle_(*oracle), figures_(*figures) {}

  // Every hit is a point as it was written, with the score that it has, once, best first, and
  // explained.
  absl::Status CheckHits(const Oracle::Window& window, const std::vector<float>& query,
                         const v1::SearchResponse& answer) const;
  // The answer to a get of `keys`.
  absl::Status CheckGet(const Oracle::Window& window, absl::Span<const Key> keys,
                        const v1::GetResponse& answer) const;
  // The answer to SelfSearch(points): CheckHits of each; *missed gets the points that are not
  // their own best hit.
  absl::Status CheckSelfSearch(const Oracle::Window& window, absl::Span<const VersionedKey> points,
                               const v1::SearchBatchResponse& answer,
                               std::vector<Key>* missed) const;

 private:
  Oracle& oracle_;
  Figures& figures_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_ANSWERS_H_
