#include "benchmarks/engine_methods.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace nestor::bench {
namespace {

constexpr uint32_t kShortlists[] = {10, 20, 50, 100, 200, 400, 800};

Variant MakeVariant(const std::shared_ptr<const LoadedEngine>& engine, const std::string& knob,
                    const PlanRequest& plan, uint32_t limit) {
  return {knob, [engine, plan, limit](const float* query, RowIds* rows) {
            return engine->Search(query, limit, plan, rows);
          }};
}

}  // namespace

std::vector<Method> EngineMethods(const std::shared_ptr<const LoadedEngine>& engine,
                                  const std::vector<double>& recall_targets, uint32_t limit) {
  const CollectionStats stats = engine->Stats();
  const double bytes = static_cast<double>(stats.index_bytes + stats.rerank_tier_bytes) /
                       static_cast<double>(stats.points);
  const auto make_method = [&](const std::string& name) {
    return Method{name, engine->build_seconds(), bytes, {}};
  };
  Method adaptive = make_method("nestor adaptive");
  for (const double target : recall_targets) {
    adaptive.variants.push_back(MakeVariant(engine, absl::StrFormat("recall %g", target),
                                            AdaptiveRequest{static_cast<float>(target)}, limit));
  }
  Method funnel = make_method("nestor funnel");
  for (const uint32_t size : kShortlists) {
    if (size < limit) continue;
    FunnelRequest request;
    request.shortlist_size = size;
    funnel.variants.push_back(MakeVariant(engine, absl::StrCat("K ", size), request, limit));
  }
  Method exact = make_method("nestor exact");
  exact.variants.push_back(MakeVariant(engine, "every row", ExactRequest{}, limit));
  return {adaptive, funnel, exact};
}

}  // namespace nestor::bench
