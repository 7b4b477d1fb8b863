#include <memory>
#include <string>

#include "client/commands/command_line.h"
#include "client/commands/payload_index_text.h"

namespace nestor::cli {
namespace {

struct IndexArgs {
  std::string name;
  std::string index;
  std::string drop;
};

absl::Status Index(const IndexArgs& args, Session& session) {
  absl::StatusOr<v1::Collection> collection;
  if (!args.index.empty()) {
    v1::CreatePayloadIndexRequest request;
    request.set_name(args.name);
    *request.mutable_index() = ParsePayloadIndex(args.index).value();  // the option was checked
    collection = session.client.CreatePayloadIndex(request);
  } else {
    v1::DeletePayloadIndexRequest request;
    request.set_name(args.name);
    request.set_field(args.drop);
    collection = session.client.DeletePayloadIndex(request);
  }
  if (!collection.ok()) return collection.status();
  session.console.out << "payload indexes of " << collection->name() << ":";
  for (const v1::PayloadIndex& index : collection->payload_indexes()) {
    session.console.out << " " << FormatPayloadIndex(index);
  }
  session.console.out << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddIndexCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<IndexArgs>();
  CLI::App* index = app.add_subcommand("index", "Add or drop a payload index");
  index->add_option("NAME", args->name, "The collection")->required();
  CLI::Option_group* change = index->add_option_group("change", "What to do: one of");
  change->add_option("--add", args->index, "Index this field; it is built in the background")
      ->check(PayloadIndexValidator())
      ->type_name(kPayloadIndexForm);
  change->add_option("--drop", args->drop, "Give up the index of this field")->type_name("FIELD");
  change->require_option(1);
  index->footer(
      "Types: keyword, int, double, bool, time. Filters on other fields work too, more slowly, "
      "unless the collection\n"
      "was created with --indexed-filters-only.\n"
      "Examples:\n"
      "  nestor index docs --add section:keyword\n"
      "  nestor index docs --drop section");
  index->callback(
      [args, &command] { command = [args](Session& session) { return Index(*args, session); }; });
}

}  // namespace nestor::cli
