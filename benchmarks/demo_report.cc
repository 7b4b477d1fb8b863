#include "benchmarks/demo_report.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/number_table.h"
#include "benchmarks/quantile.h"
#include "client/commands/table.h"

namespace nestor::bench {
namespace {

constexpr uint32_t kHnswM = 16;                        // hnswlib's default
constexpr uint32_t kLinkBytes = (2 * kHnswM + 1) * 4;  // and the degree
constexpr uint32_t kLabelBytes = 8;

std::string Synopsis(const v1::Hit& hit) {
  const auto it = hit.payload().fields().find("synopsis");
  if (it == hit.payload().fields().end()) return "";
  return cli::PrintableCell(it->second.string_value());
}

}  // namespace

DemoLine MakeDemoLine(const std::string& name, const DemoData& data, const SearchRun& run,
                      const SearchRun& exact) {
  const double seconds = std::accumulate(run.seconds.begin(), run.seconds.end(), 0.0);
  DemoLine line;
  line.name = name;
  line.recall = RecallAgainst(exact, run);
  line.answer_share = AnswerShare(data.queries, run);
  line.queries_per_second = static_cast<double>(run.seconds.size()) / std::max(seconds, 1e-9);
  line.p50_ms = 1e3 * Quantile(run.seconds, 0.5);
  line.p99_ms = 1e3 * Quantile(run.seconds, 0.99);
  return line;
}

void PrintDemoTable(const std::vector<DemoLine>& lines, uint32_t limit, std::ostream& out) {
  NumberTable table({"search", absl::StrCat("recall@", limit),
                     absl::StrCat("answer in top ", limit), "queries/s", "p50 ms", "p99 ms"},
                    /*text_columns=*/1);
  for (const DemoLine& line : lines) {
    table.AddRow({line.name, absl::StrFormat("%.4f", line.recall),
                  absl::StrFormat("%.1f %%", 100 * line.answer_share),
                  absl::StrFormat("%.0f", line.queries_per_second),
                  absl::StrFormat("%.2f", line.p50_ms), absl::StrFormat("%.2f", line.p99_ms)});
  }
  table.Print(out);
}

void PrintDemoMemory(const v1::CollectionStats& stats, uint32_t dims, std::ostream& out) {
  const double points = static_cast<double>(std::max<uint64_t>(stats.points(), 1));
  const double index = static_cast<double>(stats.index_bytes()) / points;
  const double tier = static_cast<double>(stats.rerank_tier_bytes()) / points;
  const double mapped = static_cast<double>(stats.rerank_tier_mapped_bytes()) / points;
  const uint32_t hnsw = dims * 4 + kLinkBytes + kLabelBytes;
  out << absl::StreamFormat(
             "memory per vector: %.0f bytes (index %.0f + rerank tier %.0f), and %.0f of its file, "
             "cached while there is room\n",
             index + tier, index, tier, mapped)
      << absl::StreamFormat(
             "full-dimension HNSW: %u bytes (%u x 4 components + %u links of M = %u, level 0 + "
             "%u label), %.1f times as much, %.1f with the file\n",
             hnsw, dims, kLinkBytes, kHnswM, kLabelBytes, hnsw / std::max(index + tier, 1.0),
             hnsw / std::max(index + tier + mapped, 1.0));
}

void PrintDemoQuery(const DemoQuery& query, const v1::SearchResponse& response, std::ostream& out) {
  out << "\"" << cli::PrintableCell(query.text) << "\"\n";
  std::vector<std::vector<std::string>> rows;
  for (const v1::Hit& hit : response.hits()) {
    rows.push_back({absl::StrFormat("  %.3f", hit.score()), cli::PrintableCell(hit.id().str()),
                    Synopsis(hit)});
  }
  cli::PrintTable(rows, out);
}

}  // namespace nestor::bench
