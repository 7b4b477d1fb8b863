#ifndef NESTOR_BENCHMARKS_LOAD_LOAD_OPTIONS_H_
#define NESTOR_BENCHMARKS_LOAD_LOAD_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "benchmarks/load/load_target.h"
#include "benchmarks/load/measured_run.h"
#include "benchmarks/load/plan_text.h"

namespace nestor::bench {

// The options of `run`, `limit` and `sweep` that are the same. What is given is written into the
// last argument, which must outlive `command`.
void AddServerOption(CLI::App& command, std::string& server);
// What is searched; and what is written meanwhile as well.
void AddSearchedOptions(CLI::App& command, LoadTargetOptions& target);
void AddTargetOptions(CLI::App& command, LoadTargetOptions& target);
void AddRunOptions(CLI::App& command, RunOptions& options);
// One plan: --exact, --recall-target or --funnel, as the text of plan_text.h.
void AddPlanOptions(CLI::App& command, std::string& plan);

// What the second number of a funnel means to the index of this collection.
FunnelEffort EffortOf(const v1::Collection& collection);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_LOAD_OPTIONS_H_
