// The only file that includes FAISS: what it trains for us.

#include <cblas.h>
#include <faiss/Clustering.h>
#include <faiss/Index.h>
#include <faiss/VectorTransform.h>
#include <omp.h>

#include <algorithm>
#include <exception>
#include <new>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/basis.h"
#include "engine/ivf_index.h"
#include "engine/nearest_centroid.h"
#include "engine/parallel_for.h"
#include "storage/check.h"

namespace nestor {
namespace {

constexpr size_t kSampleRowsPerList = 64;
constexpr int kIterations = 10;

// Finds the centroids that rows belong to, for k-means, by our kernels: FAISS has SSE2, and leaves
// the work to a BLAS that may not know the processor.
class CentroidIndex final : public faiss::Index {
 public:
  CentroidIndex(int dims, Metric metric, int threads)
      : faiss::Index(dims,
                     metric == Metric::kCosine ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2),
        metric_(metric),
        threads_(static_cast<size_t>(std::max(1, threads))) {}

  void add(idx_t count, const float* vectors) override {
    centroids_.insert(centroids_.end(), vectors, vectors + count * d);
    ntotal += count;
  }
  void reset() override {
    centroids_.clear();
    ntotal = 0;
  }
  // REQUIRES: k is 1.
  void search(idx_t count, const float* vectors, idx_t k, float* distances, idx_t* labels,
              const faiss::SearchParameters* /*none*/ = nullptr) const override {
    NESTOR_CHECK(k == 1);
    const Centroids centroids = {centroids_, static_cast<size_t>(d), metric_};
    const auto all = static_cast<size_t>(count);
    const size_t groups = (all + kVectorsAtOnce - 1) / kVectorsAtOnce;
    ParallelFor(threads_, groups, [&](size_t, size_t group) {
      const size_t first = group * kVectorsAtOnce;
      const size_t some = std::min(kVectorsAtOnce, all - first);
      NearestCentroid nearest[kVectorsAtOnce];
      FindNearest(centroids, vectors + first * centroids.dims, some, nearest);
      for (size_t i = 0; i < some; ++i) {
        labels[first + i] = nearest[i].number;
        distances[first + i] =
            metric_type == faiss::METRIC_L2 ? -nearest[i].score : nearest[i].score;
      }
    });
  }

 private:
  const Metric metric_;
  const size_t threads_;
  std::vector<float> centroids_;
};

// OpenMP's setting is this background thread's; OpenBLAS's is the process's, which uses it here
// only. No request ever starts a team of threads.
void SetThreads(int threads) {
  omp_set_num_threads(threads);
  openblas_set_num_threads(1);
}

}  // namespace

absl::StatusOr<std::vector<float>> PrincipalAxes(absl::Span<const float> rows, size_t dims,
                                                 size_t size) {
  try {
    SetThreads(1);
    faiss::PCAMatrix pca(static_cast<int>(dims), static_cast<int>(size));
    pca.have_bias = false;  // no mean is taken away
    pca.train(static_cast<int64_t>(rows.size() / dims), rows.data());
    pca.PCAMat.resize(size * dims);
    return std::move(pca.PCAMat);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat("out of memory learning ", size, " axes"));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("FAISS: ", error.what()));
  }
}

absl::StatusOr<std::vector<float>> TrainCentroids(const PrefixReader& prefixes, uint32_t lists,
                                                  const IvfBuildParams& params) {
  try {
    SetThreads(params.threads);
    const size_t sample = std::min(prefixes.rows(), lists * kSampleRowsPerList);
    const std::vector<float> rows = prefixes.Sample(sample);
    const int dims = static_cast<int>(prefixes.dims());
    faiss::Clustering clustering(dims, static_cast<int>(lists));
    clustering.niter = 1;  // an iteration at a time, each from the centroids of the one before
    clustering.spherical = prefixes.metric() == Metric::kCosine;
    clustering.seed = static_cast<int>(params.seed);
    clustering.min_points_per_centroid = 1;
    clustering.max_points_per_centroid = kSampleRowsPerList;
    CentroidIndex assign(dims, prefixes.metric(), params.threads);
    for (int i = 0; i < kIterations; ++i) {
      if (params.cancelled != nullptr && *params.cancelled) {
        return absl::CancelledError("index building was cancelled");
      }
      assign.reset();
      clustering.train(static_cast<int64_t>(sample), rows.data(), assign);
    }
    return std::move(clustering.centroids);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat("out of memory training ", lists, " lists"));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("FAISS: ", error.what()));
  }
}

}  // namespace nestor
