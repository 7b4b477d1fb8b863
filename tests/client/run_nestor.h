#ifndef NESTOR_TESTS_CLIENT_RUN_NESTOR_H_
#define NESTOR_TESTS_CLIENT_RUN_NESTOR_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/json.h"

namespace nestor::testing {

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
  std::vector<absl::Duration> sleeps;  // asked for, not slept

  // Each line of `out` as JSON; a line that is none fails the test.
  std::vector<Json> JsonLines() const;
};

struct RunOptions {
  absl::Duration clock_step = absl::ZeroDuration();  // how far each reading advances the clock
  bool err_is_terminal = false;
};

// Runs `nestor` with these arguments.
Outcome RunNestor(const std::vector<std::string>& arguments, const RunOptions& options = {});

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CLIENT_RUN_NESTOR_H_
