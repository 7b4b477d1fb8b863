#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "benchmarks/json_file.h"
#include "benchmarks/load/load_options.h"
#include "benchmarks/load/operation_log.h"
#include "benchmarks/load/parsed_option.h"
#include "benchmarks/load/rate_probe.h"
#include "benchmarks/load/rate_search.h"
#include "benchmarks/load/run_json.h"
#include "benchmarks/load/run_table.h"
#include "benchmarks/load/steady_state.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr double kFewestCalls = 20;  // of a probe

struct LimitArgs {
  LoadTargetOptions target;
  RunOptions options;
  std::string plan = "default";
  RateGoal goal;
  RateSearchOptions search;
  std::string json;
};

struct Probe {
  double rate = 0;
  ProbeVerdict verdict = ProbeVerdict::kHeld;
  ReportedRun reported;
};

// What all probes together say.
struct Limit {
  std::vector<Probe> probes;
  std::optional<double> rate;             // the highest that held
  std::optional<ProbeVerdict> reason;     // what the lowest rate that did not hold failed
  absl::Status ended = absl::OkStatus();  // why there are not all probes
};

absl::StatusOr<Probe> TryRate(const LimitArgs& args, const LoadTarget& target,
                              const NamedPlan& plan, double rate, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(
      MeasuredRun run, MeasureLoad(args.target.server, target, plan, OpenPace{rate}, args.options,
                                   absl::StrFormat("%.1f/s", rate), console));
  const RunSummary summary = SummariseRun(run, target.truth, args.options);
  return Probe{rate, JudgeProbe(summary, args.goal), {std::move(run), summary}};
}

// Half the rate had no better recall, or again none that could be judged: it is the plan's, or the
// truth's, and no rate will do.
bool RecallIsHopeless(const std::vector<Probe>& probes, const RateGoal& goal) {
  return probes.size() == 2 && std::all_of(probes.begin(), probes.end(), [&](const Probe& probe) {
           const RecallEstimate& recall = probe.reported.summary.recall;
           return probe.verdict == ProbeVerdict::kRecall ||
                  (recall.count > 0 && recall.mean < goal.recall);
         });
}

// A lower rate would make too few calls for a p99, a higher one more than a load may have.
RateSearchOptions SearchOptions(const LimitArgs& args) {
  RateSearchOptions search = args.search;
  const absl::Duration warmup = args.options.warmup.time.value_or(kMaxWarmup);
  search.highest =
      std::min(search.highest, HighestRate(absl::ToDoubleSeconds(warmup) + args.options.seconds));
  search.lowest = std::max(search.lowest, kFewestCalls / args.options.seconds);
  return search;
}

absl::StatusOr<Limit> FindLimit(const LimitArgs& args, const LoadTarget& target, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const NamedPlan plan, ParsePlan(args.plan, EffortOf(target.collection)));
  RateSearch search(SearchOptions(args));
  Limit limit;
  while (const std::optional<double> rate = search.Next()) {
    absl::StatusOr<Probe> probe = TryRate(args, target, plan, *rate, console);
    limit.ended = probe.ok() ? probe->reported.run.restored : probe.status();
    if (!probe.ok()) break;
    const bool held = probe->verdict == ProbeVerdict::kHeld;
    if (!held) limit.reason = probe->verdict;  // the lowest so far: rates above it are not tried
    search.Report(held);
    probe->reported.run.records = {};  // they are summarised
    limit.probes.push_back(*std::move(probe));
    if (!limit.ended.ok() || RecallIsHopeless(limit.probes, args.goal)) break;
  }
  limit.rate = search.held();
  return limit;
}

std::string WhyNotMore(const std::optional<ProbeVerdict>& reason) {
  if (!reason.has_value()) return "higher rates were not tried";
  switch (*reason) {
    case ProbeVerdict::kClient:
      return "the client was the limit: the server may hold more";
    case ProbeVerdict::kErrors:
      return "beyond that calls fail";
    case ProbeVerdict::kRecall:
      return "beyond that recall is too low";
    default:
      return "beyond that the p99 is too long";
  }
}

