#include "engine/ivf_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/nearest_centroid.h"
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

// Lists by falling score, ties to the lower list. Most searches ask for the first few only, which
// are chosen from all; the rest is sorted only when somebody asks.
class ListOrder {
 public:
  // Of lists with these scores. It is likely that the first `first` are asked for.
  ListOrder(std::pmr::vector<float> scores, size_t first)
      : scores_(std::move(scores)),
        nearest_(scores_.get_allocator()),
        all_(scores_.get_allocator()) {
    constexpr size_t kGroup = 16;
    ShortlistTop top(first, &nearest_);
    for (size_t group = 0; group < scores_.size(); group += kGroup) {
      const size_t end = std::min(scores_.size(), group + kGroup);
      if (end == group + kGroup && !AnyAtLeast<kGroup>(&scores_[group], top.threshold())) continue;
      for (size_t list = group; list < end; ++list) {
        if (scores_[list] < top.threshold()) continue;
        top.Add({static_cast<uint32_t>(list), scores_[list]});
      }
    }
    top.Finish();
  }

  uint32_t At(size_t place) {
    if (place < nearest_.size()) return nearest_[place].row;
    if (all_.empty()) {
      all_.resize(scores_.size());
      std::iota(all_.begin(), all_.end(), 0);
      std::sort(all_.begin(), all_.end(), [this](uint32_t a, uint32_t b) {
        return scores_[a] != scores_[b] ? scores_[a] > scores_[b] : a < b;
      });
    }
    return all_[place];
  }

 private:
  std::pmr::vector<float> scores_;
  ScoredRows nearest_;
  std::pmr::vector<uint32_t> all_;
};

// What queries are compared with. For dot the list that holds the largest inner products is the one
// whose centroid has the largest.
Int8Prefixes Coded(const std::vector<float>& centroids, size_t lists, Metric metric) {
  const size_t dims = centroids.size() / lists;
  Int8Prefixes coded(metric, dims, lists);
  for (size_t list = 0; list < lists; ++list) {
    coded.Set(static_cast<uint32_t>(list), &centroids[list * dims]);
  }
  return coded;
}

bool Cancelled(const IvfBuildParams& params) {
  return params.cancelled != nullptr && *params.cancelled;
}

