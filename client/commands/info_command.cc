#include <memory>
#include <string>
#include <vector>

#include "client/commands/command_line.h"
#include "client/commands/table.h"
#include "client/json.h"

namespace nestor::cli {
namespace {

absl::Status Info(bool json, Session& session) {
  const absl::StatusOr<v1::ServerInfo> info = session.client.GetServerInfo({});
  if (!info.ok()) return info.status();
  const Json facts = ServerInfoToJson(*info);
  if (json) {
    session.console.out << ToLine(facts) << "\n";
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : facts.items()) {
    rows.push_back(
        {name, value.is_string() ? PrintableCell(value.get<std::string>()) : value.dump()});
  }
  PrintTable(rows, session.console.out);
  return absl::OkStatus();
}

}  // namespace

void AddInfoCommand(CLI::App& app, Command& command) {
  auto json = std::make_shared<bool>(false);
  CLI::App* info = app.add_subcommand("info", "Show what the server is and what it uses");
  info->add_flag("--json", *json, "One JSON object");
  info->footer("Example:\n  nestor info");
  info->callback(
      [json, &command] { command = [json](Session& session) { return Info(*json, session); }; });
}

}  // namespace nestor::cli
