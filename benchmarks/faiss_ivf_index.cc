#include "benchmarks/faiss_ivf_index.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/utils/Heap.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/math_threads.h"
#include "engine/kernels/kernel_table.h"

namespace nestor::bench {
namespace {

using faiss::Index;

absl::Status FromFaiss(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return absl::ResourceExhaustedError("FAISS: out of memory");
  }
  return absl::InternalError(absl::StrCat("FAISS: ", error.what()));
}

// Offers rows to a heap of the `k` best as FAISS keeps it: inner products, or squared distances.
class HeapScorer {
 public:
  HeapScorer(faiss::MetricType metric, size_t dims)
      : by_distance_(metric == faiss::METRIC_L2), dims_(dims) {}

  // `ids` null: the rows' positions. Answers how many rows got into the heap.
  size_t Offer(const float* query, const float* rows, size_t count, const Index::idx_t* ids,
               float* values, Index::idx_t* labels, size_t k) {
    const kernels::KernelTable& table = kernels::Kernels();
    scores_.resize(std::max(scores_.size(), count));
    (by_distance_ ? table.l2_f32 : table.dot_f32)(query, {rows, dims_}, {nullptr, count}, dims_,
                                                  scores_.data());
    size_t updates = 0;
    for (size_t i = 0; i < count; ++i) {
      if (by_distance_ ? scores_[i] >= values[0] : scores_[i] <= values[0]) continue;
      const Index::idx_t id = ids == nullptr ? static_cast<Index::idx_t>(i) : ids[i];
      by_distance_ ? faiss::maxheap_replace_top(k, values, labels, scores_[i], id)
                   : faiss::minheap_replace_top(k, values, labels, scores_[i], id);
      ++updates;
    }
    return updates;
  }

 private:
  const bool by_distance_;
  const size_t dims_;
  std::vector<float> scores_;
};

// The scores of one inverted list after the other.
class KernelScanner : public faiss::InvertedListScanner {
 public:
  KernelScanner(faiss::MetricType metric, size_t dims, bool store_pairs)
      : InvertedListScanner(store_pairs), metric_(metric), dims_(dims), scorer_(metric, dims) {
    keep_max = metric == faiss::METRIC_INNER_PRODUCT;
    code_size = dims * sizeof(float);
  }

  void set_query(const float* query) override { query_ = query; }
  void set_list(Index::idx_t list, float) override { list_no = list; }
  float distance_to_code(const uint8_t* code) const override {
    const kernels::KernelTable& table = kernels::Kernels();
    const auto* row = reinterpret_cast<const float*>(code);
    return (metric_ == faiss::METRIC_L2 ? table.l2_f32_pair : table.dot_f32_pair)(query_, row,
                                                                                  dims_);
  }
  size_t scan_codes(size_t count, const uint8_t* codes, const Index::idx_t* ids, float* values,
                    Index::idx_t* labels, size_t k) const override {
    return scorer_.Offer(query_, reinterpret_cast<const float*>(codes), count, ids, values, labels,
                         k);
  }

 private:
  const faiss::MetricType metric_;
  const size_t dims_;
  const float* query_ = nullptr;
  mutable HeapScorer scorer_;  // its buffer: FAISS makes one scanner for each thread
};

// The centroids. One query at a time is a search; many are training, which FAISS does by itself.
class KernelQuantizer : public faiss::IndexFlat {
 public:
  using IndexFlat::IndexFlat;

  void search(idx_t n, const float* x, idx_t k, float* distances, idx_t* labels,
              const faiss::SearchParameters* params) const override {
    if (n != 1) return IndexFlat::search(n, x, k, distances, labels, params);
    HeapScorer scorer(metric_type, static_cast<size_t>(d));
    const auto size = static_cast<size_t>(k);
    const auto lists = static_cast<size_t>(ntotal);
    if (metric_type == faiss::METRIC_L2) {
      faiss::maxheap_heapify(size, distances, labels);
      scorer.Offer(x, get_xb(), lists, nullptr, distances, labels, size);
      faiss::maxheap_reorder(size, distances, labels);
    } else {
      faiss::minheap_heapify(size, distances, labels);
      scorer.Offer(x, get_xb(), lists, nullptr, distances, labels, size);
      faiss::minheap_reorder(size, distances, labels);
    }
  }
};

class KernelIvf : public faiss::IndexIVFFlat {
 public:
  using IndexIVFFlat::IndexIVFFlat;

