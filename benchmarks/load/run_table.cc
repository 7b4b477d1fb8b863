#include "benchmarks/load/run_table.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "benchmarks/load/server_usage.h"
#include "benchmarks/machine.h"
#include "benchmarks/number_table.h"

namespace nestor::bench {
namespace {

std::string Number(const char* format, double value, bool known) {
  if (!known) return "-";
  return absl::StrFormat(*absl::ParsedFormat<'f'>::New(format), value);
}

std::vector<std::string> Cells(const RunSummary& summary) {
  const LatencySummary& latency = summary.latency();
  const RecallEstimate& recall = summary.recall;
  std::vector<std::string> cells = {absl::StrFormat("%.1f", summary.achieved_rate)};
  for (const double ms : {latency.p50, latency.p90, latency.p99, latency.p999, latency.max}) {
    cells.push_back(Number("%.2f", ms, latency.count > 0));
  }
  const bool judged = recall.count > 0;
  cells.push_back(Number("%.4f", recall.mean, judged));
  cells.push_back(judged ? absl::StrFormat("%.4f .. %.4f", recall.low, recall.high)
                         : std::string("-"));
  cells.push_back(Number("%.4f", recall.worst_decile, judged));
  cells.push_back(absl::StrCat(summary.error_count()));
  cells.push_back(summary.valid() ? "yes" : "NO");
  return cells;
}

void PrintWhyInvalid(const std::string& name, const RunSummary& summary, std::ostream& out) {
  for (const std::string& reason : summary.invalidity.reasons) {
    out << "NOT VALID " << name << ": " << reason << ".\n";
  }
}

// "search 90 %, upsert 8 %, delete 2 %"
std::string MixText(const OperationMix& mix) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < kOperationKinds; ++i) {
    const auto kind = static_cast<OperationKind>(i);
    if (mix.Share(kind) == 0) continue;
    parts.push_back(absl::StrFormat("%s %g %%", OperationName(kind), 100 * mix.Share(kind)));
  }
  return absl::StrJoin(parts, ", ");
}

void PrintStages(const Json& stages, std::ostream& out) {
  if (stages.empty()) return;
  NumberTable table({"stage on the server", "searches", "mean us", "p50 us", "p99 us"}, 1);
  for (const Json& stage : stages) {
    const auto micros = [&](const char* name) {
      return absl::StrFormat("%.1f", stage[name].get<double>());
    };
    table.AddRow({stage["name"].get<std::string>(), absl::StrCat(stage["count"].get<uint64_t>()),
                  micros("mean_us"), micros("p50_us"), micros("p99_us")});
  }
  out << "\n";
  table.Print(out);
}

void PrintOtherKinds(const RunSummary& summary, std::ostream& out) {
  for (const OperationKind kind : {OperationKind::kUpsert, OperationKind::kDelete}) {
    const KindSummary& one = summary.kinds[static_cast<size_t>(kind)];
    if (one.sent == 0) continue;
    out << absl::StreamFormat("%ss: %d sent, %d errors, p50 %.2f ms, p99 %.2f ms\n",
                              OperationName(kind), one.sent, one.errors, one.latency.p50,
                              one.latency.p99);
  }
}

}  // namespace

void PrintTarget(const LoadTarget& target, std::ostream& out) {
  const auto name = [](const std::string& path) {
    return std::filesystem::path(path).filename().string();
  };
  PrintMachine(out);
  out << "data      " << (target.data.base.empty() ? "" : name(target.data.base) + ": ")
      << target.rows << " rows x " << target.data.dims << " dims; " << name(target.data.queries)
      << ": " << target.searches.size() << " queries; " << MetricName(target.metric)
      << (target.data.generated.has_value() ? "; SYNTHETIC" : "") << "\n"
      << "server    collection " << target.collection.name() << ": "
      << IndexName(target.collection.index()) << ", prefix " << target.stats.prefix_code().dims()
      << " x " << target.stats.prefix_code().bits() << " bits, rerank "
      << RerankTierName(target.collection.rerank_tier()) << "; " << target.stats.points()
      << " points, " << target.stats.unindexed_points() << " not indexed\n";
  if (target.searches.front().estimated_scores()) out << "scores    estimated\n";
}

void PrintLoadHead(const LoadTarget& target, const RunOptions& options, std::ostream& out) {
  PrintTarget(target, out);
  out << "load      " << MixText(target.mix) << "; limit " << target.limit;
  if (target.kept.has_value()) out << "; filter keeps " << *target.kept << " rows";
  out << absl::StreamFormat("; %g s measured; seed %d\n\n", options.seconds, options.seed);
}

void PrintRunTable(const RunTable& table, const std::vector<ReportedRun>& runs, uint32_t limit,
                   std::ostream& out) {
  std::vector<std::string> heads = table.heads;
  const std::vector<std::string> more = {"answers/s",
                                         "p50 ms",
                                         "p90 ms",
                                         "p99 ms",
                                         "p99.9 ms",
                                         "max ms",
                                         absl::StrCat("recall@", limit),
                                         "95 %",
                                         "worst 10 %",
                                         "errors",
                                         "valid"};
  heads.insert(heads.end(), more.begin(), more.end());
  NumberTable lines(heads, 1);
  for (size_t i = 0; i < runs.size(); ++i) {
    std::vector<std::string> cells = table.names[i];
    const std::vector<std::string> numbers = Cells(runs[i].summary);
    cells.insert(cells.end(), numbers.begin(), numbers.end());
    lines.AddRow(std::move(cells));
  }
  lines.Print(out);
  for (size_t i = 0; i < runs.size(); ++i) {
    PrintWhyInvalid(absl::StrJoin(table.names[i], " "), runs[i].summary, out);
  }
  if (std::any_of(runs.begin(), runs.end(),
                  [](const ReportedRun& reported) { return !reported.run.open(); })) {
    out << "Closed loop: a caller waits for its answer before it calls again, so that while the "
           "server is slow fewer\ncalls are made; latencies leave out what users would have "
           "waited.\n";
  }
}

void PrintRunDetails(const ReportedRun& reported, std::ostream& out) {
  const auto& [run, summary] = reported;
  PrintOtherKinds(summary, out);
  for (const auto& [code, count] : summary.errors)
    out << "errors: " << count << " " << code << "\n";
  if (!run.steady) out << "The warm-up ended without a steady median.\n";
  out << absl::StreamFormat("client: %.2f CPU seconds, at most %d calls in flight",
                            run.client_cpu_seconds, run.most_in_flight);
  if (run.open()) out << absl::StreamFormat(", p99 of the lag %.3f ms", summary.client.lag.p99);
  out << "\n";
  if (const Json server = ServerUsageJson(run.server); !server.is_null()) {
    out << absl::StreamFormat("server: %.2f CPU seconds of %.2f, %.0f MiB resident\n",
                              server["cpu_seconds"].get<double>(),
                              run.seconds() * server["cores"].get<double>(),
                              server["resident_bytes"].get<double>() / (1 << 20));
  }
  PrintStages(run.stages, out);
}

}  // namespace nestor::bench
