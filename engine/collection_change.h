#ifndef NESTOR_ENGINE_COLLECTION_CHANGE_H_
#define NESTOR_ENGINE_COLLECTION_CHANGE_H_

#include "storage/point_store.h"
#include "storage/records.pb.h"
#include "storage/types.h"

namespace nestor {

// A commit record of that collection, without its change.
inline storage::CommitRecord CollectionChange(CollectionNumber number) {
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(ToNumber(number));
  return record;
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_COLLECTION_CHANGE_H_
