#include "engine/filter_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr uint32_t kRowsBetweenStops = 256;
constexpr size_t kPayloadsPerRead = 512;  // payloads of one read

// What is known of a filter without reading payloads: rows that satisfy it whatever the payloads
// say, and rows that may. What lies between the two has to be looked at.
struct Known {
  RowSet surely;
  RowSet maybe;
};

class FilterEvaluator {
 public:
  FilterEvaluator(const View& view, CollectionNumber collection, const Filter& filter,
                  StopCheck stop)
      : view_(view), collection_(collection), filter_(filter), stop_(stop) {}

  // Before anything else.
  absl::Status Begin() { return FindIds(filter_); }

  // Of one part. May hold dead rows; `maybe` has none that is in `surely`.
  absl::StatusOr<Known> KnownOf(size_t part) {
    NESTOR_RETURN_IF_ERROR(stop_());
    part_ = part;
    rows_ = static_cast<uint32_t>(view_.RowsOf(part));
    Known known = Evaluate(filter_);
    NESTOR_RETURN_IF_ERROR(stopped_);
    const RowSet patched = view_.PatchedOf(part_).all();
    known.surely -= patched;
    known.maybe |= patched;
    known.maybe -= known.surely;
    return known;
  }

  // Reads the payloads of `rows`; calls matches(i) for each rows[i] that satisfies the filter.
  template <typename OnMatch>
  absl::Status ReadAndMatch(absl::Span<const Row> rows, OnMatch matches) {
    for (size_t begin = 0; begin < rows.size(); begin += kPayloadsPerRead) {
      NESTOR_RETURN_IF_ERROR(stop_());
      const absl::Span<const Row> batch = rows.subspan(begin, kPayloadsPerRead);
      std::vector<std::string> payloads;
      NESTOR_RETURN_IF_ERROR(view_.snapshot->ReadPayloads(collection_, batch, &payloads));
      storage::PayloadRecord payload;
      for (size_t i = 0; i < batch.size(); ++i) {
        NESTOR_RETURN_IF_ERROR(stop_());
        if (!payload.ParseFromString(payloads[i])) {
          return absl::DataLossError(
              absl::StrCat("the payload of row ", ToNumber(batch[i]), " is malformed"));
        }
        const auto has_id = [&](const Filter& filter) {
          const std::vector<Row>& named = rows_of_ids_.at(&filter);
          return std::binary_search(named.begin(), named.end(), batch[i]);
        };
        if (Matches(filter_, payload, has_id)) matches(begin + i);
        payload_bytes_ += payloads[i].size();
      }
      payloads_read_ += batch.size();
    }
    return absl::OkStatus();
  }
  uint64_t payloads_read() const { return payloads_read_; }
  uint64_t payload_bytes() const { return payload_bytes_; }

 private:
  // The rows of every id that the filter names, in one read for each HAS_ID.
  absl::Status FindIds(const Filter& filter) {
    for (const Filter& child : filter.children) NESTOR_RETURN_IF_ERROR(FindIds(child));
    if (filter.kind != Filter::Kind::kHasId) return absl::OkStatus();
    std::vector<Row>& rows = rows_of_ids_[&filter];
    NESTOR_RETURN_IF_ERROR(view_.snapshot->FindRows(collection_, filter.ids, &rows));
    std::sort(rows.begin(), rows.end());
    return absl::OkStatus();
  }

  Known Evaluate(const Filter& filter) const {
    switch (filter.kind) {
      case Filter::Kind::kAllOf:
        return EvaluateAll(filter);
      case Filter::Kind::kAnyOf:
        return EvaluateAny(filter);
      case Filter::Kind::kNot: {
        Known known = Evaluate(filter.children.front());
        known.surely.flip(0, rows_);
        known.maybe.flip(0, rows_);
        std::swap(known.surely, known.maybe);
        return known;
      }
      case Filter::Kind::kCompare:
        return EvaluateComparison(filter.comparison);
      case Filter::Kind::kHasId:
        return Certain(LocalRows(rows_of_ids_.at(&filter)));
    }
    return {};
  }

  Known EvaluateAll(const Filter& filter) const {
    Known known = Certain(AllRows());
    for (const Filter& child : filter.children) {
      const Known next = Evaluate(child);
      known.surely &= next.surely;
      known.maybe &= next.maybe;
      if (known.maybe.isEmpty()) break;
    }
    return known;
  }

  Known EvaluateAny(const Filter& filter) const {
    Known known;
    for (const Filter& child : filter.children) {
      const Known next = Evaluate(child);
      known.surely |= next.surely;
      known.maybe |= next.maybe;
    }
    return known;
  }

  // An index may be younger than the look at the schema that the filter was valid under: it must
  // hold what the filter asks for.
  Known EvaluateComparison(const Comparison& comparison) const {
    if (MustStop()) return {};
    if (part_ >= view_.segments.size()) {
      const Delta& delta = *view_.deltas[part_ - view_.segments.size()].delta;
      if (const IndexedField* field = FindField(delta.schema(), comparison.field)) {
        return Certain(ScanDelta(delta, field - delta.schema().data(), comparison));
      }
    } else if (const IndexedField* field = FindField(*view_.schema, comparison.field)) {
      const FieldIndex* index = view_.segments[part_].payloads->Find(*field);
      if (index != nullptr && HoldsAll(*field, comparison.values)) {
        return Certain(index->Rows(comparison, rows_));
      }
    }
    return {RowSet(), AllRows()};
  }

