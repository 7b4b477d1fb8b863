#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "benchmarks/json_file.h"
#include "benchmarks/load/load_options.h"
#include "benchmarks/load/run_json.h"
#include "benchmarks/load/run_table.h"
#include "benchmarks/report/pareto.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr double kMaxRate = 1e6;
constexpr uint64_t kMaxConcurrency = 4096;

struct RunArgs {
  LoadTargetOptions target;
  RunOptions options;
  std::string plan = "default";
  double rate = 100;
  std::vector<uint64_t> concurrency;  // empty: open loop
  std::string json;
};

// One after the other.
absl::StatusOr<ReportedRuns> MeasureAll(const RunArgs& args, const LoadTarget& target,
                                        Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const NamedPlan plan, ParsePlan(args.plan, EffortOf(target.collection)));
  std::vector<Pace> paces;
  for (const uint64_t callers : args.concurrency) paces.emplace_back(ClosedPace{callers});
  if (paces.empty()) paces.emplace_back(OpenPace{args.rate});
  ReportedRuns reported;
  for (const Pace& pace : paces) {
    const auto* closed = std::get_if<ClosedPace>(&pace);
    const std::string what = closed == nullptr
                                 ? absl::StrFormat("open loop, %g/s", args.rate)
                                 : absl::StrCat("closed loop, ", closed->concurrency, " callers");
    if (!Append(MeasureLoad(args.target.server, target, plan, pace, args.options, what, console),
                target.truth, args.options, &reported)) {
      break;
    }
  }
  return reported;
}

void AddOpenLoop(const RunArgs& args, const ReportedRun& reported, const TruthSet& truth,
                 Json* document) {
  (*document)["offered_rate"] = args.rate;
  (*document)["achieved_rate"] = reported.summary.achieved_rate;
  AddRun(reported, document);
  AddRunDetails(reported, truth, document);
}

void AddClosedLoop(const std::vector<ReportedRun>& runs, Json* document) {
  (*document)["mode"] = "closed loop";
  std::vector<Tradeoff> points;
  for (const ReportedRun& reported : runs) {
    points.push_back(
        {reported.summary.achieved_rate, reported.summary.recall.mean, reported.summary.valid()});
  }
  const std::vector<bool> pareto = OnParetoFrontier(points);
  Json results = Json::array();
  for (size_t i = 0; i < runs.size(); ++i) {
    const uint64_t callers = std::get<ClosedPace>(runs[i].run.pace).concurrency;
    Json result = ResultJson(runs[i], {{"concurrency", callers}});
    result["pareto"] = static_cast<bool>(pareto[i]);
    results.push_back(std::move(result));
  }
  (*document)["results"] = std::move(results);
}

void Print(const RunArgs& args, const std::vector<ReportedRun>& runs, std::ostream& out) {
  RunTable table;
  if (args.concurrency.empty()) {
    table = {{"open loop"}, {{absl::StrFormat("%g/s", args.rate)}}};
  } else {
    table.heads = {"closed loop"};
    for (const uint64_t callers : args.concurrency) {
      table.names.push_back({absl::StrCat(callers, callers == 1 ? " caller" : " callers")});
    }
  }
  PrintRunTable(table, runs, args.target.limit, out);
  out << "\n";
  if (runs.size() == 1) PrintRunDetails(runs[0], out);
}

absl::Status Run(const RunArgs& args, Console& console) {
  const Client client(args.target.server);
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<LoadTarget> target,
                          OpenLoadTarget(args.target, client, console.err));
  PrintLoadHead(*target, args.options, console.out);
  NESTOR_ASSIGN_OR_RETURN(const ReportedRuns reported, MeasureAll(args, *target, console));
  if (reported.runs.empty()) return reported.ended;
  Print(args, reported.runs, console.out);
  if (args.json.empty()) return reported.ended;
  Json document = NewDocument("run", console);
  AddTarget(*target, args.options, &document);
  if (args.concurrency.empty()) {
    AddOpenLoop(args, reported.runs[0], target->truth, &document);
  } else {
    AddClosedLoop(reported.runs, &document);
  }
  NESTOR_RETURN_IF_ERROR(WriteJsonFile(args.json, document));
  return reported.ended;
}

}  // namespace

void AddRunCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<RunArgs>();
  CLI::App* run = app.add_subcommand("run", "Load a server at a rate; latency and recall at once");
  AddTargetOptions(*run, args->target);
  AddPlanOptions(*run, args->plan);
  CLI::Option* rate =
      run->add_option("--rate", args->rate, "Open loop: calls a second, whatever the answers take")
          ->check(CLI::Range(0.01, kMaxRate))
          ->capture_default_str()
          ->type_name("R");
  run->add_option("--concurrency", args->concurrency,
                  "Closed loop instead: so many callers that wait for their answers; 1,2,4")
      ->delimiter(',')
      ->check(CLI::Range(uint64_t{1}, kMaxConcurrency))
      ->excludes(rate)
      ->type_name("N,...");
  AddRunOptions(*run, args->options);
  AddJsonOption(*run, args->json);
  run->footer(
      "Calls are sent when a schedule says, and a latency counts from then, so that a call that\n"
      "had to wait is not taken for a fast one. Recall is that of the answers under this load.\n"
      "Example:\n"
      "  nestor-bench run --collection docs --base base.npy --queries queries.npy --rate 500");
  run->callback(
      [args, &command] { command = [args](Console& console) { return Run(*args, console); }; });
}

}  // namespace nestor::bench
