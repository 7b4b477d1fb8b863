// The part of Collection that runs in the background: recovery, sealing and merging.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/collection.h"
#include "engine/manifest.h"
#include "engine/merge_policy.h"
#include "engine/payload_indexing.h"
#include "engine/prefix_choice.h"
#include "engine/recovery.h"
#include "engine/segment_file.h"
#include "storage/check.h"
#include "storage/crash_point.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

void AddSegment(std::shared_ptr<const Segment> segment, RowBitmap dead,
                std::shared_ptr<const PayloadIndex> payloads, RowSet patched, View::Kept kept,
                View* view) {
  View::SegmentPart& part = view->segments.emplace_back();
  part.segment = std::move(segment);
  part.dead = std::make_shared<const RowBitmap>(std::move(dead));
  part.payloads = std::move(payloads);
  part.kept = std::make_shared<const View::Kept>(std::move(kept));
  if (!patched.isEmpty()) part.patched.recent = std::make_shared<const RowSet>(std::move(patched));
}

// Adds what is kept of one input of a merge to what is kept of those before it.
void AddKept(const View::Kept& input, View::Kept* all) {
  all->files.insert(all->files.end(), input.files.begin(), input.files.end());
  all->left_behind.insert(all->left_behind.end(), input.left_behind.begin(),
                          input.left_behind.end());
  if (!input.first_uncovered) return;
  all->first_uncovered =
      std::min(*input.first_uncovered, all->first_uncovered.value_or(*input.first_uncovered));
}

// A merge without a file takes memory for what was in files before: for more than this it waits
// until there can be one.
constexpr size_t kMostCopiedBytes = size_t{256} << 20;

absl::Status CheckRoomForTier(absl::Span<const MergeInput> inputs) {
  size_t bytes = 0;
  for (const MergeInput& input : inputs) bytes += input.segment->tier->MappedBytes();
  if (bytes <= kMostCopiedBytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("merging waits for a file: ", bytes,
                                                   " bytes of vectors are too many for memory"));
}

auto FindSegment(View* view, const Segment* segment) {
  return std::find_if(view->segments.begin(), view->segments.end(),
                      [&](const View::SegmentPart& part) { return part.segment.get() == segment; });
}

}  // namespace

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
    const absl::Status committed = collection->CommitManifest(recovered.forgettable);
    absl::MutexLock lock(&collection->publish_mu_);
    collection->manifest_is_behind_ = !committed.ok();  // then a merge tries again
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
      AddSegment(segment, std::move(dead),
                 std::make_shared<const PayloadIndex>(payloads->Only(*next->schema)),
                 std::move(patched), {.first_uncovered = segment->rows.front()}, next.get());
    }
    view_.Store(std::move(next));
  }
  ReachCrashPoint(CrashPoint::kAfterSeal);
  // Failing to forget wastes a few bytes until the next start, nothing else.
  (void)ForgetTombstones(dropped);
  return true;
}

absl::StatusOr<bool> Collection::MergeOnce(int threads) {
  // Not the view: it would hold on to its store snapshot for as long as the build takes.
  std::vector<View::SegmentPart> segments = view()->segments;
  std::erase_if(segments,
                [&](const View::SegmentPart& part) { return unsound_.contains(part.segment); });
  std::vector<SegmentSize> sizes;
  for (const View::SegmentPart& part : segments) {
    sizes.push_back({part.live(), part.dead->count(), part.segment->indexed});
  }
  const std::vector<size_t> chosen = ChooseMerge(sizes);
  if (closed_) return false;
  if (chosen.empty()) {
    if (ManifestIsBehind()) (void)CommitManifest({});  // or at the next look
    return false;
  }
  std::vector<MergeInput> inputs;
  inputs.reserve(chosen.size());
  for (size_t i : chosen) {
    // What is merged gets a new checksum.
    const absl::Status sound = segments[i].segment->tier->Check();
    if (!sound.ok()) {
      env_.log_error(absl::StrCat("collection '", spec_.name,
                                  "': a segment is merged no more, the next start will build it ",
                                  "again: ", sound.message()));
      unsound_.insert(segments[i].segment);
      return true;
    }
    inputs.push_back({segments[i].segment.get(), segments[i].dead.get()});
  }
  std::vector<std::vector<float>> asked;
  if (spec_.transform != Transform::kNone) asked = queries_.Sample();
  NESTOR_ASSIGN_OR_RETURN(
      const MergedSegment result,
      MergeSegments(spec_, inputs, {.threads = threads, .cancelled = &closed_, .asked = asked}));
  ReachCrashPoint(CrashPoint::kAfterMergeBuild);
  const std::optional<storage::ManifestRecord::File> file = WriteFile(inputs, result);
  const std::shared_ptr<Segment>& merged = result.segment;
  if (merged != nullptr && merged->tier == nullptr) {
    NESTOR_RETURN_IF_ERROR(CheckRoomForTier(inputs));
    NESTOR_RETURN_IF_ERROR(CopyTier(spec_, result));
  }
  const std::shared_ptr<const PayloadIndex> payloads = MergePayloads(inputs, merged.get());
  const std::vector<Row> dropped = InstallMerge(inputs, merged, file, payloads);
  if (env_.files == nullptr) {
    (void)ForgetTombstones(dropped);  // as in SealOnce
    return true;
  }
  ReachCrashPoint(CrashPoint::kAfterInstall);
  // Until a later one succeeds, a restart goes by the files that the manifest still names.
  const absl::Status committed = CommitManifest(dropped);
  if (absl::IsNotFound(committed) && file) (void)env_.files->Remove(file->name());  // closed
  return true;
}

