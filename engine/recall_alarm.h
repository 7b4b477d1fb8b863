#ifndef NESTOR_ENGINE_RECALL_ALARM_H_
#define NESTOR_ENGINE_RECALL_ALARM_H_

#include <array>
#include <cstddef>

namespace nestor {

// Notices when searches begin to find less than they should: a sequential test that may look after
// every search. It bets against "the expected recall is what was asked for", one sum of money from
// each search on, on average over several sizes of the bet; if that is true, all bets together are
// expected to win no more than was put in, and so at least kThreshold searches pass, on average,
// until a false alarm. (An e-detector of Shiryaev and Roberts' form: Shin, Ramdas and Rinaldo,
// arXiv 2203.03532; the bets: Waudby-Smith and Ramdas, arXiv 2010.09686.) Of searches that find .85
// instead of .95, 19 alarms in 20 come within 100, at .92 within 600 (RecallAlarmTest).
//
// Thread safety: none.
class RecallAlarm {
 public:
  static constexpr double kThreshold = 1000;

  // Tells of one more search, which found a share `recall` of what it should where `target` was
  // asked for. True if that makes an alarm. REQUIRES: both in 0 to 1; target < 1.
  bool Add(double recall, double target);

  // Begins anew.
  void Reset() { wealth_ = {}; }

 private:
  // What is bet, of what there is.
  static constexpr std::array<double, 5> kBets = {0.02, 0.05, 0.1, 0.2, 0.4};

  std::array<double, kBets.size()> wealth_ = {};
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_RECALL_ALARM_H_