  faiss::InvertedListScanner* get_InvertedListScanner(bool store_pairs,
                                                      const faiss::IDSelector*) const override {
    return std::make_unique<KernelScanner>(metric_type, static_cast<size_t>(d), store_pairs)
        .release();
  }
};

faiss::MetricType FaissMetric(Metric metric) {
  return metric == Metric::kL2 ? faiss::METRIC_L2 : faiss::METRIC_INNER_PRODUCT;
}

size_t ListCount(const FaissIvfParams& params, size_t rows) {
  const double wanted = params.lists != 0 ? static_cast<double>(params.lists)
                                          : 4 * std::sqrt(static_cast<double>(rows));
  return std::clamp<size_t>(static_cast<size_t>(wanted), 1, rows);
}

}  // namespace

struct FaissIvfIndex::Impl {
  // Throws what FAISS throws.
  Impl(const FloatMatrix& rows, Metric metric, const FaissIvfParams& params)
      : quantizer(static_cast<Index::idx_t>(rows.dims), FaissMetric(metric)),
        ivf(&quantizer, rows.dims, ListCount(params, rows.rows), FaissMetric(metric)) {
    ivf.cp.spherical = metric == Metric::kCosine;
    ivf.cp.seed = params.seed;
    ivf.cp.min_points_per_centroid = 1;  // it only warns, on a stream that is not ours
    ivf.train(static_cast<Index::idx_t>(rows.rows), rows.values.data());
    ivf.add(static_cast<Index::idx_t>(rows.rows), rows.values.data());
  }

  KernelQuantizer quantizer;
  KernelIvf ivf;
};

FaissIvfIndex::FaissIvfIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

FaissIvfIndex::~FaissIvfIndex() = default;

absl::StatusOr<std::unique_ptr<FaissIvfIndex>> FaissIvfIndex::Build(const FloatMatrix& rows,
                                                                    Metric metric,
                                                                    const FaissIvfParams& params) {
  const MathThreads threads(params.threads);
  try {
    return absl::WrapUnique(new FaissIvfIndex(std::make_unique<Impl>(rows, metric, params)));
  } catch (const std::exception& error) {
    return FromFaiss(error);
  }
}

absl::Status FaissIvfIndex::Search(const float* query, size_t count, size_t nprobe,
                                   RowIds* rows) const {
  try {
    std::vector<float> values(count);
    std::vector<Index::idx_t> labels(count);
    faiss::SearchParametersIVF params;
    params.nprobe = std::min(nprobe, lists());
    impl_->ivf.search(1, query, static_cast<Index::idx_t>(count), values.data(), labels.data(),
                      &params);
    rows->clear();
    for (const Index::idx_t label : labels) {
      if (label >= 0) rows->push_back(static_cast<uint32_t>(label));
    }
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return FromFaiss(error);
  }
}

size_t FaissIvfIndex::lists() const { return impl_->ivf.nlist; }

size_t FaissIvfIndex::MemoryBytes() const {
  // What IndexIVFFlat makes for itself.
  const auto& arrays = static_cast<const faiss::ArrayInvertedLists&>(*impl_->ivf.invlists);
  size_t bytes = lists() * static_cast<size_t>(impl_->ivf.d) * sizeof(float);
  for (size_t list = 0; list < lists(); ++list) {
    bytes +=
        arrays.codes[list].capacity() + arrays.ids[list].capacity() * sizeof(faiss::Index::idx_t);
  }
  return bytes;
}

}  // namespace nestor::bench
