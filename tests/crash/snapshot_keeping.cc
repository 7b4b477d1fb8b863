#include "tests/crash/snapshot_keeping.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/crash/answers.h"

namespace nestor::testing {
namespace {

// Calls that take long are not all that a server has to do.
constexpr absl::Duration kPause = absl::Milliseconds(50);

absl::StatusOr<std::vector<v1::Snapshot>> ListSnapshots(const Client& client) {
  v1::ListSnapshotsRequest request;
  request.set_page_size(1000);
  const auto page = client.ListSnapshots(request);
  if (!page.ok()) return page.status();
  return std::vector<v1::Snapshot>(page->snapshots().begin(), page->snapshots().end());
}

absl::StatusOr<uint64_t> CountRestored(const Client& client) {
  v1::CountRequest request;
  request.set_collection(kRestored);
  const auto count = client.Count(request);
  if (!count.ok()) return count.status();
  return count->count();
}

absl::Status CheckRestored(const Client& client, uint64_t wanted) {
  const absl::StatusOr<uint64_t> count = CountRestored(client);
  if (!count.ok() || *count == wanted) return count.status();
  return absl::DataLossError(
      absl::StrCat("half restored: ", *count, " points of a snapshot of ", wanted));
}

}  // namespace

void SnapshotKeeping::Run() {
  while (!control_.stopping()) {
    absl::Status status = Clean();
    if (status.ok()) status = Round();
    // A server that drains ends a snapshot on purpose: it is no call in flight.
    if (!status.ok() && !control_.GoesOnAfter({status, CallKind::kUpkeep, absl::Now()})) return;
    control_.Pause(kPause);
  }
}

absl::Status SnapshotKeeping::Clean() {
  v1::DeleteCollectionRequest drop;
  drop.set_name(kRestored);
  drop.set_allow_missing(true);
  absl::Status status = client_.DeleteCollection(drop);
  if (!status.ok()) return status;
  const auto snapshots = ListSnapshots(client_);
  if (!snapshots.ok()) return snapshots.status();
  for (const v1::Snapshot& snapshot : *snapshots) {
    v1::DeleteSnapshotRequest remove;
    remove.set_name(snapshot.name());
    status.Update(client_.DeleteSnapshot(remove));
  }
  return status;
}

absl::Status SnapshotKeeping::Round() {
  v1::CreateSnapshotRequest create;
  create.set_collection(kDocs);
  const auto snapshot = client_.CreateSnapshot(create);
  if (!snapshot.ok()) return snapshot.status();
  v1::RestoreSnapshotRequest restore;
  restore.set_name(snapshot->name());
  restore.set_collection(kRestored);
  const auto restored = client_.RestoreSnapshot(restore);
  if (!restored.ok()) return restored.status();
  return CheckRestored(client_, snapshot->points());
}

absl::Status CheckSnapshots(const Client& client) {
  const auto snapshots = ListSnapshots(client);
  if (!snapshots.ok()) return snapshots.status();
  for (const v1::Snapshot& snapshot : *snapshots) {
    v1::VerifySnapshotRequest request;
    request.set_name(snapshot.name());
    const auto verified = client.VerifySnapshot(request);
    if (!verified.ok()) return verified.status();
  }
  const absl::StatusOr<uint64_t> count = CountRestored(client);
  if (absl::IsNotFound(count.status())) return absl::OkStatus();
  if (!count.ok()) return count.status();
  if (snapshots->size() == 1) return CheckRestored(client, snapshots->front().points());
  return absl::DataLossError(
      absl::StrCat("a restored collection beside ", snapshots->size(), " snapshots"));
}

}  // namespace nestor::testing
