#ifndef NESTOR_BENCHMARKS_DATA_OPTIONS_H_
#define NESTOR_BENCHMARKS_DATA_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "benchmarks/baselines.h"
#include "benchmarks/data_set.h"
#include "engine/collection_spec.h"

namespace nestor::bench {

// Options that several commands have; what is given is written into the last argument, which must
// outlive `command`.
void AddBaseOptions(CLI::App& command, std::string& base, uint64_t& rows);
void AddDataOptions(CLI::App& command, DataSetOptions& data);
void AddMetricOption(CLI::App& command, Metric& metric);
void AddLimitOption(CLI::App& command, uint32_t& limit);
void AddRepeatOption(CLI::App& command, int& repeat);
void AddJsonOption(CLI::App& command, std::string& path);

// The names that the command line and documents have for them.
const std::map<std::string, Baseline>& Baselines();
// The names that the command line has for the kinds of index.
const std::map<std::string, IndexKind>& IndexKinds();
// And for transforms.
const std::map<std::string, Transform>& Transforms();
// The name of a kind.
std::string IndexKindName(IndexKind kind);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_OPTIONS_H_
