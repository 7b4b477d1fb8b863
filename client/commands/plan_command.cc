#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/commands/command_line.h"
#include "client/commands/size_table.h"
#include "client/json.h"
#include "client/size_plan.h"

namespace nestor::cli {
namespace {

struct PlanArgs {
  std::string points;
  uint32_t dims = 0;
  std::string index = "hnsw";
  std::string rerank = "int8";
  bool json = false;
};

v1::Collection Planned(const PlanArgs& args) {
  v1::Collection collection;
  collection.set_dims(args.dims);
  if (args.index == "hnsw") collection.mutable_index()->mutable_hnsw();
  if (args.index == "ivf") collection.mutable_index()->mutable_ivf();
  if (args.index == "flat") collection.mutable_index()->mutable_flat();
  collection.set_rerank_tier(args.rerank == "int8" ? v1::INT8 : v1::FLOAT32);
  return collection;
}

absl::Status Plan(const PlanArgs& args, Session& session) {
  const uint64_t points = *ParseCount(args.points);  // the option was checked
  const v1::Collection collection = Planned(args);
  if (args.json) {
    session.console.out << ToLine(SizesToJson(collection, points)) << "\n";
  } else {
    PrintSizes(collection, points, session.console.out);
  }
  return absl::OkStatus();
}

CLI::Validator CountValidator() {
  return CLI::Validator(
      [](std::string& text) {
        return ParseCount(text)
                   ? std::string()
                   : absl::StrCat("'", text, "' is no number of points as 250k or 10M");
      },
      "N");
}

}  // namespace

void AddPlanCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<PlanArgs>();
  CLI::App* plan =
      app.add_subcommand("plan", "Say what memory and disk a collection takes; needs no server");
  plan->add_option("--points", args->points, "Points: 250000, 250k, 10M")
      ->required()
      ->check(CountValidator());
  plan->add_option("--dims", args->dims, "Dims of a vector")
      ->required()
      ->check(CLI::Range(1, 16384));
  plan->add_option("--index", args->index, "hnsw, ivf or flat")
      ->check(CLI::IsMember({"hnsw", "ivf", "flat"}))
      ->capture_default_str();
  plan->add_option("--rerank-tier", args->rerank, "int8 or float32")
      ->check(CLI::IsMember({"int8", "float32"}))
      ->capture_default_str();
  plan->add_flag("--json", args->json, "One JSON object");
  plan->footer("Example:\n  nestor plan --points 10M --dims 768");
  plan->callback(
      [args, &command] { command = [args](Session& session) { return Plan(*args, session); }; });
}

}  // namespace nestor::cli
