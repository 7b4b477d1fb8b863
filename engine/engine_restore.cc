// The parts of Engine that make a collection with all its points in one step.

#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "engine/collection_change.h"
#include "engine/disk_room.h"
#include "engine/engine.h"
#include "engine/expiry_table.h"
#include "engine/limits.h"
#include "storage/apply_when_possible.h"
#include "storage/crash_point.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Of one commit: enough to make the sync cheap, little enough not to hold up the commits of others.
constexpr size_t kCommitBytes = size_t{4} << 20;

storage::CommitRecord EndOf(const storage::CollectionRecord& record) {
  storage::CommitRecord change = CollectionChange(CollectionNumber{record.number()});
  change.mutable_end_restore();
  return change;
}

// Gathers points into commits of one new collection.
class RestoreCommits {
 public:
  RestoreCommits(PointStore& store, CollectionNumber number, StopCheck stop)
      : store_(store), number_(number), stop_(stop), change_(CollectionChange(number)) {}

  absl::Status Add(absl::Span<const UpsertItem> points) {
    for (const UpsertItem& point : points) {
      storage::CommitRecord::Put* put = change_.mutable_write()->add_puts();
      put->set_id(point.id.encoded());
      put->set_row(next_row_++);
      put->set_vector(std::string(reinterpret_cast<const char*>(point.vector.data()),
                                  point.vector.size() * sizeof(float)));
      put->set_payload(std::string(point.payload));
      if (const ExpireTime expire_us = ToExpireTime(point.expire_time)) {
        put->set_expire_us(*expire_us);
      }
      bytes_ += put->vector().size() + put->payload().size() + put->id().size();
      if (bytes_ >= kCommitBytes) NESTOR_RETURN_IF_ERROR(Flush());
    }
    return absl::OkStatus();
  }

  absl::Status Flush() {
    if (bytes_ == 0) return absl::OkStatus();
    change_.set_sequence(++sequence_);
    change_.mutable_write()->set_next_row(next_row_);
    const storage::CommitRecord change = std::exchange(change_, CollectionChange(number_));
    bytes_ = 0;
    NESTOR_RETURN_IF_ERROR(ApplyWhenPossible(store_, change, stop_));
    ReachCrashPoint(CrashPoint::kRestoreCommitted);
    return absl::OkStatus();
  }

 private:
  PointStore& store_;
  const CollectionNumber number_;
  const StopCheck stop_;
  storage::CommitRecord change_;
  size_t bytes_ = 0;  // in change_
  uint64_t sequence_ = 0;
  uint64_t next_row_ = ToNumber(NextRow(kNoRow));
};

}  // namespace

absl::Status Engine::CheckVacant(absl::string_view name) {
  if (restoring_.contains(name)) {
    return absl::AlreadyExistsError(absl::StrCat("collection '", name, "' is being restored"));
  }
  const std::shared_ptr<const Catalog> catalog = catalog_.Load();
  if (catalog->find(name) != catalog->end()) {
    return absl::AlreadyExistsError(absl::StrCat("collection '", name, "' exists"));
  }
  const size_t count = catalog->size() + restoring_.size();
  if (count < kMaxCollections) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("there are ", count, " collections, the limit is ", kMaxCollections));
}

absl::StatusOr<std::shared_ptr<Collection>> Engine::RestoreCollection(const CollectionSpec& spec,
                                                                      StopCheck stop,
                                                                      RestoreSource source) {
  NESTOR_ASSIGN_OR_RETURN(const storage::CollectionRecord record, BeginRestore(spec));
  ReachCrashPoint(CrashPoint::kRestoreBegun);
  const absl::Cleanup vacate = [&] {
    absl::MutexLock lock(&catalog_mu_);
    restoring_.erase(record.name());
  };
  absl::Status status = WriteRestored(record, stop, source);
  if (status.ok()) {
    absl::StatusOr<std::shared_ptr<Collection>> collection = FinishRestore(record);
    if (collection.ok()) return collection;
    status = collection.status();
  }
  // If this fails as well, the next start does it.
  (void)ApplyWhenPossible(*store_, EndOf(record));
  return status;
}

absl::StatusOr<storage::CollectionRecord> Engine::BeginRestore(const CollectionSpec& spec) {
  absl::MutexLock lock(&catalog_mu_);
  NESTOR_RETURN_IF_ERROR(CheckVacant(spec.name));
  storage::CollectionRecord record = NewRecord(spec);
  storage::CommitRecord change = CollectionChange(CollectionNumber{record.number()});
  *change.mutable_restore() = record;
  NESTOR_RETURN_IF_ERROR(ApplyWhenPossible(*store_, change));
  ++next_number_;
  restoring_.insert(spec.name);
  return record;
}

absl::Status Engine::WriteRestored(const storage::CollectionRecord& record, StopCheck stop,
                                   RestoreSource source) {
  RestoreCommits commits(*store_, CollectionNumber{record.number()}, stop);
  NESTOR_RETURN_IF_ERROR(source([&](absl::Span<const UpsertItem> points) {
    NESTOR_RETURN_IF_ERROR(stop());
    NESTOR_RETURN_IF_ERROR(CheckRoom(options_.disk_used()));
    return commits.Add(points);
  }));
  return commits.Flush();
}

absl::StatusOr<std::shared_ptr<Collection>> Engine::FinishRestore(
    const storage::CollectionRecord& record) {
  // Reads all points: before the lock, and nobody sees it yet.
  NESTOR_ASSIGN_OR_RETURN(std::shared_ptr<Collection> collection,
                          Collection::Recover(FromRecord(record), EnvFor()));
  storage::CommitRecord change = EndOf(record);
  *change.mutable_end_restore()->mutable_create() = record;
  {
    absl::MutexLock lock(&catalog_mu_);
    ReachCrashPoint(CrashPoint::kBeforeEndRestore);
    NESTOR_RETURN_IF_ERROR(ApplyWhenPossible(*store_, change));
    auto catalog = std::make_shared<Catalog>(*catalog_.Load());
    (*catalog)[record.name()] = collection;
    catalog_.Store(std::move(catalog));
  }
  merging_->Wake();
  indexing_payloads_->Wake();
  return collection;
}

absl::Status Engine::DropHalfRestored(const StoreSnapshot& snapshot) {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<storage::CollectionRecord> records,
                          snapshot.ListRestoring());
  for (const storage::CollectionRecord& record : records) {
    options_.log_info(absl::StrCat("collection '", record.name(),
                                   "': its restore was cut short; what there is of it is removed"));
    NESTOR_RETURN_IF_ERROR(ApplyWhenPossible(*store_, EndOf(record)));
  }
  return absl::OkStatus();
}

}  // namespace nestor
