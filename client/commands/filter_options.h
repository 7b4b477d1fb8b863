#ifndef NESTOR_CLIENT_COMMANDS_FILTER_OPTIONS_H_
#define NESTOR_CLIENT_COMMANDS_FILTER_OPTIONS_H_

#include <memory>

#include "CLI/CLI.hpp"
#include "nestor/v1/common.pb.h"

namespace nestor::cli {

// What --where and --filter said: the same filter as text or as JSON, at most one of them.
struct FilterArgs {
  std::string where;
  std::string json;

  bool given() const { return !where.empty() || !json.empty(); }
  // REQUIRES: given(), and the command line was accepted, which checked the text.
  v1::Filter filter() const;
};

// Adds both options to `command`. A text that is no filter is bad usage.
void AddFilterOptions(CLI::App& command, FilterArgs& args);

inline constexpr char kWhereHelp[] =
    "A filter: section = \"games\" and installed_kib < 500; also != <= > >= in (..), not in (..),\n"
    "contains any (..), contains all (..), starts with \"..\", exists, is null, id in (..),\n"
    "time(\"2024-05-01T00:00:00Z\"), not, or, parentheses.";

}  // namespace nestor::cli

#endif  // NESTOR_CLIENT_COMMANDS_FILTER_OPTIONS_H_
