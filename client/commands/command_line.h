#ifndef NESTOR_CLIENT_COMMANDS_COMMAND_LINE_H_
#define NESTOR_CLIENT_COMMANDS_COMMAND_LINE_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/client.h"

namespace nestor::cli {

// Where a command writes and waits: answers to `out`; progress, notes and errors to `err`.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;  // draw a progress bar there
  std::function<absl::Time()> now = absl::Now;
  std::function<void(absl::Duration)> sleep = absl::SleepFor;
};

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // a call or a file failed
inline constexpr int kExitUsage = 2;   // the command line cannot be understood

// Runs one `nestor` command line, `argv[0]` being the program: exactly what main() does. Answers
// with the exit code; an error is one line on `err` that says which command failed and why.
int RunNestor(int argc, const char* const* argv, Console& console);

// What a command has while it runs.
struct Session {
  const Client& client;
  Console& console;
};

using Command = std::function<absl::Status(Session&)>;

// Each adds one subcommand (or a few alike) to `app`. When the command line names it, parsing
// leaves in `command` what to run. `command` must outlive `app`.
void AddCreateCommand(CLI::App& app, Command& command);
void AddCollectionCommands(CLI::App& app, Command& command);  // list, drop
void AddStatsCommand(CLI::App& app, Command& command);
void AddCalibrateCommand(CLI::App& app, Command& command);
void AddAdviseCommand(CLI::App& app, Command& command);
void AddPlanCommand(CLI::App& app, Command& command);
void AddImportCommand(CLI::App& app, Command& command);
void AddSearchCommand(CLI::App& app, Command& command);
void AddRecallCommand(CLI::App& app, Command& command);
void AddPointCommands(CLI::App& app, Command& command);  // get, delete, count
void AddScrollCommand(CLI::App& app, Command& command);
void AddIndexCommand(CLI::App& app, Command& command);
void AddInfoCommand(CLI::App& app, Command& command);
void AddSnapshotCommands(CLI::App& app, Command& command);  // create, list, delete, restore, verify

// What is asked of an adaptive search: --recall and --probability.
void AddRecallOptions(CLI::App& command, std::optional<float>& recall,
                      std::optional<float>& probability);

// Accepts what client/point_id_text.h reads as an id.
CLI::Validator PointIdValidator();

// Accepts what client/time_text.h reads as the time at which a point expires.
CLI::Validator ExpireTimeValidator();
inline constexpr char kExpireHelp[] =
    "When the points expire: 2027-01-01T00:00:00Z, 36h or 30d from now, or never";

// How ids are written, for the help texts.
inline constexpr char kIdHelp[] =
    "ID: digits are a number, anything else is a string; str:42 is the string \"42\"";

}  // namespace nestor::cli

#endif  // NESTOR_CLIENT_COMMANDS_COMMAND_LINE_H_
