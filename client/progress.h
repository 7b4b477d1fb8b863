#ifndef NESTOR_CLIENT_PROGRESS_H_
#define NESTOR_CLIENT_PROGRESS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace nestor {

enum class ProgressStyle {
  kBar,    // for a terminal: one line that is drawn again, at most ten times a second
  kLines,  // for a log: a plain line every two seconds at most
};

// What to show while something long goes on. Knows no clock and no terminal: it is told the time
// and answers with the text to write, if it is time to write one.
//
// Thread safety: none; one thread at a time.
class Progress {
 public:
  // `total` points are to be done, from `start` on.
  Progress(ProgressStyle style, uint64_t total, absl::Time start)
      : style_(style), total_(total), start_(start), shown_(start), sampled_(start) {}

  // `done` points are done at `now`.
  std::optional<std::string> Update(uint64_t done, absl::Time now);

  // What clears the bar away, if one was drawn.
  std::string Finish() const;

  // Points per second, recent ones counting more: it follows a change within some five seconds.
  double rate() const { return rate_; }

 private:
  void Sample(uint64_t done, absl::Time now);
  std::string Bar(uint64_t done) const;
  std::string Line(uint64_t done) const;
  std::string TimeLeft(uint64_t done) const;
  double Percent(uint64_t done) const;

  ProgressStyle style_;
  uint64_t total_;
  absl::Time start_;
  absl::Time shown_;  // when text was last given out
  absl::Time sampled_;
  uint64_t sampled_done_ = 0;
  double rate_ = 0;
  bool drawn_ = false;
};

// 1234567 as "1,234,567".
std::string WithThousands(uint64_t number);

}  // namespace nestor

#endif  // NESTOR_CLIENT_PROGRESS_H_
