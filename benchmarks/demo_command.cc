#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/command_line.h"
#include "benchmarks/demo_collection.h"
#include "benchmarks/demo_data.h"
#include "benchmarks/demo_report.h"
#include "benchmarks/demo_searches.h"
#include "benchmarks/stopwatch.h"
#include "client/client.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr uint32_t kLimit = 10;
constexpr float kRecallTarget = 0.95f;
// Queries of the sample whose neighbours share the meaning and hardly a word: a recorder for a
// desktop, deep comparison in another language, a lobby for a strategy game.
constexpr size_t kShownQueries[] = {586, 763, 962};
constexpr uint32_t kShownHits = 3;

struct DemoArgs {
  std::string server = kDefaultServerAddress;
  std::string data;
};

v1::SearchPlan AdaptivePlan() {
  v1::SearchPlan plan;
  plan.mutable_adaptive()->set_recall_target(kRecallTarget);
  return plan;
}

v1::SearchPlan ExactPlan() {
  v1::SearchPlan plan;
  plan.mutable_exact();
  return plan;
}

absl::Status Load(const DemoData& data, DemoCollection& collection, v1::CollectionStats* stats,
                  std::ostream& out) {
  const Stopwatch stopwatch;
  NESTOR_ASSIGN_OR_RETURN(*stats, collection.Import(data));
  out << absl::StreamFormat("%u points x %u dims written and indexed in %.1f s; %u queries\n\n",
                            stats->points(), data.vectors.dims(), stopwatch.Seconds(),
                            data.queries.size());
  return absl::OkStatus();
}

absl::Status CompareSearches(const Client& client, const DemoData& data,
                             const std::string& collection, std::ostream& out) {
  NESTOR_ASSIGN_OR_RETURN(const SearchRun adaptive,
                          RunSearches(client, collection, data.queries, AdaptivePlan(), kLimit));
  NESTOR_ASSIGN_OR_RETURN(const SearchRun exact,
                          RunSearches(client, collection, data.queries, ExactPlan(), kLimit));
  PrintDemoTable(
      {MakeDemoLine(absl::StrFormat("adaptive %g", kRecallTarget), data, adaptive, exact),
       MakeDemoLine("exact", data, exact, exact)},
      kLimit, out);
  return absl::OkStatus();
}

absl::Status ShowQueries(const Client& client, const DemoData& data, const std::string& collection,
                         std::ostream& out) {
  v1::SearchRequest request;
  request.set_collection(collection);
  request.set_limit(kShownHits);
  request.mutable_select()->set_payload(true);
  *request.mutable_plan() = AdaptivePlan();
  for (const size_t q : kShownQueries) {
    if (q >= data.queries.size()) continue;
    *request.mutable_vector() = data.queries[q].vector;
    NESTOR_ASSIGN_OR_RETURN(const v1::SearchResponse response, client.Search(request));
    out << "\n";
    PrintDemoQuery(data.queries[q], response, out);
  }
  return absl::OkStatus();
}

absl::Status RunWithin(DemoCollection& collection, const Client& client, const DemoData& data,
                       std::ostream& out) {
  v1::CollectionStats stats;
  NESTOR_RETURN_IF_ERROR(Load(data, collection, &stats, out));
  NESTOR_RETURN_IF_ERROR(CompareSearches(client, data, collection.name(), out));
  out << "\n";
  PrintDemoMemory(stats, data.vectors.dims(), out);
  return ShowQueries(client, data, collection.name(), out);
}

absl::Status RunDemo(const DemoArgs& args, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const DemoData data, ReadDemoData(args.data));
  const Client client(args.server);
  absl::StatusOr<std::unique_ptr<DemoCollection>> collection =
      DemoCollection::Create(client, data.vectors.dims());
  if (!collection.ok()) {
    return absl::Status(collection.status().code(),
                        absl::StrCat("server ", args.server, ": ", collection.status().message()));
  }
  absl::Status status = RunWithin(**collection, client, data, console.out);
  status.Update((*collection)->Drop());
  return status;
}

}  // namespace

void AddDemoCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<DemoArgs>();
  CLI::App* demo = app.add_subcommand("demo", "Load real data into a running server and search it");
  demo->add_option("--server", args->server, "Address of the server")
      ->envname("NESTOR__SERVER")
      ->type_name("ADDR")
      ->capture_default_str();
  demo->add_option("--data", args->data,
                   "Folder with vectors.npy, payloads.jsonl, queries.npy and queries.jsonl")
      ->required()
      ->type_name("DIR");
  demo->footer(
      "Makes a collection of its own, writes the vectors, runs every query adaptively and "
      "exactly,\n"
      "one call at a time over one connection, prints quality, speed and memory, and drops the\n"
      "collection.\n"
      "Example:\n"
      "  nestor-bench demo --server 127.0.0.1:6434 --data benchmarks/data/debian-packages");
  demo->callback(
      [args, &command] { command = [args](Console& console) { return RunDemo(*args, console); }; });
}

}  // namespace nestor::bench
