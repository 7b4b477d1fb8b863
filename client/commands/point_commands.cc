#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/command_line.h"
#include "client/commands/table.h"
#include "client/json.h"
#include "client/point_id_text.h"

namespace nestor::cli {
namespace {

struct PointArgs {
  std::string name;
  std::vector<std::string> ids;
  bool vector = false;
  bool json = false;
};

template <typename Ids>  // a repeated field of PointId
absl::Status ParseIds(const std::vector<std::string>& texts, Ids& ids) {
  for (const std::string& text : texts) {
    absl::StatusOr<v1::PointId> id = ParsePointId(text);
    if (!id.ok()) return id.status();
    *ids.Add() = *std::move(id);
  }
  return absl::OkStatus();
}

absl::Status PrintPoint(const PointArgs& args, const v1::Point& point, std::ostream& out) {
  absl::StatusOr<Json> json = PointToJson(point);
  if (!json.ok()) return json.status();
  if (args.json) {
    out << ToLine(*json) << "\n";
    return absl::OkStatus();
  }
  out << PrintableCell(FormatPointId(point.id())) << "  version " << point.version() << "  "
      << PrintableCell(ToLine((*json)["payload"])) << "\n";
  if (point.has_vector()) out << "  " << ToLine((*json)["vector"]) << "\n";
  return absl::OkStatus();
}

absl::Status Get(const PointArgs& args, Session& session) {
  v1::GetRequest request;
  request.set_collection(args.name);
  request.mutable_select()->set_payload(true);
  request.mutable_select()->set_vector(args.vector);
  absl::Status status = ParseIds(args.ids, *request.mutable_ids());
  if (!status.ok()) return status;
  absl::StatusOr<v1::GetResponse> response = session.client.Get(request);
  if (!response.ok()) return response.status();
  for (const v1::Point& point : response->points()) {
    status.Update(PrintPoint(args, point, session.console.out));
  }
  if (!status.ok() || response->missing().empty()) return status;
  return absl::NotFoundError(absl::StrCat(
      "no point ",
      absl::StrJoin(response->missing(), ", ", [](std::string* out, const v1::PointId& id) {
        out->append(PrintableCell(FormatPointId(id)));
      })));
}

absl::Status Delete(const PointArgs& args, Session& session) {
  v1::DeleteRequest request;
  request.set_collection(args.name);
  absl::Status status =
      ParseIds(args.ids, *request.mutable_selector()->mutable_ids()->mutable_ids());
  if (!status.ok()) return status;
  absl::StatusOr<v1::WriteResponse> response = session.client.Delete(request);
  if (!response.ok()) return response.status();
  session.console.out << "deleted " << response->affected() << " points\n";
  return absl::OkStatus();
}

absl::Status Count(const PointArgs& args, Session& session) {
  v1::CountRequest request;
  request.set_collection(args.name);
  absl::StatusOr<v1::CountResponse> response = session.client.Count(request);
  if (!response.ok()) return response.status();
  session.console.out << response->count() << "\n";
  return absl::OkStatus();
}

using PointCommand = absl::Status (*)(const PointArgs&, Session&);

// A subcommand that takes a collection, and runs `run`.
CLI::App* AddPointCommand(CLI::App& app, const char* name, const char* description,
                          const std::shared_ptr<PointArgs>& args, PointCommand run,
                          Command& command) {
  CLI::App* subcommand = app.add_subcommand(name, description);
  subcommand->add_option("NAME", args->name, "The collection")->required();
  subcommand->callback([args, run, &command] {
    command = [args, run](Session& session) { return run(*args, session); };
  });
  return subcommand;
}

void AddIds(CLI::App& subcommand, PointArgs& args) {
  subcommand.add_option("ID", args.ids, "The points")->required()->check(PointIdValidator());
}

}  // namespace

void AddPointCommands(CLI::App& app, Command& command) {
  auto args = std::make_shared<PointArgs>();
  CLI::App* get = AddPointCommand(app, "get", "Show points by id", args, Get, command);
  AddIds(*get, *args);
  get->add_flag("--vector", args->vector, "With the vector");
  get->add_flag("--json", args->json, "One JSON object per point and line");
  get->footer(std::string(kIdHelp) +
              "\nExit code 1 if a point is missing.\n"
              "Example:\n  nestor get docs zlib1g 42 --vector --json");

  args = std::make_shared<PointArgs>();
  CLI::App* remove = AddPointCommand(app, "delete", "Delete points by id", args, Delete, command);
  AddIds(*remove, *args);
  remove->footer(std::string(kIdHelp) + "\nExample:\n  nestor delete docs zlib1g str:42");

  args = std::make_shared<PointArgs>();
  CLI::App* count = AddPointCommand(app, "count", "Count the points", args, Count, command);
  count->footer("Example:\n  nestor count docs");
}

}  // namespace nestor::cli
