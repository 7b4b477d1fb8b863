// The only file that includes hnswlib.

#include <algorithm>
#include <atomic>
#include <exception>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/hnsw_graph.h"
// hnswlib 0.6.2 prefetches one neighbour past the end of a list, for which it reads past the end of
// the list's memory. Without its SSE code, which we do not use otherwise, it does not.
#define NO_MANUAL_VECTORIZATION
#include "hnswlib/hnswlib.h"
#include "storage/check.h"

namespace nestor {
namespace {

using Hnswlib = hnswlib::HierarchicalNSW<float>;

// Distances of decoded prefixes from the kernel table. Inner products as 1 - dot, hnswlib's own
// convention.
class PrefixSpace : public hnswlib::SpaceInterface<float> {
 public:
  explicit PrefixSpace(const PrefixCodeFormat& format)
      : metric_(format.metric),
        context_{format.metric == Metric::kL2 ? kernels::Kernels().l2_f32_pair
                                              : kernels::Kernels().dot_f32_pair,
                 format.dims} {}

  size_t get_data_size() override { return context_.dims * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override {
    return metric_ == Metric::kL2 ? L2 : InnerProduct;
  }
  void* get_dist_func_param() override { return &context_; }

 private:
  struct Context {
    float (*kernel)(const float* a, const float* b, size_t dims);
    size_t dims;
  };
  static float Call(const void* a, const void* b, const void* param) {
    const auto* context = static_cast<const Context*>(param);
    return context->kernel(static_cast<const float*>(a), static_cast<const float*>(b),
                           context->dims);
  }
  static float L2(const void* a, const void* b, const void* param) { return Call(a, b, param); }
  static float InnerProduct(const void* a, const void* b, const void* param) {
    return 1 - Call(a, b, param);
  }

  Metric metric_;
  Context context_;
};

bool Cancelled(const HnswBuildParams& params) {
  return params.cancelled != nullptr && *params.cancelled;
}

// Adds rows 0..size to `hnsw`, the first alone because it becomes the entry point. Throws what
// hnswlib throws.
void AddAll(const PrefixCodes& codes, const HnswBuildParams& params, Hnswlib* hnsw) {
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr failure;
  const auto add_rows = [&](size_t limit) {
    std::vector<float> prefix(codes.format().dims);
    for (size_t row; !failed && !Cancelled(params) && (row = next.fetch_add(1)) < limit;) {
      codes.Decode(static_cast<uint32_t>(row), prefix.data());
      hnsw->addPoint(prefix.data(), row);
    }
  };
  add_rows(1);
  next = 1;
  const auto work = [&] {
    try {
      add_rows(codes.size());
    } catch (...) {
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  };
  if (params.threads <= 1) {
    work();
  } else {
    std::vector<std::jthread> workers;
    workers.reserve(params.threads);
    for (int i = 0; i < params.threads; ++i) workers.emplace_back(work);
    for (std::jthread& worker : workers) worker.join();
  }
  if (failure) std::rethrow_exception(failure);
}

void CopyList(const Hnswlib& hnsw, const hnswlib::linklistsizeint* links, uint32_t* list) {
  auto* mutable_links = const_cast<hnswlib::linklistsizeint*>(links);
  list[0] = hnsw.getListCount(mutable_links);
  for (uint32_t i = 1; i <= list[0]; ++i)
    list[i] = static_cast<uint32_t>(hnsw.getExternalLabel(links[i]));
}

// hnswlib numbers nodes by arrival; the graph numbers them by row.
HnswGraph Repack(const Hnswlib& hnsw) {
  HnswGraph graph;
  graph.nodes = hnsw.cur_element_count;
  graph.top_level = hnsw.maxlevel_;
  graph.entry_point = static_cast<uint32_t>(hnsw.getExternalLabel(hnsw.enterpoint_node_));
  graph.base_stride = static_cast<uint32_t>(1 + hnsw.maxM0_);
  graph.upper_stride = static_cast<uint32_t>(1 + hnsw.maxM_);
  graph.base.resize(graph.nodes * graph.base_stride);
  graph.upper_offset.resize(graph.nodes);
  graph.upper.resize(graph.upper_stride);  // nobody's
  for (uint32_t node = 0; node < graph.nodes; ++node) {
    const auto row = static_cast<uint32_t>(hnsw.getExternalLabel(node));
    CopyList(hnsw, hnsw.get_linklist0(node), &graph.base[size_t{row} * graph.base_stride]);
    const int levels = hnsw.element_levels_[node];
    if (levels == 0) continue;
    graph.upper_offset[row] = static_cast<uint32_t>(graph.upper.size());
    graph.upper.resize(graph.upper.size() + levels * graph.upper_stride);
    for (int level = 1; level <= levels; ++level) {
      CopyList(hnsw, hnsw.get_linklist(node, level),
               &graph.upper[graph.upper_offset[row] + (level - 1) * graph.upper_stride]);
    }
  }
  graph.upper.shrink_to_fit();
  return graph;
}

}  // namespace

absl::StatusOr<HnswGraph> BuildHnswGraph(const PrefixCodes& codes, const HnswBuildParams& params) {
  NESTOR_CHECK(codes.size() > 0);
  try {
    PrefixSpace space(codes.format());
    Hnswlib hnsw(&space, codes.size(), params.m, params.ef_construction, params.seed);
    AddAll(codes, params, &hnsw);
    if (Cancelled(params)) return absl::CancelledError("index building was cancelled");
    return Repack(hnsw);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(
        absl::StrCat("out of memory for a graph of ", codes.size(), " rows"));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("hnswlib: ", error.what()));
  }
}

}  // namespace nestor
