#include "tests/crash/answers.h"

#include <cmath>
#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/testing/oracle.h"

namespace nestor::testing {
namespace {

constexpr double kScoreTolerance = 1e-5;
constexpr uint32_t kFunnelShortlist = 200;
// Low enough for the adaptive plan to walk the index instead of scanning the few points there are.
constexpr float kRecallTarget = 0.9F;

void SetPlan(PlanKind plan, v1::SearchPlan* out) {
  if (plan == PlanKind::kExact) out->mutable_exact();
  if (plan == PlanKind::kAdaptive) out->mutable_adaptive()->set_recall_target(kRecallTarget);
  if (plan == PlanKind::kFunnel) {
    out->mutable_funnel()->mutable_shortlist()->set_size(kFunnelShortlist);
  }
}

}  // namespace

v1::SearchRequest SearchFor(const std::vector<float>& vector, PlanKind plan, uint32_t limit) {
  v1::SearchRequest request;
  request.set_collection(kDocs);
  request.set_limit(limit);
  request.mutable_select()->set_payload(true);
  request.mutable_select()->set_vector(true);
  SetPlan(plan, request.mutable_plan());
  request.mutable_vector()->mutable_values()->Add(vector.begin(), vector.end());
  return request;
}

v1::SearchBatchRequest SelfSearch(absl::Span<const VersionedKey> points, PlanKind plan) {
  v1::SearchBatchRequest request;
  request.mutable_defaults()->set_collection(kDocs);
  request.mutable_defaults()->set_limit(1);
  request.mutable_defaults()->mutable_select()->set_payload(true);
  SetPlan(plan, request.mutable_defaults()->mutable_plan());
  v1::Matrix& queries = *request.mutable_queries();
  queries.set_rows(static_cast<uint32_t>(points.size()));
  queries.set_dims(kCrashDims);
  for (const VersionedKey& point : points) {
    queries.mutable_packed()->append(PackedVectorOf(point.key, point.version));
  }
  return request;
}

absl::Status AnswerChecker::CheckHits(const Oracle::Window& window, const std::vector<float>& query,
                                      const v1::SearchResponse& answer) const {
  if (answer.has_error()) return absl::DataLossError(answer.error().message());
  std::set<Key> keys;
  float last_score = std::numeric_limits<float>::infinity();
  for (const v1::Hit& hit : answer.hits()) {
    const absl::StatusOr<VersionedKey> found = Identify(hit);
    if (!found.ok()) return found.status();
    const absl::Status explained = oracle_.Check(window, found->key, found->version);
    if (!explained.ok()) return explained;
    const double score = OracleScore(Metric::kCosine, query, VectorOf(found->key, found->version));
    if (std::abs(score - hit.score()) > kScoreTolerance || hit.score() > last_score) {
      return absl::DataLossError(absl::StrCat("key ", found->key, " has score ", hit.score(),
                                              " behind ", last_score, ", but is ", score));
    }
    if (!keys.insert(found->key).second) {
      return absl::DataLossError(absl::StrCat("key ", found->key, " is twice in one answer"));
    }
    last_score = hit.score();
    ++figures_.reads_checked;
  }
  return absl::OkStatus();
}

absl::Status AnswerChecker::CheckGet(const Oracle::Window& window, absl::Span<const Key> keys,
                                     const v1::GetResponse& answer) const {
  std::set<Key> missing(keys.begin(), keys.end());
  for (const v1::Point& point : answer.points()) {
    const absl::StatusOr<VersionedKey> found = Identify(point);
    if (!found.ok()) return found.status();
    if (missing.erase(found->key) == 0) {
      return absl::DataLossError(absl::StrCat("key ", found->key, " was not asked for"));
    }
    const absl::Status explained = oracle_.Check(window, found->key, found->version);
    if (!explained.ok()) return explained;
  }
  for (const Key key : missing) {
    const absl::Status explained = oracle_.Check(window, key, std::nullopt);
    if (!explained.ok()) return explained;
  }
  figures_.reads_checked += keys.size();
  return absl::OkStatus();
}

absl::Status AnswerChecker::CheckSelfSearch(const Oracle::Window& window,
                                            absl::Span<const VersionedKey> points,
                                            const v1::SearchBatchResponse& answer,
                                            std::vector<Key>* missed) const {
  if (answer.responses_size() != static_cast<int>(points.size())) {
    return absl::DataLossError(
        absl::StrCat(points.size(), " queries had ", answer.responses_size(), " answers"));
  }
  for (int i = 0; i < answer.responses_size(); ++i) {
    const VersionedKey& point = points[static_cast<size_t>(i)];
    const v1::SearchResponse& response = answer.responses(i);
    const absl::Status checked = CheckHits(window, VectorOf(point.key, point.version), response);
    if (!checked.ok()) return checked;
    const bool found = response.hits_size() == 1 && response.hits(0).id().SerializeAsString() ==
                                                        IdOf(point.key).SerializeAsString();
    if (!found) missed->push_back(point.key);
  }
  return absl::OkStatus();
}

}  // namespace nestor::testing
