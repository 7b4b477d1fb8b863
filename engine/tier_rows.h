#ifndef NESTOR_ENGINE_TIER_ROWS_H_
#define NESTOR_ENGINE_TIER_ROWS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/rerank_tier.h"
#include "engine/segment_sections.h"

namespace nestor {

// The rows of a rerank tier to be, where they are now: in tiers of the same kind. What a merge
// reads and writes its file from, so that it needs no memory for them.
//
// Thread safety: reading is thread-safe. All tiers must outlive this.
class TierRows final : public KeptVectors {
 public:
  // Of no rows.
  TierRows() = default;
  TierRows(TierRows&& other) noexcept
      : places_(std::move(other.places_)), failed_(other.failed_.load()) {}
  // All rows of one.
  explicit TierRows(const RerankTier& tier);

  void Reserve(size_t rows) { places_.reserve(rows); }
  // The next row. REQUIRES: `tier` is of the same kind, metric and dims as those before.
  void Add(const RerankTier* tier, uint32_t row) { places_.push_back({tier, row}); }

  size_t size() const override { return places_.size(); }
  bool Decode(uint32_t row, size_t dims, float* out) const override;
  // UnavailableError if there was a row that could not be read.
  absl::Status status() const;

  // Copies them into `tier`, which is empty and of the same kind. UnavailableError.
  absl::Status AppendTo(RerankTier* tier) const;
  // Adds the sections of a tier of them, whose sources read them from where they are and live in
  // *sources. REQUIRES: there is a row.
  void AddSections(SectionList* sections,
                   std::vector<std::unique_ptr<SectionSource>>* sources) const;

 private:
  friend class TierPartSource;
  struct Place {
    const RerankTier* tier;
    uint32_t row;
  };

  std::vector<Place> places_;
  mutable std::atomic<bool> failed_ = false;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_TIER_ROWS_H_
