#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/calibration_table.h"
#include "client/commands/command_line.h"
#include "client/commands/size_table.h"
#include "client/commands/table.h"
#include "client/json.h"
#include "google/protobuf/util/time_util.h"

namespace nestor::cli {
namespace {

constexpr float kAdvisedRecalls[] = {0.90F, 0.95F, 0.99F};
constexpr uint32_t kAdvisedLimit = 10;

// What a server knows of a collection.
struct Known {
  v1::Collection collection;
  v1::CollectionStats stats;
  v1::Advice advice;
};

absl::StatusOr<Known> Ask(const std::string& name, const Client& client) {
  v1::GetCollectionRequest get;
  get.set_name(name);
  absl::StatusOr<v1::Collection> collection = client.GetCollection(get);
  if (!collection.ok()) return collection.status();
  v1::GetCollectionStatsRequest get_stats;
  get_stats.set_name(name);
  absl::StatusOr<v1::CollectionStats> stats = client.GetCollectionStats(get_stats);
  if (!stats.ok()) return stats.status();
  v1::AdviseRequest ask;
  ask.set_name(name);
  absl::StatusOr<v1::Advice> advice = client.Advise(ask);
  if (!advice.ok()) return advice.status();
  return Known{*std::move(collection), *std::move(stats), *std::move(advice)};
}

std::string Share(float share) { return absl::StrFormat("%.3f", share); }

bool IsSame(const v1::PrefixCode& a, const v1::PrefixCode& b) {
  return a.dims() == b.dims() && a.bits() == b.bits() && a.learnt() == b.learnt();
}

void PrintPrefixes(const v1::Advice& advice, std::ostream& out) {
  std::vector<std::vector<std::string>> rows = {
      {"prefix in float32", "bytes", "keeps", "as many dims by chance", "learnt (pca)"}};
  for (const v1::Advice::Quality& prefix : advice.prefixes()) {
    rows.push_back({absl::StrCat(prefix.code().dims(), " dims"), absl::StrCat(prefix.bytes()),
                    Share(prefix.kept()), Share(prefix.kept_by_chance()),
                    prefix.has_kept_learnt() ? Share(prefix.kept_learnt()) : "-"});
  }
  PrintTable(rows, out);
}

void PrintCodes(const Known& known, std::ostream& out) {
  std::vector<std::vector<std::string>> rows = {{"code", "bytes", "keeps", ""}};
  for (const v1::Advice::Quality& code : known.advice.codes()) {
    std::string note;
    if (IsSame(code.code(), known.advice.best())) note = "best";
    if (IsSame(code.code(), known.stats.prefix_code())) {
      absl::StrAppend(&note, note.empty() ? "" : ", ", "in use");
    }
    rows.push_back({absl::StrCat(code.code().dims(), code.code().learnt() ? " learnt" : "",
                                 " dims x ", code.code().bits(), " bits"),
                    absl::StrCat(code.bytes()), Share(code.kept()), note});
  }
  PrintTable(rows, out);
}

// Whether another transform would find more.
void PrintTransform(const Known& known, std::ostream& out) {
  if (!known.advice.is_worth_learning() || known.stats.prefix_code().learnt()) return;
  out << "A basis learnt from these vectors would keep more: create a collection with --transform "
         "pca (or auto) and\nimport them into it.\n";
}

void PrintVerdict(const v1::Advice& advice, uint32_t dims, std::ostream& out) {
  if (advice.prefixes().empty()) return;
  const std::string seen = absl::StrFormat(
      "the first %d of %d dims keep %.3f of the neighbours, as many chosen by chance %.3f",
      advice.judged().code().dims(), dims, advice.judged().kept(),
      advice.judged().kept_by_chance());
  if (advice.is_matryoshka()) {
    out << "These vectors are like Matryoshka embeddings: " << seen << ".\n";
    return;
  }
  out << "WARNING: these vectors are not like Matryoshka embeddings: " << seen
      << ".\nPrefixes of them are no better than any other dims: shortlists have to be long. Was "
         "the "
         "model trained\nfor short vectors, and do its dims come in the order that it gives "
         "them?\n";
}

const v1::Calibration::Plan* AdvisedPlan(const v1::Calibration& calibration, float recall) {
  for (const v1::Calibration::Table& table : calibration.tables()) {
    if (table.limit() == kAdvisedLimit && table.share() == 1) return PlanFor(table, recall);
  }
  return nullptr;
}

void PrintCosts(const Known& known, std::ostream& out) {
  out << "index " << IndexName(known.collection.index()) << ", " << kAdvisedLimit << " hits: ";
  const v1::Calibration& calibration = known.stats.calibration();
  // The most that can be asked for has a plan in every table: an exact search.
  if (calibration.revoked() || AdvisedPlan(calibration, kAdvisedRecalls[0]) == nullptr) {
    out << "not calibrated, so nobody knows what searches take (nestor calibrate NAME)\n";
    return;
  }
  for (const float recall : kAdvisedRecalls) {
    const v1::Calibration::Plan* const plan = AdvisedPlan(calibration, recall);
    if (plan == nullptr) continue;
    const int64_t ns = google::protobuf::util::TimeUtil::DurationToNanoseconds(plan->cost());
    out << (recall == kAdvisedRecalls[0] ? "" : ", ")
        << absl::StrFormat("recall %g in %.0f us%s", recall, static_cast<double>(ns) / 1000,
                           plan->exact() ? " (exact)" : "");
  }
  out << "\n";
}

absl::Status Advise(const std::string& name, bool json, Session& session) {
  const absl::StatusOr<Known> known = Ask(name, session.client);
  if (!known.ok()) return known.status();
  std::ostream& out = session.console.out;
  if (json) {
    Json document = AdviceToJson(known->advice);
    document["sizes"] = SizesToJson(known->collection, known->stats.points());
    out << ToLine(document) << "\n";
    return absl::OkStatus();
  }
  const v1::Advice& advice = known->advice;
  out << "By " << advice.sample_queries()
      << (advice.by_asked() ? " queries that were asked, among " : " of ") << advice.sample_points()
      << " points, the share of the 10 nearest that are among the 30 best by\n\n";
  PrintPrefixes(advice, out);
  out << "\n";
  PrintCodes(*known, out);
  out << "\n";
  PrintVerdict(advice, known->collection.dims(), out);
  PrintTransform(*known, out);
  PrintCosts(*known, out);
  out << "\n";
  PrintSizes(known->collection, std::max<uint64_t>(1, known->stats.points()), out);
  return absl::OkStatus();
}

}  // namespace

void AddAdviseCommand(CLI::App& app, Command& command) {
  struct Args {
    std::string name;
    bool json = false;
  };
  auto args = std::make_shared<Args>();
  CLI::App* advise = app.add_subcommand(
      "advise", "Show how much of the neighbours prefixes of this collection keep");
  advise->add_option("NAME", args->name, "The collection")->required();
  advise->add_flag("--json", args->json, "One JSON object");
  advise->footer(
      "Tells whether the vectors are Matryoshka embeddings, which prefix code suits them, what\n"
      "searches take for some recalls, and what memory and disk the collection takes.\n"
      "Example:\n  nestor advise docs");
  advise->callback([args, &command] {
    command = [args](Session& session) { return Advise(args->name, args->json, session); };
  });
}

}  // namespace nestor::cli
