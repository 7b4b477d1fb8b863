#include "engine/hnsw_graph.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// A node of m links has up to twice as many on level 0, and its degree before them.
constexpr uint32_t kMaxStride = 2 * kMaxHnswM + 1;

// On how many levels above 0 each node lives, from where its lists lie: one node behind the other,
// whole lists, nobody's first.
absl::StatusOr<std::vector<uint32_t>> LevelsOf(const HnswGraph& graph,
                                               const SectionReader& reader) {
  std::vector<uint32_t> upper_nodes;
  for (uint32_t node = 0; node < graph.nodes; ++node) {
    if (graph.upper_offset[node] != 0) upper_nodes.push_back(node);
  }
  std::sort(upper_nodes.begin(), upper_nodes.end(),
            [&](uint32_t a, uint32_t b) { return graph.upper_offset[a] < graph.upper_offset[b]; });
  std::vector<uint32_t> levels(graph.nodes);
  size_t end = graph.upper.size();
  for (auto node = upper_nodes.rbegin(); node != upper_nodes.rend(); ++node) {
    const size_t begin = graph.upper_offset[*node];
    if (begin >= end || (end - begin) % graph.upper_stride != 0) {
      return reader.Damaged(absl::StrCat("the lists of node ", *node, " are no lists"));
    }
    levels[*node] = static_cast<uint32_t>((end - begin) / graph.upper_stride);
    end = begin;
  }
  if (end != graph.upper_stride) return reader.Damaged("lists above level 0 that no node has");
  return levels;
}

// One list of a node on `level`.
absl::Status CheckList(const uint32_t* list, uint32_t stride, uint32_t node, uint32_t level,
                       const std::vector<uint32_t>& levels, const SectionReader& reader) {
  if (list[0] >= stride) {
    return reader.Damaged(
        absl::StrCat("node ", node, " has ", list[0], " links in a list of ", stride - 1));
  }
  for (uint32_t i = 1; i <= list[0]; ++i) {
    if (list[i] < levels.size() && list[i] != node && levels[list[i]] >= level) continue;
    return reader.Damaged(
        absl::StrCat("node ", node, " is linked to ", list[i], " on level ", level));
  }
  return absl::OkStatus();
}

absl::Status CheckLinks(const HnswGraph& graph, const SectionReader& reader) {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<uint32_t> levels, LevelsOf(graph, reader));
  if (graph.entry_point >= graph.nodes ||
      levels[graph.entry_point] != static_cast<uint32_t>(graph.top_level)) {
    return reader.Damaged(
        absl::StrCat("entry point ", graph.entry_point, " is not on level ", graph.top_level));
  }
  for (uint32_t node = 0; node < graph.nodes; ++node) {
    NESTOR_RETURN_IF_ERROR(CheckList(&graph.base[size_t{node} * graph.base_stride],
                                     graph.base_stride, node, 0, levels, reader));
    for (uint32_t level = 1; level <= levels[node]; ++level) {
      const size_t at = graph.upper_offset[node] + size_t{graph.upper_stride} * (level - 1);
      NESTOR_RETURN_IF_ERROR(
          CheckList(&graph.upper[at], graph.upper_stride, node, level, levels, reader));
    }
  }
  return absl::OkStatus();
}

}  // namespace

void HnswGraph::AddSections(SectionList* sections) const {
  sections->AddCopy(SegmentSection::kHnswShape,
                    std::vector<uint32_t>{entry_point, static_cast<uint32_t>(top_level),
                                          base_stride, upper_stride});
  sections->Add(SegmentSection::kHnswBase, base);
  sections->Add(SegmentSection::kHnswUpperOffsets, upper_offset);
  sections->Add(SegmentSection::kHnswUpper, upper);
}

absl::StatusOr<HnswGraph> HnswGraph::Read(size_t nodes, const SectionReader& reader) {
  std::vector<uint32_t> shape;
  NESTOR_RETURN_IF_ERROR(reader.Read(SegmentSection::kHnswShape, 4, &shape));
  HnswGraph graph;
  graph.nodes = nodes;
  graph.entry_point = shape[0];
  graph.top_level = static_cast<int>(std::min<uint32_t>(shape[1], 1 << 16));
  graph.base_stride = shape[2];
  graph.upper_stride = shape[3];
  // A search has room for the links of a list of level 0.
  if (graph.base_stride > kMaxStride || graph.upper_stride == 0 ||
      graph.upper_stride > graph.base_stride) {
    return reader.Damaged(absl::StrCat("lists of ", graph.base_stride, " and ", graph.upper_stride,
                                       " are not of 1 to ", kMaxStride, " in this order"));
  }
  NESTOR_RETURN_IF_ERROR(
      reader.Read(SegmentSection::kHnswBase, nodes * graph.base_stride, &graph.base));
  NESTOR_RETURN_IF_ERROR(
      reader.Read(SegmentSection::kHnswUpperOffsets, nodes, &graph.upper_offset));
  // A node lives on one level above 0 on average at most, with two links a node.
  const size_t upper = reader.CountOf<uint32_t>(SegmentSection::kHnswUpper);
  if (upper > (4 * nodes + 64) * graph.upper_stride) {
    return reader.Damaged(absl::StrCat(upper, " links above level 0 of ", nodes, " nodes"));
  }
  NESTOR_RETURN_IF_ERROR(reader.Read(SegmentSection::kHnswUpper, upper, &graph.upper));
  NESTOR_RETURN_IF_ERROR(CheckLinks(graph, reader));
  return graph;
}

}  // namespace nestor
