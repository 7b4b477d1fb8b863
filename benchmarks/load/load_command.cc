#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_files/content_hash.h"
#include "benchmarks/data_files/generated_mark.h"
#include "benchmarks/data_options.h"
#include "benchmarks/json_file.h"
#include "benchmarks/load/bulk_load.h"
#include "benchmarks/load/load_options.h"
#include "benchmarks/load/load_target.h"
#include "benchmarks/load/rank_payload.h"
#include "benchmarks/load/server_usage.h"
#include "benchmarks/machine.h"
#include "benchmarks/report/fields.h"
#include "client/progress.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

struct LoadArgs {
  std::string server = kDefaultServerAddress;
  std::string collection;
  std::string base;
  uint64_t rows = 0;
  uint64_t chunk_rows = 256;
  bool create = false;
  Metric metric = Metric::kCosine;
  std::string index;
  uint32_t prefix_dims = 0;
  uint32_t prefix_bits = 0;
  std::string rerank;
  std::string json;
};

v1::CreateCollectionRequest CreateRequest(const LoadArgs& args, uint32_t dims) {
  v1::CreateCollectionRequest request;
  v1::Collection& collection = *request.mutable_collection();
  collection.set_name(args.collection);
  collection.set_dims(dims);
  collection.set_metric(args.metric == Metric::kCosine ? v1::Collection::COSINE
                        : args.metric == Metric::kDot  ? v1::Collection::DOT
                                                       : v1::Collection::L2);
  if (args.index == "hnsw") collection.mutable_index()->mutable_hnsw();
  if (args.index == "ivf") collection.mutable_index()->mutable_ivf();
  if (args.index == "flat") collection.mutable_index()->mutable_flat();
  if (args.prefix_dims != 0) collection.mutable_prefix_code()->set_dims(args.prefix_dims);
  if (args.prefix_bits != 0) collection.mutable_prefix_code()->set_bits(args.prefix_bits);
  if (!args.rerank.empty()) {
    collection.set_rerank_tier(args.rerank == "int8" ? v1::INT8 : v1::FLOAT32);
  }
  v1::PayloadIndex& rank = *collection.add_payload_indexes();
  rank.set_field(kRankField);
  rank.set_type(v1::PayloadIndex::INT);
  return request;
}

absl::Status Create(const LoadArgs& args, uint32_t dims, const Client& client) {
  const absl::Status status = client.CreateCollection(CreateRequest(args, dims)).status();
  if (absl::IsAlreadyExists(status)) {
    return absl::AlreadyExistsError(absl::StrCat(status.message(), "; drop it with: nestor drop ",
                                                 args.collection, " --server ", args.server,
                                                 ", or load into it without --create"));
  }
  if (absl::IsUnavailable(status)) {  // which says what to do
    return DescribeCollection(args.server, args.collection, client).status();
  }
  return status;
}

// The collection that is loaded into, with an index on the rank.
absl::StatusOr<v1::Collection> OpenCollection(const LoadArgs& args, const VectorFile& vectors,
                                              const Client& client) {
  if (args.create) NESTOR_RETURN_IF_ERROR(Create(args, vectors.dims(), client));
  NESTOR_ASSIGN_OR_RETURN(v1::Collection collection,
                          DescribeCollection(args.server, args.collection, client));
  if (collection.dims() != vectors.dims()) {
    return absl::InvalidArgumentError(absl::StrCat(args.base, " has ", vectors.dims(),
                                                   " dims, collection ", args.collection, " has ",
                                                   collection.dims()));
  }
  const bool has_index =
      std::any_of(collection.payload_indexes().begin(), collection.payload_indexes().end(),
                  [](const v1::PayloadIndex& index) { return index.field() == kRankField; });
  if (has_index) return collection;
  v1::CreatePayloadIndexRequest request;
  request.set_name(args.collection);
  request.mutable_index()->set_field(kRankField);
  request.mutable_index()->set_type(v1::PayloadIndex::INT);
  return client.CreatePayloadIndex(request);
}

absl::StatusOr<uint32_t> RowsToLoad(const LoadArgs& args, const VectorFile& vectors) {
  const uint64_t rows = args.rows == 0 ? vectors.rows() : args.rows;
  if (rows > vectors.rows()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--rows ", rows, " exceeds the ", vectors.rows(), " rows of ", args.base));
  }
  if (rows == 0 || rows > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError(absl::StrCat(rows, " rows of ", args.base, " is not in 1 to ",
                                                   std::numeric_limits<uint32_t>::max()));
  }
  return static_cast<uint32_t>(rows);
}

absl::StatusOr<BulkLoadResult> Load(const LoadArgs& args, const VectorFile& vectors, uint32_t rows,
                                    const Client& client, Console& console) {
  Progress progress(console.err_is_terminal ? ProgressStyle::kBar : ProgressStyle::kLines, rows,
                    absl::Now());
  BulkLoadOptions options{
      .collection = args.collection, .rows = rows, .chunk_rows = args.chunk_rows};
  options.on_progress = [&](uint64_t sent) {
    const std::optional<std::string> text = progress.Update(sent, absl::Now());
    if (text.has_value()) console.err << *text << std::flush;
  };
  absl::StatusOr<BulkLoadResult> result = BulkLoad(client, vectors, options);
  console.err << progress.Finish() << std::flush;
  return result;
}

