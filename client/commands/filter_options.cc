#include "client/commands/filter_options.h"

#include <string>

#include "client/filter_json.h"
#include "client/filter_text.h"

namespace nestor::cli {
namespace {

template <typename Parse>
CLI::Validator FilterValidator(Parse parse) {
  return CLI::Validator(
      [parse](const std::string& text) { return std::string(parse(text).status().message()); },
      "FILTER");
}

}  // namespace

v1::Filter FilterArgs::filter() const {
  return where.empty() ? FilterFromJson(json).value() : ParseFilterText(where).value();
}

void AddFilterOptions(CLI::App& command, FilterArgs& args) {
  CLI::Option* where =
      command.add_option("--where", args.where, "Only points that satisfy this filter")
          ->check(FilterValidator(ParseFilterText));
  command.add_option("--filter", args.json, "The same as JSON: {\"all_of\":[...]}")
      ->check(FilterValidator(FilterFromJson))
      ->excludes(where);
}

}  // namespace nestor::cli
