// The part of Collection that runs in the background: recovery, sealing and merging.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/collection.h"
#include "engine/merge_policy.h"
#include "engine/payload_indexing.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Rows of one segment made from the store: large enough for few scans, small enough to start
// merging early.
constexpr size_t kRecoveredSegmentRows = 131072;
constexpr size_t kRecoveredSegmentBytes = size_t{256} << 20;

size_t RecoveredSegmentRows(const ResolvedSpec& spec) {
  return std::min(kRecoveredSegmentRows, kRecoveredSegmentBytes / (spec.dims * sizeof(float)));
}

void AddSegment(std::shared_ptr<const Segment> segment, RowBitmap dead,
                std::shared_ptr<const PayloadIndex> payloads, RowSet patched, View* view) {
  View::SegmentPart& part = view->segments.emplace_back();
  part.segment = std::move(segment);
  part.dead = std::make_shared<const RowBitmap>(std::move(dead));
  part.payloads = std::move(payloads);
  if (!patched.isEmpty()) part.patched.recent = std::make_shared<const RowSet>(std::move(patched));
}

auto FindSegment(View* view, const Segment* segment) {
  return std::find_if(view->segments.begin(), view->segments.end(),
                      [&](const View::SegmentPart& part) { return part.segment.get() == segment; });
}

absl::Status ReadSegments(const ResolvedSpec& spec, View* view) {
  const uint32_t dims = spec.dims;
  const size_t segment_rows = RecoveredSegmentRows(spec);
  std::unique_ptr<SegmentBuilder> builder;  // made with its first row
  absl::Status bad_row;
  const auto flush = [&] {
    if (builder == nullptr) return;
    const size_t rows = builder->size();
    AddSegment(std::move(*builder).Finish(), RowBitmap(rows),
               std::make_shared<const PayloadIndex>(), RowSet(), view);
    builder = nullptr;
  };
  NESTOR_RETURN_IF_ERROR(view->snapshot->ScanPoints(
      spec.number, NextRow(kNoRow), view->next_row, [&](const StoredPoint& point) {
        const std::vector<float> vector = DecodeVector(point.vector);
        if (vector.size() != dims) {
          bad_row = absl::DataLossError(absl::StrCat("collection '", spec.name, "' row ",
                                                     ToNumber(point.row), " has ", vector.size(),
                                                     " dims, not ", dims));
          return false;
        }
        if (builder == nullptr) builder = std::make_unique<SegmentBuilder>(spec, segment_rows);
        builder->Append(point.row, point.sequence, vector.data());
        if (builder->size() == segment_rows) flush();
        return true;
      }));
  NESTOR_RETURN_IF_ERROR(bad_row);
  flush();
  return absl::OkStatus();
}

absl::Status ReadExpiries(const ResolvedSpec& spec, View* view) {
  ExpiryChanges expiries;
  NESTOR_RETURN_IF_ERROR(view->snapshot->ScanExpiries(spec.number, [&](Row row, int64_t expire_us) {
    if (view->Find(row)) expiries[row] = expire_us;  // without a point nothing expires
    return true;
  }));
  view->expiries = std::make_shared<const ExpiryTable>(ExpiryTable().With(expiries));
  return absl::OkStatus();
}

absl::Status ForgetAllTombstones(const ResolvedSpec& spec, PointStore& store) {
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(ToNumber(spec.number));
  record.mutable_forget_tombstones()->set_all(true);
  return store.Apply({record});
}

}  // namespace

absl::StatusOr<std::unique_ptr<Collection>> Collection::Recover(ResolvedSpec spec,
                                                                CollectionEnv env) {
  // No segment survives a restart, so no tombstone has anything to hide.
  NESTOR_RETURN_IF_ERROR(ForgetAllTombstones(spec, env.store));
  View view;
  view.snapshot = env.store.GetSnapshot();
  NESTOR_ASSIGN_OR_RETURN(const storage::AppliedRecord applied,
                          view.snapshot->Applied(spec.number));
  view.sequence = Sequence{applied.sequence()};
  view.schema = std::make_shared<const PayloadSchema>(spec.payload_indexes);
  view.next_row = std::max(NextRow(kNoRow), Row{applied.next_row()});
  NESTOR_RETURN_IF_ERROR(ReadSegments(spec, &view));
  NESTOR_RETURN_IF_ERROR(ReadExpiries(spec, &view));
  MarkExpired(env.clock(), &view);
  std::shared_ptr<Delta> active;
  SealDelta(spec, &view, &active);
  return std::unique_ptr<Collection>(
      new Collection(std::move(spec), std::move(env), std::move(view), std::move(active)));
}

bool Collection::SealOnce() {
  const std::shared_ptr<const View> before = view();
  if (closed_ || before->deltas.size() < 2) return false;
  const View::DeltaPart& part = before->deltas.front();
  SegmentBuilder builder(spec_, part.live());
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
                 std::move(patched), next.get());
    }
    view_.Store(std::move(next));
  }
  // Failing to forget wastes a few bytes until the next start, nothing else.
  (void)ForgetTombstones(dropped);
  return true;
}

absl::StatusOr<bool> Collection::MergeOnce(int threads) {
  // Not the view: it would hold on to its store snapshot for as long as the build takes.
  const std::vector<View::SegmentPart> segments = view()->segments;
  std::vector<SegmentSize> sizes;
  for (const View::SegmentPart& part : segments) {
    sizes.push_back({part.live(), part.dead->count(), part.segment->indexed});
  }
  const std::vector<size_t> chosen = ChooseMerge(sizes);
  if (closed_ || chosen.empty()) return false;
  std::vector<MergeInput> inputs;
  inputs.reserve(chosen.size());
  for (size_t i : chosen) {
    inputs.push_back({segments[i].segment.get(), segments[i].dead.get()});
  }
  NESTOR_ASSIGN_OR_RETURN(
      const std::shared_ptr<const Segment> merged,
      MergeSegments(spec_, inputs, {.threads = threads, .cancelled = &closed_}));

  const std::shared_ptr<const PayloadIndex> payloads = MergePayloads(inputs, merged.get());
  const std::vector<Row> dropped = InstallMerge(inputs, merged, payloads);
  (void)ForgetTombstones(dropped);  // as in SealOnce
  return true;
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
                                          const std::shared_ptr<const PayloadIndex>& payloads) {
  std::vector<Row> dropped;
  absl::MutexLock lock(&publish_mu_);
  auto next = std::make_shared<View>(*view_.Load());
  RowBitmap dead(merged == nullptr ? 0 : merged->rows.size());
  RowSet patched;
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
    next->segments.erase(now);
  }
  if (merged != nullptr) {
    AddSegment(merged, std::move(dead),
               std::make_shared<const PayloadIndex>(payloads->Only(*next->schema)),
               std::move(patched), next.get());
  }
  view_.Store(std::move(next));
  return dropped;
}

absl::Status Collection::ForgetTombstones(const std::vector<Row>& rows) {
  if (rows.empty()) return absl::OkStatus();
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(ToNumber(spec_.number));
  for (Row row : rows) record.mutable_forget_tombstones()->add_rows(ToNumber(row));
  return env_.store.Apply({record});
}

}  // namespace nestor
