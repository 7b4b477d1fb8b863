#ifndef NESTOR_ENGINE_CANDIDATE_H_
#define NESTOR_ENGINE_CANDIDATE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <vector>

namespace nestor {

// A row inside one segment or delta, as a shortlist index or a tier scored it.
struct ScoredRow {
  uint32_t row = 0;  // local
  float score = 0;   // larger is better
};

// A row of one part of a view. Parts are numbered as View::part() numbers them.
struct Candidate {
  uint32_t part = 0;
  uint32_t row = 0;  // local to the part
  float score = 0;   // of the latest stage
  float error = 0;   // the true score is within score +- error; only full-dimension stages set it
};

// What a row scores that cannot be read, because its disk failed: as much as there is, give or take
// anything, so that it gets to whoever reads the vector from the store.
inline constexpr float kUnreadableScore = std::numeric_limits<float>::max();
inline constexpr float kUnreadableError = std::numeric_limits<float>::infinity();

// The order of candidates whose ids are not known yet: better score first, then older.
template <typename T>
bool BetterScore(const T& a, const T& b) {
  return a.score != b.score ? a.score > b.score : a.row < b.row;
}
inline bool BetterCandidate(const Candidate& a, const Candidate& b) {
  if (a.score != b.score) return a.score > b.score;
  return a.part != b.part ? a.part < b.part : a.row < b.row;
}

// Keeps the best `keep` of `items` under `better`, unordered.
template <typename T, typename Better>
void KeepBest(size_t keep, Better better, std::pmr::vector<T>* items) {
  if (items->size() <= keep) return;
  std::nth_element(items->begin(), items->begin() + keep, items->end(), better);
  items->resize(keep);
}

// The same of candidates that a tier has scored, and all that it could not read.
inline void KeepBestAndUnreadable(size_t keep, std::pmr::vector<Candidate>* candidates) {
  keep += static_cast<size_t>(std::count_if(
      candidates->begin(), candidates->end(),
      [](const Candidate& candidate) { return candidate.score == kUnreadableScore; }));
  KeepBest(keep, BetterCandidate, candidates);
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_CANDIDATE_H_
