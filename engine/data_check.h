#ifndef NESTOR_ENGINE_DATA_CHECK_H_
#define NESTOR_ENGINE_DATA_CHECK_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "storage/checked_file.h"
#include "storage/point_store.h"

namespace nestor {

// What a check of a data directory found, in the operator's words.
struct DataReport {
  std::vector<std::string> facts;     // what is there
  std::vector<std::string> problems;  // what is wrong with it; empty: nothing
};

// Reads all that the store and the segment files hold and changes nothing. Every stored value is
// read and its checksum compared; every id must lead to a point of that id and every point have
// one id; every file that a manifest names is read as a start would read it, and must hold the live
// points that the manifest says it holds and no dead one without a tombstone; those that have
// expired `now` may be missing. `files` may be null: then there are none. Of each collection at
// most kMaxProblems are named.
DataReport CheckData(const PointStore& store, const CheckedFiles* files, absl::Time now);

inline constexpr size_t kMaxProblems = 10;

}  // namespace nestor

#endif  // NESTOR_ENGINE_DATA_CHECK_H_
