#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/command_line.h"
#include "client/commands/filter_options.h"
#include "client/commands/table.h"
#include "client/json.h"
#include "client/vector_file.h"
#include "google/protobuf/util/time_util.h"

namespace nestor::cli {
namespace {

struct RecallArgs {
  std::string name;
  std::string vectors;
  std::optional<uint32_t> sample;
  uint32_t limit = 10;
  std::optional<float> recall;
  std::optional<float> probability;
  bool json = false;
  FilterArgs filter;
};

absl::StatusOr<v1::MeasureRecallRequest> MakeRequest(const RecallArgs& args) {
  v1::MeasureRecallRequest request;
  v1::SearchRequest& search = *request.mutable_search();
  search.set_collection(args.name);
  search.set_limit(args.limit);
  if (args.filter.given()) *search.mutable_filter() = args.filter.filter();
  v1::SearchPlan::Adaptive& plan = *search.mutable_plan()->mutable_adaptive();
  if (args.recall) plan.set_recall_target(*args.recall);
  if (args.probability) plan.set_probability(*args.probability);
  request.set_sample(args.sample.value_or(0));
  if (args.vectors.empty()) return request;
  absl::StatusOr<VectorFile> vectors = VectorFile::Open(args.vectors);
  if (!vectors.ok()) return vectors.status();
  const uint64_t rows = std::min<uint64_t>(vectors->rows(), args.sample.value_or(UINT32_MAX));
  absl::StatusOr<std::string> packed = vectors->ReadRows(0, rows);
  if (!packed.ok()) return packed.status();
  request.clear_sample();
  request.mutable_queries()->set_rows(static_cast<uint32_t>(rows));
  request.mutable_queries()->set_dims(vectors->dims());
  request.mutable_queries()->set_encoding(vectors->encoding());
  request.mutable_queries()->set_packed(*std::move(packed));
  return request;
}

std::string SourceText(v1::MeasureRecallResponse::Source source) {
  switch (source) {
    case v1::MeasureRecallResponse::GIVEN:
      return "from the file";
    case v1::MeasureRecallResponse::QUERIES:
      return "of those that it was asked";
    default:
      return "that are points of its own";
  }
}

std::string MicrosecondsText(const google::protobuf::Duration& duration) {
  const int64_t ns = google::protobuf::util::TimeUtil::DurationToNanoseconds(duration);
  return absl::StrFormat("%.0f us", static_cast<double>(ns) / 1000);
}

void Print(const v1::MeasureRecallResponse& report, uint32_t limit, std::ostream& out) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"queries", absl::StrCat(report.queries(), " ", SourceText(report.source()), ", ",
                                          limit, " hits each")});
  rows.push_back({"recall", absl::StrFormat("%.4f, with 95 %% confidence %.4f to %.4f",
                                            report.recall(), report.low(), report.high())});
  rows.push_back({"answers said", report.has_estimated_recall()
                                      ? absl::StrFormat("%.4f", report.estimated_recall())
                                      : "nothing: not calibrated for such searches"});
  rows.push_back({"below the target", absl::StrCat(report.short_of_target(), " queries, the worst ",
                                                   absl::StrFormat("%.4f", report.worst()))});
  rows.push_back({"a search takes", MicrosecondsText(report.cost())});
  rows.push_back({"an exact one", MicrosecondsText(report.exact_cost()) + ", 16 at a time"});
  rows.push_back({"plan", report.plan()});
  PrintTable(rows, out);
}

absl::Status MeasureRecall(const RecallArgs& args, Session& session) {
  const absl::StatusOr<v1::MeasureRecallRequest> request = MakeRequest(args);
  if (!request.ok()) return request.status();
  const absl::StatusOr<v1::MeasureRecallResponse> report = session.client.MeasureRecall(*request);
  if (!report.ok()) return report.status();
  if (args.json) {
    session.console.out << ToLine(RecallToJson(*report)) << "\n";
  } else {
    Print(*report, args.limit, session.console.out);
  }
  return absl::OkStatus();
}

}  // namespace

void AddRecallCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<RecallArgs>();
  CLI::App* recall =
      app.add_subcommand("recall", "Measure what searches find of what exact ones find");
  recall->add_option("NAME", args->name, "The collection")->required();
  recall->add_option("--vectors", args->vectors, "File of query vectors (.npy, .fvecs, .fbin)")
      ->type_name("FILE");
  recall->add_option("--sample", args->sample, "Queries: of the file the first ones")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  recall->add_option("--limit", args->limit, "Hits for each query")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  AddRecallOptions(*recall, args->recall, args->probability);
  AddFilterOptions(*recall, args->filter);
  recall->add_flag("--json", args->json, "One JSON object");
  recall->footer(std::string("Without a file it measures by 200 of the searches that the server "
                             "was asked, or by points.\n"
                             "At most 1,000 queries; each takes as long as an exact search.\n") +
                 kWhereHelp +
                 "\n"
                 "Examples:\n"
                 "  nestor recall docs --recall 0.95\n"
                 "  nestor recall docs --vectors queries.npy --where 'section = \"libs\"'");
  recall->callback([args, &command] {
    command = [args](Session& session) { return MeasureRecall(*args, session); };
  });
}

}  // namespace nestor::cli
