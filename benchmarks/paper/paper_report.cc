#include "benchmarks/paper/paper_report.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "benchmarks/number_table.h"
#include "benchmarks/paper/wall_clock.h"

namespace nestor::bench {
namespace {

std::string Percent(double share) { return absl::StrFormat("%.2f", 100 * share); }
std::string Megaflops(double mflops) { return absl::StrFormat("%.4g", mflops); }

void PrintPrefixes(const PaperResults& results, std::ostream& out) {
  std::vector<std::string> heads = {"dims", "top-1"};
  const std::vector<QualityAtK>& first = results.prefixes.front().at;
  for (const QualityAtK& at : first) heads.push_back(absl::StrCat("mAP@", at.k));
  for (const QualityAtK& at : first) heads.push_back(absl::StrCat("P@", at.k));
  for (const QualityAtK& at : first) heads.push_back(absl::StrCat("label R@", at.k));
  heads.insert(heads.end(), {absl::StrCat("exact R@", results.limit), "MFLOPs"});
  NumberTable table(heads, /*text_columns=*/0);
  for (const PrefixResult& prefix : results.prefixes) {
    std::vector<std::string> cells = {absl::StrCat(prefix.search.shortlist_dims),
                                      Percent(prefix.search.top1)};
    for (const QualityAtK& at : prefix.at) cells.push_back(Percent(at.average_precision));
    for (const QualityAtK& at : prefix.at) cells.push_back(Percent(at.precision));
    for (const QualityAtK& at : prefix.at) cells.push_back(Percent(at.label_recall));
    cells.insert(cells.end(), {Percent(prefix.neighbour_recall), Megaflops(prefix.search.mflops)});
    table.AddRow(std::move(cells));
  }
  out << "Exact search by prefixes, each of unit length. Percent, means over the queries. label R: "
         "of all\nrows with the query's label; exact R: of the neighbours at all dims. MFLOPs: "
         "multiply-adds of one\nquery, dims x rows.\n";
  table.Print(out);
}

void PrintAdaptive(const PaperResults& results, std::ostream& out) {
  std::vector<std::string> heads = {"shortlist"};
  for (const PrefixResult& prefix : results.prefixes) {
    heads.push_back(absl::StrCat(prefix.search.shortlist_dims));
  }
  heads.insert(heads.end(), {"top-1", "MFLOPs", "of exact %"});
  NumberTable table(heads, /*text_columns=*/0);
  auto cell = results.adaptive.begin();
  for (size_t from = 0; from < results.prefixes.size(); ++from) {
    const RetrievalResult* last = &results.prefixes[from].search;
    std::vector<std::string> cells = {absl::StrCat(last->shortlist_dims)};
    cells.insert(cells.end(), from, "");
    cells.push_back(Percent(last->average_precision));
    for (size_t to = from + 1; to < results.prefixes.size(); ++to, ++cell) {
      cells.push_back(Percent(cell->average_precision));
      last = &*cell;
    }
    cells.insert(cells.end(),
                 {Percent(last->top1), Megaflops(last->mflops), Percent(last->of_exact)});
    table.AddRow(std::move(cells));
  }
  out << "Adaptive retrieval, mAP@" << results.limit << ": the best " << results.shortlist
      << " rows by the dims on the left, ranked by the dims above (the same: no\nrerank). top-1, "
         "MFLOPs = (left x rows + above x "
      << results.shortlist << ") / 10^6 and its share of exact search: ranked by all dims.\n";
  table.Print(out);
}

void PrintFunnels(const PaperResults& results, std::ostream& out) {
  NumberTable table({"shortlist", "ranked by dims", "of rows", absl::StrCat("mAP@", results.limit),
                     "top-1", "MFLOPs", "of exact %"},
                    /*text_columns=*/3);
  for (const RetrievalResult& funnel : results.funnels) {
    table.AddRow({absl::StrCat(funnel.shortlist_dims), absl::StrJoin(funnel.rerank_dims, " "),
                  absl::StrJoin(funnel.lists, " "), Percent(funnel.average_precision),
                  Percent(funnel.top1), Megaflops(funnel.mflops), Percent(funnel.of_exact)});
  }
  out << "Funnels: the shortlist is ranked by longer prefixes and cut, again and again.\n";
  table.Print(out);
}

void PrintClassification(const PaperResults& results, std::ostream& out) {
  if (results.fixed.empty()) return;
  NumberTable fixed({"dims", "accuracy"}, /*text_columns=*/0);
  for (const PaperResults::Fixed& line : results.fixed) {
    fixed.AddRow({absl::StrCat(line.dims), Percent(line.accuracy)});
  }
  NumberTable adaptive({"tolerance", "mean dims", "accuracy", "thresholds by dims"},
                       /*text_columns=*/0);
  for (const AdaptiveResult& result : results.classification) {
    const std::string thresholds =
        absl::StrJoin(result.thresholds, " ", [](std::string* text, double threshold) {
          *text += std::isinf(threshold) ? "-" : absl::StrFormat("%.3f", threshold);
        });
    adaptive.AddRow({Percent(result.tolerance), absl::StrFormat("%.1f", result.mean_dims),
                     Percent(result.accuracy), thresholds});
  }
  out << "Classification by the nearest row's label, on the half of the queries that no threshold "
         "was learned\non: every query by the same prefix,\n";
  fixed.Print(out);
  out << "and adaptively: the next prefix is used where the margin to the nearest row of another "
         "label is below\nthe threshold (-: always). Tolerance: points of accuracy that a prefix "
         "may lose where it decides.\n";
  adaptive.Print(out);
}

std::string TimeText(const TimeAtRecall& time) {
  if (time.kind == TimeAtRecall::Kind::kNotReached) return "not reached";
  return absl::StrFormat("%s%.1f", time.kind == TimeAtRecall::Kind::kAtMost ? "<= " : "",
                         time.micros);
}

// How many times as long `other` takes.
std::string RatioText(const TimeAtRecall& other, const TimeAtRecall& time) {
  using Kind = TimeAtRecall::Kind;
  if (other.kind == Kind::kNotReached || time.kind == Kind::kNotReached) return "-";
  return absl::StrFormat("%.2f", other.micros / time.micros);
}

void PrintSettings(const PaperResults& results, std::ostream& out) {
  NumberTable table({"system", "knobs", absl::StrCat("mAP@", results.limit),
                     absl::StrCat("recall@", results.limit), "us/query", "cpu us", "build s"},
                    /*text_columns=*/2);
  for (const ReportLine& line : results.wall_clock) {
    table.AddRow({line.system, line.knob, Percent(line.average_precision.value_or(0)),
                  Percent(line.recall), absl::StrFormat("%.1f", line.micros),
                  absl::StrFormat("%.1f", line.cpu_micros),
                  absl::StrFormat("%.1f", line.cost.build_seconds)});
  }
  out << "Wall clock, one thread: " << results.wall_clock_dims
      << "-dim shortlists (exact_prefix, hnsw_prefix, nestor_*) beside whole vectors (exact, "
         "hnsw_full).\n";
  table.Print(out);
}

void PrintSpeedUps(const PaperResults& results, std::ostream& out) {
  const double wanted = WantedPrecision(results);
  const std::vector<SystemTime> times = TimesAt(results.wall_clock, wanted);
  TimeAtRecall exact;
  TimeAtRecall full;
  for (const SystemTime& time : times) {
    if (time.system == "exact") exact = time.time;
    if (time.system == "hnsw_full") full = time.time;
  }
  NumberTable table({"system", "us/query", "x faster than exact", "x faster than hnsw_full"},
                    /*text_columns=*/1);
  for (const SystemTime& time : times) {
    table.AddRow({time.system, TimeText(time.time), RatioText(exact, time.time),
                  RatioText(full, time.time)});
  }
  out << "At equal mAP@" << results.limit << " of " << Percent(wanted)
      << " (exact search less 0.5 points), times interpolated over the settings (<=: the\n"
         "cheapest setting has more).\n";
  table.Print(out);
  const double mflops =
      Mflops(results.rows, results.wall_clock_dims, {results.full_dims}, {results.shortlist});
  const double exact_mflops = Mflops(results.rows, results.full_dims, {}, {});
  for (const SystemTime& time : times) {
    if (time.system != "exact_prefix") continue;
    out << absl::StrFormat(
        "Adaptive retrieval %d -> %d, K = %d, by scans: %.1f x in theory (N D / N D_s; %.1f x with "
        "the rerank),\n%s x measured.\n",
        results.wall_clock_dims, results.full_dims, results.shortlist, TheoreticalRatio(results),
        exact_mflops / mflops, RatioText(exact, time.time));
  }
}

}  // namespace

void PrintPaper(const PaperResults& results, std::ostream& out) {
  PrintPrefixes(results, out);
  out << "\n";
  PrintAdaptive(results, out);
  out << "\n";
  PrintFunnels(results, out);
  out << "\n";
  PrintClassification(results, out);
  if (results.wall_clock.empty()) return;
  out << "\n";
  PrintSettings(results, out);
  out << "\n";
  PrintSpeedUps(results, out);
}

}  // namespace nestor::bench
