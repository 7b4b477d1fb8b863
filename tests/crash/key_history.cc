#include "tests/crash/key_history.h"

#include <algorithm>

namespace nestor::testing {

Version KeyHistory::Begin(Write write) {
  states_.push_back(write == Write::kPut ? State::kPut : State::kDelete);
  return newest();
}

void KeyHistory::Acknowledge(Version version) { floor_ = std::max(floor_, version); }

void KeyHistory::Refuse(Version version) { states_[version] = State::kRefused; }

bool KeyHistory::Explains(Version floor, Seen seen) const {
  if (seen) return floor <= *seen && *seen <= newest() && states_[*seen] == State::kPut;
  return std::find(states_.begin() + floor, states_.end(), State::kDelete) != states_.end();
}

void KeyHistory::Saw(Version floor, Seen seen) {
  // Nothing may have been left by any of several deletes; the first is all that is certain.
  const auto first = std::find(states_.begin() + floor, states_.end(), State::kDelete);
  floor_ = std::max(floor_, seen ? *seen : static_cast<Version>(first - states_.begin()));
}

void KeyHistory::Settle(Seen seen) {
  Version settled = seen.value_or(0);
  if (!seen) {
    settled = newest();
    while (states_[settled] != State::kDelete) --settled;
  }
  floor_ = settled;
  std::fill(states_.begin() + settled + 1, states_.end(), State::kRefused);
}

Version KeyHistory::Last() const {
  Version last = newest();
  while (states_[last] == State::kRefused) --last;
  return last;
}

}  // namespace nestor::testing
