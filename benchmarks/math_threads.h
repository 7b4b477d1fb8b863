#ifndef NESTOR_BENCHMARKS_MATH_THREADS_H_
#define NESTOR_BENCHMARKS_MATH_THREADS_H_

namespace nestor::bench {

// How many threads OpenBLAS (the whole process) and OpenMP (what the calling thread starts) use
// from now on. Both take all processors unless they are told, which nobody's search may: a search
// that is timed has one thread. REQUIRES: threads > 0.
void SetMathThreads(int threads);

// Sets them for its lifetime, and to 1 at its end.
class MathThreads {
 public:
  explicit MathThreads(int threads) { SetMathThreads(threads); }
  ~MathThreads() { SetMathThreads(1); }
  MathThreads(const MathThreads&) = delete;
  MathThreads& operator=(const MathThreads&) = delete;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_MATH_THREADS_H_
