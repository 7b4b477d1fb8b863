#include "server/snapshots_handler.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/violations.h"
#include "server/convert_collection.h"
#include "server/convert_time.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

void WriteSnapshot(const SnapshotInfo& info, v1::Snapshot* out) {
  out->set_name(info.name);
  out->set_collection(info.collection);
  if (!info.status.ok()) {
    out->set_problem(std::string(info.status.message()));
    return;
  }
  WriteTimestamp(info.create_time, out->mutable_create_time());
  out->set_points(info.points);
  out->set_bytes(info.bytes);
  out->set_sequence(ToNumber(info.sequence));
}

}  // namespace

absl::Status HandleCreateSnapshot(Snapshots& snapshots, const v1::CreateSnapshotRequest& request,
                                  StopCheck stop, v1::Snapshot* response) {
  NESTOR_ASSIGN_OR_RETURN(const SnapshotInfo info, snapshots.Create(request.collection(), stop));
  WriteSnapshot(info, response);
  return absl::OkStatus();
}

// The token is the last name of the page before.
absl::Status HandleListSnapshots(Snapshots& snapshots, const v1::ListSnapshotsRequest& request,
                                 StopCheck stop, v1::ListSnapshotsResponse* response) {
  Violations violations;
  if (request.page_size() > kMaxListPage) {
    violations.Add("page_size", absl::StrCat(request.page_size(), " exceeds ", kMaxListPage));
  }
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  const size_t page_size = request.page_size() == 0 ? kDefaultPage : request.page_size();
  NESTOR_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                          snapshots.List(request.collection()));
  const auto first = std::upper_bound(names.begin(), names.end(), request.page_token());
  const auto last =
      first + static_cast<ptrdiff_t>(std::min<size_t>(page_size, names.end() - first));
  for (auto name = first; name != last; ++name) {
    NESTOR_RETURN_IF_ERROR(stop());
    WriteSnapshot(snapshots.Describe(*name), response->add_snapshots());
  }
  if (last != names.end()) response->set_next_page_token(*(last - 1));
  return absl::OkStatus();
}

absl::Status HandleDeleteSnapshot(Snapshots& snapshots, const v1::DeleteSnapshotRequest& request) {
  const absl::Status status = snapshots.Delete(request.name());
  return request.allow_missing() && absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::Status HandleRestoreSnapshot(Snapshots& snapshots, const v1::RestoreSnapshotRequest& request,
                                   StopCheck stop, v1::Collection* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          snapshots.Restore(request.name(), request.collection(), stop));
  WriteCollection(*collection, response);
  return absl::OkStatus();
}

absl::Status HandleVerifySnapshot(Snapshots& snapshots, const v1::VerifySnapshotRequest& request,
                                  StopCheck stop, v1::Snapshot* response) {
  NESTOR_ASSIGN_OR_RETURN(const SnapshotInfo info, snapshots.Verify(request.name(), stop));
  WriteSnapshot(info, response);
  return absl::OkStatus();
}

}  // namespace nestor
