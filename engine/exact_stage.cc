#include "engine/exact_stage.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/disk_waits.h"
#include "engine/interval_top.h"
#include "engine/kernels/kernel_table.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kRecordsAhead = 2;     // that are on their way into the cache
constexpr size_t kHeadsAhead = 16;      // of those that are read no further
constexpr size_t kPointsPerRead = 256;  // rows of one MultiGet

// Scores stored vectors in double.
class ExactScorer {
 public:
  ExactScorer(const FullQuery& query, std::pmr::memory_resource* memory)
      : query_(query), wide_query_(memory) {
    if (query.metric() != Metric::kCosine) return;
    constexpr size_t kMultiple = kernels::kWideQueryDims;
    const size_t dims = query.dims();
    wide_query_.resize((dims + kMultiple - 1) / kMultiple * kMultiple);
    std::copy_n(query.raw(), dims, wide_query_.begin());
    query_norm_ = std::sqrt(TermsOf(query.raw()).norm2);
  }

  double Score(absl::string_view vector) const {
    const size_t dims = query_.dims();
    NESTOR_CHECK(vector.size() == dims * sizeof(float));
    const kernels::KernelTable& kernels = kernels::Kernels();
    switch (query_.metric()) {
      case Metric::kDot:
        return kernels.dot_exact(query_.raw(), vector.data(), dims);
      case Metric::kL2:
        return -std::sqrt(kernels.l2_exact(query_.raw(), vector.data(), dims));
      case Metric::kCosine:
        break;
    }
    const kernels::CosineTerms terms = TermsOf(vector.data());
    return terms.dot / (query_norm_ * std::sqrt(terms.norm2));
  }

 private:
  kernels::CosineTerms TermsOf(const void* row) const {
    return kernels::Kernels().cosine_exact(wide_query_.data(), row, query_.dims());
  }

  const FullQuery& query_;
  std::pmr::vector<double> wide_query_;  // cosine: see KernelTable::cosine_exact
  double query_norm_ = 0;                // cosine
};

double UpperBound(const Candidate& candidate) {
  return double{candidate.score} + double{candidate.error};
}
double LowerBound(const Candidate& candidate) {
  return double{candidate.score} - double{candidate.error};
}

bool BetterHit(const RankedHit& a, const RankedHit& b) {
  return a.hit.score != b.hit.score ? a.hit.score > b.hit.score : a.hit.id < b.hit.id;
}

void SetScore(const SearchContext& context, double score, Hit* hit) {
  hit->score = score;
  hit->distance = DistanceFromScore(context.spec.metric, score);
}

// As a score: what a code says of a cosine may be a little beyond 1.
double EstimatedScore(const SearchContext& context, float estimate) {
  return context.spec.metric == Metric::kCosine ? std::clamp(estimate, -1.0F, 1.0F) : estimate;
}

// What is read of a point.
enum class Need { kIdOnly, kVector };

absl::Status AddHit(const SearchContext& context, Need need, const Candidate& candidate,
                    const StoredPoint& point, const ExactScorer& scorer, RankedHits* hits) {
  RankedHit ranked{.hit = {}, .row = point.row, .estimate = candidate.score};
  if (!PointId::FromEncoded(point.id, &ranked.hit.id) ||
      (need == Need::kVector && point.vector.size() != context.spec.dims * sizeof(float))) {
    return absl::DataLossError(absl::StrCat("collection '", context.spec.name, "': row ",
                                            ToNumber(point.row), " is malformed"));
  }
  SetScore(
      context,
      need == Need::kVector ? scorer.Score(point.vector) : EstimatedScore(context, candidate.score),
      &ranked.hit);
  ranked.hit.version = point.sequence;
  hits->push_back(std::move(ranked));
  return absl::OkStatus();
}

const PointRecords* RecordsOf(const View& view, const Candidate& candidate) {
  if (candidate.part >= view.segments.size()) return nullptr;
  return view.segments[candidate.part].segment->records.get();
}

// Asks for the records of candidates; how many were not in memory.
size_t ReadAhead(const View& view, absl::Span<const Candidate> candidates) {
  size_t asked_for = 0;
  for (const Candidate& candidate : candidates) {
    const PointRecords* const records = RecordsOf(view, candidate);
    if (records != nullptr && records->ReadAhead(candidate.row)) ++asked_for;
  }
  return asked_for;
}

