#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/command_line.h"
#include "client/commands/filter_options.h"
#include "client/commands/point_output.h"
#include "client/commands/table.h"
#include "client/json.h"
#include "client/payload_json.h"
#include "client/point_id_text.h"
#include "client/time_text.h"

namespace nestor::cli {
namespace {

struct PointArgs {
  std::string name;
  std::vector<std::string> ids;
  bool vector = false;
  bool json = false;
  bool all = false;
  FilterArgs filter;
  std::string set;
  std::vector<std::string> remove;
  std::string expire;
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
    status.Update(PrintPoint(point, args.json, session.console.out));
  }
  if (!status.ok() || response->missing().empty()) return status;
  return absl::NotFoundError(absl::StrCat(
      "no point ",
      absl::StrJoin(response->missing(), ", ", [](std::string* out, const v1::PointId& id) {
        out->append(PrintableCell(FormatPointId(id)));
      })));
}

absl::Status ReadSelector(const PointArgs& args, v1::Selector& selector) {
  if (args.all) {
    selector.set_all(true);
  } else if (args.filter.given()) {
    *selector.mutable_filter() = args.filter.filter();
  } else {
    return ParseIds(args.ids, *selector.mutable_ids()->mutable_ids());
  }
  return absl::OkStatus();
}

absl::Status Update(const PointArgs& args, Session& session) {
  v1::UpdatePayloadRequest request;
  request.set_collection(args.name);
  absl::Status status = ReadSelector(args, *request.mutable_selector());
  if (!status.ok()) return status;
  if (!args.set.empty()) {
    absl::StatusOr<v1::Payload> set = PayloadFromJson(args.set);
    if (!set.ok())
      return absl::InvalidArgumentError(absl::StrCat("--set: ", set.status().message()));
    *request.mutable_set() = *std::move(set);
  }
  request.mutable_remove()->Add(args.remove.begin(), args.remove.end());
  if (!args.expire.empty()) {
    status = ParseExpireTime(args.expire, session.console.now(), request.mutable_expire_time());
    if (!status.ok()) return status;
  }
  // By filter it takes as long as there are points to update.
  absl::StatusOr<v1::WriteResponse> response =
      session.client.UpdatePayload(request, {.timeout = absl::InfiniteDuration()});
  if (!response.ok()) return response.status();
  session.console.out << "updated " << response->affected() << " points\n";
  if (response->errors().empty()) return absl::OkStatus();
  const v1::ItemError& first = response->errors(0);
  return absl::Status(
      static_cast<absl::StatusCode>(first.code()),
      absl::StrCat(response->errors_size(), " points were not updated; the first: ",
                   PrintableCell(FormatPointId(first.id())), ": ", first.message()));
}

absl::Status Delete(const PointArgs& args, Session& session) {
  v1::DeleteRequest request;
  request.set_collection(args.name);
  const absl::Status status = ReadSelector(args, *request.mutable_selector());
  if (!status.ok()) return status;
  // By filter it takes as long as there are points to delete.
  absl::StatusOr<v1::WriteResponse> response =
      session.client.Delete(request, {.timeout = absl::InfiniteDuration()});
  if (!response.ok()) return response.status();
  session.console.out << "deleted " << response->affected() << " points\n";
  return absl::OkStatus();
}

absl::Status Count(const PointArgs& args, Session& session) {
  v1::CountRequest request;
  request.set_collection(args.name);
  if (args.filter.given()) *request.mutable_filter() = args.filter.filter();
  // By a filter without an index it takes as long as there are points to read.
  absl::StatusOr<v1::CountResponse> response =
      session.client.Count(request, {.timeout = absl::InfiniteDuration()});
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

CLI::Option* AddIds(CLI::App& subcommand, PointArgs& args) {
  return subcommand.add_option("ID", args.ids, "The points")->check(PointIdValidator());
}

void AddSelector(CLI::App& subcommand, PointArgs& args) {
  CLI::Option_group* which = subcommand.add_option_group("points", "Which points: one of");
  which->add_option("ID", args.ids, "By id")->check(PointIdValidator());
  AddFilterOptions(*which, args.filter);
  which->add_flag("--all", args.all, "All points of the collection");
  which->require_option(1);
}

void AddUpdate(CLI::App& app, Command& command) {
  auto args = std::make_shared<PointArgs>();
  CLI::App* update = AddPointCommand(
      app, "update", "Change fields of payloads, or when points expire", args, Update, command);
  AddSelector(*update, *args);
  CLI::Option_group* what = update->add_option_group("changes", "What to change: at least one of");
  what->add_option("--set", args->set, "Fields to add or replace, as a JSON object");
  // One name each, so that ids may follow.
  what->add_option("--remove", args->remove, "A field to drop; may be given again")
      ->take_all()
      ->expected(1);
  what->add_option("--expire", args->expire, kExpireHelp)
      ->check(ExpireTimeValidator())
      ->type_name("TIME");
  what->require_option(1, 3);
  update->footer(std::string(kIdHelp) + "\n" + kWhereHelp +
                 "\nExamples:\n"
                 "  nestor update docs zlib1g --set '{\"section\": \"libs\", \"seen\": true}'\n"
                 "  nestor update docs --where 'section = \"games\"' --remove seen\n"
                 "  nestor update docs zlib1g --expire 30d");
}

void AddDelete(CLI::App& app, Command& command) {
  auto args = std::make_shared<PointArgs>();
  CLI::App* remove = AddPointCommand(app, "delete", "Delete points", args, Delete, command);
  AddSelector(*remove, *args);
  remove->footer(std::string(kIdHelp) + "\n" + kWhereHelp +
                 "\nExamples:\n"
                 "  nestor delete docs zlib1g str:42\n"
                 "  nestor delete docs --where 'section = \"games\"'");
}

}  // namespace

void AddPointCommands(CLI::App& app, Command& command) {
  auto args = std::make_shared<PointArgs>();
  CLI::App* get = AddPointCommand(app, "get", "Show points by id", args, Get, command);
  AddIds(*get, *args)->required();
  get->add_flag("--vector", args->vector, "With the vector");
  get->add_flag("--json", args->json, "One JSON object per point and line");
  get->footer(std::string(kIdHelp) +
              "\nExit code 1 if a point is missing.\n"
              "Example:\n  nestor get docs zlib1g 42 --vector --json");

  AddUpdate(app, command);
  AddDelete(app, command);

  args = std::make_shared<PointArgs>();
  CLI::App* count = AddPointCommand(app, "count", "Count the points", args, Count, command);
  AddFilterOptions(*count, args->filter);
  count->footer(std::string(kWhereHelp) +
                "\nExamples:\n  nestor count docs\n"
                "  nestor count docs --where 'installed_kib > 1000'");
}

}  // namespace nestor::cli
