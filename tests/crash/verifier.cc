#include "tests/crash/verifier.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/crash/housekeeping.h"
#include "tests/crash/snapshot_keeping.h"
#include "tests/testing/oracle.h"

namespace nestor::testing {
namespace {

constexpr uint32_t kPage = 1000;
constexpr size_t kBatch = 256;
constexpr Key kRecallQueries = 50;
constexpr uint32_t kNeighbours = 10;
// Versions that no key reaches: queries that are no point's vector.
constexpr Version kQueryVersion = 1U << 30;

}  // namespace

absl::Status Verifier::Verify() {
  absl::Status status = ReadAllPoints();
  if (status.ok()) status = CheckCount();
  if (status.ok()) status = CheckHousekeeping(client_, truth_.scratch);
  if (status.ok()) status = CheckSnapshots(client_);
  if (!status.ok()) return status;

  std::vector<Key> missed;
  status = SearchAll(points_, PlanKind::kExact, &missed);
  if (!status.ok()) return status;
  if (!missed.empty()) return NotFoundBy("exact", missed);
  status = SearchAll(points_, PlanKind::kFunnel, &missed);
  if (!status.ok()) return status;
  if (1000 * missed.size() > points_.size()) return NotFoundBy("funnel", missed);
  missed.clear();
  status = SearchAll(points_, PlanKind::kAdaptive, &missed);
  if (status.ok() && 100 * missed.size() > points_.size()) return NotFoundBy("adaptive", missed);
  return status;
}

absl::Status Verifier::ReadAllPoints() {
  v1::ScrollRequest request;
  request.set_collection(kDocs);
  request.set_page_size(kPage);
  request.mutable_select()->set_payload(true);
  request.mutable_select()->set_vector(true);
  std::map<Key, Version> seen;
  do {
    const auto page = client_.Scroll(request);
    if (!page.ok()) return page.status();
    for (const v1::Point& point : page->points()) {
      const absl::StatusOr<VersionedKey> found = Identify(point);
      if (!found.ok()) return found.status();
      if (found->key >= truth_.docs->keys() || !seen.emplace(found->key, found->version).second) {
        return absl::DataLossError(absl::StrCat("phantom: key ", found->key));
      }
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());

  points_.clear();
  for (Key key = 0; key < truth_.docs->keys(); ++key) {
    const auto it = seen.find(key);
    const absl::Status settled =
        truth_.docs->Settle(key, it == seen.end() ? std::nullopt : Oracle::Seen(it->second));
    if (!settled.ok()) return settled;
    if (it != seen.end()) points_.push_back({key, it->second});
  }
  truth_.figures->reads_checked += truth_.docs->keys();
  return absl::OkStatus();
}

absl::Status Verifier::CheckCount() {
  v1::CountRequest request;
  request.set_collection(kDocs);
  const auto count = client_.Count(request);
  if (!count.ok()) return count.status();
  if (count->count() == points_.size()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("a count of ", count->count(), " where ", points_.size(), " points are"));
}

absl::Status Verifier::NotFoundBy(absl::string_view plan, absl::Span<const Key> missed) const {
  return absl::DataLossError(absl::StrCat(
      missed.size(), " of ", points_.size(), " stored points are not found by ", plan,
      " search, keys ", absl::StrJoin(missed.first(std::min<size_t>(missed.size(), 10)), ", ")));
}

absl::Status Verifier::SearchAll(absl::Span<const VersionedKey> points, PlanKind plan,
                                 std::vector<Key>* missed) {
  const AnswerChecker checker(truth_.docs, truth_.figures);
  const Oracle::Window window = truth_.docs->OpenWindow();
  for (size_t begin = 0; begin < points.size(); begin += kBatch) {
    const absl::Span<const VersionedKey> batch = points.subspan(begin, kBatch);
    const auto answer = client_.SearchBatch(SelfSearch(batch, plan));
    if (!answer.ok()) return answer.status();
    const absl::Status checked = checker.CheckSelfSearch(window, batch, *answer, missed);
    if (!checked.ok()) return checked;
  }
  return absl::OkStatus();
}

absl::StatusOr<double> Verifier::Recall() {
  std::map<Key, std::vector<float>> vectors;
  for (const VersionedKey& point : points_) {
    vectors.emplace(point.key, VectorOf(point.key, point.version));
  }
  const AnswerChecker checker(truth_.docs, truth_.figures);
  const Oracle::Window window = truth_.docs->OpenWindow();
  size_t found = 0;
  size_t wanted = 0;
  for (Key query_key = 0; query_key < kRecallQueries; ++query_key) {
    const std::vector<float> query = VectorOf(query_key, kQueryVersion);
    const auto answer = client_.Search(SearchFor(query, PlanKind::kAdaptive, kNeighbours));
    if (!answer.ok()) return answer.status();
    const absl::Status checked = checker.CheckHits(window, query, *answer);
    if (!checked.ok()) return checked;
    for (const auto& hit : OracleTop<Key>(Metric::kCosine, query, vectors, kNeighbours)) {
      ++wanted;
      for (const v1::Hit& got : answer->hits()) {
        if (got.id().SerializeAsString() == IdOf(hit.key).SerializeAsString()) ++found;
      }
    }
  }
  return wanted == 0 ? 1 : static_cast<double>(found) / static_cast<double>(wanted);
}

}  // namespace nestor::testing
