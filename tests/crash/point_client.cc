#include "tests/crash/point_client.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace nestor::testing {
namespace {

constexpr size_t kLargestUpsert = 16;
constexpr size_t kLargestChange = 8;
constexpr size_t kKeysOfAGet = 16;
constexpr uint32_t kLimit = 10;
// So that a server that refuses is not asked a thousand times in a second.
constexpr absl::Duration kPauseAfterFailure = absl::Milliseconds(5);

bool WasRefused(const absl::Status& failure) {
  return absl::IsResourceExhausted(failure) || absl::IsFailedPrecondition(failure) ||
         absl::IsInvalidArgument(failure);
}

void FillColumns(const std::vector<VersionedKey>& writes, v1::ColumnBatch* columns) {
  columns->mutable_vectors()->set_rows(static_cast<uint32_t>(writes.size()));
  columns->mutable_vectors()->set_dims(kCrashDims);
  for (const VersionedKey& write : writes) {
    v1::Point point = PointOf(write.key, write.version);
    columns->mutable_vectors()->mutable_packed()->append(point.vector().packed());
    *columns->add_ids() = point.id();
    *columns->add_payloads() = std::move(*point.mutable_payload());
  }
}

}  // namespace

PointClient::PointClient(const PointClientOptions& options, Oracle* oracle, Figures* figures,
                         RunControl* control)
    : options_(options),
      oracle_(*oracle),
      figures_(*figures),
      control_(*control),
      checker_(oracle, figures),
      client_(options.address),
      random_(options.seed) {}

void PointClient::Run() {
  while (!control_.stopping() && Step()) {
  }
}

bool PointClient::Step() {
  ++figures_.operations;
  const size_t choice = random_.Below(100);
  if (choice < 60) return Upsert(OwnKeys(1 + random_.Below(kLargestUpsert), false));
  if (choice < 75) return Upsert(OwnKeys(1 + random_.Below(kLargestChange), true));
  if (choice < 90) return Delete(OwnKeys(1 + random_.Below(kLargestChange), true));
  return Search() && ReadAnyKeys();
}

std::vector<Key> PointClient::OwnKeys(size_t most, bool live) {
  const size_t own = oracle_.keys() / options_.clients;
  const size_t first = random_.Below(own);
  std::vector<Key> keys;
  for (size_t i = 0; i < own && keys.size() < most; ++i) {
    const Key key = options_.client + options_.clients * static_cast<Key>((first + i) % own);
    if (!live || oracle_.Last(key)) keys.push_back(key);
  }
  return keys;
}

bool PointClient::Upsert(const std::vector<Key>& keys) {
  if (keys.empty()) return true;
  v1::UpsertRequest request;
  request.set_collection(kDocs);
  Points writes;
  for (const Key key : keys) writes.push_back(oracle_.Begin(key, Oracle::Write::kPut));
  if (random_.OneIn(2)) {
    FillColumns(writes, request.mutable_columns());
  } else {
    for (const VersionedKey& write : writes) {
      *request.add_points() = PointOf(write.key, write.version);
    }
  }
  const absl::Time began = absl::Now();
  bool acknowledged = false;
  if (!Settle(writes, client_.Upsert(request), began, &acknowledged)) return false;
  return !acknowledged || ProbeOwnWrite(writes, writes);
}

bool PointClient::Delete(const std::vector<Key>& keys) {
  if (keys.empty()) return true;
  v1::DeleteRequest request;
  request.set_collection(kDocs);
  Points before;
  Points writes;
  for (const Key key : keys) {
    before.push_back({key, *oracle_.Last(key)});
    writes.push_back(oracle_.Begin(key, Oracle::Write::kDelete));
    *request.mutable_selector()->mutable_ids()->add_ids() = IdOf(key);
  }
  const absl::Time began = absl::Now();
  bool acknowledged = false;
  if (!Settle(writes, client_.Delete(request), began, &acknowledged)) return false;
  return !acknowledged || ProbeOwnWrite({}, before);
}

bool PointClient::Settle(const Points& writes, const absl::StatusOr<v1::WriteResponse>& answer,
                         absl::Time began, bool* acknowledged) {
  if (answer.ok()) {
    *acknowledged = true;
    oracle_.Acknowledge(writes);
    if (answer->errors().empty()) return true;
    return Check(absl::DataLossError(
        absl::StrCat("key ", writes[0].key, " and others: ", answer->errors(0).message())));
  }
  if (WasRefused(answer.status())) {
    oracle_.Refuse(writes);
    figures_.refused += writes.size();
  } else {
    figures_.uncertain += writes.size();
  }
  control_.Pause(kPauseAfterFailure);
  return control_.GoesOnAfter({answer.status(), CallKind::kWrite, began});
}

bool PointClient::ProbeOwnWrite(const Points& written, const Points& looked_for) {
  const Oracle::Window window = oracle_.OpenWindow();
  const absl::Time began = absl::Now();
  const auto answer = client_.SearchBatch(SelfSearch(looked_for, PlanKind::kExact));
  if (!answer.ok()) return control_.GoesOnAfter({answer.status(), CallKind::kRead, began});
  std::vector<Key> missed;
  if (!Check(checker_.CheckSelfSearch(window, looked_for, *answer, &missed))) return false;
  figures_.own_write_probes += looked_for.size();
  if (written.empty() || missed.empty()) return true;
  return Check(absl::DataLossError(absl::StrCat(
      "read your writes: ", missed.size(), " of the ", written.size(), " points from key ",
      written[0].key, " version ", written[0].version, " are not found by their own client")));
}

bool PointClient::Search() {
  const Key key = static_cast<Key>(random_.Below(oracle_.keys()));
  const std::vector<float> query = VectorOf(key, oracle_.Last(key).value_or(1));
  const auto plan = static_cast<PlanKind>(random_.Below(3));
  const Oracle::Window window = oracle_.OpenWindow();
  const absl::Time began = absl::Now();
  const auto answer = client_.Search(SearchFor(query, plan, kLimit));
  if (!answer.ok()) return control_.GoesOnAfter({answer.status(), CallKind::kRead, began});
  return Check(checker_.CheckHits(window, query, *answer));
}

bool PointClient::ReadAnyKeys() {
  v1::GetRequest request;
  request.set_collection(kDocs);
  request.mutable_select()->set_payload(true);
  request.mutable_select()->set_vector(true);
  std::vector<Key> keys;
  const size_t first = random_.Below(oracle_.keys());
  for (size_t i = 0; i < kKeysOfAGet; ++i) {
    keys.push_back(static_cast<Key>((first + i) % oracle_.keys()));
    *request.add_ids() = IdOf(keys.back());
  }
  const Oracle::Window window = oracle_.OpenWindow();
  const absl::Time began = absl::Now();
  const auto answer = client_.Get(request);
  if (!answer.ok()) return control_.GoesOnAfter({answer.status(), CallKind::kRead, began});
  return Check(checker_.CheckGet(window, keys, *answer));
}

bool PointClient::Check(const absl::Status& violation) {
  control_.Report(violation);
  return violation.ok();
}

}  // namespace nestor::testing