void Print(const LimitArgs& args, const Limit& limit, std::ostream& out) {
  RunTable table{{"open loop", "verdict"}, {}};
  std::vector<ReportedRun> runs;
  for (const Probe& probe : limit.probes) {
    table.names.push_back({absl::StrFormat("%.1f/s", probe.rate), VerdictName(probe.verdict)});
    runs.push_back(probe.reported);
  }
  PrintRunTable(table, runs, args.target.limit, out);
  const std::string goal = absl::StrFormat("p99 <= %s and recall >= %g",
                                           absl::FormatDuration(args.goal.p99), args.goal.recall);
  if (limit.rate.has_value()) {
    out << absl::StreamFormat("\nHighest rate with %s: %.1f calls/s; %s.\n", goal, *limit.rate,
                              WhyNotMore(limit.reason));
  } else {
    out << absl::StreamFormat("\nNo rate was found with %s; the lowest failed: %s.\n", goal,
                              VerdictName(*limit.reason));
  }
}

Json LimitJson(const LimitArgs& args, const Limit& limit, const LoadTarget& target,
               const Console& console) {
  Json document = NewDocument("limit", console);
  AddTarget(target, args.options, &document);
  document["mode"] = "open loop";
  document["goal"] = {{"p99_ms", absl::ToDoubleMilliseconds(args.goal.p99)},
                      {"recall", args.goal.recall}};
  document["limit_rate"] = limit.rate.has_value() ? Json(*limit.rate) : Json(nullptr);
  document["limited_by"] =
      limit.reason.has_value() ? Json(VerdictName(*limit.reason)) : Json(nullptr);
  document["probes"] = Json::array();
  for (const Probe& probe : limit.probes) {
    Json json = {{"offered_rate", probe.rate},
                 {"achieved_rate", probe.reported.summary.achieved_rate},
                 {"held", probe.verdict == ProbeVerdict::kHeld},
                 {"verdict", VerdictName(probe.verdict)}};
    AddRun(probe.reported, &json);
    document["probes"].push_back(std::move(json));
  }
  return document;
}

absl::Status FindAndReport(const LimitArgs& args, Console& console) {
  const Client client(args.target.server);
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<LoadTarget> target,
                          OpenLoadTarget(args.target, client, console.err));
  PrintLoadHead(*target, args.options, console.out);
  NESTOR_ASSIGN_OR_RETURN(const Limit limit, FindLimit(args, *target, console));
  if (limit.probes.empty()) return limit.ended;
  Print(args, limit, console.out);
  if (args.json.empty()) return limit.ended;
  NESTOR_RETURN_IF_ERROR(WriteJsonFile(args.json, LimitJson(args, limit, *target, console)));
  return limit.ended;
}

}  // namespace

void AddLimitCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<LimitArgs>();
  CLI::App* limit =
      app.add_subcommand("limit", "Find the highest rate that holds a p99 and a recall");
  AddTargetOptions(*limit, args->target);
  AddPlanOptions(*limit, args->plan);
  AddDurationOption(*limit, "--p99", "The p99 that must be held", args->goal.p99);
  limit->add_option("--recall", args->goal.recall, "The mean recall that must be held")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->type_name("R");
  limit->add_option("--first-rate", args->search.first, "What is tried first, in calls a second")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str()
      ->type_name("R");
  limit->add_option("--highest-rate", args->search.highest, "What is not gone above")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str()
      ->type_name("R");
  limit
      ->add_option("--precision", args->search.precision,
                   "How far the limit may be off, as a share")
      ->check(CLI::Range(0.001, 1.0))
      ->capture_default_str()
      ->type_name("SHARE");
  AddRunOptions(*limit, args->options);
  AddJsonOption(*limit, args->json);
  limit->footer(
      "Open loop. Doubles the rate until it does not hold, then tries the middle; each probe "
      "takes\n"
      "--warmup and --seconds.\n"
      "Example:\n"
      "  nestor-bench limit --collection docs --base base.npy --queries queries.npy \\\n"
      "    --p99 20ms --recall 0.95");
  limit->callback([args, &command] {
    command = [args](Console& console) { return FindAndReport(*args, console); };
  });
}

}  // namespace nestor::bench
