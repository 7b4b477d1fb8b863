#ifndef NESTOR_TESTS_STORAGE_RAW_ROCKSDB_H_
#define NESTOR_TESTS_STORAGE_RAW_ROCKSDB_H_

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/keys.h"

namespace nestor::testing {

// The RocksDB of a closed store, opened without us: to look at bytes and to damage them.
class RawRocksDb {
 public:
  explicit RawRocksDb(const std::string& directory) : directory_(directory) {
    std::vector<std::string> names;
    Expect(rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), directory, &names));
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names)
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    Expect(rocksdb::DB::Open(rocksdb::DBOptions(), directory, families, &handles, &db));
    db_.reset(db);
    for (size_t i = 0; i < names.size(); ++i) handles_[names[i]] = handles[i];
  }
  ~RawRocksDb() {
    for (const auto& [name, handle] : handles_) Expect(db_->DestroyColumnFamilyHandle(handle));
    Expect(db_->Close());
    std::filesystem::remove(directory_ + "/CLOSED");  // what changed here is changed on purpose
  }
  RawRocksDb(const RawRocksDb&) = delete;
  RawRocksDb& operator=(const RawRocksDb&) = delete;

  std::string Get(Family family, const std::string& key) {
    std::string value;
    Expect(db_->Get(rocksdb::ReadOptions(), Handle(family), key, &value));
    return value;
  }
  void Put(Family family, const std::string& key, const std::string& value) {
    Expect(db_->Put(rocksdb::WriteOptions(), Handle(family), key, value));
  }
  void FlipLastBit(Family family, const std::string& key) {
    std::string value = Get(family, key);
    value.back() = static_cast<char>(value.back() ^ 1);
    Put(family, key, value);
  }
  void CreateFamily(const std::string& name) {
    Expect(db_->CreateColumnFamily(rocksdb::ColumnFamilyOptions(), name, &handles_[name]));
  }
  void DropFamily(Family family) { Expect(db_->DropColumnFamily(Handle(family))); }

 private:
  static void Expect(const rocksdb::Status& status) {
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
  rocksdb::ColumnFamilyHandle* Handle(Family family) {
    return handles_.at(std::string(FamilyName(family)));
  }

  const std::string directory_;
  std::unique_ptr<rocksdb::DB> db_;
  std::map<std::string, rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_STORAGE_RAW_ROCKSDB_H_
