#include "engine/tier_rows.h"

#include <algorithm>
#include <cstring>

#include "storage/status_macros.h"

namespace nestor {

// One part of all rows, as it lies in the file.
class TierPartSource final : public SectionSource {
 public:
  TierPartSource(const TierRows& rows, size_t part, size_t row_bytes)
      : rows_(rows), part_(part), row_bytes_(row_bytes), row_(row_bytes) {}

  uint64_t bytes() const override { return rows_.size() * row_bytes_; }

  absl::Status Read(uint64_t offset, size_t count, char* out) override {
    while (count > 0) {
      const auto row = static_cast<size_t>(offset / row_bytes_);
      const size_t skipped = offset % row_bytes_;
      const size_t some = std::min(count, row_bytes_ - skipped);
      // What is read is cut anywhere.
      char* const whole = some == row_bytes_ ? out : row_.data();
      const TierRows::Place& place = rows_.places_[row];
      if (!place.tier->CopyPart(part_, place.row, whole)) {
        rows_.failed_ = true;
        return rows_.status();
      }
      if (whole != out) std::memcpy(out, row_.data() + skipped, some);
      out += some;
      offset += some;
      count -= some;
    }
    return absl::OkStatus();
  }

 private:
  const TierRows& rows_;
  const size_t part_;
  const size_t row_bytes_;
  std::vector<char> row_;
};

TierRows::TierRows(const RerankTier& tier) {
  Reserve(tier.size());
  for (uint32_t row = 0; row < tier.size(); ++row) Add(&tier, row);
}

bool TierRows::Decode(uint32_t row, size_t dims, float* out) const {
  if (places_[row].tier->Decode(places_[row].row, dims, out)) return true;
  failed_ = true;
  return false;
}

absl::Status TierRows::status() const {
  if (!failed_) return absl::OkStatus();
  return absl::UnavailableError(
      "a segment's file cannot be read: the disk failed; the next start reads its points from the "
      "store");
}

absl::Status TierRows::AppendTo(RerankTier* tier) const {
  for (const Place& place : places_) {
    if (tier->AppendFrom(*place.tier, place.row)) continue;
    failed_ = true;
    break;
  }
  return status();
}

void TierRows::AddSections(SectionList* sections,
                           std::vector<std::unique_ptr<SectionSource>>* sources) const {
  const std::vector<RerankTier::Part> parts = places_.front().tier->Parts();
  for (size_t part = 0; part < parts.size(); ++part) {
    sources->push_back(std::make_unique<TierPartSource>(*this, part, parts[part].row_bytes));
    sections->AddSource(parts[part].section, sources->back().get());
  }
}

}  // namespace nestor
