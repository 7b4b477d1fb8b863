// The part of Collection that runs in the background: recovery and sealing.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/collection.h"
#include "engine/manifest.h"
#include "engine/payload_indexing.h"
#include "engine/prefix_choice.h"
#include "engine/recovery.h"
#include "storage/check.h"
#include "storage/crash_point.h"
#include "storage/status_macros.h"

namespace nestor {

absl::StatusOr<std::unique_ptr<Collection>> Collection::Recover(ResolvedSpec spec,
                                                                CollectionEnv env) {
  NESTOR_ASSIGN_OR_RETURN(
      RecoveredView recovered,
      RecoverView(spec, env.store, env.files, env.clock, env.log_info, env.log_error));
  View& view = recovered.view;
  std::shared_ptr<Delta> active;
  SealDelta(spec, &view, &active);
  std::unique_ptr<Collection> collection(
      new Collection(std::move(spec), std::move(env), std::move(view), std::move(active)));
  collection->next_file_ = recovered.next_file;
  collection->files_.insert(recovered.files.begin(), recovered.files.end());
  if (recovered.files_lost) {
    {
      absl::MutexLock lock(&collection->publish_mu_);
      ++collection->manifest_changes_;
    }
    (void)collection->CommitManifest(recovered.forgettable);  // or a merge does it
  } else {
    (void)collection->ForgetTombstones(recovered.forgettable);  // or the next start does it
  }
  return collection;
}

bool Collection::SealOnce() {
  const std::shared_ptr<const View> before = view();
  if (closed_ || before->deltas.size() < 2) return false;
  const View::DeltaPart& part = before->deltas.front();
  SegmentBuilder builder(spec_, CurrentCoder(spec_, *before), part.live());
  std::vector<Row> dropped;
  for (uint32_t local = 0; local < part.length; ++local) {
    const Row row = part.delta->RowAt(local);
    if (part.dead->Test(local)) {
      dropped.push_back(row);
    } else {
      builder.Append(row, part.delta->SequenceAt(local), part.delta->Vector(local));
    }
  }
  const std::shared_ptr<const Segment> segment = std::move(builder).Finish();
  const std::shared_ptr<const PayloadIndex> payloads = IndexFromDelta(*part.delta, *segment);
  {
    absl::MutexLock lock(&publish_mu_);
    auto next = std::make_shared<View>(*view_.Load());
    NESTOR_CHECK(next->deltas.front().delta == part.delta);
    // Rows that died while the segment was built, and rows with other payloads than the delta
    // knows.
    RowBitmap dead(segment->rows.size());
    const RowSet patched_places = next->deltas.front().patched.all();
    RowSet patched;
    for (uint32_t local = 0; local < segment->rows.size(); ++local) {
      const uint64_t place = ToNumber(segment->rows[local]) - ToNumber(part.delta->first_row());
      if (next->deltas.front().dead->Test(place)) dead.Set(local);
      if (patched_places.contains(static_cast<uint32_t>(place))) patched.add(local);
    }
    next->deltas.erase(next->deltas.begin());
    if (!segment->rows.empty()) {
      next->AddSegment(segment, std::move(dead),
                       std::make_shared<const PayloadIndex>(payloads->Only(*next->schema)),
                       std::move(patched), {.first_uncovered = segment->rows.front()});
    }
    view_.Store(std::move(next));
  }
  ReachCrashPoint(CrashPoint::kAfterSeal);
  // Failing to forget wastes a few bytes until the next start, nothing else.
  (void)ForgetTombstones(dropped);
  return true;
}

bool Collection::ManifestIsBehind() {
  absl::MutexLock lock(&publish_mu_);
  return manifest_changes_stored_ < manifest_changes_;
}

absl::Status Collection::CommitManifest(const std::vector<Row>& forget) {
  PendingWrite write{.kind = PendingWrite::Kind::kManifest, .next_file = next_file_};
  uint64_t changes = 0;
  {
    absl::MutexLock lock(&publish_mu_);
    changes = manifest_changes_;  // what is published from here on may not be in it
  }
  const absl::Status committed = Commit(&write, 0);
  {
    absl::MutexLock lock(&publish_mu_);
    if (committed.ok()) {
      manifest_changes_stored_ = changes;
    } else {
      unheld_.insert(unheld_.end(), forget.begin(), forget.end());
    }
  }
  NESTOR_RETURN_IF_ERROR(committed);
  ReachCrashPoint(CrashPoint::kAfterManifest);
  (void)ForgetTombstones(forget);  // or at the next start
  absl::flat_hash_set<std::string> named;
  // Another commit may publish the next view meanwhile.
  const std::shared_ptr<const View> now = view();
  for (const View::SegmentPart& part : now->segments) {
    for (const storage::ManifestRecord::File& file : part.kept->files) named.insert(file.name());
  }
  if (env_.files == nullptr) return absl::OkStatus();
  // One that cannot be removed now is removed by the next start.
  for (const std::string& name : files_) {
    if (!named.contains(name)) (void)env_.files->Remove(name);
  }
  files_ = std::move(named);
  return absl::OkStatus();
}

absl::StatusOr<bool> Collection::IndexPayloadsOnce(FailedSegments* failed) {
  View::SegmentPart part;
  std::shared_ptr<const PayloadSchema> schema;
  std::shared_ptr<const StoreSnapshot> snapshot;
  {
    absl::MutexLock lock(&publish_mu_);
    auto next = std::make_shared<View>(*view_.Load());
    const auto is_due = [&](const View::SegmentPart& candidate)
                            ABSL_EXCLUSIVE_LOCKS_REQUIRED(publish_mu_) {
                              return PayloadIndexIsDue(candidate, *next->schema) &&
                                     !failed->contains(candidate.segment) &&
                                     !installing_.contains(candidate.segment.get());
                            };
    auto due = next->segments.begin();
    while (due != next->segments.end() && !is_due(*due)) ++due;
    if (closed_ || due == next->segments.end()) return false;
    // What the snapshot shows will be in the index; what is patched later stays apart.
    if (due->patched.recent != nullptr) {
      due->patched = {std::make_shared<const RowSet>(due->patched.all()), nullptr};
    }
    part = *due;
    schema = next->schema;
    snapshot = next->snapshot;
    view_.Store(std::move(next));
  }
  const absl::StatusOr<std::shared_ptr<const PayloadIndex>> payloads = IndexFromStore(
      *snapshot, spec_.number, *part.segment, *schema, *part.payloads, part.patched.all(), closed_);
  if (!payloads.ok()) {
    failed->insert(part.segment);
    return payloads.status();
  }
  absl::MutexLock lock(&publish_mu_);
  auto next = std::make_shared<View>(*view_.Load());
  const auto now = next->FindSegment(part.segment.get());
  // Merged meanwhile, or about to be: the merged one comes next.
  if (now != next->segments.end() && !installing_.contains(part.segment.get())) {
    now->payloads = std::make_shared<const PayloadIndex>((*payloads)->Only(*next->schema));
    now->patched.being_indexed = nullptr;
    view_.Store(std::move(next));
  }
  return true;
}

absl::Status Collection::ForgetTombstones(absl::Span<const Row> rows) {
  constexpr size_t kForgetBatch = 10'000;  // of one record
  for (size_t begin = 0; begin < rows.size(); begin += kForgetBatch) {
    ReachCrashPoint(CrashPoint::kBeforeForget);
    storage::CommitRecord record;
    record.set_format(kCommitFormat);
    record.set_collection(ToNumber(spec_.number));
    for (const Row row : rows.subspan(begin, kForgetBatch)) {
      record.mutable_forget_tombstones()->add_rows(ToNumber(row));
    }
    NESTOR_RETURN_IF_ERROR(env_.store.Apply({record}));
  }
  return absl::OkStatus();
}

}  // namespace nestor
