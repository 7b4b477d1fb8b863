#ifndef NESTOR_TESTS_CRASH_HOUSEKEEPING_H_
#define NESTOR_TESTS_CRASH_HOUSEKEEPING_H_

#include <string>

#include "absl/status/status.h"
#include "client/client.h"
#include "tests/crash/oracle.h"
#include "tests/crash/run_control.h"

namespace nestor::testing {

// The collections of a run besides the clients' own: docs itself, one of points that expire soon,
// and one that is created and dropped again and again.
inline constexpr char kExpiring[] = "expiring";
inline constexpr char kScratch[] = "scratch";

// Creates what is to last, if it is not there. The server's status.
absl::Status CreateCollections(const Client& client);

// The client that makes a server do what it does seldom: it waits for the index, so that deltas are
// sealed and segments merged and written again and again, adds points that expire at once, and
// creates and drops a collection. `scratch` knows that one as its key 0; the version is a label.
//
// Thread safety: none.
class Housekeeping {
 public:
  Housekeeping(const std::string& address, Oracle* scratch, RunControl* control)
      : client_(address), scratch_(*scratch), control_(*control) {}

  // Until the run stops, or a failure ends it.
  void Run();

 private:
  // All return false when it must end.
  bool WaitForIndex(const char* collection);
  bool AddExpiring();
  bool CreateScratch();
  bool DropScratch();
  bool FillScratch();
  bool Ended(VersionedKey write, const absl::Status& status, absl::Time began);

  const Client client_;
  Oracle& scratch_;
  RunControl& control_;
};

// Whether the server takes writes: one point that no check looks at.
absl::Status ProbeUpsert(const Client& client);
absl::Status ProbeDelete(const Client& client);

// At rest: the collections are as they may be, and what was expired is gone.
absl::Status CheckHousekeeping(const Client& client, Oracle* scratch);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_HOUSEKEEPING_H_
