#ifndef NESTOR_STORAGE_STORE_SNAPSHOT_H_
#define NESTOR_STORAGE_STORE_SNAPSHOT_H_

#include <memory>

#include "storage/key_value_view.h"
#include "storage/point_store.h"

namespace nestor {

// The points, ids and payloads that the keys and values of `view` stand for. Each distinct key is
// read once, in key order, and each value is checked before anyone sees it.
std::unique_ptr<StoreSnapshot> NewStoreSnapshot(std::unique_ptr<const KeyValueView> view);

}  // namespace nestor

#endif  // NESTOR_STORAGE_STORE_SNAPSHOT_H_
