#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "client/commands/calibration_table.h"
#include "client/commands/command_line.h"
#include "client/commands/table.h"
#include "client/json.h"

namespace nestor::cli {
namespace {

struct StatsArgs {
  std::string name;
  bool json = false;
  bool wait = false;
};

absl::StatusOr<v1::CollectionStats> Fetch(const StatsArgs& args, const Client& client) {
  if (args.wait) {
    v1::WaitForIndexRequest request;
    request.set_name(args.name);
    return client.WaitForIndex(request);
  }
  v1::GetCollectionStatsRequest request;
  request.set_name(args.name);
  return client.GetCollectionStats(request);
}

absl::Status Stats(const StatsArgs& args, Session& session) {
  absl::StatusOr<v1::CollectionStats> stats = Fetch(args, session.client);
  if (!stats.ok()) return stats.status();
  const Json json = CollectionStatsToJson(*stats);
  if (args.json) {
    session.console.out << ToLine(json) << "\n";
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : json.items()) {
    if (name != "calibration" && name != "recall_audit") rows.push_back({name, value.dump()});
  }
  PrintTable(rows, session.console.out);
  session.console.out << "\n";
  PrintCalibration(*stats, absl::Now(), session.console.out);
  PrintAudit(stats->recall_audit(), session.console.out);
  return absl::OkStatus();
}

absl::Status Calibrate(const std::string& name, Session& session) {
  v1::CalibrateRequest request;
  request.set_name(name);
  const absl::StatusOr<v1::CollectionStats> stats = session.client.Calibrate(request);
  if (!stats.ok()) return stats.status();
  PrintCalibration(*stats, absl::Now(), session.console.out);
  return absl::OkStatus();
}

}  // namespace

void AddCalibrateCommand(CLI::App& app, Command& command) {
  auto name = std::make_shared<std::string>();
  CLI::App* calibrate =
      app.add_subcommand("calibrate", "Measure what searches find and take, and show it");
  calibrate->add_option("NAME", *name, "The collection")->required();
  calibrate->footer(
      "The server calibrates by itself when a collection was loaded or has changed much. This "
      "does\n"
      "it now, by queries like those it was searched with, or by its own points if there were too\n"
      "few, and waits for it: for minutes when there are millions of points.\n"
      "Example:\n  nestor calibrate docs");
  calibrate->callback([name, &command] {
    command = [name](Session& session) { return Calibrate(*name, session); };
  });
}

void AddStatsCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<StatsArgs>();
  CLI::App* stats = app.add_subcommand("stats", "Show sizes and progress of a collection");
  stats->add_option("NAME", args->name, "The collection")->required();
  stats->add_flag("--json", args->json, "One JSON object");
  stats->add_flag("--wait", args->wait, "First wait until all writes so far are indexed");
  stats->footer("Example:\n  nestor stats docs --json");
  stats->callback(
      [args, &command] { command = [args](Session& session) { return Stats(*args, session); }; });
}

}  // namespace nestor::cli
