#ifndef NESTOR_ENGINE_PAYLOAD_INDEX_H_
#define NESTOR_ENGINE_PAYLOAD_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/filter.h"
#include "engine/payload.h"
#include "engine/payload_schema.h"
#include "engine/postings.h"
#include "engine/row_set.h"

namespace nestor {

// The values of one field in the rows of one segment.
//
// Thread safety: immutable.
class FieldIndex {
 public:
  // The rows among 0 to rows - 1 that satisfy `comparison`, as Matches decides. REQUIRES: its
  // values are of the index's type, see ValidateFilter.
  RowSet Rows(const Comparison& comparison, uint32_t rows) const;

  FieldType type() const { return type_; }
  size_t MemoryBytes() const;

 private:
  friend class FieldIndexBuilder;
  using AnyPostings =
      std::variant<Postings<std::string>, Postings<Number>, Postings<bool>, Postings<absl::Time>>;

  FieldType type_ = FieldType::kKeyword;
  RowSet present_;
  RowSet null_;
  AnyPostings postings_;
};

// Gathers the values of one field, row by row in any order.
class FieldIndexBuilder {
 public:
  explicit FieldIndexBuilder(FieldType type);

  void Add(uint32_t row, const FieldValues& values);
  // Adds what `index` has, with its row r as new_rows[r]; kDropped: not at all. REQUIRES: the same
  // type.
  void AddFrom(const FieldIndex& index, absl::Span<const uint32_t> new_rows);
  FieldIndex Finish() &&;

  static constexpr uint32_t kDropped = 0xffffffff;

 private:
  template <typename Key>
  using Entries = std::vector<std::pair<Key, uint32_t>>;

  FieldType type_;
  std::vector<uint32_t> present_;
  std::vector<uint32_t> null_;
  std::variant<Entries<std::string>, Entries<Number>, Entries<bool>, Entries<absl::Time>> entries_;
};

// The payload indexes of one segment: of all fields of the collection's schema, or of some of them
// while the others are being built.
//
// Thread safety: immutable once shared.
class PayloadIndex {
 public:
  void Add(const IndexedField& field, FieldIndex index);
  // The same indexes, without those that `schema` does not have.
  PayloadIndex Only(const PayloadSchema& schema) const;

  // Null if the field has no index here, or one of another type.
  const FieldIndex* Find(const IndexedField& field) const;
  bool Covers(const PayloadSchema& schema) const;
  size_t MemoryBytes() const;

 private:
  struct Entry {
    std::string path;
    std::shared_ptr<const FieldIndex> index;
  };
  std::vector<Entry> entries_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PAYLOAD_INDEX_H_
