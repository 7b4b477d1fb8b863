#include "benchmarks/load/parsed_option.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace nestor::bench {
namespace {

constexpr absl::Duration kLongest = absl::Hours(1);

}  // namespace

CLI::Option* AddParsedOption(CLI::App& command, const std::string& name, const std::string& help,
                             std::function<absl::Status(absl::string_view)> read) {
  return command.add_option_function<std::string>(
      name,
      [name, read = std::move(read)](const std::string& text) {
        if (const absl::Status status = read(text); !status.ok()) {
          throw CLI::ValidationError(name, std::string(status.message()));
        }
      },
      help);
}

absl::Status ReadDuration(absl::string_view text, absl::Duration* duration) {
  absl::Duration read;
  if (!absl::ParseDuration(text, &read) || read <= absl::ZeroDuration() || read > kLongest) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", text, "' is no time like 20ms or 5s, up to ", absl::FormatDuration(kLongest)));
  }
  *duration = read;
  return absl::OkStatus();
}

CLI::Option* AddDurationOption(CLI::App& command, const std::string& name, const std::string& help,
                               absl::Duration& duration) {
  return AddParsedOption(
             command, name, absl::StrCat(help, " (default ", absl::FormatDuration(duration), ")"),
             [&duration](absl::string_view text) { return ReadDuration(text, &duration); })
      ->type_name("TIME");
}

}  // namespace nestor::bench
