#ifndef NESTOR_ENGINE_HNSW_GRAPH_H_
#define NESTOR_ENGINE_HNSW_GRAPH_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/aligned_buffer.h"
#include "engine/prefix_reader.h"
#include "engine/segment_sections.h"

namespace nestor {

// The links of a hierarchical navigable small world graph (Malkov and Yashunin, arXiv 1603.09320),
// without vectors, locks or anything else that building needs. Nodes are local rows. Immutable.
struct HnswGraph {
  uint32_t entry_point = 0;
  int top_level = 0;  // of the entry point
  size_t nodes = 0;

  // Level 0: node n has its degree at base[n * base_stride], its neighbours behind it.
  uint32_t base_stride = 0;
  AlignedVector<uint32_t> base;
  // Levels above: node n has its lists, level 1 first, from upper[upper_offset[n]], each
  // upper_stride long and of the same form. Nodes that live on level 0 only have offset 0, where no
  // node has a list, and are never asked for.
  uint32_t upper_stride = 0;
  std::vector<uint32_t> upper_offset;
  std::vector<uint32_t> upper;

  // REQUIRES of both: 0 <= level <= the node's own level.
  absl::Span<const uint32_t> NeighboursOn(int level, uint32_t node) const {
    const uint32_t* const list = ListOn(level, node);
    return {list + 1, list[0]};
  }
  // Has them come into the cache. Inlined by force: GCC drops calls of what does nothing else.
  [[gnu::always_inline]] void Prefetch(int level, uint32_t node) const {
    const char* const list = reinterpret_cast<const char*>(ListOn(level, node));
    const size_t bytes = (level == 0 ? base_stride : upper_stride) * sizeof(uint32_t);
    for (size_t byte = 0; byte < bytes; byte += 64) __builtin_prefetch(list + byte, 0, 2);
  }
  // The same earlier, when it is not known yet whether they are needed: of levels above 0 only
  // where they are, since to look that up is to wait for it.
  [[gnu::always_inline]] void PrefetchEarly(int level, uint32_t node) const {
    if (level == 0) {
      Prefetch(level, node);
    } else {
      __builtin_prefetch(&upper_offset[node], 0, 2);
    }
  }
  // As views into this; and a graph of `nodes` nodes from there, every link of which leads to
  // another node that lives on the level of the link.
  void AddSections(SectionList* sections) const;
  static absl::StatusOr<HnswGraph> Read(size_t nodes, const SectionReader& reader);

  size_t MemoryBytes() const {
    return (base.capacity() + upper_offset.capacity() + upper.capacity()) * 4;
  }

 private:
  const uint32_t* ListOn(int level, uint32_t node) const {
    if (level == 0) return &base[size_t{node} * base_stride];
    return &upper[upper_offset[node] + size_t{upper_stride} * (level - 1)];
  }
};

struct HnswBuildParams {
  uint32_t m = 16;
  uint32_t ef_construction = 200;
  int threads = 1;
  uint64_t seed = 100;                           // of levels and order
  const std::atomic<bool>* cancelled = nullptr;  // looked at between rows; null: never cancelled
};

// Builds the graph over the prefixes, in int8. The same prefixes, parameters and seed give the same
// graph with any number of threads. ResourceExhaustedError if memory or threads run out,
// CancelledError if params.cancelled says so. REQUIRES: prefixes.rows() > 0, params.m > 1.
absl::StatusOr<HnswGraph> BuildHnswGraph(const PrefixReader& prefixes,
                                         const HnswBuildParams& params);

}  // namespace nestor

#endif  // NESTOR_ENGINE_HNSW_GRAPH_H_