  static bool HoldsAll(const IndexedField& field, const std::vector<Scalar>& values) {
    return std::all_of(values.begin(), values.end(),
                       [&](const Scalar& value) { return Holds(field.type, value); });
  }

  RowSet ScanDelta(const Delta& delta, size_t field, const Comparison& comparison) const {
    std::vector<uint32_t> rows;
    for (uint32_t row = 0; row < rows_; ++row) {
      if (row % kRowsBetweenStops == 0 && MustStop()) break;
      if (Matches(comparison, delta.Values(row, field))) rows.push_back(row);
    }
    return RowSet(rows.size(), rows.data());
  }

  // Once true, what Evaluate returns means nothing: Matching answers with stopped_ instead.
  bool MustStop() const {
    if (stopped_.ok()) stopped_ = stop_();
    return !stopped_.ok();
  }

  RowSet LocalRows(const std::vector<Row>& rows) const {
    RowSet locals;
    for (const Row row : rows) {
      const std::optional<View::Place> place = view_.Find(row);
      if (place && place->part == part_) locals.add(place->row);
    }
    return locals;
  }

  static Known Certain(RowSet rows) {
    RowSet copy = rows;
    return {std::move(rows), std::move(copy)};
  }

  RowSet AllRows() const {
    RowSet rows;
    rows.addRange(0, rows_);
    return rows;
  }

  const View& view_;
  const CollectionNumber collection_;
  const Filter& filter_;
  const StopCheck stop_;
  absl::flat_hash_map<const Filter*, std::vector<Row>> rows_of_ids_;
  mutable absl::Status stopped_;
  size_t part_ = 0;
  uint32_t rows_ = 0;  // of the part
  uint64_t payloads_read_ = 0;
  uint64_t payload_bytes_ = 0;
};

// The rows of a part that are dead or not among `matching`.
RowBitmap AllBut(const RowSet& matching, const RowBitmap& dead, size_t rows) {
  RowBitmap left_out(rows);
  left_out.SetAll(rows);
  std::vector<uint32_t> locals(matching.cardinality());
  matching.toUint32Array(locals.data());
  for (uint32_t local : locals) {
    if (!dead.Test(local)) left_out.Clear(local);
  }
  return left_out;
}

// Adds those rows of `known.maybe` that satisfy the filter to `known.surely`.
absl::Status Resolve(const View& view, size_t part, FilterEvaluator* evaluator, Known* known) {
  std::vector<uint32_t> locals;
  std::vector<Row> rows;
  for (uint32_t local : known->maybe) {
    const View::Place place{static_cast<uint32_t>(part), local};
    if (view.IsDead(place)) continue;
    locals.push_back(local);
    rows.push_back(view.RowAt(place));
  }
  return evaluator->ReadAndMatch(rows, [&](size_t i) { known->surely.add(locals[i]); });
}

}  // namespace

absl::StatusOr<FilteredRows> FilterRows(const View& view, CollectionNumber collection,
                                        const Filter& filter, StopCheck stop) {
  FilterEvaluator evaluator(view, collection, filter, stop);
  NESTOR_RETURN_IF_ERROR(evaluator.Begin());
  FilteredRows result;
  for (size_t part = 0; part < view.part_count(); ++part) {
    NESTOR_ASSIGN_OR_RETURN(Known known, evaluator.KnownOf(part));
    NESTOR_RETURN_IF_ERROR(Resolve(view, part, &evaluator, &known));
    const size_t rows = view.RowsOf(part);
    result.left_out.push_back(AllBut(known.surely, view.DeadOf(part), rows));
    result.matching += rows - result.left_out.back().count();
  }
  result.payloads_read = evaluator.payloads_read();
  result.payload_bytes = evaluator.payload_bytes();
  return result;
}

struct RowFilter::State {
  const View& view;
  FilterEvaluator evaluator;
  std::vector<Known> known;  // by part
};

RowFilter::RowFilter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RowFilter::RowFilter(RowFilter&&) noexcept = default;
RowFilter& RowFilter::operator=(RowFilter&&) noexcept = default;
RowFilter::~RowFilter() = default;

absl::StatusOr<RowFilter> RowFilter::Make(const View& view, CollectionNumber collection,
                                          const Filter& filter, StopCheck stop) {
  auto state =
      std::unique_ptr<State>(new State{view, FilterEvaluator(view, collection, filter, stop), {}});
  NESTOR_RETURN_IF_ERROR(state->evaluator.Begin());
  for (size_t part = 0; part < view.part_count(); ++part) {
    NESTOR_ASSIGN_OR_RETURN(Known known, state->evaluator.KnownOf(part));
    state->known.push_back(std::move(known));
  }
  return RowFilter(std::move(state));
}

absl::StatusOr<std::vector<bool>> RowFilter::Match(absl::Span<const Row> rows) {
  std::vector<bool> matches(rows.size());
  std::vector<size_t> open;  // positions whose payload decides
  std::vector<Row> open_rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::optional<View::Place> place = state_->view.Find(rows[i]);
    if (!place) continue;
    const Known& known = state_->known[place->part];
    matches[i] = known.surely.contains(place->row);
    if (matches[i] || !known.maybe.contains(place->row)) continue;
    open.push_back(i);
    open_rows.push_back(rows[i]);
  }
  NESTOR_RETURN_IF_ERROR(
      state_->evaluator.ReadAndMatch(open_rows, [&](size_t i) { matches[open[i]] = true; }));
  return matches;
}

}  // namespace nestor
