#ifndef NESTOR_BENCHMARKS_LOAD_PARSED_OPTION_H_
#define NESTOR_BENCHMARKS_LOAD_PARSED_OPTION_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace nestor::bench {

// An option whose text `read` understands; what it answers for a bad one is bad usage.
CLI::Option* AddParsedOption(CLI::App& command, const std::string& name, const std::string& help,
                             std::function<absl::Status(absl::string_view)> read);

// "20ms", "5s", "1m30s"; positive and at most an hour. INVALID_ARGUMENT otherwise.
absl::Status ReadDuration(absl::string_view text, absl::Duration* duration);
// The option; `duration` must outlive `command` and holds the default.
CLI::Option* AddDurationOption(CLI::App& command, const std::string& name, const std::string& help,
                               absl::Duration& duration);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_PARSED_OPTION_H_