void Print(const LoadArgs& args, const Json& data, const BulkLoadResult& result, uint32_t rows,
           std::ostream& out) {
  PrintMachine(out);
  const double points = rows;
  out << "data      " << Text(data, "base") << ": " << rows << " rows x " << Readable(data["dims"])
      << " dims" << (IsTrue(data, "synthetic") ? "; SYNTHETIC" : "") << "\n\n"
      << absl::StreamFormat("%d points in collection %s\n", rows, args.collection)
      << absl::StreamFormat("written and durable  %8.2f s  %10.0f points/s\n",
                            result.written_seconds, points / result.written_seconds)
      << absl::StreamFormat("searchable           %8.2f s\n", result.searchable_seconds)
      << absl::StreamFormat("indexed              %8.2f s  %10.0f points/s\n",
                            result.indexed_seconds, points / result.indexed_seconds);
}

absl::StatusOr<Json> BaseJson(const LoadArgs& args, const VectorFile& vectors) {
  NESTOR_ASSIGN_OR_RETURN(const std::string hash, HashFile(args.base));
  NESTOR_ASSIGN_OR_RETURN(const std::optional<Json> mark, FindGeneratedMark(args.base, hash));
  Json json = {{"base", std::filesystem::path(args.base).filename().string()},
               {"rows", vectors.rows()},
               {"dims", vectors.dims()},
               {"base_hash", hash},
               {"synthetic", mark.has_value()}};
  for (const char* name : {"profile", "seed"}) {
    if (mark.has_value() && mark->contains(name)) json[name] = (*mark)[name];
  }
  return json;
}

Json ResultsJson(const BulkLoadResult& result, uint32_t rows) {
  return {{"points", rows},
          {"points_per_second", rows / result.written_seconds},
          {"written_seconds", result.written_seconds},
          {"searchable_seconds", result.searchable_seconds},
          {"indexed_seconds", result.indexed_seconds},
          {"indexed_points_per_second", rows / result.indexed_seconds},
          {"resent_messages", result.resent}};
}

absl::Status LoadAndReport(const LoadArgs& args, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const VectorFile vectors, VectorFile::Open(args.base));
  NESTOR_ASSIGN_OR_RETURN(const uint32_t rows, RowsToLoad(args, vectors));
  const Client client(args.server);
  NESTOR_ASSIGN_OR_RETURN(const v1::Collection collection, OpenCollection(args, vectors, client));
  ServerUsage usage{.before = AskServer(client)};
  NESTOR_ASSIGN_OR_RETURN(const BulkLoadResult result, Load(args, vectors, rows, client, console));
  usage.after = AskServer(client);
  NESTOR_ASSIGN_OR_RETURN(Json data, BaseJson(args, vectors));
  data["metric"] = nestor::MetricName(collection.metric());
  Print(args, data, result, rows, console.out);
  if (args.json.empty()) return absl::OkStatus();
  Json document = NewDocument("load", console);
  document["data"] = std::move(data);
  document["collection"] = LoadedCollectionJson(collection, result.stats);
  document.update(ResultsJson(result, rows));
  document["server"] = ServerUsageJson(usage);
  return WriteJsonFile(args.json, document);
}

void AddOptions(CLI::App& load, LoadArgs& args) {
  AddServerOption(load, args.server);
  load.add_option("--collection", args.collection, "Where to")->required()->type_name("NAME");
  load.add_option("--base", args.base, "The vectors (.npy float32 or float16, .fvecs, .fbin)")
      ->required()
      ->type_name("FILE");
  load.add_option("--rows", args.rows, "Only the first N vectors")->type_name("N");
  load.add_option("--chunk", args.chunk_rows, "Points of a message, at most (4 MB at most, too)")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str()
      ->type_name("N");
  CLI::Option* create = load.add_flag("--create", args.create, "Create the collection first");
  AddMetricOption(load, args.metric);
  load.add_option("--index", args.index, "hnsw, ivf or flat; default: the server chooses")
      ->check(CLI::IsMember({"hnsw", "ivf", "flat"}))
      ->needs(create)
      ->type_name("KIND");
  load.add_option("--prefix-dims", args.prefix_dims, "Dims of the index; default: as above")
      ->needs(create)
      ->type_name("N");
  load.add_option("--prefix-bits", args.prefix_bits, "Bits of each of them; default: as above")
      ->check(CLI::IsMember(std::set<uint32_t>{1, 2, 4, 8, 32}))
      ->needs(create)
      ->type_name("N");
  load.add_option("--rerank", args.rerank, "What reranking reads of vectors: int8 or float32")
      ->check(CLI::IsMember({"int8", "float32"}))
      ->needs(create)
      ->type_name("TIER");
  AddJsonOption(load, args.json);
}

}  // namespace

void AddLoadCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<LoadArgs>();
  CLI::App* load = app.add_subcommand("load", "Load a file into a collection, as fast as it goes");
  AddOptions(*load, *args);
  load->footer(
      "The id of a point is the number of its row. Each gets a payload {\"rank\": n}, a random\n"
      "order of the rows, for 'run --filter'.\n"
      "Example:\n"
      "  nestor-bench load --collection docs --base base.npy --create --metric cosine");
  load->callback([args, &command] {
    command = [args](Console& console) { return LoadAndReport(*args, console); };
  });
}

}  // namespace nestor::bench
