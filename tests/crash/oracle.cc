#include "tests/crash/oracle.h"

#include "absl/strings/str_cat.h"

namespace nestor::testing {
namespace {

std::string NameOf(KeyHistory::Seen seen) {
  return seen ? absl::StrCat("version ", *seen) : "nothing";
}

}  // namespace

VersionedKey Oracle::Begin(Key key, Write write) {
  absl::MutexLock lock(&mu_);
  ++begun_;
  return {key, histories_[key].Begin(write)};
}

void Oracle::Acknowledge(absl::Span<const VersionedKey> writes) {
  absl::MutexLock lock(&mu_);
  if (!believing_) return;
  acknowledged_ += writes.size();
  for (const VersionedKey& write : writes) histories_[write.key].Acknowledge(write.version);
}

void Oracle::Refuse(absl::Span<const VersionedKey> writes) {
  absl::MutexLock lock(&mu_);
  if (!believing_) return;
  for (const VersionedKey& write : writes) histories_[write.key].Refuse(write.version);
}

Oracle::Window Oracle::OpenWindow() const {
  absl::MutexLock lock(&mu_);
  Window window;
  window.reserve(histories_.size());
  for (const KeyHistory& history : histories_) window.push_back(history.floor());
  return window;
}

absl::Status Oracle::Check(const Window& window, Key key, Seen seen) {
  if (key >= size_) {
    return absl::DataLossError(absl::StrCat("phantom: key ", key, " was never written"));
  }
  absl::MutexLock lock(&mu_);
  const absl::Status explained = CheckLocked(window[key], key, seen);
  if (explained.ok() && believing_) histories_[key].Saw(window[key], seen);
  return explained;
}

absl::Status Oracle::Settle(Key key, Seen seen) {
  absl::MutexLock lock(&mu_);
  const absl::Status explained = CheckLocked(histories_[key].floor(), key, seen);
  if (explained.ok()) histories_[key].Settle(seen);
  return explained;
}

void Oracle::Disbelieve() {
  absl::MutexLock lock(&mu_);
  believing_ = false;
}

void Oracle::Believe() {
  absl::MutexLock lock(&mu_);
  believing_ = true;
}

Oracle::Seen Oracle::Last(Key key) const {
  absl::MutexLock lock(&mu_);
  const KeyHistory& history = histories_[key];
  return history.LastIsPut() ? Seen(history.Last()) : std::nullopt;
}

uint64_t Oracle::acknowledged() const {
  absl::MutexLock lock(&mu_);
  return acknowledged_;
}

uint64_t Oracle::begun() const {
  absl::MutexLock lock(&mu_);
  return begun_;
}

absl::Status Oracle::CheckLocked(Version floor, Key key, Seen seen) const {
  const KeyHistory& history = histories_[key];
  if (history.Explains(floor, seen)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("key ", key, ": saw ", NameOf(seen), ", but version ",
                                          floor, " was certain before the read began, and version ",
                                          history.newest(), " was the newest, ",
                                          history.LastIsPut() ? "a point" : "a delete or nothing"));
}

}  // namespace nestor::testing
