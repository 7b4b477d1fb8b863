#include "engine/ivf_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/flat_index.h"
#include "engine/limits.h"
#include "engine/parallel_for.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

uint32_t ListCount(const IvfBuildParams& params, size_t rows) {
  const auto natural = static_cast<uint32_t>(4 * std::sqrt(static_cast<double>(rows)));
  const uint32_t wanted = params.lists != 0 ? params.lists : natural;
  return std::clamp<uint32_t>(wanted, 1, static_cast<uint32_t>(rows));
}

// out[l] = how well the prefix fits centroid l, larger is better. Inner products for cosine only:
// for dot, lists are regions of space too, or the longest centroid would take all rows.
void ScoreCentroids(const float* prefix, const std::vector<float>& centroids, size_t dims,
                    Metric metric, std::vector<float>* out) {
  const size_t lists = centroids.size() / dims;
  out->resize(lists);
  const kernels::KernelTable& kernels = kernels::Kernels();
  if (metric == Metric::kCosine) {
    kernels.dot_f32(prefix, {centroids.data(), dims}, {nullptr, lists}, dims, out->data());
  } else {
    kernels.l2_f32(prefix, {centroids.data(), dims}, {nullptr, lists}, dims, out->data());
    for (float& score : *out) score = -score;
  }
}

// Lists by falling score, ties to the lower list. Most searches ask for the first few only: these
// are chosen from all and sorted, the rest only when somebody asks.
class ListOrder {
  struct Before {
    const std::vector<float>& scores;
    bool operator()(uint32_t a, uint32_t b) const {
      return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
    }
  };

 public:
  // `scores` must outlive this; `lists` is memory for it.
  ListOrder(const std::vector<float>& scores, size_t first, std::vector<uint32_t>* lists)
      : scores_(scores), lists_(*lists), sorted_(std::min(first, scores.size())) {
    lists_.resize(scores.size());
    std::iota(lists_.begin(), lists_.end(), 0);
    const auto end = lists_.begin() + static_cast<ptrdiff_t>(sorted_);
    std::nth_element(lists_.begin(), end, lists_.end(), Before{scores});
    std::sort(lists_.begin(), end, Before{scores});
  }

  uint32_t At(size_t place) {
    if (place >= sorted_) {
      std::sort(lists_.begin() + static_cast<ptrdiff_t>(sorted_), lists_.end(), Before{scores_});
      sorted_ = lists_.size();
    }
    return lists_[place];
  }

 private:
  const std::vector<float>& scores_;
  std::vector<uint32_t>& lists_;
  size_t sorted_;
};

bool Cancelled(const IvfBuildParams& params) {
  return params.cancelled != nullptr && *params.cancelled;
}

std::vector<uint32_t> AssignRows(const PrefixReader& prefixes, const std::vector<float>& centroids,
                                 const IvfBuildParams& params) {
  std::vector<uint32_t> list_of_row(prefixes.rows());
  struct Worker {
    std::vector<float> prefix, scores;
  };
  std::vector<Worker> workers(static_cast<size_t>(std::max(1, params.threads)));
  ParallelFor(workers.size(), prefixes.rows(), [&](size_t number, size_t row) {
    if (Cancelled(params)) return;
    Worker& worker = workers[number];
    worker.prefix.resize(prefixes.dims());
    prefixes.Read(row, worker.prefix.data());
    ScoreCentroids(worker.prefix.data(), centroids, prefixes.dims(), prefixes.metric(),
                   &worker.scores);
    list_of_row[row] = static_cast<uint32_t>(
        std::max_element(worker.scores.begin(), worker.scores.end()) - worker.scores.begin());
  });
  return list_of_row;
}

// What a search has met.
struct LiveRows {
  double seen = 0;
  double near = 0;           // of these in the nearest lists, which every search scans
  double expected_near = 0;  // if the nearest lists had the same share of live rows as all lists
};

// A filter may leave out just what lies near the query. What it keeps is then scattered over lists
// that are all about as far away, and the order of the lists says little: with 1/d of the live rows
// that the nearest lists should have, d times as many as that are looked at. True when nothing, or
// nothing near the query in particular, is left out.
bool IsEnough(const LiveRows& live) {
  return live.seen * live.near >= live.expected_near * live.expected_near;
}

}  // namespace

absl::StatusOr<std::unique_ptr<IvfIndex>> IvfIndex::Build(const PrefixCodes& codes,
                                                          const PrefixReader& prefixes,
                                                          const IvfBuildParams& params) {
  NESTOR_CHECK(prefixes.rows() == codes.size() && prefixes.dims() <= codes.format().dims);
  const uint32_t lists = ListCount(params, codes.size());
  NESTOR_ASSIGN_OR_RETURN(std::vector<float> centroids, TrainCentroids(prefixes, lists, params));
  const std::vector<uint32_t> list_of_row = AssignRows(prefixes, centroids, params);
  if (Cancelled(params)) return absl::CancelledError("index building was cancelled");
  return std::unique_ptr<IvfIndex>(new IvfIndex(std::move(centroids), lists, codes, list_of_row));
}

