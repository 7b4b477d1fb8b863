#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/command_line.h"
#include "client/importer.h"
#include "client/point_id_text.h"
#include "client/progress.h"
#include "client/time_text.h"

namespace nestor::cli {
namespace {

struct ImportArgs {
  std::string name;
  std::string vectors;
  std::string payloads;
  std::string id_field;
  uint64_t batch = 256;
  int concurrency = 4;
  std::optional<uint64_t> limit;
  std::string expire;
  bool wait = false;
};

absl::Status CheckDims(const ImportArgs& args, const VectorFile& vectors, const Client& client) {
  v1::GetCollectionRequest request;
  request.set_name(args.name);
  absl::StatusOr<v1::Collection> collection = client.GetCollection(request);
  if (!collection.ok()) return collection.status();
  if (collection->dims() == vectors.dims()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(vectors.path(), " has ", vectors.dims(),
                                                 " dims, collection ", args.name, " has ",
                                                 collection->dims()));
}

absl::Status WaitForIndex(const ImportArgs& args, Session& session) {
  v1::WaitForIndexRequest request;
  request.set_name(args.name);
  const absl::Time start = session.console.now();
  absl::Status status = session.client.WaitForIndex(request).status();
  if (!status.ok()) return status;
  session.console.out << absl::StreamFormat("indexed after another %.1f s\n",
                                            absl::ToDoubleSeconds(session.console.now() - start));
  return absl::OkStatus();
}

void PrintRefused(const ImportArgs& args, ImportResult& result, std::ostream& err) {
  std::sort(result.refused_points.begin(), result.refused_points.end(),
            [](const RefusedPoint& a, const RefusedPoint& b) { return a.row < b.row; });
  for (const RefusedPoint& point : result.refused_points) {
    err << args.vectors << ": row " << point.row;
    if (point.error.has_id()) err << " (id " << FormatPointId(point.error.id()) << ")";
    if (!point.error.field().empty()) err << ": " << point.error.field();
    err << ": " << point.error.message() << "\n";
  }
  if (result.refused > result.refused_points.size()) {
    err << "... and " << result.refused - result.refused_points.size() << " more refused points\n";
  }
}

// What the whole import comes to: its first failure, or the points that were refused.
absl::Status Outcome(const ImportArgs& args, const ImportResult& result, uint64_t rows) {
  if (!result.status.ok()) {
    // Errors of files name their file; errors of calls name only the rows.
    const bool names_rows = absl::StartsWith(result.status.message(), "rows ");
    return absl::Status(result.status.code(),
                        absl::StrCat(names_rows ? args.vectors + ": " : "", result.status.message(),
                                     "; ", result.imported, " of ", rows, " points were imported"));
  }
  if (result.refused == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      result.refused, " of ", rows, " points were refused, ", result.imported, " were imported"));
}

ImportResult RunImport(const ImportArgs& args, UpsertBatches& batches, uint64_t rows,
                       Session& session) {
  Console& console = session.console;
  Progress progress(console.err_is_terminal ? ProgressStyle::kBar : ProgressStyle::kLines, rows,
                    console.now());
  ImporterOptions options;
  options.concurrency = args.concurrency;
  options.sleep = console.sleep;
  options.on_progress = [&](uint64_t done) {
    const std::optional<std::string> text = progress.Update(done, console.now());
    if (text.has_value()) console.err << *text << std::flush;
  };
  ImportResult result = Importer(session.client, batches, options).Run();
  console.err << progress.Finish() << std::flush;
  return result;
}

absl::Status Import(const ImportArgs& args, Session& session) {
  absl::StatusOr<VectorFile> vectors = VectorFile::Open(args.vectors);
  if (!vectors.ok()) return vectors.status();
  std::optional<PayloadFile> payloads;
  if (!args.payloads.empty()) {
    absl::StatusOr<PayloadFile> file = PayloadFile::Open(args.payloads, args.id_field);
    if (!file.ok()) return file.status();
    payloads.emplace(*std::move(file));
  }
  absl::Status status = CheckDims(args, *vectors, session.client);
  if (!status.ok()) return status;

  std::optional<google::protobuf::Timestamp> expire_time;
  if (!args.expire.empty()) {
    status = ParseExpireTime(args.expire, session.console.now(), &expire_time.emplace());
    if (!status.ok()) return status;
  }
  const uint64_t rows = std::min(vectors->rows(), args.limit.value_or(vectors->rows()));
  UpsertBatches batches(*vectors, payloads.has_value() ? &*payloads : nullptr,
                        {.collection = args.name,
                         .batch_points = args.batch,
                         .rows = rows,
                         .use_ids = !args.id_field.empty(),
                         .expire_time = expire_time});
  const absl::Time start = session.console.now();
  ImportResult result = RunImport(args, batches, rows, session);
  const double seconds = absl::ToDoubleSeconds(session.console.now() - start);
  PrintRefused(args, result, session.console.err);
  if (result.retries > 0) {
    session.console.err << "the server was full or absent; batches were sent again "
                        << result.retries << " times\n";
  }
  status = Outcome(args, result, rows);
  session.console.out << absl::StreamFormat("%d points in %.2f s, %.0f points/s\n", result.imported,
                                            seconds, result.imported / std::max(seconds, 1e-9));
  if (result.status.ok() && args.wait) {
    const absl::Status waited = WaitForIndex(args, session);
    if (status.ok()) status = waited;
  }
  return status;
}

void AddOptions(CLI::App& import, ImportArgs& args) {
  import.add_option("NAME", args.name, "The collection")->required();
  import.add_option("--vectors", args.vectors, ".npy (float32 or float16), .fvecs or .fbin")
      ->required()
      ->type_name("FILE");
  CLI::Option* payloads =
      import.add_option("--payloads", args.payloads, "JSON lines, one object for each row")
          ->type_name("FILE");
  import
      .add_option("--id-field", args.id_field,
                  "Field of the payloads that holds the id (a string or an integer); default: "
                  "the id is the number of the row, from 0")
      ->needs(payloads)
      ->type_name("FIELD");
  import.add_option("--batch", args.batch, "Points in a batch, at most (4 MB at most, too)")
      ->check(CLI::Range(uint64_t{1}, kMaxUpsertPoints))
      ->capture_default_str();
  import.add_option("--concurrency", args.concurrency, "Batches in flight")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  import.add_option("--limit", args.limit, "Import only the first N rows")->type_name("N");
  import.add_option("--expire", args.expire, kExpireHelp)
      ->check(ExpireTimeValidator())
      ->type_name("TIME");
  import.add_flag("--wait", args.wait, "Wait until everything is indexed");
}

}  // namespace

void AddImportCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<ImportArgs>();
  CLI::App* import = app.add_subcommand("import", "Write points from files");
  AddOptions(*import, *args);
  import->footer(
      "A point whose id exists is replaced, so an import may be repeated. A full or absent server\n"
      "is tried again for half a minute. Exit code 1 if any point was refused.\n"
      "Example:\n"
      "  nestor import docs --vectors docs.npy --payloads docs.jsonl --id-field id --wait");
  import->callback([args, &command] {
    command = [args](Session& session) { return Import(*args, session);
};
}  // namespace nestor::cli
);
}

}  // namespace nestor::cli
