#include <algorithm>
#include <cmath>
#include <new>
#include <random>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/graph_walk.h"
#include "engine/hnsw_graph.h"
#include "engine/int8_prefixes.h"
#include "engine/parallel_for.h"
#include "storage/check.h"

// Rows are added in batches. All rows of a batch look for their neighbours in the graph as it was
// before, which nobody changes meanwhile; then each node that one of them chose takes up its new
// links, one thread a node. No locks, and the same graph with any number of threads. (ParlayANN,
// arXiv 2305.04359.)
//
// Rows of one batch do not see each other, so a batch is a small share of the graph, and its rows
// are drawn by lot: those that arrived together are often alike.

namespace nestor {
namespace {

// A batch is at most such a part of all rows, and of the graph that it looks into.
constexpr size_t kPartOfRows = 50;
constexpr size_t kPartOfGraph = 16;

constexpr size_t kStarts = 4;  // nodes that a walk of a level starts from

// `node` has chosen `to` as a neighbour.
struct NewLink {
  uint32_t to;
  uint32_t level;
  uint32_t node;
  float score;

  // Where its other end keeps it.
  std::pair<uint32_t, uint32_t> list() const { return {to, level}; }
};

bool Before(const NewLink& a, const NewLink& b) {
  return std::tie(a.to, a.level, a.node) < std::tie(b.to, b.level, b.node);
}

// Memory for one thread.
struct Worker {
  Int8Prefixes::Query node;
  Int8Prefixes::Query nearest;
  ShortlistScratch walk;
  ScoredRows found;
  ScoredRows candidates;
  ScoredRows chosen;
  std::vector<uint32_t> rows;
  std::vector<float> scores;
  std::vector<NewLink> links;
};

class HnswBuilder {
 public:
  HnswBuilder(const PrefixReader& prefixes, const HnswBuildParams& params)
      : prefixes_(prefixes),
        params_(params),
        nodes_(prefixes.metric(), prefixes.dims(), prefixes.rows()),
        workers_(static_cast<size_t>(std::max(1, params.threads))) {}

  absl::StatusOr<HnswGraph> Build() {
    std::mt19937_64 random(params_.seed);
    DrawLevels(&random);
    EncodeNodes();
    const std::vector<uint32_t> order = DrawOrder(&random);
    const size_t largest = std::max<size_t>(1, order.size() / kPartOfRows);
    for (size_t done = 1; done < order.size() && !Cancelled();) {
      const size_t size =
          std::min({std::max<size_t>(1, done / kPartOfGraph), largest, order.size() - done});
      AddBatch(absl::MakeConstSpan(order).subspan(done, size));
      done += size;
    }
    if (Cancelled()) return absl::CancelledError("index building was cancelled");
    return std::move(graph_);
  }

 private:
  bool Cancelled() const { return params_.cancelled != nullptr && *params_.cancelled; }

  // Levels are drawn for all nodes before there are links, so that each list has its place.
  void DrawLevels(std::mt19937_64* random) {
    levels_.resize(nodes_.size());
    const double scale = 1 / std::log(static_cast<double>(params_.m));
    for (uint8_t& level : levels_) {
      const double uniform = static_cast<double>(((*random)() >> 11) + 1) * 0x1p-53;  // 0 < . <= 1
      level = static_cast<uint8_t>(-std::log(uniform) * scale);
    }
    const auto top = std::max_element(levels_.begin(), levels_.end());
    graph_.nodes = nodes_.size();
    graph_.entry_point = static_cast<uint32_t>(top - levels_.begin());
    graph_.top_level = *top;
    graph_.base_stride = 1 + 2 * params_.m;
    graph_.upper_stride = 1 + params_.m;
    graph_.base.resize(graph_.nodes * graph_.base_stride);
    graph_.upper_offset.resize(graph_.nodes);
    size_t lists = 1;  // nobody's
    for (size_t node = 0; node < graph_.nodes; ++node) {
      if (levels_[node] == 0) continue;
      graph_.upper_offset[node] = static_cast<uint32_t>(lists * graph_.upper_stride);
      lists += levels_[node];
    }
    graph_.upper.resize(lists * graph_.upper_stride);
  }

  void EncodeNodes() {
    std::vector<std::vector<float>> prefixes(workers_.size(), std::vector<float>(prefixes_.dims()));
    ParallelFor(workers_.size(), nodes_.size(), [&](size_t worker, size_t row) {
      if (Cancelled()) return;
      prefixes_.Read(row, prefixes[worker].data());
      nodes_.Set(static_cast<uint32_t>(row), prefixes[worker].data());
    });
  }

  // The entry point, then all others.
  std::vector<uint32_t> DrawOrder(std::mt19937_64* random) const {
    std::vector<uint32_t> order(nodes_.size());
    for (uint32_t row = 0; row < order.size(); ++row) order[row] = row;
    std::swap(order[0], order[graph_.entry_point]);
    for (size_t left = order.size(); left > 2; --left) {
      std::swap(order[left - 1], order[1 + (*random)() % (left - 1)]);
    }
    return order;
  }

