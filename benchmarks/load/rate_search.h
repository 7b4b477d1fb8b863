#ifndef NESTOR_BENCHMARKS_LOAD_RATE_SEARCH_H_
#define NESTOR_BENCHMARKS_LOAD_RATE_SEARCH_H_

#include <algorithm>
#include <optional>

namespace nestor::bench {

struct RateSearchOptions {
  double first = 100;       // calls a second
  double lowest = 1;        // is not gone below
  double highest = 1e6;     // nor above
  double precision = 0.05;  // ends when the bracket is this share of its lower end
};

// Looks for the highest rate that holds: doubles (or, if the first one does not hold, halves)
// until one rate holds and the next does not, then tries the middle of the two until they are
// close. Knows nothing of what is tried:
//
//   RateSearch search(options);
//   while (const std::optional<double> rate = search.Next()) search.Report(Try(*rate));
//   search.held();
//
// Thread safety: none.
class RateSearch {
 public:
  explicit RateSearch(const RateSearchOptions& options)
      : options_(options), next_(std::min(options.first, options.highest)) {}

  // What to try; nullopt when the search is over.
  std::optional<double> Next() const { return next_; }
  // Whether the rate of Next() held.
  void Report(bool held);

  std::optional<double> held() const { return held_; }      // the highest rate that held so far
  std::optional<double> failed() const { return failed_; }  // the lowest rate that did not

 private:
  std::optional<double> Choose() const;

  const RateSearchOptions options_;
  std::optional<double> next_;
  std::optional<double> held_;
  std::optional<double> failed_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_RATE_SEARCH_H_
