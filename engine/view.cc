#include "engine/view.h"

#include <algorithm>

#include "storage/check.h"

namespace nestor {

std::shared_ptr<const PrefixCoder> View::largest_coder() const {
  const auto largest = std::max_element(
      segments.begin(), segments.end(),
      [](const auto& a, const auto& b) { return a.segment->rows.size() < b.segment->rows.size(); });
  return largest == segments.end() ? nullptr : largest->segment->index->coder();
}

const Calibration* View::valid_calibration(const PrefixCodeFormat& format) const {
  const bool is_valid =
      calibration != nullptr && !calibration_is_void && calibration->format == format;
  return is_valid ? calibration.get() : nullptr;
}

size_t View::live_points() const {
  size_t points = 0;
  for (const SegmentPart& part : segments) points += part.live();
  for (const DeltaPart& part : deltas) points += part.live();
  return points;
}

size_t View::dead_rows() const {
  size_t rows = 0;
  for (const SegmentPart& part : segments) rows += part.dead->count();
  for (const DeltaPart& part : deltas) rows += part.dead->count();
  return rows;
}

size_t View::unindexed_points() const {
  size_t points = 0;
  for (const SegmentPart& part : segments) points += part.complete(*schema) ? 0 : part.live();
  for (const DeltaPart& part : deltas) points += part.live();
  return points;
}

Sequence View::indexed_sequence() const {
  Sequence first_missing = NextSequence(sequence);
  for (const SegmentPart& part : segments) {
    if (!part.complete(*schema))
      first_missing = std::min(first_missing, part.segment->first_sequence);
  }
  for (const DeltaPart& part : deltas) {
    if (part.length > 0) first_missing = std::min(first_missing, part.delta->SequenceAt(0));
  }
  return Sequence{ToNumber(first_missing) - 1};
}

bool View::complete(size_t part) const {
  return part < segments.size() && segments[part].complete(*schema);
}

std::vector<View::SegmentPart>::iterator View::FindSegment(const Segment* segment) {
  return std::find_if(segments.begin(), segments.end(),
                      [&](const SegmentPart& part) { return part.segment.get() == segment; });
}

void View::AddSegment(std::shared_ptr<const Segment> segment, RowBitmap dead,
                      std::shared_ptr<const PayloadIndex> payloads, RowSet patched, Kept kept) {
  SegmentPart& part = segments.emplace_back();
  part.segment = std::move(segment);
  part.dead = std::make_shared<const RowBitmap>(std::move(dead));
  part.payloads = std::move(payloads);
  part.kept = std::make_shared<const Kept>(std::move(kept));
  if (!patched.isEmpty()) part.patched.recent = std::make_shared<const RowSet>(std::move(patched));
}

std::vector<SegmentSize> SizesOf(absl::Span<const View::SegmentPart> segments) {
  std::vector<SegmentSize> sizes;
  sizes.reserve(segments.size());
  for (const View::SegmentPart& part : segments) {
    sizes.push_back({part.live(), part.dead->count(), part.segment->indexed});
  }
  return sizes;
}

std::optional<View::Place> View::Find(Row row) const {
  for (uint32_t i = 0; i < deltas.size(); ++i) {
    const uint64_t first = ToNumber(deltas[i].delta->first_row());
    if (ToNumber(row) >= first && ToNumber(row) < first + deltas[i].length) {
      return Place{static_cast<uint32_t>(segments.size() + i),
                   static_cast<uint32_t>(ToNumber(row) - first)};
    }
  }
  for (uint32_t i = 0; i < segments.size(); ++i) {
    if (const std::optional<uint32_t> local = segments[i].segment->Find(row))
      return Place{i, *local};
  }
  return std::nullopt;
}

bool View::IsDead(Place place) const { return DeadOf(place.part).Test(place.row); }

bool View::IsExpired(Row row, absl::Time now) const {
  const ExpireTime expire_us = expiries->Find(row);
  if (!expire_us || *expire_us <= absl::ToUnixMicros(now)) return expire_us.has_value();
  const std::optional<Place> place = Find(row);
  return !place || IsDead(*place);
}

std::vector<View::Place> View::ExpiredAndNotMarked(absl::Time now) const {
  std::vector<Place> places;
  expiries->VisitExpiring(expired_until_us, absl::ToUnixMicros(now), [&](Row row) {
    const std::optional<Place> place = Find(row);
    if (place && !IsDead(*place)) places.push_back(*place);
    return true;
  });
  return places;
}

size_t View::RowsOf(size_t part) const {
  return part < segments.size() ? segments[part].segment->rows.size()
                                : deltas[part - segments.size()].length;
}

const RowBitmap& View::DeadOf(size_t part) const {
  return part < segments.size() ? *segments[part].dead : *deltas[part - segments.size()].dead;
}

const View::PatchedRows& View::PatchedOf(size_t part) const {
  return part < segments.size() ? segments[part].patched : deltas[part - segments.size()].patched;
}

RowSet View::PatchedRows::all() const {
  RowSet rows;
  if (being_indexed != nullptr) rows |= *being_indexed;
  if (recent != nullptr) rows |= *recent;
  return rows;
}

Row View::RowAt(Place place) const {
  if (place.part < segments.size()) return segments[place.part].segment->rows[place.row];
  return deltas[place.part - segments.size()].delta->RowAt(place.row);
}

DeadMarker::DeadMarker(View* view)
    : view_(view), copies_(view->segments.size() + view->deltas.size()) {}

bool DeadMarker::Mark(Row row) {
  const std::optional<View::Place> place = view_->Find(row);
  return place && Mark(*place);
}

bool DeadMarker::Mark(View::Place place) {
  if (view_->IsDead(place)) return false;
  const size_t segment_count = view_->segments.size();
  std::shared_ptr<const RowBitmap>& dead = place.part < segment_count
                                               ? view_->segments[place.part].dead
                                               : view_->deltas[place.part - segment_count].dead;
  std::shared_ptr<RowBitmap>& copy = copies_[place.part];
  if (copy == nullptr) {
    copy = std::make_shared<RowBitmap>(*dead);
    dead = copy;
  }
  return copy->Set(place.row);
}

void MarkExpired(absl::Time now, View* view) {
  DeadMarker marker(view);
  for (const View::Place place : view->ExpiredAndNotMarked(now)) marker.Mark(place);
  // Also when the clock was set back: what is written from now on may expire before it is again
  // what it was.
  view->expired_until_us = absl::ToUnixMicros(now);
}

PatchMarker::PatchMarker(View* view)
    : view_(view), copies_(view->segments.size() + view->deltas.size()) {}

void PatchMarker::Mark(Row row) {
  const std::optional<View::Place> place = view_->Find(row);
  NESTOR_CHECK(place.has_value());
  const size_t segment_count = view_->segments.size();
  View::PatchedRows& patched = place->part < segment_count
                                   ? view_->segments[place->part].patched
                                   : view_->deltas[place->part - segment_count].patched;
  std::shared_ptr<RowSet>& copy = copies_[place->part];
  if (copy == nullptr) {
    copy = patched.recent == nullptr ? std::make_shared<RowSet>()
                                     : std::make_shared<RowSet>(*patched.recent);
    patched.recent = copy;
  }
  copy->add(place->row);
}

}  // namespace nestor
