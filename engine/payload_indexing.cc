#include "engine/payload_indexing.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/payload.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kReadBatch = 1024;

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

// Throws std::bad_alloc.
absl::StatusOr<std::shared_ptr<const PayloadIndex>> ReadIndex(
    const StoreSnapshot& snapshot, CollectionNumber collection, const Segment& segment,
    const PayloadSchema& schema, const PayloadIndex& have, const std::atomic<bool>& cancelled) {
  PayloadSchema missing;
  std::copy_if(schema.begin(), schema.end(), std::back_inserter(missing),
               [&](const IndexedField& field) { return have.Find(field) == nullptr; });
  Builders builders(missing);
  std::vector<std::string> payloads;
  const absl::Span<const Row> rows = segment.rows;
  for (size_t begin = 0; begin < rows.size(); begin += kReadBatch) {
    if (cancelled) return absl::CancelledError("indexing payloads was cancelled");
    const absl::Span<const Row> batch = rows.subspan(begin, kReadBatch);
    NESTOR_RETURN_IF_ERROR(snapshot.ReadPayloads(collection, batch, &payloads));
    for (size_t i = 0; i < batch.size(); ++i) {
      NESTOR_RETURN_IF_ERROR(builders.Add(static_cast<uint32_t>(begin + i), payloads[i]));
    }
  }
  auto index = std::make_shared<PayloadIndex>(have);
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
    const PayloadSchema& schema, const PayloadIndex& have, const std::atomic<bool>& cancelled) {
  try {
    return ReadIndex(snapshot, collection, segment, schema, have, cancelled);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("out of memory for a payload index");
  }
}

}  // namespace nestor
