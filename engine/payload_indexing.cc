#include "engine/payload_indexing.h"

#include <algorithm>
#include <new>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/payload.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kRowsPerRead = 1024;

// Where each row of `from` is in `merged`. Both ascend.
std::vector<uint32_t> NewRows(const Segment& from, const Segment& merged) {
  std::vector<uint32_t> new_rows(from.rows.size(), FieldIndexBuilder::kDropped);
  size_t at = 0;
  for (size_t local = 0; local < from.rows.size(); ++local) {
    while (at < merged.rows.size() && merged.rows[at] < from.rows[local]) ++at;
    if (at < merged.rows.size() && merged.rows[at] == from.rows[local])
      new_rows[local] = static_cast<uint32_t>(at);
  }
  return new_rows;
}

// Gathers several fields at once.
class Builders {
 public:
  explicit Builders(PayloadSchema schema) : schema_(std::move(schema)) {
    for (const IndexedField& field : schema_) builders_.emplace_back(field.type);
  }

  absl::Status Add(uint32_t row, const std::string& bytes) {
    if (bytes.empty()) return absl::OkStatus();
    if (!payload_.ParseFromString(bytes))
      return absl::DataLossError("a stored payload is malformed");
    for (size_t i = 0; i < schema_.size(); ++i) {
      builders_[i].Add(row, ValuesAt(payload_, schema_[i].path));
    }
    return absl::OkStatus();
  }

  // REQUIRES: `index` has every field.
  void AddFrom(const PayloadIndex& index, absl::Span<const uint32_t> new_rows) {
    for (size_t i = 0; i < schema_.size(); ++i) {
      builders_[i].AddFrom(*index.Find(schema_[i]), new_rows);
    }
  }

  void FinishInto(PayloadIndex* index) && {
    for (size_t i = 0; i < schema_.size(); ++i) {
      index->Add(schema_[i], std::move(builders_[i]).Finish());
    }
  }

 private:
  const PayloadSchema schema_;
  std::vector<FieldIndexBuilder> builders_;
  storage::PayloadRecord payload_;
};

// Adds the payloads of `locals` in the store. Throws std::bad_alloc.
absl::Status AddPayloads(const StoreSnapshot& snapshot, CollectionNumber collection,
                         const Segment& segment, absl::Span<const uint32_t> locals,
                         const std::atomic<bool>& cancelled, Builders* builders) {
  std::vector<Row> rows;
  std::vector<std::string> payloads;
  for (size_t begin = 0; begin < locals.size(); begin += kRowsPerRead) {
    if (cancelled) return absl::CancelledError("indexing payloads was cancelled");
    const absl::Span<const uint32_t> batch = locals.subspan(begin, kRowsPerRead);
    rows.clear();
    for (const uint32_t local : batch) rows.push_back(segment.rows[local]);
    NESTOR_RETURN_IF_ERROR(snapshot.ReadPayloads(collection, rows, &payloads));
    for (size_t i = 0; i < batch.size(); ++i) {
      NESTOR_RETURN_IF_ERROR(builders->Add(batch[i], payloads[i]));
    }
  }
  return absl::OkStatus();
}

// Throws std::bad_alloc.
absl::StatusOr<std::shared_ptr<const PayloadIndex>> ReadIndex(
    const StoreSnapshot& snapshot, CollectionNumber collection, const Segment& segment,
    const PayloadSchema& schema, const PayloadIndex& have, const RowSet& patched,
    const std::atomic<bool>& cancelled) {
  PayloadSchema missing;
  PayloadSchema known;
  for (const IndexedField& field : schema) {
    (have.Find(field) == nullptr ? missing : known).push_back(field);
  }
  auto index = std::make_shared<PayloadIndex>();
  if (patched.isEmpty()) *index = have.Only(schema);

  std::vector<uint32_t> rows(segment.rows.size());
  std::iota(rows.begin(), rows.end(), 0);
  if (!missing.empty()) {
    Builders builders(missing);
    NESTOR_RETURN_IF_ERROR(AddPayloads(snapshot, collection, segment, rows, cancelled, &builders));
    std::move(builders).FinishInto(index.get());
  }

  if (patched.isEmpty()) return std::shared_ptr<const PayloadIndex>(std::move(index));

  std::vector<uint32_t> patched_rows(patched.cardinality());
  patched.toUint32Array(patched_rows.data());
  for (const uint32_t row : patched_rows) rows[row] = FieldIndexBuilder::kDropped;
  Builders builders(known);
  builders.AddFrom(have, rows);
  NESTOR_RETURN_IF_ERROR(
      AddPayloads(snapshot, collection, segment, patched_rows, cancelled, &builders));
  std::move(builders).FinishInto(index.get());
  return std::shared_ptr<const PayloadIndex>(std::move(index));
}

}  // namespace

std::shared_ptr<const PayloadIndex> IndexFromDelta(const Delta& delta, const Segment& segment) {
  auto index = std::make_shared<PayloadIndex>();
  for (size_t field = 0; field < delta.schema().size(); ++field) {
    FieldIndexBuilder builder(delta.schema()[field].type);
    for (uint32_t local = 0; local < segment.rows.size(); ++local) {
      const uint64_t in_delta = ToNumber(segment.rows[local]) - ToNumber(delta.first_row());
      builder.Add(local, delta.Values(static_cast<uint32_t>(in_delta), field));
    }
    index->Add(delta.schema()[field], std::move(builder).Finish());
  }
  return index;
}

bool PayloadIndexIsDue(const View::SegmentPart& part, const PayloadSchema& schema) {
  return !part.payloads->Covers(schema) ||
         (!schema.empty() &&
          part.patched.size() > std::min(kMaxPatchedRows, part.segment->rows.size() / 8));
}

std::shared_ptr<const PayloadIndex> MergePayloadIndexes(const PayloadSchema& schema,
                                                        absl::Span<const PayloadMergeInput> inputs,
                                                        const Segment& merged) {
  auto index = std::make_shared<PayloadIndex>();
  std::vector<std::vector<uint32_t>> new_rows;
  for (const PayloadMergeInput& input : inputs) {
    new_rows.push_back(NewRows(*input.segment, merged));
  }
  for (const IndexedField& field : schema) {
    const bool everywhere = std::all_of(
        inputs.begin(), inputs.end(),
        [&](const PayloadMergeInput& input) { return input.payloads->Find(field) != nullptr; });
    if (!everywhere) continue;
    FieldIndexBuilder builder(field.type);
    for (size_t i = 0; i < inputs.size(); ++i) {
      builder.AddFrom(*inputs[i].payloads->Find(field), new_rows[i]);
    }
    index->Add(field, std::move(builder).Finish());
  }
  return index;
}

absl::StatusOr<std::shared_ptr<const PayloadIndex>> IndexFromStore(
    const StoreSnapshot& snapshot, CollectionNumber collection, const Segment& segment,
    const PayloadSchema& schema, const PayloadIndex& have, const RowSet& patched,
    const std::atomic<bool>& cancelled) {
  try {
    return ReadIndex(snapshot, collection, segment, schema, have, patched, cancelled);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("out of memory for a payload index");
  }
}

}  // namespace nestor
