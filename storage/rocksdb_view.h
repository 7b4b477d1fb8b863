#ifndef NESTOR_STORAGE_ROCKSDB_VIEW_H_
#define NESTOR_STORAGE_ROCKSDB_VIEW_H_

#include <array>
#include <memory>

#include "rocksdb/db.h"
#include "storage/key_value_view.h"
#include "storage/keys.h"

namespace nestor {

// By Family.
using FamilyHandles = std::array<rocksdb::ColumnFamilyHandle*, kAllFamilies.size()>;

// The state of `db` at the time of the call. `db` and the handles must outlive it.
std::unique_ptr<const KeyValueView> NewRocksDbView(rocksdb::DB& db, const FamilyHandles& families);

}  // namespace nestor

#endif  // NESTOR_STORAGE_ROCKSDB_VIEW_H_
