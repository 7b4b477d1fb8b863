#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "client/commands/command_line.h"
#include "client/commands/filter_options.h"
#include "client/commands/search_table.h"
#include "client/error_details.h"
#include "client/json.h"
#include "client/point_id_text.h"
#include "client/vector_file.h"

namespace nestor::cli {
namespace {

constexpr uint64_t kMaxBatchQueries = 64;
constexpr uint64_t kMaxBatchQueryBytes = 2'000'000;
// An exact search, or a filter without an index, takes as long as there are points.
constexpr CallOptions kSearchCall = {.timeout = absl::InfiniteDuration()};

struct SearchArgs {
  std::string name;
  std::string vectors;
  std::string like;
  std::optional<uint64_t> row;
  uint32_t limit = 10;
  std::optional<float> recall;
  std::optional<float> probability;
  bool exact = false;
  bool explain = false;
  bool json = false;
  bool no_payload = false;
  bool estimated_scores = false;
  FilterArgs filter;
};

// Everything but the target.
v1::SearchRequest Defaults(const SearchArgs& args) {
  v1::SearchRequest request;
  request.set_collection(args.name);
  request.set_limit(args.limit);
  request.set_explain(args.explain);
  request.set_estimated_scores(args.estimated_scores);
  request.mutable_select()->set_payload(!args.no_payload);
  if (args.filter.given()) *request.mutable_filter() = args.filter.filter();
  if (args.exact) request.mutable_plan()->mutable_exact();
  if (args.recall.has_value()) {
    request.mutable_plan()->mutable_adaptive()->set_recall_target(*args.recall);
  }
  if (args.probability.has_value()) {
    request.mutable_plan()->mutable_adaptive()->set_probability(*args.probability);
  }
  return request;
}

absl::Status Print(const SearchArgs& args, uint64_t row, const v1::SearchResponse& response,
                   std::ostream& out) {
  if (args.json) {
    absl::StatusOr<Json> json = SearchRowToJson(row, response);
    if (!json.ok()) return json.status();
    out << ToLine(*json) << "\n";
  } else {
    PrintSearchTable(row, response, out);
  }
  if (!response.has_error()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(response.error().code()),
                      absl::StrCat("row ", row, ": ", response.error().message()));
}

absl::Status SearchLike(const SearchArgs& args, Session& session) {
  v1::SearchRequest request = Defaults(args);
  absl::StatusOr<v1::PointId> id = ParsePointId(args.like);
  if (!id.ok()) return id.status();
  *request.mutable_like() = *id;
  absl::StatusOr<v1::SearchResponse> response = session.client.Search(request, kSearchCall);
  if (!response.ok()) return response.status();
  return Print(args, 0, *response, session.console.out);
}

absl::StatusOr<v1::SearchBatchResponse> SearchRows(const SearchArgs& args,
                                                   const VectorFile& vectors, uint64_t first,
                                                   uint64_t count, const Client& client) {
  absl::StatusOr<std::string> packed = vectors.ReadRows(first, count);
  if (!packed.ok()) return packed.status();
  v1::SearchBatchRequest request;
  *request.mutable_defaults() = Defaults(args);
  request.mutable_queries()->set_rows(static_cast<uint32_t>(count));
  request.mutable_queries()->set_dims(vectors.dims());
  request.mutable_queries()->set_encoding(vectors.encoding());
  request.mutable_queries()->set_packed(*std::move(packed));
  absl::StatusOr<v1::SearchBatchResponse> response = client.SearchBatch(request, kSearchCall);
  if (response.ok() && static_cast<uint64_t>(response->responses_size()) != count) {
    return absl::InternalError(absl::StrCat("the server answered ", response->responses_size(),
                                            " of ", count, " queries"));
  }
  return response;
}

// The answer would have been, and is not if less is asked for at once.
bool IsTooLarge(const absl::Status& status) {
  return absl::IsResourceExhausted(status) && !RetryDelay(status).has_value();
}

absl::Status SearchVectors(const SearchArgs& args, Session& session) {
  absl::StatusOr<VectorFile> vectors = VectorFile::Open(args.vectors);
  if (!vectors.ok()) return vectors.status();
  const uint64_t end = args.row.has_value() ? *args.row + 1 : vectors->rows();
  uint64_t chunk =
      std::clamp<uint64_t>(kMaxBatchQueryBytes / vectors->row_bytes(), 1, kMaxBatchQueries);
  absl::Status failed;  // the first query that the server refused; the others are answered
  uint64_t count = 0;
  for (uint64_t first = args.row.value_or(0); first < end; first += count) {
    count = std::min(chunk, end - first);
    absl::StatusOr<v1::SearchBatchResponse> response =
        SearchRows(args, *vectors, first, count, session.client);
    if (IsTooLarge(response.status()) && count > 1) {
      chunk = count / 2;
      count = 0;
      continue;
    }
    if (!response.ok()) return response.status();
    for (uint64_t i = 0; i < count; ++i) {
      failed.Update(
          Print(args, first + i, response->responses(static_cast<int>(i)), session.console.out));
    }
    if (!session.console.out.good()) return absl::CancelledError("the output was closed");
  }
  return failed;
}

void AddOptions(CLI::App& search, SearchArgs& args) {
  search.add_option("NAME", args.name, "The collection")->required();
  CLI::Option_group* target = search.add_option_group("query", "What to search for: one of");
  target->add_option("--vectors", args.vectors, "File of query vectors (.npy, .fvecs, .fbin)")
      ->type_name("FILE");
  CLI::Option* like =
      target->add_option("--like", args.like, "A stored point, which is left out of its own hits")
          ->check(PointIdValidator())
          ->type_name("ID");
  target->require_option(1);
  search.add_option("--row", args.row, "Search only this row of the file, counted from 0")
      ->excludes(like)
      ->check(CLI::Range(uint64_t{0}, uint64_t{1} << 62))
      ->type_name("N");
  search.add_option("--limit", args.limit, "Hits for each query")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  AddRecallOptions(search, args.recall, args.probability);
  AddFilterOptions(search, args.filter);
  search.add_flag("--exact", args.exact, "Compare with every vector")
      ->excludes("--recall")
      ->excludes("--probability");
  search.add_flag("--explain", args.explain, "Show plan, stages and times");
  search.add_flag("--no-payload", args.no_payload, "Do not fetch the payloads");
  search.add_flag("--estimated-scores", args.estimated_scores,
                  "The same hits, sooner, with scores that are not exact");
  search.add_flag("--json", args.json, "One JSON object per query and line");
}

}  // namespace

void AddSearchCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<SearchArgs>();
  CLI::App* search = app.add_subcommand("search", "Find the nearest points");
  AddOptions(*search, *args);
  search->footer(std::string(kIdHelp) +
                 "\n(--json: a numeric id is a JSON number, a string id a JSON string).\n" +
                 kWhereHelp +
                 "\n"
                 "Examples:\n"
                 "  nestor search docs --vectors queries.npy --row 3 --recall 0.95\n"
                 "  nestor search docs --like zlib1g --limit 5 --where 'section = \"libs\"'");
  search->callback([args, &command] {
    command = [args](Session& session) {
      return args->like.empty() ? SearchVectors(*args, session) : SearchLike(*args, session);
    };
  });
}

}  // namespace nestor::cli
