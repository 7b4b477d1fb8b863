#ifndef NESTOR_TESTS_CRASH_SITE_H_
#define NESTOR_TESTS_CRASH_SITE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/client.h"
#include "tests/crash/figures.h"
#include "tests/crash/oracle.h"
#include "tests/crash/server_under_test.h"
#include "tests/crash/workload.h"

namespace nestor::testing {

// One data directory through many lives of a server, and what is known about it.
//
// Thread safety: none.
class Site {
 public:
  // `directory` exists and is empty. The data go to <directory>/data, unless `data` says otherwise.
  explicit Site(std::string directory, std::string data = "");

  // Of every life from now on: NAME=value.
  void AddEnvironment(std::string entry) { setup_.environment.push_back(std::move(entry)); }

  // A new life: starts the server, with `environment` added once, and waits until it serves.
  // WaitUntilServing()'s errors.
  absl::Status Start(const std::vector<std::string>& environment = {});
  // Start, and everything must be as it may be.
  absl::Status StartAndVerify();
  absl::Status Verify();
  // The clients work for so long, and on until `moment` (a minute at most); the server must live
  // until then, and is killed.
  absl::Status WorkAndKill(
      absl::Duration duration, uint64_t seed,
      const std::function<bool()>& moment = [] { return true; });
  // An index that is at rest must be the same after a kill and a start.
  absl::Status CheckRecallAcrossKill();
  // Waits until all of docs is in segments.
  absl::Status WaitForIndex() const;

  Truth truth() { return {&docs_, &scratch_, &figures_}; }
  ServerUnderTest& server() { return *server_; }
  const Client& client() const { return *client_; }
  Figures& figures() { return figures_; }
  const std::string& data() const { return setup_.data; }
  void set_data(const std::string& data) { setup_.data = data; }
  // "operations 1234, acknowledged ..."
  std::string Summary() const;

 private:
  static constexpr Key kKeys = 2400;

  ServerSetup setup_;
  Oracle docs_{kKeys};
  Oracle scratch_{1};
  Figures figures_;
  std::unique_ptr<ServerUnderTest> server_;
  std::unique_ptr<Client> client_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_SITE_H_
