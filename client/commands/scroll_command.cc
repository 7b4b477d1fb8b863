#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "client/commands/command_line.h"
#include "client/commands/filter_options.h"
#include "client/commands/point_output.h"

namespace nestor::cli {
namespace {

constexpr uint64_t kPageSize = 500;

struct ScrollArgs {
  std::string name;
  uint64_t limit = 0;
  bool vector = false;
  bool json = false;
  FilterArgs filter;
};

absl::Status Scroll(const ScrollArgs& args, Session& session) {
  v1::ScrollRequest request;
  request.set_collection(args.name);
  request.mutable_select()->set_payload(true);
  request.mutable_select()->set_vector(args.vector);
  if (args.filter.given()) *request.mutable_filter() = args.filter.filter();
  uint64_t left = args.limit == 0 ? UINT64_MAX : args.limit;
  do {
    request.set_page_size(static_cast<uint32_t>(std::min(left, kPageSize)));
    // A page of a filter without an index takes as long as there are points to read.
    absl::StatusOr<v1::ScrollResponse> response =
        session.client.Scroll(request, {.timeout = absl::InfiniteDuration()});
    if (!response.ok()) return response.status();
    for (const v1::Point& point : response->points()) {
      absl::Status status = PrintPoint(point, args.json, session.console.out);
      if (!status.ok()) return status;
    }
    if (!session.console.out.good()) return absl::CancelledError("the output was closed");
    left -= std::min<uint64_t>(left, response->points_size());
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty() && left > 0);
  return absl::OkStatus();
}

}  // namespace

void AddScrollCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<ScrollArgs>();
  CLI::App* scroll = app.add_subcommand("scroll", "Show all points, or those of a filter, by id");
  scroll->add_option("NAME", args->name, "The collection")->required();
  scroll->add_option("--limit", args->limit, "Stop after so many; default: all")
      ->check(CLI::PositiveNumber);
  AddFilterOptions(*scroll, args->filter);
  scroll->add_flag("--vector", args->vector, "With the vectors");
  scroll->add_flag("--json", args->json, "One JSON object per point and line");
  scroll->footer(std::string(kWhereHelp) +
                 "\nExample:\n  nestor scroll docs --where 'section = \"games\"' --json");
  scroll->callback(
      [args, &command] { command = [args](Session& session) { return Scroll(*args, session); }; });
}

}  // namespace nestor::cli
