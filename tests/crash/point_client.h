#ifndef NESTOR_TESTS_CRASH_POINT_CLIENT_H_
#define NESTOR_TESTS_CRASH_POINT_CLIENT_H_

#include <string>
#include <vector>

#include "client/client.h"
#include "tests/crash/answers.h"
#include "tests/crash/figures.h"
#include "tests/crash/oracle.h"
#include "tests/crash/run_control.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {

struct PointClientOptions {
  std::string address;
  uint64_t seed = 1;
  Key client = 0;
  Key clients = 1;
};

// One client: upserts 60 %, replacements 15 %, deletes 15 %, searches 10 %. It alone writes the
// keys k with k % clients == client. After each acknowledged write it searches for what it wrote,
// and reads keys of anybody. The oracle checks every answer.
//
// Thread safety: none.
class PointClient {
 public:
  PointClient(const PointClientOptions& options, Oracle* oracle, Figures* figures,
              RunControl* control);

  // Until the run stops, or a failure ends it.
  void Run();

 private:
  using Points = std::vector<VersionedKey>;

  // All return false when the client must end.
  bool Step();
  bool Upsert(const std::vector<Key>& keys);
  bool Delete(const std::vector<Key>& keys);
  bool Search();
  bool ReadAnyKeys();
  bool ProbeOwnWrite(const Points& written, const Points& looked_for);
  // What became of a write.
  bool Settle(const Points& writes, const absl::StatusOr<v1::WriteResponse>& answer,
              absl::Time began, bool* acknowledged);
  bool Check(const absl::Status& violation);

  // Up to `most` different keys of this client; of those that are there, if `live`.
  std::vector<Key> OwnKeys(size_t most, bool live);

  const PointClientOptions options_;
  Oracle& oracle_;
  Figures& figures_;
  RunControl& control_;
  const AnswerChecker checker_;
  const Client client_;
  Random random_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_POINT_CLIENT_H_