IvfIndex::IvfIndex(std::vector<float> centroids, size_t lists, const PrefixCodes& codes,
                   const std::vector<uint32_t>& list_of_row)
    : centroids_(std::move(centroids)), codes_(codes.shared_coder()), row_at_(codes.size()) {
  list_begin_.assign(lists + 1, 0);
  for (uint32_t list : list_of_row) ++list_begin_[list + 1];
  std::partial_sum(list_begin_.begin(), list_begin_.end(), list_begin_.begin());
  std::vector<uint32_t> next(list_begin_.begin(), list_begin_.end() - 1);
  for (uint32_t row = 0; row < list_of_row.size(); ++row) row_at_[next[list_of_row[row]]++] = row;
  codes_.Reserve(codes.size());
  for (uint32_t row : row_at_) codes_.AppendFrom(codes, row);
}

void IvfIndex::ScoreLists(const PrefixQuery& query, std::vector<float>* scores) const {
  const Metric metric = query.format().metric;
  if (metric == Metric::kDot) {
    // The list that holds the largest inner products is the one whose centroid has the largest.
    scores->resize(lists());
    kernels::Kernels().dot_f32(query.values(), {centroids_.data(), centroid_dims()},
                               {nullptr, lists()}, centroid_dims(), scores->data());
  } else {
    ScoreCentroids(query.values(), centroids_, centroid_dims(), metric, scores);
  }
}

void IvfIndex::Search(const PrefixQuery& query, const ShortlistEffort& effort,
                      const RowBitmap& dead, ShortlistScratch* scratch,
                      std::vector<ScoredRow>* out) const {
  const size_t nprobe = std::max<size_t>(1, effort.nprobe);
  ScoreLists(query, &scratch->list_scores);
  ListOrder order(scratch->list_scores, nprobe, &scratch->rows);
  ShortlistTop top(std::max<size_t>(1, effort.size), out);
  const double live_share =
      static_cast<double>(row_at_.size() - dead.count()) / static_cast<double>(row_at_.size());
  LiveRows live;
  for (size_t probed = 0; probed < lists(); ++probed) {
    if (probed >= nprobe && top.full() && IsEnough(live)) break;
    const uint32_t list = order.At(probed);
    const size_t count = list_begin_[list + 1] - list_begin_[list];
    const size_t live_in_list = ScanCodes(
        codes_, query, list_begin_[list], count, dead,
        [this](uint32_t position) { return row_at_[position]; }, scratch, &top);
    live.seen += static_cast<double>(live_in_list);
    if (probed >= nprobe) continue;
    live.near += static_cast<double>(live_in_list);
    live.expected_near += static_cast<double>(count) * live_share;
  }
  top.Finish();
}

void IvfIndex::AppendCodes(absl::Span<const uint32_t> rows, PrefixCodes* to) const {
  std::vector<uint32_t> position_of(row_at_.size());
  for (uint32_t position = 0; position < row_at_.size(); ++position)
    position_of[row_at_[position]] = position;
  for (uint32_t row : rows) to->AppendFrom(codes_, position_of[row]);
}

void IvfIndex::AddSections(SectionList* sections) const {
  codes_.AddSections(sections);
  sections->Add(SegmentSection::kIvfCentroids, centroids_);
  sections->Add(SegmentSection::kIvfListBegins, list_begin_);
  sections->Add(SegmentSection::kIvfRows, row_at_);
}

absl::StatusOr<std::unique_ptr<IvfIndex>> IvfIndex::Read(PrefixCodes codes,
                                                         const SectionReader& reader) {
  std::unique_ptr<IvfIndex> index(new IvfIndex(std::move(codes)));
  const size_t begins = reader.CountOf<uint32_t>(SegmentSection::kIvfListBegins);
  if (begins < 2 || begins > size_t{kMaxIvfLists} + 1) {
    return reader.Damaged(absl::StrCat(begins, " list begins"));
  }
  NESTOR_RETURN_IF_ERROR(reader.Read(SegmentSection::kIvfListBegins, begins, &index->list_begin_));
  NESTOR_RETURN_IF_ERROR(
      reader.Read(SegmentSection::kIvfRows, index->codes_.size(), &index->row_at_));
  const size_t lists = index->lists();
  const size_t dims = reader.CountOf<float>(SegmentSection::kIvfCentroids) / lists;
  if (dims == 0 || dims > index->codes_.format().dims) {
    return reader.Damaged(absl::StrCat("centroids of ", dims, " dims"));
  }
  NESTOR_RETURN_IF_ERROR(
      reader.ReadVectors(SegmentSection::kIvfCentroids, lists, dims, &index->centroids_));
  NESTOR_RETURN_IF_ERROR(index->CheckLists(reader));
  return index;
}

absl::Status IvfIndex::CheckLists(const SectionReader& reader) const {
  if (list_begin_.front() != 0 || list_begin_.back() != row_at_.size() ||
      !std::is_sorted(list_begin_.begin(), list_begin_.end())) {
    return reader.Damaged("lists do not cover its rows");
  }
  std::vector<bool> seen(row_at_.size());
  for (const uint32_t row : row_at_) {
    if (row >= seen.size() || seen[row]) return reader.Damaged("a row is in no list or in two");
    seen[row] = true;
  }
  return absl::OkStatus();
}

size_t IvfIndex::MemoryBytes() const {
  return codes_.MemoryBytes() + centroids_.capacity() * sizeof(float) +
         (list_begin_.capacity() + row_at_.capacity()) * sizeof(uint32_t);
}

}  // namespace nestor
