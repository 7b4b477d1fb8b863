#include "benchmarks/engine_methods.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/data_options.h"
#include "benchmarks/process_memory.h"

namespace nestor::bench {
namespace {

constexpr uint32_t kShortlists[] = {10, 15, 20, 30, 50, 70, 100, 200, 400, 800};
constexpr uint32_t kIvfShortlists[] = {50, 200, 800};
constexpr uint32_t kNprobe[] = {4, 16, 64, 256};

class VariantList {
 public:
  // Searches like `common`, `batch` queries at a time.
  VariantList(std::shared_ptr<const LoadedEngine> engine, const SearchRequest& common, size_t batch)
      : engine_(std::move(engine)), common_(common), batch_(batch) {}

  void Add(const std::string& knob, Json params, const PlanRequest& plan) {
    SearchRequest common = common_;
    common.plan = plan;
    if (common.estimated_scores) params["estimated_scores"] = true;
    if (batch_ == 1) {
      variants_.push_back({knob, std::move(params),
                           OneByOne([engine = engine_, common](const float* query, RowIds* rows) {
                             return engine->Search(query, common, rows);
                           })});
      return;
    }
    params["batch"] = batch_;
    variants_.push_back(
        {knob, std::move(params),
         [engine = engine_, common, batch = batch_](const FloatMatrix& queries, Answers* answers) {
           return engine->SearchBatches(queries, batch, common, answers);
         }});
  }
  void AddAdaptive(double target) {
    Add(absl::StrFormat("adaptive %g", target), {{"plan", "adaptive"}, {"recall_target", target}},
        AdaptiveRequest{static_cast<float>(target)});
  }
  // A shortlist, alone and before each of `stages` that has something to leave out. nprobe 0: none.
  void AddFunnels(uint32_t size, uint32_t nprobe, const std::vector<Stage>& stages) {
    if (size < common_.limit) return;
    std::string knob = absl::StrCat("funnel K ", size);
    Json params = {{"plan", "funnel"}, {"shortlist", size}};
    if (nprobe > 0) {
      absl::StrAppend(&knob, " nprobe ", nprobe);
      params["nprobe"] = nprobe;
    }
    Add(knob, params, FunnelRequest{size, 0, nprobe, {}});
    for (const Stage& stage : stages) {
      if (stage.keep < common_.limit || size <= stage.keep || stage.dims >= engine_->spec().dims) {
        continue;
      }
      Json staged = params;
      staged["dims"] = stage.dims;
      staged["keep"] = stage.keep;
      Add(absl::StrCat(knob, " ", stage.dims, "d ", stage.keep), std::move(staged),
          FunnelRequest{size, 0, nprobe, {stage}});
    }
  }
  std::vector<Variant> Take() { return std::move(variants_); }

 private:
  const std::shared_ptr<const LoadedEngine> engine_;
  const SearchRequest common_;
  const size_t batch_;
  std::vector<Variant> variants_;
};

MethodCost Cost(const LoadedEngine& engine) {
  const CollectionStats stats = engine.Stats();
  const auto points = static_cast<double>(stats.points);
  MethodCost cost;
  cost.build_seconds = engine.build_seconds();
  const auto add = [&](const char* name, uint64_t resident, uint64_t mapped) {
    const MemoryPart part = {name, static_cast<double>(resident) / points,
                             static_cast<double>(mapped) / points};
    cost.resident_bytes_per_vector += part.resident_bytes_per_vector;
    cost.mapped_bytes_per_vector += part.mapped_bytes_per_vector;
    cost.parts.push_back(part);
  };
  add("index", stats.index_bytes, 0);
  add("rerank tier", stats.rerank_tier_bytes, stats.rerank_tier_mapped_bytes);
  add("points", 0, stats.point_record_mapped_bytes);
  return cost;
}

}  // namespace

Method EngineMethod(const std::shared_ptr<const LoadedEngine>& engine, const MeasuredPlans& plans,
                    uint32_t limit, size_t batch) {
  const ResolvedSpec& spec = engine->spec();
  SearchRequest common;
  common.limit = limit;
  common.estimated_scores = plans.estimated_scores;
  VariantList variants(engine, common, batch);
  for (const double target : plans.recall_targets) variants.AddAdaptive(target);
  if (spec.index_kind == IndexKind::kIvf) {
    for (const uint32_t size : kIvfShortlists) {
      for (const uint32_t nprobe : kNprobe) variants.AddFunnels(size, nprobe, plans.stages);
    }
  } else {
    for (const uint32_t size : kShortlists) variants.AddFunnels(size, 0, plans.stages);
  }
  if (plans.exact) variants.Add("exact", {{"plan", "exact"}}, ExactRequest{});
  const std::string scores = plans.estimated_scores ? "_estimated" : "";
  const std::string batches = batch == 1 ? "" : absl::StrCat("_batch_", batch);
  return {absl::StrCat("nestor_", IndexKindName(spec.index_kind), scores, batches), Cost(*engine),
          variants.Take()};
}

}  // namespace nestor::bench