// Those of the candidates that are in no record of a segment, after adding the hits of those that
// are.
absl::StatusOr<std::pmr::vector<Candidate>> ReadRecords(const SearchContext& context, Need need,
                                                        absl::Span<const Candidate> candidates,
                                                        const ExactScorer& scorer,
                                                        RankedHits* hits) {
  std::pmr::vector<Candidate> others(context.memory);
  std::pmr::vector<char> scratch(context.memory);
  const bool whole = need == Need::kVector;
  const auto prefetch = [&](size_t i) {
    if (i >= candidates.size()) return;
    const PointRecords* const records = RecordsOf(context.view, candidates[i]);
    if (records == nullptr) return;
    if (whole) {
      records->Prefetch(candidates[i].row);
    } else {
      records->PrefetchHead(candidates[i].row);
    }
    __builtin_prefetch(&context.view.segments[candidates[i].part].segment->rows[candidates[i].row]);
  };
  static thread_local DiskWaits disk_waits;
  const size_t asked_for = disk_waits.expected() ? ReadAhead(context.view, candidates) : 0;
  const size_t ahead = whole ? kRecordsAhead : kHeadsAhead;
  for (size_t i = 0; i < ahead; ++i) prefetch(i);
  for (size_t i = 0; i < candidates.size(); ++i) {
    prefetch(i + ahead);
    const Candidate& candidate = candidates[i];
    const Row row = context.view.RowAt({candidate.part, candidate.row});
    const PointRecords* const records = RecordsOf(context.view, candidate);
    StoredPoint point;
    const bool is_read = records != nullptr &&
                         ((!whole && records->ReadHead(candidate.row, row, &scratch, &point)) ||
                          records->Read(candidate.row, row, &scratch, &point));
    if (is_read) {
      NESTOR_RETURN_IF_ERROR(AddHit(context, need, candidate, point, scorer, hits));
    } else {
      others.push_back(candidate);
    }
  }
  disk_waits.RowsWereRead(asked_for);
  return others;
}

absl::Status ReadBatch(const SearchContext& context, Need need,
                       absl::Span<const Candidate> candidates, const ExactScorer& scorer,
                       RankedHits* hits) {
  NESTOR_ASSIGN_OR_RETURN(const std::pmr::vector<Candidate> others,
                          ReadRecords(context, need, candidates, scorer, hits));
  if (others.empty()) return absl::OkStatus();
  std::pmr::vector<Row> rows(context.memory);
  rows.reserve(others.size());
  for (const Candidate& candidate : others) {
    rows.push_back(context.view.RowAt({candidate.part, candidate.row}));
  }
  absl::Status bad_row;
  NESTOR_RETURN_IF_ERROR(context.view.snapshot->ReadPoints(
      context.spec.number, rows, [&](size_t i, const StoredPoint* point) {
        if (point == nullptr) return;  // the store is the truth: what it does not have is no hit
        const absl::Status added = AddHit(context, need, others[i], *point, scorer, hits);
        if (!added.ok()) bad_row = added;
      }));
  return bad_row;
}

// The candidates worth reading, the one with the highest upper bound first. `*all`: these are all
// of them, and not the best of more than `max_rows`.
std::pmr::vector<Candidate> WorthReading(const SearchContext& context, size_t max_rows,
                                         absl::Span<const Candidate> candidates, bool* all) {
  IntervalTop interval(context.top, context.memory);
  for (const Candidate& candidate : candidates) interval.Add(candidate);
  std::pmr::vector<Candidate> selected = std::move(interval).Take();
  const size_t worth = selected.size();
  KeepBestAndUnreadable(max_rows, &selected);
  *all = selected.size() == worth;
  std::sort(selected.begin(), selected.end(),
            [](const Candidate& a, const Candidate& b) { return UpperBound(a) > UpperBound(b); });
  return selected;
}

// How many of `left`, the highest upper bound first, may reach the worst of the best `top` hits,
// and are few enough to be read at once.
size_t CountReaching(size_t top, const RankedHits& hits, absl::Span<const Candidate> left) {
  left = left.first(std::min(left.size(), kPointsPerRead));
  if (hits.size() < top) return left.size();
  return static_cast<size_t>(std::find_if(left.begin(), left.end(),
                                          [&](const Candidate& candidate) {
                                            return UpperBound(candidate) < hits[top - 1].hit.score;
                                          }) -
                             left.begin());
}

