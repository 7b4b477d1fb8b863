#include "client/commands/search_table.h"

#include <google/protobuf/util/time_util.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/table.h"
#include "client/json.h"
#include "client/point_id_text.h"
#include "client/utf8.h"

namespace nestor::cli {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kPayloadCodePoints = 80;

std::string HeadLine(uint64_t row, const v1::SearchResponse& response) {
  const v1::Completeness& completeness = response.completeness();
  std::string line = absl::StrCat("row ", row, ": ", response.hits_size(), " hits");
  if (completeness.has_estimated_recall()) {
    absl::StrAppendFormat(&line, ", estimated recall %.3f", completeness.estimated_recall());
  }
  if (!completeness.complete()) absl::StrAppend(&line, ", not complete");
  for (const int reason : completeness.reasons()) {
    absl::StrAppend(&line, ", ",
                    absl::AsciiStrToLower(v1::Completeness::Reason_Name(
                        static_cast<v1::Completeness::Reason>(reason))));
  }
  return line;
}

std::vector<std::string> HitCells(int rank, const v1::Hit& hit) {
  const std::string payload =
      hit.payload().fields().empty() ? "" : PrintableCell(ToLine(PayloadToJson(hit.payload())));
  return {absl::StrCat(rank), absl::StrFormat("%.6g", hit.score()),
          PrintableCell(FormatPointId(hit.id())), Shorten(payload, kPayloadCodePoints)};
}

void PrintStages(const v1::SearchResponse& response, std::ostream& out) {
  const v1::SearchStats& stats = response.stats();
  const v1::Completeness& completeness = response.completeness();
  const auto milliseconds = [](const google::protobuf::Duration& duration) {
    return absl::StrFormat("%.3f", TimeUtil::DurationToMicroseconds(duration) / 1000.0);
  };
  out << "plan: " << stats.plan() << "\n";
  out << "stopped by: "
      << absl::AsciiStrToLower(v1::Completeness::StopReason_Name(completeness.stop_reason()))
      << (completeness.certified() ? ", certified among the shortlist\n" : ", not certified\n");
  std::vector<std::vector<std::string>> rows = {{"stage", "dims", "in", "out", "bytes", "ms"}};
  for (const v1::StageStats& stage : stats.stages()) {
    rows.push_back({stage.name(), absl::StrCat(stage.dims()), absl::StrCat(stage.candidates_in()),
                    absl::StrCat(stage.candidates_out()), absl::StrCat(stage.bytes_read()),
                    milliseconds(stage.time())});
  }
  rows.push_back({"queue", "", "", "", "", milliseconds(stats.queue_time())});
  rows.push_back({"total", "", "", "", "", milliseconds(stats.total_time())});
  PrintTable(rows, out);
}

}  // namespace

void PrintSearchTable(uint64_t row, const v1::SearchResponse& response, std::ostream& out) {
  out << HeadLine(row, response) << "\n";
  std::vector<std::vector<std::string>> rows = {{"rank", "score", "id", "payload"}};
  for (const v1::Hit& hit : response.hits()) {
    rows.push_back(HitCells(static_cast<int>(rows.size()), hit));
  }
  if (response.hits_size() > 0) PrintTable(rows, out);
  if (response.has_stats()) PrintStages(response, out);
}

}  // namespace nestor::cli
