// The snapshots of FakeStore.

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/client/fake_store.h"

namespace nestor::testing {
namespace {

grpc::Status NoSnapshot(const std::string& name) {
  return {grpc::StatusCode::NOT_FOUND, absl::StrCat("no snapshot '", name, "'")};
}

grpc::Status CheckReadable(const v1::Snapshot& info) {
  if (info.problem().empty()) return grpc::Status::OK;
  return {grpc::StatusCode::DATA_LOSS, info.problem()};
}

}  // namespace

grpc::Status FakeStore::Save(const std::string& collection, v1::Snapshot& response) {
  absl::MutexLock lock(&mutex_);
  const FakeCollection* found = Find(collection);
  if (found == nullptr) {
    return {grpc::StatusCode::NOT_FOUND, absl::StrCat("no collection '", collection, "'")};
  }
  FakeSnapshot snapshot{{}, *found};
  snapshot.info.set_name(
      absl::StrFormat("%s-20261126T121730Z-%08d", collection, ++snapshots_made_));
  snapshot.info.set_collection(collection);
  snapshot.info.mutable_create_time()->set_seconds(1795695450);
  snapshot.info.set_points(found->points.size());
  snapshot.info.set_bytes(1000);
  snapshot.info.set_sequence(sequence_);
  response = snapshot.info;
  snapshots_[snapshot.info.name()] = std::move(snapshot);
  return grpc::Status::OK;
}

// One of a page.
void FakeStore::ListSnapshots(const v1::ListSnapshotsRequest& request,
                              v1::ListSnapshotsResponse& response) {
  absl::MutexLock lock(&mutex_);
  for (auto at = snapshots_.upper_bound(request.page_token()); at != snapshots_.end(); ++at) {
    if (!request.collection().empty() && at->second.info.collection() != request.collection()) {
      continue;
    }
    *response.add_snapshots() = at->second.info;
    response.set_next_page_token(at->first);
    return;
  }
}

grpc::Status FakeStore::DescribeSnapshot(const std::string& name, v1::Snapshot& response) {
  absl::MutexLock lock(&mutex_);
  const auto at = snapshots_.find(name);
  if (at == snapshots_.end()) return NoSnapshot(name);
  response = at->second.info;
  return CheckReadable(response);
}

grpc::Status FakeStore::DeleteSnapshot(const v1::DeleteSnapshotRequest& request) {
  absl::MutexLock lock(&mutex_);
  if (snapshots_.erase(request.name()) == 1 || request.allow_missing()) return grpc::Status::OK;
  return NoSnapshot(request.name());
}

grpc::Status FakeStore::Restore(const v1::RestoreSnapshotRequest& request,
                                v1::Collection& response) {
  absl::MutexLock lock(&mutex_);
  const auto at = snapshots_.find(request.name());
  if (at == snapshots_.end()) return NoSnapshot(request.name());
  if (grpc::Status status = CheckReadable(at->second.info); !status.ok()) return status;
  if (Find(request.collection()) != nullptr) {
    return {grpc::StatusCode::ALREADY_EXISTS,
            absl::StrCat("collection '", request.collection(), "' exists")};
  }
  FakeCollection& restored = collections_[request.collection()] = at->second.collection;
  restored.spec.set_name(request.collection());
  response = restored.spec;
  return grpc::Status::OK;
}

void FakeStore::DamageSnapshot(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  v1::Snapshot& info = snapshots_.at(name).info;
  const std::string collection = info.collection();
  info = v1::Snapshot();
  info.set_name(name);
  info.set_collection(collection);
  info.set_problem("manifest is damaged: only 2 bytes");
}

}  // namespace nestor::testing
