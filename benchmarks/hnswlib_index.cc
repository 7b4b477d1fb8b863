#include "benchmarks/hnswlib_index.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/kernels/kernel_table.h"

// hnswlib defines functions and variables in its headers that are not inline, and the engine has
// them too. Here they get names of their own, so that both can be in one program.
#define hnswlib nestor_benchmarks_hnswlib
#define cpuid nestor_benchmarks_cpuid
#define xgetbv nestor_benchmarks_xgetbv
#define AVXCapable NestorBenchmarksAvxCapable
#define AVX512Capable NestorBenchmarksAvx512Capable
// Its SSE code prefetches one neighbour past the end of a list and reads past the list's memory for
// that. It is fast and does no harm, so the baseline keeps it where nobody checks.
#ifdef __SANITIZE_ADDRESS__
#define NO_MANUAL_VECTORIZATION
#endif
// Newer versions have static functions that only their SSE code uses. They would count as ours,
// which the names above are.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "hnswlib/hnswlib.h"
#pragma GCC diagnostic pop
#undef AVX512Capable
#undef AVXCapable
#undef xgetbv
#undef cpuid

namespace nestor::bench {
namespace {

using Graph = hnswlib::HierarchicalNSW<float>;

absl::Status FromHnswlib(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return absl::ResourceExhaustedError("hnswlib: out of memory");
  }
  return absl::InternalError(absl::StrCat("hnswlib: ", error.what()));
}

// Distances as hnswlib counts them: 1 - inner product, or squared.
class KernelSpace : public hnswlib::SpaceInterface<float> {
 public:
  KernelSpace(Metric metric, size_t dims)
      : metric_(metric),
        kernel_{metric == Metric::kL2 ? kernels::Kernels().l2_f32_pair
                                      : kernels::Kernels().dot_f32_pair,
                dims} {}

  size_t get_data_size() override { return kernel_.dims * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override {
    return metric_ == Metric::kL2 ? SquaredDistance : InnerProductDistance;
  }
  void* get_dist_func_param() override { return &kernel_; }

 private:
  struct Kernel {
    float (*function)(const float* a, const float* b, size_t dims);
    size_t dims;
  };

  static float Call(const void* a, const void* b, const void* param) {
    const auto* kernel = static_cast<const Kernel*>(param);
    return kernel->function(static_cast<const float*>(a), static_cast<const float*>(b),
                            kernel->dims);
  }
  static float SquaredDistance(const void* a, const void* b, const void* param) {
    return Call(a, b, param);
  }
  static float InnerProductDistance(const void* a, const void* b, const void* param) {
    return 1 - Call(a, b, param);
  }

  Metric metric_;
  Kernel kernel_;
};

}  // namespace

struct HnswlibIndex::Impl {
  // Throws what hnswlib throws.
  Impl(const FloatMatrix& rows, Metric metric, const HnswlibParams& params)
      : space(metric, rows.dims), graph(&space, rows.rows, params.m, params.ef_construction) {
    graph.addPoint(rows.Row(0), 0);  // alone: it is where the others begin
    std::atomic<size_t> next{1};
    std::exception_ptr failure;
    std::mutex failure_mu;
    const auto work = [&] {
      try {
        for (size_t row; (row = next++) < rows.rows;) graph.addPoint(rows.Row(row), row);
      } catch (...) {
        next = rows.rows;
        const std::lock_guard<std::mutex> lock(failure_mu);
        failure = std::current_exception();
      }
    };
    std::vector<std::thread> helpers;
    for (int i = 1; i < params.threads; ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
    if (failure != nullptr) std::rethrow_exception(failure);
  }

  KernelSpace space;
  Graph graph;
};

HnswlibIndex::HnswlibIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HnswlibIndex::~HnswlibIndex() = default;

absl::StatusOr<std::unique_ptr<HnswlibIndex>> HnswlibIndex::Build(const FloatMatrix& rows,
                                                                  Metric metric,
                                                                  const HnswlibParams& params) {
  try {
    return absl::WrapUnique(new HnswlibIndex(std::make_unique<Impl>(rows, metric, params)));
  } catch (const std::exception& error) {
    return FromHnswlib(error);
  }
}

absl::Status HnswlibIndex::Search(const float* query, size_t count, size_t ef, RowIds* rows) {
  try {
    impl_->graph.setEf(ef);
    auto worst_first = impl_->graph.searchKnn(query, count);
    rows->resize(worst_first.size());
    for (size_t i = rows->size(); i-- > 0; worst_first.pop()) {
      (*rows)[i] = static_cast<uint32_t>(worst_first.top().second);
    }
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return FromHnswlib(error);
  }
}

size_t HnswlibIndex::MemoryBytes() const {
  constexpr size_t kLabelNodeBytes = 32;
  const Graph& graph = impl_->graph;
  const size_t per_element = graph.size_data_per_element_ + sizeof(char*) + sizeof(std::mutex) +
                             sizeof(int) + kLabelNodeBytes;
  size_t bytes =
      graph.max_elements_ * per_element + graph.label_lookup_.bucket_count() * sizeof(void*);
  for (const int levels : graph.element_levels_) {
    bytes += static_cast<size_t>(levels) * graph.size_links_per_element_;
  }
  return bytes;
}

}  // namespace nestor::bench
