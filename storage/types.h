#ifndef NESTOR_STORAGE_TYPES_H_
#define NESTOR_STORAGE_TYPES_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

// The names that every layer uses for positions and points. They are types of their own and do not
// convert into each other: a row is our position of one version of a point, an id is the user's
// name for the point.

namespace nestor {

// Position of one version of a point inside its collection. Handed out in commit order from 1,
// never reused.
enum class Row : uint64_t {};
inline constexpr Row kNoRow{0};
constexpr uint64_t ToNumber(Row row) { return static_cast<uint64_t>(row); }
constexpr Row NextRow(Row row) { return Row{ToNumber(row) + 1}; }

// Number of a collection inside one data directory, from 1. A dropped collection's number is never
// reused.
enum class CollectionNumber : uint32_t {};
constexpr uint32_t ToNumber(CollectionNumber number) { return static_cast<uint32_t>(number); }

// Counts the commits of one collection, from 1. 0 is "before the first".
enum class Sequence : uint64_t {};
constexpr uint64_t ToNumber(Sequence sequence) { return static_cast<uint64_t>(sequence); }
constexpr Sequence NextSequence(Sequence sequence) { return Sequence{ToNumber(sequence) + 1}; }

inline constexpr size_t kMaxIdBytes = 256;  // of a string id

// The user's name for a point: a 64-bit number, or a string of 1 to kMaxIdBytes bytes. A number and
// its decimal string are different ids. Ordered: numbers by value, then strings by bytes; the
// encoded form sorts the same way.
class PointId {
 public:
  PointId() = default;  // not a valid id; a place to assign one to
  static PointId FromNumber(uint64_t number);
  // REQUIRES: 1 <= name.size() <= kMaxIdBytes.
  static PointId FromString(absl::string_view name);
  // From what encoded() returned. False and `id` untouched if `encoded` is no id.
  static bool FromEncoded(absl::string_view encoded, PointId* id);

  bool is_number() const { return !encoded_.empty() && encoded_[0] == kNumberTag; }
  uint64_t number() const;         // REQUIRES: is_number()
  absl::string_view name() const;  // REQUIRES: !is_number()

  // 1 tag byte, then 8 bytes big-endian for a number or the bytes of a string.
  const std::string& encoded() const { return encoded_; }
  // As a person writes it: 42, or "forty two" without the quotes.
  std::string ToString() const;

  friend bool operator==(const PointId& a, const PointId& b) { return a.encoded_ == b.encoded_; }
  friend bool operator!=(const PointId& a, const PointId& b) { return !(a == b); }
  friend bool operator<(const PointId& a, const PointId& b) { return a.encoded_ < b.encoded_; }
  template <typename H>
  friend H AbslHashValue(H state, const PointId& id) {
    return H::combine(std::move(state), id.encoded_);
  }

 private:
  static constexpr char kNumberTag = 1;
  static constexpr char kStringTag = 2;
  std::string encoded_;
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_TYPES_H_
