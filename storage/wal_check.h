#ifndef NESTOR_STORAGE_WAL_CHECK_H_
#define NESTOR_STORAGE_WAL_CHECK_H_

#include <string>

#include "absl/status/status.h"

namespace nestor {

// Tells a torn write from lost data in RocksDB's write-ahead logs, which none of its recovery modes
// does: one of them refuses to start after a power loss that tore the last write, the other drops
// acknowledged writes without a word.
//
// We sync every write before the next one begins. So a power loss tears at most the last write of
// the newest log, and nobody was told that it is durable. Damage that has a later write behind it
// was acknowledged and then lost. (The empty write with which RocksDB begins a log after a recovery
// is none of ours: it may lie behind a torn one, until the old log is removed.)
//
// One case cannot be told apart: damage to a fragment's length that hides the only later begin of a
// write, in the same 32 KiB, passes for a torn write.
//
// OK if the logs in `directory` hold no damage, or only the torn last write. DataLossError naming
// file and offset when an acknowledged write is damaged; UnavailableError when a log cannot be
// read. Reads every log once.
//
// REQUIRES: nobody writes to the logs meanwhile, and they were written with sync, one write at a
// time, not recycled and not compressed (storage/rocksdb_options.h).
absl::Status CheckWriteAheadLogs(const std::string& directory);

}  // namespace nestor

#endif  // NESTOR_STORAGE_WAL_CHECK_H_
