#ifndef NESTOR_BENCHMARKS_COMMAND_LINE_H_
#define NESTOR_BENCHMARKS_COMMAND_LINE_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace nestor::bench {

// Where a command writes: reports to `out`; what it is doing, and errors, to `err`.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;                // progress is drawn over itself, not in lines
  std::vector<std::string> command_line = {};  // the program's name first; RunNestorBench sets it
};

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // a file, a call or a search failed
inline constexpr int kExitUsage = 2;   // the command line, or files that do not fit each other

// Runs one `nestor-bench` command line, `argv[0]` being the program: exactly what main() does.
// Answers with the exit code; an error is one line on `err` that says which command failed and why.
int RunNestorBench(int argc, const char* const* argv, Console& console);

using Command = std::function<absl::Status(Console&)>;

// Each adds one subcommand to `app`. When the command line names it, parsing leaves in `command`
// what to run. `command` must outlive `app`.
void AddAdaptiveCommand(CLI::App& app, Command& command);
void AddEngineCommand(CLI::App& app, Command& command);
void AddBuildCommand(CLI::App& app, Command& command);
void AddFiltersCommand(CLI::App& app, Command& command);
void AddCallsCommand(CLI::App& app, Command& command);
void AddDemoCommand(CLI::App& app, Command& command);
void AddLoadCommand(CLI::App& app, Command& command);
void AddRunCommand(CLI::App& app, Command& command);
void AddLimitCommand(CLI::App& app, Command& command);
void AddSweepCommand(CLI::App& app, Command& command);
void AddEchoCommand(CLI::App& app, Command& command);
void AddGenCommand(CLI::App& app, Command& command);
void AddTruthCommand(CLI::App& app, Command& command);
void AddConvertCommand(CLI::App& app, Command& command);
void AddReportCommand(CLI::App& app, Command& command);
void AddCompareCommand(CLI::App& app, Command& command);
void AddPaperCommand(CLI::App& app, Command& command);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_COMMAND_LINE_H_
