#include "storage/versioned_map.h"

#include <algorithm>

namespace nestor {

void VersionedMap::Apply(absl::FunctionRef<void(Sink sink)> write) {
  absl::MutexLock lock(&mutex_);
  ++newest_;
  write([this](const KeyOperation& operation) {
    mutex_.AssertHeld();
    ApplyOperation(operation);
  });
  CollectGarbage();
}

VersionedMap::Version VersionedMap::Pin() {
  absl::MutexLock lock(&mutex_);
  pinned_.insert(newest_);
  return newest_;
}

void VersionedMap::Unpin(Version version) {
  absl::MutexLock lock(&mutex_);
  pinned_.erase(pinned_.find(version));
  CollectGarbage();
}

std::vector<VersionedMap::Value> VersionedMap::Get(Version version, Family family,
                                                   absl::Span<const std::string> keys) const {
  absl::ReaderMutexLock lock(&mutex_);
  const Map& map = maps_[static_cast<size_t>(family)];
  std::vector<Value> values;
  values.reserve(keys.size());
  for (const std::string& key : keys) {
    const auto it = map.find(key);
    values.push_back(it == map.end() ? nullptr : ValueAt(it->second, version));
  }
  return values;
}

std::vector<std::pair<std::string, VersionedMap::Value>> VersionedMap::Scan(Version version,
                                                                            Family family,
                                                                            const KeyRange& range,
                                                                            size_t limit) const {
  absl::ReaderMutexLock lock(&mutex_);
  const Map& map = maps_[static_cast<size_t>(family)];
  std::vector<std::pair<std::string, Value>> entries;
  for (auto it = map.lower_bound(range.first);
       it != map.end() && it->first < range.limit && entries.size() < limit; ++it) {
    if (Value value = ValueAt(it->second, version)) {
      entries.emplace_back(it->first, std::move(value));
    }
  }
  return entries;
}

uint64_t VersionedMap::Bytes(Family family, const KeyRange& range) const {
  absl::ReaderMutexLock lock(&mutex_);
  const Map& map = maps_[static_cast<size_t>(family)];
  uint64_t bytes = 0;
  for (auto it = map.lower_bound(range.first); it != map.end() && it->first < range.limit; ++it) {
    const Value& value = it->second.back().value;
    if (value != nullptr) bytes += it->first.size() + value->size();
  }
  return bytes;
}

size_t VersionedMap::CountVersions() const {
  absl::ReaderMutexLock lock(&mutex_);
  size_t versions = 0;
  for (const Map& map : maps_) {
    for (const auto& [key, history] : map) versions += history.size();
  }
  return versions;
}

VersionedMap::Value VersionedMap::ValueAt(const History& history, Version version) {
  for (auto it = history.rbegin(); it != history.rend(); ++it) {
    if (it->since <= version) return it->value;
  }
  return nullptr;
}

void VersionedMap::ApplyOperation(const KeyOperation& operation) {
  Map& map = maps_[static_cast<size_t>(operation.family)];
  const std::string key(operation.key);
  switch (operation.kind) {
    case KeyOperation::Kind::kPut:
      return Write(operation.family, key, &map[key],
                   std::make_shared<const std::string>(operation.value));
    case KeyOperation::Kind::kDelete:
      if (const auto it = map.find(key); it != map.end()) {
        Write(operation.family, key, &it->second, nullptr);
      }
      return;
    case KeyOperation::Kind::kDeleteRange:
      const auto limit = map.lower_bound(std::string(operation.value));
      for (auto it = map.lower_bound(key); it != limit; ++it) {
        Write(operation.family, it->first, &it->second, nullptr);
      }
      return;
  }
}

void VersionedMap::Write(Family family, absl::string_view key, History* history, Value value) {
  if (!history->empty()) garbage_.push_back({newest_, family, std::string(key)});
  if (!history->empty() && history->back().since == newest_) {
    history->back().value = std::move(value);
  } else {
    history->push_back({newest_, std::move(value)});
  }
}

void VersionedMap::CollectGarbage() {
  const Version oldest = pinned_.empty() ? newest_ : *pinned_.begin();
  for (; !garbage_.empty() && garbage_.front().since <= oldest; garbage_.pop_front()) {
    Map& map = maps_[static_cast<size_t>(garbage_.front().family)];
    const auto it = map.find(garbage_.front().key);
    if (it == map.end()) continue;
    History& history = it->second;
    // Nobody sees what is before the newest version that is not later than `oldest`.
    auto first = std::find_if(history.begin(), history.end(),
                              [&](const VersionedValue& value) { return value.since > oldest; });
    if (first == history.begin()) continue;      // was collected together with an earlier version
    if ((first - 1)->value != nullptr) --first;  // a deleted key looks like one that never was
    history.erase(history.begin(), first);
    if (history.empty()) map.erase(it);
  }
}

}  // namespace nestor
