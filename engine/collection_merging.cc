// The part of Collection that merges segments in the background.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/collection.h"
#include "engine/disk_room.h"
#include "engine/merge_policy.h"
#include "engine/payload_indexing.h"
#include "engine/segment_file.h"
#include "storage/check.h"
#include "storage/crash_point.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// What could not settle is not tried again as soon as what could.
constexpr absl::Duration kPauseAfterFailure = absl::Minutes(20);

// Adds what is kept of one input of a merge to what is kept of those before it.
void AddKept(const View::Kept& input, View::Kept* all) {
  all->files.insert(all->files.end(), input.files.begin(), input.files.end());
  all->left_behind.insert(all->left_behind.end(), input.left_behind.begin(),
                          input.left_behind.end());
  if (!input.first_uncovered) return;
  all->first_uncovered =
      std::min(*input.first_uncovered, all->first_uncovered.value_or(*input.first_uncovered));
}

// What a file of all that is alive in them takes, about.
uint64_t FileBytes(absl::Span<const View::SegmentPart> parts) {
  double bytes = 0;
  for (const View::SegmentPart& part : parts) {
    const PointRecords* const records = part.segment->records.get();
    const uint64_t all = part.segment->index->MemoryBytes() + part.segment->tier->MappedBytes() +
                         (records == nullptr ? 0 : records->MappedBytes());
    bytes += static_cast<double>(all) * static_cast<double>(part.live()) /
             static_cast<double>(std::max<size_t>(1, part.segment->rows.size()));
  }
  return static_cast<uint64_t>(bytes);
}

uint64_t MappedBytes(absl::Span<const MergeInput> inputs) {
  uint64_t bytes = 0;
  for (const MergeInput& input : inputs) bytes += input.segment->tier->MappedBytes();
  return bytes;
}

// A segment that stays as it is while `inputs` are merged, larger than what they become, whose
// codes theirs had better agree with: its coder; null: there is none.
std::shared_ptr<const PrefixCoder> LargestBeside(const View& view,
                                                 absl::Span<const MergeInput> inputs) {
  size_t merged = 0;
  for (const MergeInput& input : inputs) merged += input.segment->rows.size() - input.dead->count();
  size_t largest = merged;
  std::shared_ptr<const PrefixCoder> coder;
  for (const View::SegmentPart& part : view.segments) {
    const bool stays = part.segment->indexed &&
                       std::none_of(inputs.begin(), inputs.end(), [&](const MergeInput& input) {
                         return input.segment == part.segment.get();
                       });
    if (!stays || part.live() <= largest) continue;
    largest = part.live();
    coder = part.segment->index->coder();
  }
  return coder;
}

std::vector<View::SegmentPart> PartsAt(const std::vector<View::SegmentPart>& segments,
                                       absl::Span<const size_t> chosen) {
  std::vector<View::SegmentPart> parts;
  parts.reserve(chosen.size());
  for (const size_t i : chosen) parts.push_back(segments[i]);
  return parts;
}

}  // namespace

absl::StatusOr<bool> Collection::MergeOnce(int threads) {
  if (closed_) return false;
  const std::shared_ptr<const View> view = this->view();
  std::vector<View::SegmentPart> parts = PartsToMerge(*view);
  const size_t due = ChooseMerge(SizesOf(SoundSegments(*view))).size();
  if (parts.size() < due && !waits_for_room_) {
    env_.log_error(absl::StrCat("collection '", spec_.name, "': merging ", due,
                                " segments waits for room on the disk"));
  }
  waits_for_room_ = parts.size() < due;
  if (parts.empty()) {
    if (ManifestIsBehind()) (void)CommitManifest({});  // or at the next look
    return false;
  }
  const absl::StatusOr<bool> merged = Merge(std::move(parts), threads, closed_);
  absl::MutexLock lock(&settling_mu_);
  settling_.quiet_since = env_.clock();  // writers may have waited for it
  return merged;
}

std::vector<View::SegmentPart> Collection::SoundSegments(const View& view) const {
  std::vector<View::SegmentPart> sound;
  sound.reserve(view.segments.size());
  absl::MutexLock lock(&settling_mu_);
  for (const View::SegmentPart& part : view.segments) {
    if (!unsound_.contains(part.segment)) sound.push_back(part);
  }
  return sound;
}

std::vector<View::SegmentPart> Collection::PartsToMerge(const View& view) const {
  const std::vector<View::SegmentPart> segments = SoundSegments(view);
  std::vector<View::SegmentPart> parts = PartsAt(segments, ChooseMerge(SizesOf(segments)));
  uint64_t mapped = 0;
  for (const View::SegmentPart& part : parts) mapped += part.segment->tier->MappedBytes();
  // Unlike settling it may take what is kept for deletes: it gives more back.
  const bool has_room = mapped <= env_.most_copied_bytes || env_.files == nullptr ||
                        env_.files->HasRoomFor(FileBytes(parts));
  if (has_room) return parts;
  // Those that have an index can wait for room, the others are not in files yet.
  parts.erase(std::remove_if(parts.begin(), parts.end(),
                             [](const View::SegmentPart& part) { return part.segment->indexed; }),
              parts.end());
  return parts;
}