// How many of `candidates` may reach the worst of the best `top` hits.
size_t CountAllReaching(size_t top, const RankedHits& hits,
                        absl::Span<const Candidate> candidates) {
  if (hits.size() < top) return candidates.size();
  return static_cast<size_t>(
      std::count_if(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
        return UpperBound(candidate) >= hits[top - 1].hit.score;
      }));
}

// Adds the best `top` of `worth`, the highest upper bound first, by their exact scores, best first;
// how many were read.
absl::StatusOr<size_t> ReadBest(const SearchContext& context, size_t top,
                                absl::Span<const Candidate> worth, const ExactScorer& scorer,
                                RankedHits* hits) {
  size_t read = 0;
  // First as many as are wanted: their exact scores rule out most of the others.
  for (size_t batch = std::min(top, worth.size()); batch > 0;
       batch = CountReaching(top, *hits, worth.subspan(read))) {
    NESTOR_RETURN_IF_ERROR(context.stop());
    hits->reserve(hits->size() + batch);
    NESTOR_RETURN_IF_ERROR(
        ReadBatch(context, Need::kVector, worth.subspan(read, batch), scorer, hits));
    std::sort(hits->begin(), hits->end(), BetterHit);
    if (hits->size() > top) hits->resize(top);
    read += batch;
  }
  return read;
}

// Those of `worth`, the highest upper bound first, that are among the best `top` of it wherever
// within its error each exact score is; they are taken out. What could not be read never is.
std::pmr::vector<Candidate> TakeCertain(size_t top, std::pmr::vector<Candidate>* worth) {
  const double highest_other =
      worth->size() > top ? UpperBound((*worth)[top]) : -std::numeric_limits<double>::infinity();
  std::pmr::vector<Candidate> certain(worth->get_allocator());
  certain.reserve(top);
  size_t left = 0;
  for (const Candidate& candidate : *worth) {
    if (LowerBound(candidate) > highest_other) {
      certain.push_back(candidate);
    } else {
      (*worth)[left++] = candidate;
    }
  }
  worth->resize(left);
  return certain;
}

}  // namespace

absl::StatusOr<FinalHits> ReadExact(const SearchContext& context, size_t max_rows,
                                    absl::Span<const Candidate> candidates) {
  const StageTimer timer(context, "exact", context.spec.dims);
  bool all = false;
  const std::pmr::vector<Candidate> worth = WorthReading(context, max_rows, candidates, &all);
  const ExactScorer scorer(context.query, context.memory);
  RankedHits hits(context.memory);
  NESTOR_ASSIGN_OR_RETURN(const size_t read, ReadBest(context, context.top, worth, scorer, &hits));
  timer.Stop(candidates.size(), hits.size(), read * context.spec.dims * sizeof(float));
  // Everything that may reach was read if it was worth reading.
  const bool certified = all || CountAllReaching(context.top, hits, candidates) ==
                                    CountAllReaching(context.top, hits, worth);
  return FinalHits{std::move(hits), certified};
}

absl::StatusOr<FinalHits> ReadEstimated(const SearchContext& context, size_t max_rows,
                                        absl::Span<const Candidate> candidates) {
  const StageTimer timer(context, "exact", context.spec.dims);
  bool certified = false;
  std::pmr::vector<Candidate> worth = WorthReading(context, max_rows, candidates, &certified);
  const std::pmr::vector<Candidate> certain = TakeCertain(context.top, &worth);
  const ExactScorer scorer(context.query, context.memory);
  RankedHits hits(context.memory);
  NESTOR_ASSIGN_OR_RETURN(const size_t read,
                          ReadBest(context, context.top - certain.size(), worth, scorer, &hits));
  for (RankedHit& ranked : hits) {
    if (ranked.estimate == kUnreadableScore) continue;
    SetScore(context, EstimatedScore(context, ranked.estimate), &ranked.hit);
  }
  NESTOR_RETURN_IF_ERROR(context.stop());
  NESTOR_RETURN_IF_ERROR(ReadBatch(context, Need::kIdOnly, certain, scorer, &hits));
  std::sort(hits.begin(), hits.end(), BetterHit);
  timer.Stop(candidates.size(), hits.size(), read * context.spec.dims * sizeof(float));
  return FinalHits{std::move(hits), certified};
}

}  // namespace nestor
