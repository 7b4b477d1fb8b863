#include "benchmarks/command_line.h"

#include <memory>
#include <string>

namespace nestor::bench {
namespace {

std::unique_ptr<CLI::App> MakeApp(Command& command) {
  auto app = std::make_unique<CLI::App>("Measures Nestor.", "nestor-bench");
  app->require_subcommand(1);
  app->footer(
      "'nestor-bench COMMAND --help' shows the options and an example of each command.\n"
      "Exit codes: 0 done, 1 something failed, 2 bad usage or files that do not fit each other.");
  AddEngineCommand(*app, command);
  AddAdaptiveCommand(*app, command);
  AddBuildCommand(*app, command);
  AddFiltersCommand(*app, command);
  AddCallsCommand(*app, command);
  AddDemoCommand(*app, command);
  AddLoadCommand(*app, command);
  AddRunCommand(*app, command);
  AddLimitCommand(*app, command);
  AddSweepCommand(*app, command);
  AddEchoCommand(*app, command);
  AddGenCommand(*app, command);
  AddTruthCommand(*app, command);
  AddConvertCommand(*app, command);
  AddReportCommand(*app, command);
  AddCompareCommand(*app, command);
  AddPaperCommand(*app, command);
  return app;
}

int Run(const std::string& name, const Command& command, Console& console) {
  absl::Status status;
  try {
    status = command(console);
  } catch (const std::bad_alloc&) {  // a file may be larger than memory
    status = absl::ResourceExhaustedError("there is not enough memory for these files");
  }
  console.out.flush();
  if (status.ok()) return console.out.good() ? kExitOk : kExitFailed;
  console.err << "nestor-bench " << name << ": " << absl::StatusCodeToString(status.code()) << ": "
              << status.message() << std::endl;
  return absl::IsInvalidArgument(status) ? kExitUsage : kExitFailed;
}

}  // namespace

int RunNestorBench(int argc, const char* const* argv, Console& console) {
  console.command_line.assign(argv, argv + argc);
  Command command;
  const std::unique_ptr<CLI::App> app = MakeApp(command);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help is asked for, everything else that CLI11 throws is bad usage.
    return app->exit(error, console.out, console.err) == 0 ? kExitOk : kExitUsage;
  }
  return Run(app->get_subcommands().front()->get_name(), command, console);
}

}  // namespace nestor::bench
