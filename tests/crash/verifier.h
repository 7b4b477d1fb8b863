#ifndef NESTOR_TESTS_CRASH_VERIFIER_H_
#define NESTOR_TESTS_CRASH_VERIFIER_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/client.h"
#include "tests/crash/answers.h"
#include "tests/crash/workload.h"

namespace nestor::testing {

// What a server at rest has, against the oracle. Nothing is in flight.
//
// Thread safety: none.
class Verifier {
 public:
  // Both must outlive it.
  Verifier(const Client& client, const Truth& truth) : client_(client), truth_(truth) {}

  // Scrolls through all points: each is a version that may be there, bit by bit, and none is
  // missing that must be there. What was uncertain is settled by that. Then every point must find
  // itself by exact search, 99.9 % of them by a walk of the index that keeps a tenth of all points,
  // and 99 % by adaptive search that was asked for less; the count must agree. DataLossError naming
  // key, what was expected and what was seen.
  absl::Status Verify();

  // The share of the true ten nearest points that adaptive search finds, over a fixed set of
  // queries. REQUIRES: Verify() was OK.
  absl::StatusOr<double> Recall();

 private:
  absl::Status ReadAllPoints();
  absl::Status CheckCount();
  absl::Status SearchAll(absl::Span<const VersionedKey> points, PlanKind plan,
                         std::vector<Key>* missed);
  absl::Status NotFoundBy(absl::string_view plan, absl::Span<const Key> missed) const;

  const Client& client_;
  const Truth truth_;
  std::vector<VersionedKey> points_;  // by key
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_VERIFIER_H_
