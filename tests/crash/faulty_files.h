#ifndef NESTOR_TESTS_CRASH_FAULTY_FILES_H_
#define NESTOR_TESTS_CRASH_FAULTY_FILES_H_

#include <rocksdb/env.h>

#include <memory>

#include "tests/crash/fault_switches.h"

namespace nestor::testing {

// The real file system with the faults that `switches` ask for at each moment. `switches` must
// outlive it. For RocksDB's files and for segment files alike; RocksDB's LOG is left alone.
//
// A file whose writes are held back shows its reader what was passed on; closing it passes all on,
// because others open it then, and syncing it takes some
// milliseconds. A write that fails leaves its first half. A sync that fails drops
// what waited for it, as the page cache of Linux does.
std::unique_ptr<rocksdb::Env> NewFaultyEnv(FaultSwitches* switches);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_FAULTY_FILES_H_
