// The only file that includes hnswlib.

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/hnsw_graph.h"
#include "engine/kernels/int8_codec.h"
#include "engine/kernels/kernel_table.h"
// hnswlib 0.6.2 prefetches one neighbour past the end of a list, for which it reads past the end of
// the list's memory. Without its SSE code, which we do not use otherwise, it does not.
#define NO_MANUAL_VECTORIZATION
#include "hnswlib/hnswlib.h"
#include "storage/check.h"

namespace nestor {
namespace {

using Hnswlib = hnswlib::HierarchicalNSW<float>;

// A prefix as the graph is built from it: int8 codes with one scale, in one piece of memory. A
// neighbour by these is one by float32, but it comes from memory in a quarter of the time.
class NodeFormat {
 public:
  explicit NodeFormat(size_t dims) : dims_(dims) {}

  size_t bytes() const { return sizeof(Header) + kernels::PaddedDims(dims_); }

  // prefix[0..dims) into node[0..bytes()).
  void Encode(const float* prefix, char* node) const {
    Header header;
    int8_t* const codes = reinterpret_cast<int8_t*>(node + sizeof(Header));
    header.scale = kernels::EncodeRowInt8(prefix, dims_, codes);
    header.norm2 = header.scale * header.scale * static_cast<float>(DotCodes(node, node));
    std::memcpy(node, &header, sizeof(header));
  }
  float Dot(const void* a, const void* b) const {
    return HeaderOf(a).scale * HeaderOf(b).scale * static_cast<float>(DotCodes(a, b));
  }
  float SquaredDistance(const void* a, const void* b) const {
    return HeaderOf(a).norm2 + HeaderOf(b).norm2 - 2 * Dot(a, b);
  }

 private:
  struct Header {
    float scale;
    float norm2;
  };
  static Header HeaderOf(const void* node) {
    Header header;
    std::memcpy(&header, node, sizeof(header));
    return header;
  }
  int32_t DotCodes(const void* a, const void* b) const {
    return dot_(static_cast<const int8_t*>(a) + sizeof(Header),
                static_cast<const int8_t*>(b) + sizeof(Header), kernels::PaddedDims(dims_));
  }

  size_t dims_;
  int32_t (*dot_)(const int8_t*, const int8_t*, size_t) = kernels::Kernels().dot_int8_pair;
};

// Inner products as 1 - dot, hnswlib's own convention.
class NodeSpace : public hnswlib::SpaceInterface<float> {
 public:
  explicit NodeSpace(const PrefixReader& prefixes)
      : metric_(prefixes.metric()), format_(prefixes.dims()) {}

  const NodeFormat& format() const { return format_; }

  size_t get_data_size() override { return format_.bytes(); }
  hnswlib::DISTFUNC<float> get_dist_func() override {
    return metric_ == Metric::kL2 ? L2 : InnerProduct;
  }
  void* get_dist_func_param() override { return &format_; }

 private:
  static float L2(const void* a, const void* b, const void* format) {
    return static_cast<const NodeFormat*>(format)->SquaredDistance(a, b);
  }
  static float InnerProduct(const void* a, const void* b, const void* format) {
    return 1 - static_cast<const NodeFormat*>(format)->Dot(a, b);
  }

  Metric metric_;
  NodeFormat format_;
};

bool Cancelled(const HnswBuildParams& params) {
  return params.cancelled != nullptr && *params.cancelled;
}

// Adds rows 0..size to `hnsw`, the first alone because it becomes the entry point. Throws what
// hnswlib throws.
void AddAll(const PrefixReader& prefixes, const NodeFormat& format, const HnswBuildParams& params,
            Hnswlib* hnsw) {
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr failure;
  const auto add_rows = [&](size_t limit) {
    std::vector<float> prefix(prefixes.dims());
    std::vector<char> node(format.bytes());
    for (size_t row; !failed && !Cancelled(params) && (row = next.fetch_add(1)) < limit;) {
      prefixes.Read(row, prefix.data());
      format.Encode(prefix.data(), node.data());
      hnsw->addPoint(node.data(), row);
    }
  };
  add_rows(1);
  next = 1;
  const auto work = [&] {
    try {
      add_rows(prefixes.rows());
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

absl::StatusOr<HnswGraph> BuildHnswGraph(const PrefixReader& prefixes,
                                         const HnswBuildParams& params) {
  NESTOR_CHECK(prefixes.rows() > 0);
  try {
    NodeSpace space(prefixes);
    Hnswlib hnsw(&space, prefixes.rows(), params.m, params.ef_construction, params.seed);
    AddAll(prefixes, space.format(), params, &hnsw);
    if (Cancelled(params)) return absl::CancelledError("index building was cancelled");
    return Repack(hnsw);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(
        absl::StrCat("out of memory for a graph of ", prefixes.rows(), " rows"));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("hnswlib: ", error.what()));
  }
}

}  // namespace nestor
