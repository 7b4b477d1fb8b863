#include <memory>

#include "client/commands/command_line.h"
#include "client/commands/table.h"
#include "client/json.h"

namespace nestor::cli {
namespace {

// Every page of the list.
absl::StatusOr<std::vector<v1::Collection>> AllCollections(const Client& client) {
  std::vector<v1::Collection> all;
  v1::ListCollectionsRequest request;
  do {
    absl::StatusOr<v1::ListCollectionsResponse> page = client.ListCollections(request);
    if (!page.ok()) return page.status();
    for (v1::Collection& collection : *page->mutable_collections()) {
      all.push_back(std::move(collection));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

std::string PrefixText(const v1::PrefixCode& code) {
  const auto part = [](uint32_t number) {
    return number == 0 ? std::string("auto") : std::to_string(number);
  };
  return part(code.dims()) + " x " + part(code.bits());
}

void PrintCollections(const std::vector<v1::Collection>& collections, std::ostream& out) {
  std::vector<std::vector<std::string>> rows = {
      {"name", "dims", "metric", "index", "prefix x bits", "rerank"}};
  for (const v1::Collection& collection : collections) {
    rows.push_back({PrintableCell(collection.name()), std::to_string(collection.dims()),
                    MetricName(collection.metric()), IndexName(collection.index()),
                    PrefixText(collection.prefix_code()),
                    RerankTierName(collection.rerank_tier())});
  }
  PrintTable(rows, out);
}

absl::Status List(bool json, Session& session) {
  absl::StatusOr<std::vector<v1::Collection>> collections = AllCollections(session.client);
  if (!collections.ok()) return collections.status();
  if (!json) {
    PrintCollections(*collections, session.console.out);
    return absl::OkStatus();
  }
  for (const v1::Collection& collection : *collections) {
    session.console.out << ToLine(CollectionToJson(collection)) << "\n";
  }
  return absl::OkStatus();
}

absl::Status Drop(const v1::DeleteCollectionRequest& request, Session& session) {
  absl::Status status = session.client.DeleteCollection(request);
  if (status.ok()) session.console.out << "dropped " << request.name() << "\n";
  return status;
}

void AddListCommand(CLI::App& app, Command& command) {
  auto json = std::make_shared<bool>(false);
  CLI::App* list = app.add_subcommand("list", "List the collections");
  list->add_flag("--json", *json, "One JSON object per collection and line");
  list->footer("Example:\n  nestor list");
  list->callback(
      [json, &command] { command = [json](Session& session) { return List(*json, session); }; });
}

void AddDropCommand(CLI::App& app, Command& command) {
  struct Args {
    std::string name;
    bool if_exists = false;
  };
  auto args = std::make_shared<Args>();
  CLI::App* drop = app.add_subcommand("drop", "Delete a collection and all of its points");
  drop->add_option("NAME", args->name, "The collection")->required();
  drop->add_flag("--if-exists", args->if_exists, "Succeed when there is none");
  drop->footer("Example:\n  nestor drop docs");
  drop->callback([args, &command] {
    command = [args](Session& session) {
      v1::DeleteCollectionRequest request;
      request.set_name(args->name);
      request.set_allow_missing(args->if_exists);
      return Drop(request, session);
    };
  });
}

}  // namespace

void AddCollectionCommands(CLI::App& app, Command& command) {
  AddListCommand(app, command);
  AddDropCommand(app, command);
}

}  // namespace nestor::cli
