#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "benchmarks/json_file.h"
#include "benchmarks/load/load_options.h"
#include "benchmarks/load/parsed_option.h"
#include "benchmarks/load/run_json.h"
#include "benchmarks/load/run_table.h"
#include "benchmarks/report/pareto.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

struct SweepArgs {
  LoadTargetOptions target;
  RunOptions options;
  std::string plans = "recall:0.8,recall:0.9,recall:0.95,recall:0.99,exact";
  std::optional<double> rate;  // open loop
  uint64_t concurrency = 4;    // closed loop
  std::string json;
};

Pace PaceOf(const SweepArgs& args) {
  if (args.rate.has_value()) return OpenPace{*args.rate};
  return ClosedPace{args.concurrency};
}

// One plan after the other.
absl::StatusOr<ReportedRuns> MeasurePlans(const SweepArgs& args, const LoadTarget& target,
                                          Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<NamedPlan> plans,
                          ParsePlans(args.plans, EffortOf(target.collection)));
  ReportedRuns reported;
  for (const NamedPlan& plan : plans) {
    if (!Append(MeasureLoad(args.target.server, target, plan, PaceOf(args), args.options, plan.name,
                            console),
                target.truth, args.options, &reported)) {
      break;
    }
  }
  return reported;
}

// At one rate all plans answer as many calls: there the faster one is that with the lower median.
std::vector<bool> Frontier(const std::vector<ReportedRun>& runs) {
  std::vector<Tradeoff> points;
  for (const ReportedRun& reported : runs) {
    const RunSummary& summary = reported.summary;
    points.push_back({reported.run.open() ? -summary.latency().p50 : summary.achieved_rate,
                      summary.recall.mean, summary.valid()});
  }
  return OnParetoFrontier(points);
}

Json Results(const std::vector<ReportedRun>& runs, const std::vector<bool>& frontier) {
  Json results = Json::array();
  for (size_t i = 0; i < runs.size(); ++i) {
    Json params = {{"plan", runs[i].run.plan.name}};
    if (const auto* open = std::get_if<OpenPace>(&runs[i].run.pace); open != nullptr) {
      params["rate"] = open->rate;
    } else {
      params["concurrency"] = std::get<ClosedPace>(runs[i].run.pace).concurrency;
    }
    Json result = ResultJson(runs[i], params);
    result["pareto"] = static_cast<bool>(frontier[i]);
    results.push_back(std::move(result));
  }
  return results;
}

void Print(const SweepArgs& args, const std::vector<ReportedRun>& runs,
           const std::vector<bool>& frontier, std::ostream& out) {
  RunTable table{{args.rate.has_value() ? absl::StrFormat("open loop, %g/s", *args.rate)
                                        : absl::StrCat("closed loop, ", args.concurrency),
                  "best"},
                 {}};
  for (size_t i = 0; i < runs.size(); ++i) {
    table.names.push_back({runs[i].run.plan.name, frontier[i] ? "*" : ""});
  }
  PrintRunTable(table, runs, args.target.limit, out);
  out << "* no other valid plan is as "
      << (args.rate.has_value() ? "quick (p50)" : "fast (answers/s)")
      << " at this recall or better.\n";
}

absl::Status Sweep(const SweepArgs& args, Console& console) {
  const Client client(args.target.server);
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<LoadTarget> target,
                          OpenLoadTarget(args.target, client, console.err));
  PrintLoadHead(*target, args.options, console.out);
  NESTOR_ASSIGN_OR_RETURN(const ReportedRuns reported, MeasurePlans(args, *target, console));
  if (reported.runs.empty()) return reported.ended;
  const std::vector<bool> frontier = Frontier(reported.runs);
  Print(args, reported.runs, frontier, console.out);
  if (args.json.empty()) return reported.ended;
  Json document = NewDocument("sweep", console);
  AddTarget(*target, args.options, &document);
  document["mode"] = args.rate.has_value() ? "open loop" : "closed loop";
  document["results"] = Results(reported.runs, frontier);
  NESTOR_RETURN_IF_ERROR(WriteJsonFile(args.json, document));
  return reported.ended;
}

}  // namespace

void AddSweepCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<SweepArgs>();
  CLI::App* sweep = app.add_subcommand("sweep", "Compare plans: speed against recall");
  AddTargetOptions(*sweep, args->target);
  AddParsedOption(*sweep, "--plans",
                  absl::StrCat("default, exact, recall:R, funnel:SIZE[:EFFORT], with commas "
                               "(default ",
                               args->plans, ")"),
                  [args = args.get()](absl::string_view text) {
                    args->plans = std::string(text);
                    return ParsePlans(text, FunnelEffort::kEf).status();
                  })
      ->type_name("PLAN,...");
  CLI::Option* rate =
      sweep->add_option("--rate", args->rate, "Open loop, at this rate; default: closed loop")
          ->check(CLI::Range(0.01, 1e6))
          ->type_name("R");
  sweep->add_option("--concurrency", args->concurrency, "Closed loop: callers")
      ->check(CLI::Range(1, 4096))
      ->excludes(rate)
      ->capture_default_str()
      ->type_name("N");
  AddRunOptions(*sweep, args->options);
  AddJsonOption(*sweep, args->json);
  sweep->footer(
      "Example:\n"
      "  nestor-bench sweep --collection docs --base base.npy --queries queries.npy \\\n"
      "    --plans recall:0.9,recall:0.95,funnel:100,exact");
  sweep->callback(
      [args, &command] { command = [args](Console& console) { return Sweep(*args, console); }; });
}

}  // namespace nestor::bench
