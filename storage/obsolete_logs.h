#ifndef NESTOR_STORAGE_OBSOLETE_LOGS_H_
#define NESTOR_STORAGE_OBSOLETE_LOGS_H_

#include <string>

#include "absl/status/status.h"
#include "rocksdb/db.h"

namespace nestor {

// Removes the write-ahead logs of `directory` that are older than the one that `db` writes to. An
// old log may end in a torn write, and behind it nothing may be written: the next start would take
// that for an acknowledged write that was lost (storage/wal_check.h). RocksDB removes its old logs
// itself, but goes on if it cannot, as on a disk that fails now and then.
//
// Durable when it returns OK. UnavailableError naming the file.
//
// REQUIRES: `db` was just opened, which has moved everything in its logs into tables
// (avoid_flush_during_recovery is off), and nothing was written to it yet.
absl::Status RemoveObsoleteLogs(rocksdb::DB& db, const std::string& directory);

}  // namespace nestor

#endif  // NESTOR_STORAGE_OBSOLETE_LOGS_H_
