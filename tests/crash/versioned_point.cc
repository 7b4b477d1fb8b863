#include "tests/crash/versioned_point.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace nestor::testing {
namespace {

constexpr uint64_t kClusters = 24;
constexpr size_t kLongPayloadBytes = 300;

// SplitMix64 (https://prng.di.unimi.it/splitmix64.c): a hash that is good enough to be a generator.
uint64_t Mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// Nearly normal, with mean 0 and variance 1/3: the sum of four uniform numbers. The standard
// library's generator would take most of a run's time.
float NearlyNormal(uint64_t bits) {
  const uint64_t sum =
      (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
  return static_cast<float>(sum) / 65536 - 2;
}

v1::Payload PayloadOf(Key key, Version version) {
  v1::Payload payload;
  (*payload.mutable_fields())["key"].set_int_value(key);
  (*payload.mutable_fields())["version"].set_int_value(version);
  if (Mix(key + version) % 3 == 0) {
    const char letter = static_cast<char>('a' + version % 26);
    (*payload.mutable_fields())["text"].set_string_value(std::string(kLongPayloadBytes, letter));
  }
  return payload;
}

std::string NameOf(const v1::PointId& id) {
  return id.has_num() ? absl::StrCat(id.num()) : absl::StrCat("'", id.str(), "'");
}

bool IsSamePayload(const v1::Payload& a, const v1::Payload& b) {
  if (a.fields_size() != b.fields_size()) return false;
  for (const auto& [name, value] : a.fields()) {
    const auto other = b.fields().find(name);
    if (other == b.fields().end()) return false;
    if (value.SerializeAsString() != other->second.SerializeAsString()) return false;
  }
  return true;
}

absl::StatusOr<VersionedKey> IdentifyBy(const v1::PointId& id, const v1::Payload& payload) {
  const auto key = payload.fields().find("key");
  const auto version = payload.fields().find("version");
  if (key == payload.fields().end() || version == payload.fields().end()) {
    return absl::DataLossError(absl::StrCat("phantom: point ", NameOf(id), " is none of ours"));
  }
  const VersionedKey found{static_cast<Key>(key->second.int_value()),
                           static_cast<Version>(version->second.int_value())};
  if (!IsSamePayload(payload, PayloadOf(found.key, found.version)) ||
      id.SerializeAsString() != IdOf(found.key).SerializeAsString()) {
    return absl::DataLossError(absl::StrCat("torn: point ", NameOf(id), " has a payload of key ",
                                            found.key, " version ", found.version));
  }
  return found;
}

absl::Status CheckVector(const VersionedKey& found, const v1::Vector& vector) {
  if (vector.packed() == PackedVectorOf(found.key, found.version)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("torn: key ", found.key, " version ", found.version,
                                          " has a vector that was never written for it"));
}

}  // namespace

v1::PointId IdOf(Key key) {
  v1::PointId id;
  if (key % 2 == 0) {
    id.set_num(key);
  } else {
    id.set_str(absl::StrCat("key-", key));
  }
  return id;
}

std::vector<float> VectorOf(Key key, Version version) {
  const uint64_t own = Mix(Mix(key) + version);
  const uint64_t cluster = Mix(own % kClusters);
  std::vector<float> vector(kCrashDims);
  for (size_t i = 0; i < kCrashDims; ++i) {
    vector[i] = NearlyNormal(Mix(cluster + i)) + NearlyNormal(Mix(own + i));
  }
  return vector;
}

std::string PackedVectorOf(Key key, Version version) {
  const std::vector<float> vector = VectorOf(key, version);
  return {reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float)};
}

v1::Point PointOf(Key key, Version version) {
  v1::Point point;
  *point.mutable_id() = IdOf(key);
  point.mutable_vector()->set_packed(PackedVectorOf(key, version));
  *point.mutable_payload() = PayloadOf(key, version);
  return point;
}

absl::StatusOr<VersionedKey> Identify(const v1::Point& point) {
  absl::StatusOr<VersionedKey> found = IdentifyBy(point.id(), point.payload());
  if (!found.ok()) return found;
  const absl::Status vector = CheckVector(*found, point.vector());
  if (!vector.ok()) return vector;
  return found;
}

absl::StatusOr<VersionedKey> Identify(const v1::Hit& hit) {
  absl::StatusOr<VersionedKey> found = IdentifyBy(hit.id(), hit.payload());
  if (!found.ok() || !hit.has_vector()) return found;
  const absl::Status vector = CheckVector(*found, hit.vector());
  if (!vector.ok()) return vector;
  return found;
}

}  // namespace nestor::testing