std::vector<View::SegmentPart> Collection::PartsToSettle(const View& view) const {
  if (closed_ || env_.settles_after == absl::InfiniteDuration()) return {};
  {
    absl::MutexLock lock(&settling_mu_);
    const absl::Duration since = env_.clock() - settling_.ended;
    if (!settling_.asked && !MaySettleAgain(since, settling_.took)) return {};
  }
  const std::vector<View::SegmentPart> segments = SoundSegments(view);
  std::vector<View::SegmentPart> parts = PartsAt(segments, ChooseSettling(SizesOf(segments)));
  if (!HasRoom(FileBytes(parts))) parts.clear();
  return parts;
}

bool Collection::HasRoom(uint64_t bytes) const {
  if (env_.files == nullptr) return true;
  const absl::StatusOr<uint64_t> free_bytes = env_.files->FreeBytes();
  if (!free_bytes.ok()) return true;  // nobody knows; writing tells
  if (bytes >= *free_bytes) return false;
  const double used = env_.disk_used();
  return CheckRoom(used +
                   (1 - used) * static_cast<double>(bytes) / static_cast<double>(*free_bytes))
      .ok();
}

void Collection::AskForSettling() {
  absl::MutexLock lock(&settling_mu_);
  settling_.asked = true;
}

bool Collection::SettlingIsAsked() const {
  absl::MutexLock lock(&settling_mu_);
  return settling_.asked;
}

bool Collection::IsSettled() const {
  const std::shared_ptr<const View> view = this->view();
  return PartsToMerge(*view).empty() && PartsToSettle(*view).empty();
}

absl::StatusOr<bool> Collection::SettleOnce(int threads) {
  std::vector<View::SegmentPart> parts;
  const absl::Time start = env_.clock();
  {
    const std::shared_ptr<const View> view = this->view();
    const bool is_due = view->deltas.size() > 1 || !PartsToMerge(*view).empty();
    {
      absl::MutexLock lock(&settling_mu_);
      if (view->sequence != settling_.seen) {
        settling_.seen = view->sequence;
        settling_.quiet_since = start;
      }
      const bool is_quiet = start - settling_.quiet_since >= env_.settles_after;
      if (is_due || !(settling_.asked || is_quiet)) return false;
    }
    parts = PartsToSettle(*view);
  }
  absl::StatusOr<bool> settled = false;
  if (!parts.empty()) settled = Merge(std::move(parts), threads, unsettled_);
  absl::MutexLock lock(&settling_mu_);
  settling_.asked = false;
  if (!settled.ok() || *settled) {
    settling_.ended = env_.clock();
    settling_.took = settling_.ended - start;
  }
  if (!settled.ok() && !absl::IsCancelled(settled.status())) {
    settling_.took = std::max(settling_.took, kPauseAfterFailure * kMaxSettlingShare);
  }
  return settled;
}

void Collection::AllowSettling() {
  unsettled_ = false;
  if (closed_) unsettled_ = true;
}

absl::StatusOr<bool> Collection::Merge(std::vector<View::SegmentPart> segments, int threads,
                                       const std::atomic<bool>& cancelled) {
  std::vector<MergeInput> inputs;
  inputs.reserve(segments.size());
  for (const View::SegmentPart& part : segments) {
    // What is merged gets a new checksum.
    const absl::Status sound = part.segment->tier->Check();
    if (!sound.ok()) {
      env_.log_error(absl::StrCat("collection '", spec_.name,
                                  "': a segment is merged no more, the next start will build it ",
                                  "again: ", sound.message()));
      absl::MutexLock lock(&settling_mu_);
      unsound_.insert(part.segment);
      return true;
    }
    inputs.push_back({part.segment.get(), part.dead.get()});
  }
  std::vector<std::vector<float>> asked;
  if (spec_.transform != Transform::kNone) asked = queries_.Sample();
  NESTOR_ASSIGN_OR_RETURN(const MergedSegment result,
                          MergeSegments(spec_, inputs,
                                        {.threads = threads,
                                         .cancelled = &cancelled,
                                         .asked = asked,
                                         .beside = LargestBeside(*view(), inputs)}));
  ReachCrashPoint(CrashPoint::kAfterMergeBuild);
  const std::optional<storage::ManifestRecord::File> file = WriteFile(inputs, result);
  const std::shared_ptr<Segment>& merged = result.segment;
  if (merged != nullptr && merged->tier == nullptr) {
    if (const uint64_t bytes = MappedBytes(inputs); bytes > env_.most_copied_bytes) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "merging waits for a file: ", bytes, " bytes of vectors are too many for memory"));
    }
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
    const auto part = now.FindSegment(input.segment);
    NESTOR_CHECK(part != now.segments.end());
    merge_inputs.push_back({input.segment, part->payloads.get()});
  }
  return MergePayloadIndexes(*now.schema, merge_inputs, *merged);
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
  if (env_.files != nullptr) ++manifest_changes_;
  for (const MergeInput& input : inputs) {
    const auto now = next->FindSegment(input.segment);
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
    next->AddSegment(merged, std::move(dead),
                     std::make_shared<const PayloadIndex>(payloads->Only(*next->schema)),
                     std::move(patched), std::move(kept));
  }
  view_.Store(std::move(next));
  return dropped;
}

}  // namespace nestor
