#ifndef NESTOR_TESTS_CRASH_KEY_HISTORY_H_
#define NESTOR_TESTS_CRASH_KEY_HISTORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/crash/versioned_point.h"

namespace nestor::testing {

// All writes of one key, which one client made one after the other: version 1, 2, ... Each is
// acknowledged, refused (certainly without an effect), or uncertain: it began and nobody was told
// how it ended.
//
// floor() is the newest version that is certain to have happened, because it was acknowledged or
// seen; newest() the one that was begun last. A read is explained by a version that lies between
// the floor when the read began and the newest when it ended, and that leaves what was seen.
//
// Thread safety: none.
class KeyHistory {
 public:
  enum class Write : uint8_t { kPut, kDelete };
  // What a read found: the version, or nothing.
  using Seen = std::optional<Version>;

  Version Begin(Write write);
  void Acknowledge(Version version);
  void Refuse(Version version);

  Version floor() const { return floor_; }
  Version newest() const { return static_cast<Version>(states_.size()) - 1; }
  // Whether a read that began when floor() was `floor`, and has ended now, is explained.
  bool Explains(Version floor, Seen seen) const;
  // After a read of which Explains(floor, seen): later reads may see nothing older.
  void Saw(Version floor, Seen seen);
  // Nothing is in flight and `seen` is there: what was uncertain happened or never will.
  // REQUIRES: Explains(floor(), seen).
  void Settle(Seen seen);

  // The newest version that may have happened, 0 at first; and whether it left a point.
  Version Last() const;
  bool LastIsPut() const { return states_[Last()] == State::kPut; }

 private:
  enum class State : uint8_t { kPut, kDelete, kRefused };

  std::vector<State> states_ = {State::kDelete};  // by version; version 0 is nothing
  Version floor_ = 0;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_KEY_HISTORY_H_
