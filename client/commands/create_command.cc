#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/commands/command_line.h"
#include "client/commands/payload_index_text.h"
#include "client/json.h"
#include "client/vector_file.h"

namespace nestor::cli {
namespace {

struct CreateArgs {
  std::string name;
  uint32_t dims = 0;
  std::string metric;
  std::string index;
  uint32_t prefix_dims = 0;
  uint32_t prefix_bits = 0;
  std::string transform;
  std::string rerank;
  uint32_t m = 0;
  uint32_t ef_construction = 0;
  uint32_t lists = 0;
  float recall = 0;
  std::vector<std::string> payload_indexes;
  bool indexed_filters_only = false;
  bool if_missing = false;
};

v1::Collection::Metric Metric(const std::string& name) {
  if (name == "cosine") return v1::Collection::COSINE;
  return name == "dot" ? v1::Collection::DOT : v1::Collection::L2;
}

v1::Collection::Transform Transform(const std::string& name) {
  if (name == "pca") return v1::Collection::PCA;
  return name == "auto" ? v1::Collection::AUTO : v1::Collection::NONE;
}

// No kind is set when the user said nothing: the server chooses.
v1::ShortlistIndex Index(const CreateArgs& args) {
  v1::ShortlistIndex index;
  if (args.index == "hnsw" || args.m != 0 || args.ef_construction != 0) {
    index.mutable_hnsw()->set_m(args.m);
    index.mutable_hnsw()->set_ef_construction(args.ef_construction);
  } else if (args.index == "ivf" || args.lists != 0) {
    index.mutable_ivf()->set_lists(args.lists);
  } else if (args.index == "flat") {
    index.mutable_flat();
  }
  return index;
}

v1::CreateCollectionRequest Request(const CreateArgs& args) {
  v1::CreateCollectionRequest request;
  request.set_allow_existing(args.if_missing);
  v1::Collection& collection = *request.mutable_collection();
  collection.set_name(args.name);
  collection.set_dims(args.dims);
  collection.set_metric(Metric(args.metric));
  const v1::ShortlistIndex index = Index(args);
  if (index.kind_case() != v1::ShortlistIndex::KIND_NOT_SET) *collection.mutable_index() = index;
  if (args.prefix_dims != 0 || args.prefix_bits != 0) {
    collection.mutable_prefix_code()->set_dims(args.prefix_dims);
    collection.mutable_prefix_code()->set_bits(args.prefix_bits);
  }
  collection.set_transform(Transform(args.transform));
  if (!args.rerank.empty()) {
    collection.set_rerank_tier(args.rerank == "int8" ? v1::INT8 : v1::FLOAT32);
  }
  if (args.recall > 0) collection.mutable_search_defaults()->set_recall_target(args.recall);
  for (const std::string& index : args.payload_indexes) {
    *collection.add_payload_indexes() = ParsePayloadIndex(index).value();  // the option was checked
  }
  collection.set_indexed_filters_only(args.indexed_filters_only);
  return request;
}

absl::Status Create(const CreateArgs& args, Session& session) {
  absl::StatusOr<v1::Collection> created = session.client.CreateCollection(Request(args));
  if (!created.ok()) return created.status();
  session.console.out << "collection " << created->name() << ": " << created->dims() << " dims, "
                      << MetricName(created->metric()) << ", index " << IndexName(created->index())
                      << ", rerank tier " << RerankTierName(created->rerank_tier()) << "\n";
  return absl::OkStatus();
}

// Options of one kind of index beside another kind.
void CheckIndexOptions(const CreateArgs& args) {
  const bool hnsw = args.m != 0 || args.ef_construction != 0;
  const bool ivf = args.lists != 0;
  if (hnsw && ((!args.index.empty() && args.index != "hnsw") || ivf)) {
    throw CLI::ValidationError("--m and --ef-construction", "are for --index hnsw only");
  }
  if (ivf && !args.index.empty() && args.index != "ivf") {
    throw CLI::ValidationError("--lists", "is for --index ivf only");
  }
}

}  // namespace

void AddCreateCommand(CLI::App& app, Command& command) {
  auto args = std::make_shared<CreateArgs>();
  CLI::App* create = app.add_subcommand("create", "Create a collection");
  create->add_option("NAME", args->name, "Letters, digits, _ and -; at most 64")->required();
  create->add_option("--dims", args->dims, "Dimensions of a full vector")
      ->required()
      ->check(CLI::Range(uint32_t{1}, kMaxFileDims));
  create->add_option("--metric", args->metric, "How vectors are compared")
      ->required()
      ->check(CLI::IsMember({"cosine", "dot", "l2"}));
  create->add_option("--index", args->index, "Shortlist index; default: the server chooses")
      ->check(CLI::IsMember({"hnsw", "ivf", "flat"}));
  create
      ->add_option("--prefix-dims", args->prefix_dims,
                   "Dimensions that the shortlist sees; default: the server chooses")
      ->check(CLI::PositiveNumber);
  create
      ->add_option("--prefix-bits", args->prefix_bits,
                   "Bits for each of them; default: the server chooses")
      ->check(CLI::IsMember(std::set<uint32_t>{1, 2, 4, 8, 32}));
  create
      ->add_option("--transform", args->transform,
                   "What the shortlist sees: the first dims (none), a basis that the server learns "
                   "from the vectors (pca), or that only where it finds more (auto)")
      ->check(CLI::IsMember({"none", "pca", "auto"}));
  create->add_option("--rerank", args->rerank, "What reranking reads of full vectors")
      ->check(CLI::IsMember({"int8", "float32"}));
  create->add_option("--m", args->m, "hnsw: links of a node")->check(CLI::PositiveNumber);
  create->add_option("--ef-construction", args->ef_construction, "hnsw: effort of building")
      ->check(CLI::PositiveNumber);
  create->add_option("--lists", args->lists, "ivf: number of lists")->check(CLI::PositiveNumber);
  create->add_option("--recall", args->recall, "Recall target of a search that names none")
      ->check(CLI::Range(0.0, 1.0));
  create
      ->add_option("--payload-index", args->payload_indexes,
                   "Index this payload field for filters; types: keyword, int, double, bool, time")
      ->check(PayloadIndexValidator())
      ->type_name(kPayloadIndexForm)
      ->allow_extra_args(false);
  create->add_flag("--indexed-filters-only", args->indexed_filters_only,
                   "Refuse filters on fields without an index");
  create->add_flag("--if-missing", args->if_missing,
                   "Succeed when it already exists with the same settings");
  create->footer(
      "Example:\n  nestor create docs --dims 512 --metric cosine --index hnsw "
      "--payload-index section:keyword");
  create->callback([args, &command] {
    CheckIndexOptions(*args);
    command = [args](Session& session) { return Create(*args, session); };
  });
}

}  // namespace nestor::cli
