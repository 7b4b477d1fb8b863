#include "server/options.h"

#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/status_macros.h"
#include "toml++/toml.h"

namespace nestor {
namespace {

constexpr int kMaxThreads = 1024;

// --block-cache-mib, block_cache_mib in the file, NESTOR__BLOCK_CACHE_MIB in the environment.
template <typename T>
CLI::Option* AddSetting(CLI::App* app, const std::string& key, T* value, const std::string& help) {
  const std::string flag = "--" + absl::StrReplaceAll(key, {{"_", "-"}});
  return app->add_option(flag, *value, help)
      ->envname("NESTOR__" + absl::AsciiStrToUpper(key))
      ->capture_default_str();
}

std::string FlagOf(absl::string_view key) {
  return absl::StrCat("--", absl::StrReplaceAll(key, {{"_", "-"}}));
}

// A TOML value as the text that the flag would have been given.
absl::StatusOr<std::string> AsText(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return absl::StrCat(number->get());
  if (const auto* number = node.as_floating_point()) return absl::StrCat(number->get());
  return absl::InvalidArgumentError("must be a string or a number");
}

}  // namespace

void AddOptions(CLI::App* app, ServerOptions* options) {
  AddSetting(app, "data", &options->data, "Directory of the data; created if missing");
  AddSetting(app, "grpc", &options->grpc, "Address to serve gRPC on");
  AddSetting(app, "block_cache_mib", &options->block_cache_mib,
             "Memory for caching stored points, in MiB")
      ->check(CLI::Range(1, 1 << 20));
  AddSetting(app, "read_threads", &options->read_threads,
             "Threads that answer searches and reads; 0: one a processor")
      ->check(CLI::Range(0, kMaxThreads));
  AddSetting(app, "write_threads", &options->write_threads,
             "Threads that write; they mostly wait for the disk")
      ->check(CLI::Range(1, kMaxThreads));
  AddSetting(app, "index_threads", &options->index_threads,
             "Threads that build an index; 0: one a processor")
      ->check(CLI::Range(0, kMaxThreads));
  AddSetting(app, "queue_limit", &options->queue_limit, "Calls that may wait for a thread")
      ->check(CLI::Range(1, 1 << 20));
  AddSetting(app, "audit_share", &options->audit_share,
             "Share of adaptive searches that are done again exactly to watch their recall, 0 to 1")
      ->check(CLI::Range(0.0, 1.0));
  AddSetting(
      app, "settle_seconds", &options->settle_seconds,
      "Time without writes after which a collection's indexes become as few as can be; 0: never")
      ->check(CLI::Range(0, 1 << 20));
  AddSetting(app, "drain_seconds", &options->drain_seconds, "Time for running calls after SIGTERM")
      ->check(CLI::Range(0, 3600));
  AddSetting(app, "log_level", &options->log_level, "How much to log")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  app->add_option("--config", options->config, "TOML file with any of these settings, with _ for -")
      ->check(CLI::ExistingFile);
  app->add_flag("--healthcheck", options->healthcheck,
                "Ask the server at --grpc whether it is serving; exit 0 if it is, 1 if not");
  app->add_option("--check", options->check,
                  "Read all data in this directory, which no server may use, and report whether it "
                  "is healthy; exit 0 if it is, 1 if not; nothing is changed");
}

absl::Status ReadConfigFile(const CLI::App& app, ServerOptions* options) {
  if (options->config.empty()) return absl::OkStatus();
  toml::table table;
  try {
    table = toml::parse_file(options->config);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(options->config, ":", error.source().begin.line,
                                                   ": ", std::string(error.description())));
  }
  // The file's values go through the same flags, and so through the same checks.
  CLI::App file_app;
  ServerOptions from_file = *options;
  AddOptions(&file_app, &from_file);
  for (CLI::Option* option : file_app.get_options()) option->envname("");
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::string where =
        absl::StrCat(options->config, ":", node.source().begin.line, ": ", name);
    const CLI::Option* flag = app.get_option_no_throw(FlagOf(name));
    if (flag == nullptr || name == "config" || name == "healthcheck" || name == "check") {
      return absl::InvalidArgumentError(absl::StrCat(where, ": no such setting"));
    }
    const absl::StatusOr<std::string> value = AsText(node);
    if (!value.ok())
      return absl::InvalidArgumentError(absl::StrCat(where, ": ", value.status().message()));
    if (flag->count() > 0) continue;
    try {
      file_app.parse(
          std::vector<std::string>{*value, FlagOf(name)});  // CLI11 takes them last to first
    } catch (const CLI::ParseError& error) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": ", error.what()));
    }
  }
  from_file.config = options->config;
  *options = from_file;
  return absl::OkStatus();
}

}  // namespace nestor