bool Collection::ManifestIsBehind() {
  absl::MutexLock lock(&publish_mu_);
  return manifest_is_behind_;
}

std::optional<storage::ManifestRecord::File> Collection::WriteFile(
    absl::Span<const MergeInput> inputs, const MergedSegment& merged) {
  if (merged.segment == nullptr || env_.files == nullptr) return std::nullopt;
  storage::ManifestRecord::File file;
  file.set_name(SegmentFileName(spec_.number, next_file_++));
  std::vector<const Segment*> merged_from;
  for (const MergeInput& input : inputs) merged_from.push_back(input.segment);
  const std::shared_ptr<const StoreSnapshot> snapshot = view()->snapshot;
  PointRecordSource points(spec_.number, spec_.dims, merged.segment->rows, std::move(merged_from),
                           *snapshot);
  const absl::StatusOr<uint32_t> crc =
      WriteSegment(*merged.segment, merged.rows, spec_, &points, *env_.files, file.name());
  if (!crc.ok()) {
    env_.log_error(absl::StrCat("collection '", spec_.name,
                                "': a segment has no file, the next start ",
                                "will build it again: ", crc.status().message()));
    return std::nullopt;
  }
  file.set_crc(*crc);
  const absl::Status attached = AttachFile(spec_, *env_.files, file.name(), merged.segment.get());
  if (!attached.ok()) {
    env_.log_error(absl::StrCat("collection '", spec_.name,
                                "': a segment has lost its file, the next start will build it ",
                                "again: ", attached.message()));
    (void)env_.files->Remove(file.name());  // or the next start does it
    return std::nullopt;
  }
  files_.insert(file.name());
  return file;
}

absl::Status Collection::CommitManifest(const std::vector<Row>& forget) {
  PendingWrite write{.kind = PendingWrite::Kind::kManifest, .next_file = next_file_};
  NESTOR_RETURN_IF_ERROR(Commit(&write, 0));
  ReachCrashPoint(CrashPoint::kAfterManifest);
  {
    absl::MutexLock lock(&publish_mu_);
    manifest_is_behind_ = false;
  }
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

std::shared_ptr<const PayloadIndex> Collection::MergePayloads(absl::Span<const MergeInput> inputs,
                                                              const Segment* merged) {
  View now;
  {
    absl::MutexLock lock(&publish_mu_);
    for (const MergeInput& input : inputs) installing_.insert(input.segment);
    now = *view_.Load();
  }
  if (merged == nullptr) return nullptr;
  std::vector<PayloadMergeInput> merge_inputs;
  for (const MergeInput& input : inputs) {
    const auto part = FindSegment(&now, input.segment);
    NESTOR_CHECK(part != now.segments.end());
    merge_inputs.push_back({input.segment, part->payloads.get()});
  }
  return MergePayloadIndexes(*now.schema, merge_inputs, *merged);
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
  const auto now = FindSegment(next.get(), part.segment.get());
  // Merged meanwhile, or about to be: the merged one comes next.
  if (now != next->segments.end() && !installing_.contains(part.segment.get())) {
    now->payloads = std::make_shared<const PayloadIndex>((*payloads)->Only(*next->schema));
    now->patched.being_indexed = nullptr;
    view_.Store(std::move(next));
  }
  return true;
}

std::vector<Row> Collection::InstallMerge(absl::Span<const MergeInput> inputs,
                                          const std::shared_ptr<const Segment>& merged,
                                          const std::optional<storage::ManifestRecord::File>& file,
                                          const std::shared_ptr<const PayloadIndex>& payloads) {
  std::vector<Row> dropped;
  absl::MutexLock lock(&publish_mu_);
  auto next = std::make_shared<View>(*view_.Load());
  RowBitmap dead(merged == nullptr ? 0 : merged->rows.size());
  RowSet patched;
  View::Kept kept;  // by the files of the inputs
  manifest_is_behind_ = env_.files != nullptr;
  for (const MergeInput& input : inputs) {
    const auto now = FindSegment(next.get(), input.segment);
    NESTOR_CHECK(now != next->segments.end());
    installing_.erase(input.segment);
    if (merged != nullptr) {
      for (const uint32_t local : now->patched.all()) {
        if (const auto place = merged->Find(input.segment->rows[local])) patched.add(*place);
      }
    }
    for (uint32_t local = 0; local < input.segment->rows.size(); ++local) {
      if (!now->dead->Test(local)) continue;
      if (input.dead->Test(local)) {
        dropped.push_back(input.segment->rows[local]);
      } else {
        dead.Set(*merged->Find(input.segment->rows[local]));  // died while the segment was built
      }
    }
    AddKept(*now->kept, &kept);
    next->segments.erase(now);
  }
  dropped.insert(dropped.end(), kept.left_behind.begin(), kept.left_behind.end());
  if (file) {
    kept = {.files = {*file}};
  } else if (merged != nullptr && !kept.files.empty()) {
    kept.left_behind = std::exchange(dropped, {});  // the old files still have them
  }
  if (merged != nullptr) {
    AddSegment(merged, std::move(dead),
               std::make_shared<const PayloadIndex>(payloads->Only(*next->schema)),
               std::move(patched), std::move(kept), next.get());
  }
  view_.Store(std::move(next));
  return dropped;
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
