#ifndef NESTOR_TESTS_STORAGE_RECORD_BUILDER_H_
#define NESTOR_TESTS_STORAGE_RECORD_BUILDER_H_

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "storage/point_store.h"
#include "storage/records.pb.h"
#include "storage/types.h"

// Commit records and their parts, in one line each.

namespace nestor::testing {

inline PointId Id(uint64_t number) { return PointId::FromNumber(number); }
inline PointId Id(const char* name) { return PointId::FromString(name); }

// `dims` floats that tell which seed made them.
inline std::string VectorBytes(uint64_t seed, int dims = 4) {
  std::vector<float> values(dims);
  for (int i = 0; i < dims; ++i)
    values[i] = static_cast<float>(seed) + 0.25f * static_cast<float>(i);
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// A write of one collection. Vectors are VectorBytes(row) unless given.
class WriteBuilder {
 public:
  WriteBuilder(uint32_t collection, uint64_t sequence) {
    record_.set_format(kCommitFormat);
    record_.set_collection(collection);
    record_.set_sequence(sequence);
    record_.mutable_write()->set_next_row(1);
  }

  WriteBuilder& Put(const PointId& id, uint64_t row, absl::string_view payload = "",
                    uint64_t replaced_row = 0) {
    return PutVector(id, row, VectorBytes(row), payload, replaced_row);
  }
  WriteBuilder& PutVector(const PointId& id, uint64_t row, const std::string& vector,
                          absl::string_view payload = "", uint64_t replaced_row = 0) {
    auto* put = record_.mutable_write()->add_puts();
    put->set_id(id.encoded());
    put->set_row(row);
    put->set_vector(vector);
    put->set_payload(std::string(payload));
    put->set_replaced_row(replaced_row);
    return Reserve(row);
  }
  // Of the last put: when it expires, and that what it replaces had a time as well.
  WriteBuilder& Expires(int64_t expire_us) {
    LastPut()->set_expire_us(expire_us);
    return *this;
  }
  WriteBuilder& ReplacedExpires() {
    LastPut()->set_replaced_expires(true);
    return *this;
  }
  WriteBuilder& EraseExpiring(const PointId& id, uint64_t row) {
    Erase(id, row);
    record_.mutable_write()->mutable_erases()->rbegin()->set_expires(true);
    return *this;
  }
  WriteBuilder& Erase(const PointId& id, uint64_t row) {
    auto* erase = record_.mutable_write()->add_erases();
    erase->set_id(id.encoded());
    erase->set_row(row);
    return Reserve(row);
  }
  WriteBuilder& PutPayload(uint64_t row, absl::string_view payload) {
    auto* put = record_.mutable_write()->add_payload_puts();
    put->set_row(row);
    put->set_payload(std::string(payload));
    return Reserve(row);
  }
  WriteBuilder& PutExpiry(uint64_t row, std::optional<int64_t> expire_us) {
    auto* put = record_.mutable_write()->add_expiry_puts();
    put->set_row(row);
    if (expire_us) put->set_expire_us(*expire_us);
    return Reserve(row);
  }
  storage::CommitRecord Build() const { return record_; }

 private:
  storage::CommitRecord::Put* LastPut() {
    return &*record_.mutable_write()->mutable_puts()->rbegin();
  }
  WriteBuilder& Reserve(uint64_t row) {
    auto* write = record_.mutable_write();
    if (write->next_row() <= row) write->set_next_row(row + 1);
    return *this;
  }

  storage::CommitRecord record_;
};

inline storage::CommitRecord CreateRecord(uint32_t collection, const std::string& name) {
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(collection);
  record.mutable_create()->set_name(name);
  record.mutable_create()->set_number(collection);
  return record;
}

inline storage::CommitRecord RestoreRecord(uint32_t collection, const std::string& name) {
  storage::CommitRecord record = CreateRecord(collection, name);
  const storage::CollectionRecord restored = record.create();
  *record.mutable_restore() = restored;
  return record;
}

// Everybody sees it from now on.
inline storage::CommitRecord FinishRestoreRecord(uint32_t collection, const std::string& name) {
  storage::CommitRecord record = CreateRecord(collection, name);
  const storage::CollectionRecord restored = record.create();
  *record.mutable_end_restore()->mutable_create() = restored;
  return record;
}

// It goes.
inline storage::CommitRecord AbandonRestoreRecord(uint32_t collection) {
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(collection);
  record.mutable_end_restore();
  return record;
}

inline storage::CommitRecord DropRecord(uint32_t collection, const std::string& name) {
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(collection);
  record.mutable_drop()->set_name(name);
  return record;
}

inline storage::CommitRecord ForgetRecord(uint32_t collection, const std::vector<uint64_t>& rows) {
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(collection);
  record.mutable_forget_tombstones()->mutable_rows()->Add(rows.begin(), rows.end());
  return record;
}

inline storage::CommitRecord ForgetAllRecord(uint32_t collection) {
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(collection);
  record.mutable_forget_tombstones()->set_all(true);
  return record;
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_STORAGE_RECORD_BUILDER_H_
