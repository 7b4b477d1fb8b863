#include <memory>
#include <string>
#include <vector>

#include "client/commands/command_line.h"
#include "client/commands/table.h"
#include "client/json.h"
#include "google/protobuf/util/time_util.h"

namespace nestor::cli {
namespace {

struct SnapshotArgs {
  std::string name;        // of the snapshot
  std::string collection;  // empty where it need not be said
  bool if_exists = false;
  bool json = false;
};

// The answer of a call about one snapshot: its name alone, which scripts want, or all of it.
void PrintSnapshot(const v1::Snapshot& snapshot, const SnapshotArgs& args, Console& console) {
  if (args.json) {
    console.out << ToLine(SnapshotToJson(snapshot)) << "\n";
    return;
  }
  console.out << snapshot.name() << "\n";
  console.err << snapshot.points() << " points of " << PrintableCell(snapshot.collection())
              << " in " << snapshot.bytes() << " bytes, verified\n";
}

absl::Status Create(const SnapshotArgs& args, Session& session) {
  v1::CreateSnapshotRequest request;
  request.set_collection(args.collection);
  const absl::StatusOr<v1::Snapshot> snapshot = session.client.CreateSnapshot(request);
  if (snapshot.ok()) PrintSnapshot(*snapshot, args, session.console);
  return snapshot.status();
}

absl::Status Verify(const SnapshotArgs& args, Session& session) {
  v1::VerifySnapshotRequest request;
  request.set_name(args.name);
  const absl::StatusOr<v1::Snapshot> snapshot = session.client.VerifySnapshot(request);
  if (snapshot.ok()) PrintSnapshot(*snapshot, args, session.console);
  return snapshot.status();
}

// Every page of the list.
absl::StatusOr<std::vector<v1::Snapshot>> AllSnapshots(const std::string& collection,
                                                       const Client& client) {
  std::vector<v1::Snapshot> all;
  v1::ListSnapshotsRequest request;
  request.set_collection(collection);
  do {
    absl::StatusOr<v1::ListSnapshotsResponse> page = client.ListSnapshots(request);
    if (!page.ok()) return page.status();
    for (v1::Snapshot& snapshot : *page->mutable_snapshots()) all.push_back(std::move(snapshot));
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

void PrintSnapshots(const std::vector<v1::Snapshot>& snapshots, std::ostream& out) {
  using google::protobuf::util::TimeUtil;
  std::vector<std::vector<std::string>> rows = {
      {"name", "collection", "created", "points", "bytes", "problem"}};
  for (const v1::Snapshot& snapshot : snapshots) {
    std::vector<std::string> row = {PrintableCell(snapshot.name()),
                                    PrintableCell(snapshot.collection())};
    if (snapshot.problem().empty()) {
      row.insert(row.end(), {TimeUtil::ToString(snapshot.create_time()),
                             std::to_string(snapshot.points()), std::to_string(snapshot.bytes())});
    } else {
      row.insert(row.end(), {"-", "-", "-", PrintableCell(snapshot.problem())});
    }
    rows.push_back(std::move(row));
  }
  PrintTable(rows, out);
}

absl::Status List(const SnapshotArgs& args, Session& session) {
  const absl::StatusOr<std::vector<v1::Snapshot>> snapshots =
      AllSnapshots(args.collection, session.client);
  if (!snapshots.ok()) return snapshots.status();
  if (!args.json) {
    PrintSnapshots(*snapshots, session.console.out);
    return absl::OkStatus();
  }
  for (const v1::Snapshot& snapshot : *snapshots) {
    session.console.out << ToLine(SnapshotToJson(snapshot)) << "\n";
  }
  return absl::OkStatus();
}

absl::Status Delete(const SnapshotArgs& args, Session& session) {
  v1::DeleteSnapshotRequest request;
  request.set_name(args.name);
  request.set_allow_missing(args.if_exists);
  absl::Status status = session.client.DeleteSnapshot(request);
  if (status.ok()) session.console.out << "deleted " << args.name << "\n";
  return status;
}

absl::Status Restore(const SnapshotArgs& args, Session& session) {
  v1::RestoreSnapshotRequest request;
  request.set_name(args.name);
  request.set_collection(args.collection);
  const absl::StatusOr<v1::Collection> collection = session.client.RestoreSnapshot(request);
  if (collection.ok()) {
    session.console.out << "restored " << args.name << " as " << PrintableCell(collection->name())
                        << "\n";
  }
  return collection.status();
}

using SnapshotCommand = absl::Status (*)(const SnapshotArgs&, Session&);

// A subcommand of `snapshot` that runs `run`.
CLI::App* AddSubcommand(CLI::App& snapshot, const char* name, const char* description,
                        const std::shared_ptr<SnapshotArgs>& args, SnapshotCommand run,
                        Command& command) {
  CLI::App* subcommand = snapshot.add_subcommand(name, description);
  subcommand->fallthrough();
  subcommand->callback([args, run, &command] {
    command = [args, run](Session& session) { return run(*args, session); };
  });
  return subcommand;
}

void AddName(CLI::App& subcommand, SnapshotArgs& args) {
  subcommand.add_option("NAME", args.name, "The snapshot")->required();
}

void AddJson(CLI::App& subcommand, SnapshotArgs& args) {
  subcommand.add_flag("--json", args.json, "One JSON object per snapshot and line");
}

}  // namespace

void AddSnapshotCommands(CLI::App& app, Command& command) {
  CLI::App* snapshot = app.add_subcommand("snapshot", "Save collections, and get them back");
  snapshot->require_subcommand(1);
  snapshot->footer(
      "Snapshots are directories in DATA/snapshots on the server; copy one to another server's "
      "with "
      "any tool.\n"
      "Examples:\n"
      "  nestor snapshot create docs\n"
      "  nestor snapshot list\n"
      "  nestor snapshot verify docs-20261126T121730Z-0a1b2c3d\n"
      "  nestor snapshot restore docs-20261126T121730Z-0a1b2c3d docs-again");

  auto args = std::make_shared<SnapshotArgs>();
  CLI::App* create =
      AddSubcommand(*snapshot, "create", "Save a collection as it is now, while writes go on", args,
                    Create, command);
  create->add_option("COLLECTION", args->collection, "What to save")->required();
  AddJson(*create, *args);
  create->footer("Prints the name that the server chose.\nExample:\n  nestor snapshot create docs");

  args = std::make_shared<SnapshotArgs>();
  CLI::App* list = AddSubcommand(*snapshot, "list", "List the snapshots", args, List, command);
  list->add_option("COLLECTION", args->collection, "Only those of this collection");
  AddJson(*list, *args);
  list->footer("Example:\n  nestor snapshot list docs");

  args = std::make_shared<SnapshotArgs>();
  CLI::App* remove = AddSubcommand(*snapshot, "delete", "Delete a snapshot", args, Delete, command);
  AddName(*remove, *args);
  remove->add_flag("--if-exists", args->if_exists, "Succeed when there is none");
  remove->footer("Example:\n  nestor snapshot delete docs-20261126T121730Z-0a1b2c3d");

  args = std::make_shared<SnapshotArgs>();
  CLI::App* restore = AddSubcommand(*snapshot, "restore", "Make a new collection of a snapshot",
                                    args, Restore, command);
  AddName(*restore, *args);
  restore->add_option("COLLECTION", args->collection, "The new collection")->required();
  restore->footer(
      "The snapshot is verified first. Points that have expired since are left out.\n"
      "Example:\n  nestor snapshot restore docs-20261126T121730Z-0a1b2c3d docs-again");

  args = std::make_shared<SnapshotArgs>();
  CLI::App* verify = AddSubcommand(*snapshot, "verify", "Read all of a snapshot and check it", args,
                                   Verify, command);
  AddName(*verify, *args);
  AddJson(*verify, *args);
  verify->footer(
      "Exit code 1 if anything in it is not as it was written.\n"
      "Example:\n  nestor snapshot verify docs-20261126T121730Z-0a1b2c3d");
}

}  // namespace nestor::cli
