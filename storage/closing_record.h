#ifndef NESTOR_STORAGE_CLOSING_RECORD_H_
#define NESTOR_STORAGE_CLOSING_RECORD_H_

#include <string>

#include "absl/status/status.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace nestor {

// RocksDB believes its logs and its list of files as far as they go: one that was cut short at rest
// looks like one that a power loss tore, and what is gone is gone without a word. So a store that
// is closed in peace leaves a record behind of what these files hold, in the file CLOSED, and the
// next one to open the directory compares. After a crash there is no record.
//
// REQUIRES, for each: the caller keeps others from opening the directory.

// Durable when it returns OK. The errors of CheckedFiles::Write.
absl::Status WriteClosingRecord(const std::string& directory, rocksdb::Env* env);
// OK if there is no record. DataLossError naming the file that is not as it was left, or missing.
absl::Status CheckClosingRecord(const std::string& directory, rocksdb::Env* env);
// Before the first change of the directory; durable when it returns OK, also if there was none.
absl::Status RemoveClosingRecord(const std::string& directory, rocksdb::Env* env);

}  // namespace nestor

#endif  // NESTOR_STORAGE_CLOSING_RECORD_H_
