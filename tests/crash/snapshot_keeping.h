#ifndef NESTOR_TESTS_CRASH_SNAPSHOT_KEEPING_H_
#define NESTOR_TESTS_CRASH_SNAPSHOT_KEEPING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/client.h"
#include "tests/crash/run_control.h"

namespace nestor::testing {

// The collection that is restored and dropped again and again.
inline constexpr char kRestored[] = "restored";

// The client that makes a snapshot of kDocs, restores it, drops what it restored, and deletes the
// snapshot, while the others write. There is kRestored only while there is the one snapshot that it
// came from.
//
// Thread safety: none.
class SnapshotKeeping {
 public:
  SnapshotKeeping(const std::string& address, RunControl* control)
      : client_(address), control_(*control) {}

  // Until the run stops, or a failure ends it.
  void Run();

 private:
  // What an earlier life left behind, and a whole round. The first call that failed.
  absl::Status Clean();
  absl::Status Round();

  const Client client_;
  RunControl& control_;
};

// At rest: every snapshot that is listed is whole, and so is what was restored.
absl::Status CheckSnapshots(const Client& client);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_SNAPSHOT_KEEPING_H_
