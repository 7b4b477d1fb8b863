#ifndef NESTOR_ENGINE_RECALL_INTERVAL_H_
#define NESTOR_ENGINE_RECALL_INTERVAL_H_

#include <cstddef>

namespace nestor {

// Where the expected recall of searches lies, with 95 % confidence, when the mean of `searches` of
// them, chosen by chance, was `recall`: Wilson's interval for a share of so many yeses and noes.
// (Recalls lie between 0 and 1, so their variance is at most that of yeses and noes with the same
// mean.) From 0 to 1 if there were none.
struct RecallInterval {
  double low = 0;
  double high = 1;
};
RecallInterval IntervalOfRecall(double recall, size_t searches);

}  // namespace nestor

#endif  // NESTOR_ENGINE_RECALL_INTERVAL_H_
