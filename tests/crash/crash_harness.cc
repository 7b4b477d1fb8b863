// crash_harness: does harm to a server and checks what is left. `crash_harness --help` lists how.

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/clock.h"
#include "storage/crash_point.h"
#include "tests/crash/modes.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {
namespace {

constexpr int kFailed = 1;
constexpr int kSkipped = 77;  // as CTest is told

struct Mode {
  const char* name;
  const char* what;
  int short_runs;
  int long_runs;
  absl::Status (*run)(const ModeOptions& options);
};

constexpr Mode kModes[] = {
    {"kill", "SIGKILL at a random moment", 50, 1000, RunKill},
    {"crash-points", "SIGKILL at each named point, so many times", 2, 25, RunCrashPoints},
    {"unsynced", "SIGKILL, and what was not synced is lost", 20, 300, RunUnsynced},
    {"power-cut", "the disk loses what was not synced, and its server", 5, 100, RunPowerCut},
    {"corrupt", "damage to files at rest", 100, 2000, RunCorrupt},
    {"terminate", "SIGTERM under load", 10, 100, RunTerminate},
    {"eio", "a disk that fails now and then", 5, 100, RunDiskErrors},
    {"enospc", "a disk that is full for a while", 5, 100, RunFullDisk},
};

struct CommandLine {
  int runs = 0;  // 0: those of the short form, or of the long one
  bool long_form = false;
  uint64_t seed = 1;
  std::string parent;  // of the directories; empty: TMPDIR or /tmp
  std::string point;   // of crash-points; empty: all
};

int RunMode(const Mode& mode, const CommandLine& line) {
  if (!line.parent.empty()) setenv("TMPDIR", line.parent.c_str(), 1);
  std::string directory = (line.parent.empty() ? "/tmp" : line.parent) + "/nestor-crash-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    std::perror(directory.c_str());
    return kFailed;
  }
  const int runs = line.runs > 0 ? line.runs : (line.long_form ? mode.long_runs : mode.short_runs);
  const absl::Time began = absl::Now();
  const absl::Status status =
      mode.run({.runs = runs, .seed = line.seed, .directory = directory, .point = line.point});
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
  if (!status.ok() && !absl::IsUnimplemented(status)) {
    std::printf("%s: FAILED after %.1f s, --runs %d --seed %llu, kept %s: %s\n", mode.name, seconds,
                runs, static_cast<unsigned long long>(line.seed), directory.c_str(),
                status.ToString().c_str());
    return kFailed;
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  if (!status.ok()) {
    std::printf("%s: skipped: %s\n", mode.name, std::string(status.message()).c_str());
    return kSkipped;
  }
  std::printf("%s: passed in %.1f s\n", mode.name, seconds);
  return 0;
}

int RunAll(const CommandLine& line) {
  int result = 0;
  for (const Mode& mode : kModes) {
    const int mode_result = RunMode(mode, line);
    if (mode_result != kSkipped && mode_result != 0) result = mode_result;
  }
  return result;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Does harm to a Nestor server, again and again, and checks what is left of its data.",
      "crash_harness");
  CommandLine line;
  const auto add_options = [&line](CLI::App* command) {
    command->add_option("--runs", line.runs, "how often; otherwise as the table in README.md says");
    command->add_flag("--long", line.long_form, "the long form of that table, not the short one");
    command->add_option("--seed", line.seed, "of all that is random")->capture_default_str();
    command->add_option("--dir", line.parent, "where to put the data; default: TMPDIR or /tmp");
  };
  app.require_subcommand(1);
  int result = 0;
  for (const Mode& mode : kModes) {
    CLI::App* command = app.add_subcommand(mode.name, mode.what);
    add_options(command);
    if (mode.run == RunCrashPoints) {
      command->add_option("--point", line.point, "only this one of storage/crash_point.h")
          ->check(CLI::IsMember(
              std::vector<std::string>(kCrashPointNames.begin(), kCrashPointNames.end())));
    }
    command->callback([&] { result = RunMode(mode, line); });
  }
  CLI::App* all = app.add_subcommand("all", "every mode, one after the other");
  add_options(all);
  all->callback([&] { result = RunAll(line); });
  CLI11_PARSE(app, argc, argv);
  return result;
}

}  // namespace
}  // namespace nestor::testing

int main(int argc, char** argv) { return nestor::testing::Main(argc, argv); }
