#include "benchmarks/math_threads.h"

#include <cblas.h>
#include <omp.h>

namespace nestor::bench {

void SetMathThreads(int threads) {
  omp_set_num_threads(threads);
  openblas_set_num_threads(threads);
}

}  // namespace nestor::bench
