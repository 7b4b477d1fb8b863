#include "tests/crash/housekeeping.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/crash/answers.h"

namespace nestor::testing {
namespace {

constexpr char kVersionLabel[] = "version";
constexpr uint32_t kSmallDims = 8;
constexpr uint64_t kExpiringPoints = 20;
constexpr uint64_t kProbe = ~uint64_t{0};  // an id that never expires
constexpr uint64_t kScratchPoints = 40;
constexpr absl::Duration kLifetime = absl::Milliseconds(60);
// With a sanitizer, on a busy machine, where indexing comes last; else a second will do.
constexpr absl::Duration kIndexPatience = absl::Seconds(120);

v1::CreateCollectionRequest Creation(const char* name, uint32_t dims) {
  v1::CreateCollectionRequest request;
  request.set_allow_existing(true);
  request.mutable_collection()->set_name(name);
  request.mutable_collection()->set_dims(dims);
  request.mutable_collection()->set_metric(v1::Collection::COSINE);
  return request;
}

v1::Point SmallPoint(uint64_t number) {
  v1::Point point;
  point.mutable_id()->set_num(number);
  for (uint32_t i = 0; i < kSmallDims; ++i) {
    point.mutable_vector()->add_values(static_cast<float>((number * (i + 3)) % 17) + 1);
  }
  return point;
}

}  // namespace

absl::Status CreateCollections(const Client& client) {
  absl::Status status = client.CreateCollection(Creation(kDocs, kCrashDims)).status();
  if (status.ok()) status = client.CreateCollection(Creation(kExpiring, kSmallDims)).status();
  return status;
}

void Housekeeping::Run() {
  while (!control_.stopping()) {
    if (!AddExpiring() || !CreateScratch() || !FillScratch() || !WaitForIndex(kDocs) ||
        !WaitForIndex(kExpiring) || !DropScratch()) {
      return;
    }
  }
}

bool Housekeeping::WaitForIndex(const char* collection) {
  v1::WaitForIndexRequest request;
  request.set_name(collection);
  const absl::Status status = client_.WaitForIndex(request, {.timeout = kIndexPatience}).status();
  // A server that drains ends this wait on purpose: it is no call in flight.
  return status.ok() || control_.GoesOnAfter({status, CallKind::kUpkeep, absl::Now()});
}

// The id says when a point expires.
bool Housekeeping::AddExpiring() {
  v1::UpsertRequest request;
  request.set_collection(kExpiring);
  const absl::Time began = absl::Now();
  for (uint64_t i = 0; i < kExpiringPoints; ++i) {
    const auto expire_us = static_cast<uint64_t>(absl::ToUnixMicros(began + kLifetime)) + i;
    v1::Point& point = *request.add_points() = SmallPoint(expire_us);
    point.mutable_expire_time()->set_seconds(static_cast<int64_t>(expire_us / 1'000'000));
    point.mutable_expire_time()->set_nanos(static_cast<int32_t>(expire_us % 1'000'000 * 1000));
  }
  const absl::Status status = client_.Upsert(request).status();
  return status.ok() || control_.GoesOnAfter({status, CallKind::kUpkeep, began});
}

bool Housekeeping::CreateScratch() {
  if (scratch_.Last(0)) return true;
  const VersionedKey write = scratch_.Begin(0, Oracle::Write::kPut);
  v1::CreateCollectionRequest request = Creation(kScratch, kSmallDims);
  (*request.mutable_collection()->mutable_labels())[kVersionLabel] = absl::StrCat(write.version);
  const absl::Time began = absl::Now();
  return Ended(write, client_.CreateCollection(request).status(), began);
}

bool Housekeeping::FillScratch() {
  v1::UpsertRequest request;
  request.set_collection(kScratch);
  for (uint64_t i = 0; i < kScratchPoints; ++i) *request.add_points() = SmallPoint(i);
  const absl::Time began = absl::Now();
  const absl::Status status = client_.Upsert(request).status();
  if (!status.ok() && !control_.GoesOnAfter({status, CallKind::kUpkeep, began})) return false;
  return WaitForIndex(kScratch);
}

bool Housekeeping::DropScratch() {
  const VersionedKey write = scratch_.Begin(0, Oracle::Write::kDelete);
  v1::DeleteCollectionRequest request;
  request.set_name(kScratch);
  const absl::Time began = absl::Now();
  return Ended(write, client_.DeleteCollection(request), began);
}

bool Housekeeping::Ended(VersionedKey write, const absl::Status& status, absl::Time began) {
  if (!status.ok()) return control_.GoesOnAfter({status, CallKind::kUpkeep, began});
  scratch_.Acknowledge({write});
  return true;
}

namespace {

absl::Status CheckScratch(const Client& client, Oracle* scratch) {
  v1::GetCollectionRequest request;
  request.set_name(kScratch);
  const auto collection = client.GetCollection(request);
  if (absl::IsNotFound(collection.status())) return scratch->Settle(0, std::nullopt);
  if (!collection.ok()) return collection.status();
  const auto label = collection->labels().find(kVersionLabel);
  Version version = 0;
  if (label == collection->labels().end() || !absl::SimpleAtoi(label->second, &version)) {
    return absl::DataLossError("the scratch collection has lost its label");
  }
  return scratch->Settle(0, version);
}

absl::Status CheckExpiring(const Client& client) {
  v1::ScrollRequest request;
  request.set_collection(kExpiring);
  request.set_page_size(1000);
  const auto began_us = static_cast<uint64_t>(absl::ToUnixMicros(absl::Now()));
  const auto page = client.Scroll(request);
  if (!page.ok()) return page.status();
  for (const v1::Point& point : page->points()) {
    if (point.id().num() > began_us) continue;
    return absl::DataLossError(absl::StrCat("resurrected: a point that expired at ",
                                            point.id().num(), " us was there at ", began_us));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ProbeUpsert(const Client& client) {
  v1::UpsertRequest request;
  request.set_collection(kExpiring);
  *request.add_points() = SmallPoint(kProbe);
  return client.Upsert(request).status();
}

absl::Status ProbeDelete(const Client& client) {
  v1::DeleteRequest request;
  request.set_collection(kExpiring);
  request.mutable_selector()->mutable_ids()->add_ids()->set_num(kProbe);
  return client.Delete(request).status();
}

absl::Status CheckHousekeeping(const Client& client, Oracle* scratch) {
  absl::Status status = CheckScratch(client, scratch);
  if (status.ok()) status = CheckExpiring(client);
  return status;
}

}  // namespace nestor::testing
