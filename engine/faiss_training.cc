// The only file that includes FAISS: what it trains for us.

#include <cblas.h>
#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
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

namespace nestor {
namespace {

constexpr size_t kSampleRowsPerList = 64;
constexpr int kIterations = 10;

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
    faiss::IndexFlatIP by_product(dims);
    faiss::IndexFlatL2 by_distance(dims);
    faiss::Index& assign =
        clustering.spherical ? static_cast<faiss::Index&>(by_product) : by_distance;
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