std::vector<uint32_t> AssignRows(const PrefixReader& prefixes, const std::vector<float>& centroids,
                                 const IvfBuildParams& params) {
  const Centroids all = {centroids, prefixes.dims(), prefixes.metric()};
  const size_t rows = prefixes.rows();
  std::vector<uint32_t> list_of_row(rows);
  std::vector<std::vector<float>> vectors(static_cast<size_t>(std::max(1, params.threads)));
  const size_t groups = (rows + kVectorsAtOnce - 1) / kVectorsAtOnce;
  ParallelFor(vectors.size(), groups, [&](size_t worker, size_t group) {
    if (Cancelled(params)) return;
    const size_t first = group * kVectorsAtOnce;
    const size_t some = std::min(kVectorsAtOnce, rows - first);
    std::vector<float>& read = vectors[worker];
    read.resize(kVectorsAtOnce * prefixes.dims());
    for (size_t i = 0; i < some; ++i) prefixes.Read(first + i, &read[i * prefixes.dims()]);
    NearestCentroid nearest[kVectorsAtOnce];
    FindNearest(all, read.data(), some, nearest);
    for (size_t i = 0; i < some; ++i) list_of_row[first + i] = nearest[i].number;
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

// One of the searches that are done together.
struct ListSearch {
  const IndexSearch* asked;
  size_t nprobe;
  ListOrder order;
  CodeScan scan;
  LiveRows live;
  size_t scored = 0;  // rows
};

// That a search looks into a list.
struct Probe {
  uint32_t list;
  ListSearch* search;
};

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
    : centroids_(std::move(centroids)),
      coded_centroids_(Coded(centroids_, lists, codes.format().metric)),
      codes_(codes.shared_coder()),
      row_at_(codes.size()) {
  list_begin_.assign(lists + 1, 0);
  for (uint32_t list : list_of_row) ++list_begin_[list + 1];
  std::partial_sum(list_begin_.begin(), list_begin_.end(), list_begin_.begin());
  std::vector<uint32_t> next(list_begin_.begin(), list_begin_.end() - 1);
  for (uint32_t row = 0; row < list_of_row.size(); ++row) row_at_[next[list_of_row[row]]++] = row;
  codes_.Reserve(codes.size());
  for (uint32_t row : row_at_) codes_.AppendFrom(codes, row);
  codes_.MoveToHugePages();
}

void IvfIndex::Search(absl::Span<const IndexSearch> searches, const RowBitmap& dead,
                      ShortlistScratch* scratch) const {
  std::pmr::memory_resource* const memory = scratch->memory;
  std::pmr::vector<ListSearch> list_searches(memory);
  list_searches.reserve(searches.size());
  std::pmr::vector<Probe> probes(memory);
  for (const IndexSearch& search : searches) {
    const size_t nprobe = std::clamp<size_t>(search.effort.nprobe, 1, lists());
    const size_t size = std::max<size_t>(1, search.effort.size);
    std::pmr::vector<float> scores(lists(), memory);
    coded_centroids_.Load(search.query->values(), &scratch->list_query);
    coded_centroids_.ScoreAll(&scratch->list_query, scores.data());
    ListSearch& added = list_searches.emplace_back(
        ListSearch{&search,
                   nprobe,
                   ListOrder(std::move(scores), nprobe),
                   {search.query, ShortlistTop(size, search.found, search.floor()), search.hidden},
                   {}});
    for (size_t i = 0; i < nprobe; ++i) probes.push_back({added.order.At(i), &added});
  }
  // One search takes its lists in their order: the nearest ones first raise its threshold.
  if (searches.size() > 1) {
    std::sort(probes.begin(), probes.end(), [](const Probe& a, const Probe& b) {
      return a.list != b.list ? a.list < b.list : a.search < b.search;
    });
  }
  std::pmr::vector<CodeScan*> scans(memory);
  const double live_share =
      static_cast<double>(row_at_.size() - dead.count()) / static_cast<double>(row_at_.size());
  for (size_t begin = 0, end = 0; begin < probes.size(); begin = end) {
    const uint32_t list = probes[begin].list;
    scans.clear();
    for (; end < probes.size() && probes[end].list == list; ++end) {
      scans.push_back(&probes[end].search->scan);
    }
    const auto live = static_cast<double>(ScanList(list, dead, scans));
    for (size_t i = begin; i < end; ++i) {
      LiveRows& rows = probes[i].search->live;
      rows.seen += live;
      rows.near += live;
      rows.expected_near += static_cast<double>(ListSize(list)) * live_share;
      probes[i].search->scored += ListSize(list);
    }
  }
  for (ListSearch& search : list_searches) {
    CodeScan* const scan = &search.scan;
    const IndexSearch& asked = *search.asked;
    if (IsCutOff(static_cast<size_t>(search.live.near), search.live.expected_near)) {
      if (asked.cut_off != nullptr) *asked.cut_off = true;
      if (asked.gives_up) {
        asked.found->clear();
        AddReads(search.scored, asked.reads);
        continue;
      }
    }
    for (size_t probed = search.nprobe; probed < lists(); ++probed) {
      if (scan->top.full() && IsEnough(search.live)) break;
      search.live.seen += static_cast<double>(
          ScanList(search.order.At(probed), dead, absl::MakeConstSpan(&scan, 1)));
      search.scored += ListSize(search.order.At(probed));
    }
    scan->top.Finish();
    AddReads(search.scored, asked.reads);
  }
}

void IvfIndex::AddReads(size_t rows, IndexReads* reads) const {
  if (reads == nullptr) return;
  reads->rows += rows;
  reads->bytes += rows * codes_.row_bytes() + lists() * coded_centroids_.row_bytes();
}

size_t IvfIndex::ScanList(uint32_t list, const RowBitmap& dead,
                          absl::Span<CodeScan* const> scans) const {
  return ScanCodes(
      codes_, list_begin_[list], ListSize(list), dead,
      [this](uint32_t position) { return row_at_[position]; }, scans);
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
  index->codes_.MoveToHugePages();
  index->coded_centroids_ = Coded(index->centroids_, lists, index->codes_.format().metric);
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
         coded_centroids_.MemoryBytes() +
         (list_begin_.capacity() + row_at_.capacity()) * sizeof(uint32_t);
}

}  // namespace nestor
