#include "tests/client/run_nestor.h"

#include <gtest/gtest.h>

#include <sstream>

#include "absl/synchronization/mutex.h"
#include "client/commands/command_line.h"

namespace nestor::testing {

std::vector<Json> Outcome::JsonLines() const {
  std::vector<Json> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(Json::parse(line, nullptr, /*allow_exceptions=*/false));
    EXPECT_FALSE(lines.back().is_discarded()) << line;
  }
  return lines;
}

Outcome RunNestor(const std::vector<std::string>& arguments, const RunOptions& options) {
  std::vector<const char*> argv = {"nestor"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out, err;
  Outcome outcome;
  absl::Mutex mutex;
  absl::Time now = absl::UnixEpoch();
  cli::Console console{.out = out, .err = err};
  console.err_is_terminal = options.err_is_terminal;
  console.now = [&] { return now += options.clock_step; };
  console.sleep = [&](absl::Duration duration) {
    absl::MutexLock lock(&mutex);
    outcome.sleeps.push_back(duration);
  };
  outcome.exit_code = cli::RunNestor(static_cast<int>(argv.size()), argv.data(), console);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

}  // namespace nestor::testing