  void AddBatch(absl::Span<const uint32_t> rows) {
    ParallelFor(workers_.size(), rows.size(), [&](size_t worker, size_t i) {
      if (!Cancelled()) FindLinks(rows[i], &workers_[worker]);
    });
    std::vector<NewLink> links;
    for (Worker& worker : workers_) {
      links.insert(links.end(), worker.links.begin(), worker.links.end());
      worker.links.clear();
    }
    std::sort(links.begin(), links.end(), Before);
    std::vector<absl::Span<const NewLink>> lists;
    for (size_t begin = 0, end = 0; begin < links.size(); begin = end) {
      while (end < links.size() && links[end].list() == links[begin].list()) ++end;
      lists.push_back(absl::MakeConstSpan(links).subspan(begin, end - begin));
    }
    ParallelFor(workers_.size(), lists.size(), [&](size_t worker, size_t i) {
      if (!Cancelled()) AddLinks(lists[i], &workers_[worker]);
    });
  }

  // Gives a node its lists, to which nothing leads yet, and worker->links the other ends.
  void FindLinks(uint32_t node, Worker* worker) {
    const auto score = [&](absl::Span<const uint32_t> rows, float* scores) {
      nodes_.Score(rows, &worker->node, scores);
    };
    nodes_.Load(node, &worker->node);
    ScoredRows& found = worker->found;
    FindStarts(graph_, levels_[node], kStarts, score, &worker->walk, &found);
    for (uint32_t level = levels_[node] + 1; level-- > 0;) {
      WalkGraph(graph_, static_cast<int>(level), params_.ef_construction, score, NoFloor{},
                &worker->walk, &found);
      worker->candidates = found;
      Choose(params_.m, worker);
      SetList(level, node, worker->chosen);
      for (const ScoredRow& to : worker->chosen) {
        worker->links.push_back({to.row, level, node, to.score});
      }
      found.resize(std::min(found.size(), kStarts));
    }
  }

  // Adds the other ends to the one list that they belong to.
  void AddLinks(absl::Span<const NewLink> links, Worker* worker) {
    const auto [node, level] = links[0].list();
    const size_t limit = (level == 0 ? graph_.base_stride : graph_.upper_stride) - 1;
    const absl::Span<const uint32_t> before = graph_.NeighboursOn(static_cast<int>(level), node);
    ScoredRows& all = worker->candidates;
    all.clear();
    if (before.size() + links.size() <= limit) {
      for (const uint32_t row : before) all.push_back({row, 0});
      for (const NewLink& link : links) all.push_back({link.node, 0});
      SetList(level, node, all);
      return;
    }
    worker->scores.resize(before.size());
    nodes_.Load(node, &worker->node);
    nodes_.Score(before, &worker->node, worker->scores.data());
    for (size_t i = 0; i < before.size(); ++i) all.push_back({before[i], worker->scores[i]});
    for (const NewLink& link : links) all.push_back({link.node, link.score});
    std::sort(all.begin(), all.end(), BetterScore<ScoredRow>);
    Choose(limit, worker);
    SetList(level, node, worker->chosen);
  }

  // Out of worker->candidates, which are sorted and used up, into worker->chosen: those that are
  // nearer to the node than to any chosen before (Algorithm 4 of the paper).
  void Choose(size_t limit, Worker* worker) const {
    ScoredRows& left = worker->candidates;
    worker->chosen.clear();
    while (!left.empty()) {
      const ScoredRow nearest = left[0];
      worker->chosen.push_back(nearest);
      if (worker->chosen.size() == limit) return;
      worker->rows.clear();
      for (size_t i = 1; i < left.size(); ++i) worker->rows.push_back(left[i].row);
      worker->scores.resize(std::max(worker->scores.size(), worker->rows.size()));
      nodes_.Load(nearest.row, &worker->nearest);
      nodes_.Score(worker->rows, &worker->nearest, worker->scores.data());
      size_t kept = 0;
      for (size_t i = 1; i < left.size(); ++i) {
        if (worker->scores[i - 1] <= left[i].score) left[kept++] = left[i];
      }
      left.resize(kept);
    }
  }

  void SetList(uint32_t level, uint32_t node, absl::Span<const ScoredRow> links) {
    uint32_t* list =
        level == 0
            ? &graph_.base[size_t{node} * graph_.base_stride]
            : &graph_.upper[graph_.upper_offset[node] + size_t{graph_.upper_stride} * (level - 1)];
    *list++ = static_cast<uint32_t>(links.size());
    for (const ScoredRow& link : links) *list++ = link.row;
  }

  const PrefixReader& prefixes_;
  const HnswBuildParams& params_;
  std::vector<uint8_t> levels_;
  Int8Prefixes nodes_;
  std::vector<Worker> workers_;
  HnswGraph graph_;
};

}  // namespace

absl::StatusOr<HnswGraph> BuildHnswGraph(const PrefixReader& prefixes,
                                         const HnswBuildParams& params) {
  NESTOR_CHECK(prefixes.rows() > 0 && params.m > 1);
  try {
    return HnswBuilder(prefixes, params).Build();
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(
        absl::StrCat("out of memory for a graph of ", prefixes.rows(), " rows"));
  } catch (const std::system_error& error) {  // a thread that could not be started
    return absl::ResourceExhaustedError(absl::StrCat("building a graph: ", error.what()));
  }
}

}  // namespace nestor
