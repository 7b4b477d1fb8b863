#include "client/commands/command_line.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "client/point_id_text.h"
#include "client/time_text.h"

namespace nestor::cli {
namespace {

std::unique_ptr<CLI::App> MakeApp(std::string& server, Command& command) {
  auto app = std::make_unique<CLI::App>("Nestor: adaptive-retrieval vector search.", "nestor");
  app->add_option("--server", server, "Address of the server, before or after the command")
      ->envname("NESTOR__SERVER")
      ->type_name("ADDR")
      ->capture_default_str();
  app->set_version_flag("--version", "nestor " NESTOR_VERSION);
  app->require_subcommand(1);
  app->footer(
      "'nestor COMMAND --help' shows the options and an example of each command.\n"
      "Exit codes: 0 done, 1 a call failed, 2 bad usage.");
  AddCreateCommand(*app, command);
  AddCollectionCommands(*app, command);
  AddStatsCommand(*app, command);
  AddCalibrateCommand(*app, command);
  AddAdviseCommand(*app, command);
  AddPlanCommand(*app, command);
  AddImportCommand(*app, command);
  AddSearchCommand(*app, command);
  AddRecallCommand(*app, command);
  AddPointCommands(*app, command);
  AddScrollCommand(*app, command);
  AddIndexCommand(*app, command);
  AddSnapshotCommands(*app, command);
  AddInfoCommand(*app, command);
  for (CLI::App* subcommand : app->get_subcommands({})) subcommand->fallthrough();
  return app;
}

// Help and version are asked for, everything else that CLI11 throws is bad usage.
int ExitCode(const CLI::App& app, const CLI::ParseError& error, Console& console) {
  if (app.exit(error, console.out, console.err) == 0) return kExitOk;
  return kExitUsage;
}

int Run(const std::string& name, const std::string& server, const Command& command,
        Console& console) {
  const Client client(server);
  Session session{client, console};
  const absl::Status status = command(session);
  console.out.flush();
  if (status.ok()) return console.out.good() ? kExitOk : kExitFailed;
  console.err << "nestor " << name << ": " << absl::StatusCodeToString(status.code()) << ": "
              << status.message();
  if (absl::IsUnavailable(status)) console.err << " (server " << server << ")";
  console.err << std::endl;
  return kExitFailed;
}

}  // namespace

int RunNestor(int argc, const char* const* argv, Console& console) {
  std::string server = kDefaultServerAddress;
  Command command;
  const std::unique_ptr<CLI::App> app = MakeApp(server, command);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode(*app, error, console);
  }
  return Run(app->get_subcommands().front()->get_name(), server, command, console);
}

void AddRecallOptions(CLI::App& command, std::optional<float>& recall,
                      std::optional<float>& probability) {
  command.add_option("--recall", recall, "Share of the true hits that is wanted, between 0 and 1")
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--probability", probability,
                  "Not on average but of each search, with this probability, from 0.5 on")
      ->check(CLI::Range(0.5, 1.0));
}

CLI::Validator ExpireTimeValidator() {
  return CLI::Validator(
      [](std::string& text) {
        google::protobuf::Timestamp time;
        return std::string(ParseExpireTime(text, absl::Now(), &time).message());
      },
      "", "expire time");
}

CLI::Validator PointIdValidator() {
  return CLI::Validator(
      [](const std::string& text) { return std::string(ParsePointId(text).status().message()); },
      "ID");
}

}  // namespace nestor::cli
