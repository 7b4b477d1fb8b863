#include "engine/payload_index.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "storage/check.h"

namespace nestor {
namespace {

// The key under which an index holds a scalar.
template <typename Key>
Key KeyOf(const Scalar& scalar) {
  if constexpr (std::is_same_v<Key, Number>) {
    return NumberOf(scalar);
  } else {
    return std::get<Key>(scalar);
  }
}

template <typename Key>
void AddEqual(const Postings<Key>& postings, const Scalar& value, RowSet* rows) {
  const Key key = KeyOf<Key>(value);
  postings.AddRows(postings.LowerBound(key), postings.UpperBound(key), rows);
}

template <typename Key>
RowSet RowsInAll(const Postings<Key>& postings, const std::vector<Scalar>& values) {
  RowSet rows;
  for (size_t i = 0; i < values.size(); ++i) {
    RowSet equal;
    AddEqual(postings, values[i], &equal);
    if (i == 0) {
      rows = std::move(equal);
    } else {
      rows &= equal;
    }
  }
  return rows;
}

template <typename Key>
RowSet RowsWithPrefix(const Postings<Key>& postings, const Scalar& prefix) {
  RowSet rows;
  if constexpr (std::is_same_v<Key, std::string>) {
    const auto& text = std::get<std::string>(prefix);
    const size_t first = postings.LowerBound(text);
    const size_t last = postings.PartitionPoint(
        [&](const std::string& key) { return key < text || absl::StartsWith(key, text); });
    postings.AddRows(first, last, &rows);
  }
  return rows;
}

// The rows of the operators that look for keys.
template <typename Key>
RowSet RowsByKey(const Postings<Key>& postings, const Comparison& comparison) {
  const std::vector<Scalar>& values = comparison.values;
  RowSet rows;
  switch (comparison.op) {
    case CompareOp::kLess:
      postings.AddRows(0, postings.LowerBound(KeyOf<Key>(values[0])), &rows);
      break;
    case CompareOp::kLessOrEqual:
      postings.AddRows(0, postings.UpperBound(KeyOf<Key>(values[0])), &rows);
      break;
    case CompareOp::kGreater:
      postings.AddRows(postings.UpperBound(KeyOf<Key>(values[0])), postings.key_count(), &rows);
      break;
    case CompareOp::kGreaterOrEqual:
      postings.AddRows(postings.LowerBound(KeyOf<Key>(values[0])), postings.key_count(), &rows);
      break;
    case CompareOp::kContainsAll:
      return RowsInAll(postings, values);
    case CompareOp::kPrefix:
      return RowsWithPrefix(postings, values[0]);
    default:
      for (const Scalar& value : values) AddEqual(postings, value, &rows);
  }
  return rows;
}

}  // namespace

RowSet FieldIndex::Rows(const Comparison& comparison, uint32_t rows) const {
  if (comparison.op == CompareOp::kExists) return present_;
  if (comparison.op == CompareOp::kIsNull) return null_;
  RowSet found =
      std::visit([&](const auto& postings) { return RowsByKey(postings, comparison); }, postings_);
  if (comparison.op == CompareOp::kNotEqual || comparison.op == CompareOp::kNotIn) {
    found.flip(0, rows);
  }
  return found;
}

size_t FieldIndex::MemoryBytes() const {
  return present_.getSizeInBytes() + null_.getSizeInBytes() +
         std::visit([](const auto& postings) { return postings.MemoryBytes(); }, postings_);
}

FieldIndexBuilder::FieldIndexBuilder(FieldType type) : type_(type) {
  switch (type) {
    case FieldType::kKeyword:
      entries_ = Entries<std::string>();
      break;
    case FieldType::kInt:
    case FieldType::kDouble:
      entries_ = Entries<Number>();
      break;
    case FieldType::kBool:
      entries_ = Entries<bool>();
      break;
    case FieldType::kTime:
      entries_ = Entries<absl::Time>();
      break;
  }
}

void FieldIndexBuilder::Add(uint32_t row, const FieldValues& values) {
  if (!values.present) return;
  present_.push_back(row);
  for (const Scalar& scalar : values.scalars) {
    if (std::holds_alternative<Null>(scalar)) {
      if (null_.empty() || null_.back() != row) null_.push_back(row);
    } else if (Holds(type_, scalar)) {
      std::visit([&]<typename Key>(
                     Entries<Key>& entries) { entries.emplace_back(KeyOf<Key>(scalar), row); },
                 entries_);
    }
  }
}

void FieldIndexBuilder::AddFrom(const FieldIndex& index, absl::Span<const uint32_t> new_rows) {
  NESTOR_CHECK(index.type_ == type_);
  const auto add_rows = [&](const RowSet& from, std::vector<uint32_t>* to) {
    for (uint32_t row : from) {
      if (new_rows[row] != kDropped) to->push_back(new_rows[row]);
    }
  };
  add_rows(index.present_, &present_);
  add_rows(index.null_, &null_);
  std::visit(
      [&]<typename Key>(const Postings<Key>& postings) {
        auto& entries = std::get<Entries<Key>>(entries_);
        postings.ForEach([&](const Key& key, uint32_t row) {
          if (new_rows[row] != kDropped) entries.emplace_back(key, new_rows[row]);
        });
      },
      index.postings_);
}

FieldIndex FieldIndexBuilder::Finish() && {
  FieldIndex index;
  index.type_ = type_;
  index.present_ = RowSet(present_.size(), present_.data());
  index.null_ = RowSet(null_.size(), null_.data());
  index.present_.runOptimize();
  std::visit([&]<typename Key>(
                 Entries<Key>& entries) { index.postings_ = Postings<Key>(std::move(entries)); },
             entries_);
  return index;
}

void PayloadIndex::Add(const IndexedField& field, FieldIndex index) {
  entries_.push_back({field.path, std::make_shared<const FieldIndex>(std::move(index))});
}

PayloadIndex PayloadIndex::Only(const PayloadSchema& schema) const {
  PayloadIndex index;
  for (const Entry& entry : entries_) {
    const IndexedField* field = FindField(schema, entry.path);
    if (field != nullptr && field->type == entry.index->type()) index.entries_.push_back(entry);
  }
  return index;
}

const FieldIndex* PayloadIndex::Find(const IndexedField& field) const {
  for (const Entry& entry : entries_) {
    if (entry.path == field.path && entry.index->type() == field.type) return entry.index.get();
  }
  return nullptr;
}

bool PayloadIndex::Covers(const PayloadSchema& schema) const {
  return std::all_of(schema.begin(), schema.end(),
                     [this](const IndexedField& field) { return Find(field) != nullptr; });
}

size_t PayloadIndex::MemoryBytes() const {
  size_t bytes = 0;
  for (const Entry& entry : entries_) bytes += entry.index->MemoryBytes();
  return bytes;
}

}  // namespace nestor
