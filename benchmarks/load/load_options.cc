#include "benchmarks/load/load_options.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "benchmarks/data_options.h"
#include "benchmarks/load/operation_mix.h"
#include "benchmarks/load/parsed_option.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

absl::Status ReadWarmup(absl::string_view text, Warmup* warmup) {
  if (text == "steady") {
    warmup->time = std::nullopt;
    return absl::OkStatus();
  }
  if (text == "0" || text == "0s") {
    warmup->time = absl::ZeroDuration();
    return absl::OkStatus();
  }
  absl::Duration time;
  NESTOR_RETURN_IF_ERROR(ReadDuration(text, &time));
  warmup->time = time;
  return absl::OkStatus();
}

absl::Status ReadPlan(const std::string& text, std::string* plan) {
  NESTOR_RETURN_IF_ERROR(ParsePlan(text, FunnelEffort::kEf).status());
  *plan = text;
  return absl::OkStatus();
}

void AddFiles(CLI::App& command, LoadTargetOptions& target) {
  command.add_option("--collection", target.collection, "What is searched")
      ->required()
      ->type_name("NAME");
  command.add_option("--queries", target.queries, "The query vectors (.npy, .fvecs, .fbin)")
      ->required()
      ->type_name("FILE");
  command.add_option("--base", target.base, "What `nestor-bench load` loaded")->type_name("FILE");
  command
      .add_option("--truth", target.truth,
                  "True neighbours of the queries (.npy, .ivecs); default: found in the base")
      ->type_name("FILE");
  command.add_option("--rows", target.rows, "Only the first N vectors of the base were loaded")
      ->type_name("N");
}

}  // namespace

void AddServerOption(CLI::App& command, std::string& server) {
  command.add_option("--server", server, "Address of the server")
      ->envname("NESTOR__SERVER")
      ->type_name("ADDR")
      ->capture_default_str();
}

void AddSearchedOptions(CLI::App& command, LoadTargetOptions& target) {
  AddServerOption(command, target.server);
  AddFiles(command, target);
  AddLimitOption(command, target.limit);
  command
      .add_option("--filter", target.filter,
                  "Search with a filter that keeps this share of the points, at random")
      ->check(CLI::Range(1e-9, 1.0))
      ->type_name("SHARE");
  command.add_flag("--estimated-scores", target.estimated_scores,
                   "Search for the same hits with scores that are not exact");
}

void AddTargetOptions(CLI::App& command, LoadTargetOptions& target) {
  AddSearchedOptions(command, target);
  AddParsedOption(command, "--mix", "What is sent: search=90,upsert=8,delete=2 (default: searches)",
                  [&target](absl::string_view text) {
                    NESTOR_ASSIGN_OR_RETURN(target.mix, ParseOperationMix(text));
                    return absl::OkStatus();
                  })
      ->type_name("MIX");
  command.add_option("--churn", target.churn, "Share of the points that writes may change")
      ->check(CLI::Range(1e-9, 0.5))
      ->capture_default_str()
      ->type_name("SHARE");
}

void AddRunOptions(CLI::App& command, RunOptions& options) {
  command
      .add_option("--arrivals", options.arrivals,
                  "Open loop: poisson (default), as independent users come, or uniform")
      ->transform(CLI::Transformer(std::map<std::string, Arrivals>{
          {"poisson", Arrivals::kPoisson}, {"uniform", Arrivals::kUniform}}))
      ->type_name("NAME");
  command.add_option("--seconds", options.seconds, "How long it is measured, after the warm-up")
      ->check(CLI::Range(0.1, 86'400.0))
      ->capture_default_str()
      ->type_name("S");
  AddParsedOption(command, "--warmup",
                  "Time before, or 'steady': until the median holds still (default 2s)",
                  [&options](absl::string_view text) { return ReadWarmup(text, &options.warmup); })
      ->type_name("TIME");
  command
      .add_option("--max-in-flight", options.max_in_flight,
                  "Open loop: calls that may wait for their answers; more are not sent")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000}))
      ->capture_default_str()
      ->type_name("N");
  command.add_option("--connections", options.connections, "TCP connections, used in turn")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->type_name("N");
  AddDurationOption(command, "--timeout", "A call that takes longer is an error", options.timeout);
  command
      .add_option("--explain", options.explain, "Share of the searches that report their stages")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->type_name("SHARE");
  command.add_option("--seed", options.seed, "Of arrivals and of the order of calls")
      ->capture_default_str()
      ->type_name("N");
}

void AddPlanOptions(CLI::App& command, std::string& plan) {
  const auto add = [&](const std::string& name, const std::string& prefix,
                       const std::string& help) {
    return AddParsedOption(command, name, help, [&plan, prefix](absl::string_view text) {
      return ReadPlan(absl::StrCat(prefix, text), &plan);
    });
  };
  CLI::Option* recall = add("--recall-target", "recall:", "Plan: adaptive, for this recall");
  recall->type_name("R");
  CLI::Option* funnel =
      add("--funnel", "funnel:", "Plan: a shortlist of SIZE, found with ef or nprobe EFFORT");
  funnel->type_name("SIZE[:EFFORT]")->excludes(recall);
  command
      .add_flag_callback(
          "--exact", [&plan] { plan = "exact"; }, "Plan: compare with every row")
      ->excludes(recall)
      ->excludes(funnel);
}

FunnelEffort EffortOf(const v1::Collection& collection) {
  return collection.index().has_ivf() ? FunnelEffort::kNprobe : FunnelEffort::kEf;
}

}  // namespace nestor::bench
