#ifndef NESTOR_TESTS_CRASH_REST_DAMAGE_H_
#define NESTOR_TESTS_CRASH_REST_DAMAGE_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {

// Files of a data directory by what they are: "segment", "sst", "log" (of writes), "MANIFEST",
// "CURRENT", "OPTIONS", "IDENTITY". Locks and RocksDB's own LOG hold nothing that is read back.
std::map<std::string, std::vector<std::filesystem::path>> FilesByKind(
    const std::filesystem::path& data);

struct RestDamage {
  std::string kind;
  std::string harm;                          // "flip", "cut", "zero" or "swap"
  std::vector<std::filesystem::path> files;  // one, or both that were swapped
};

// Harms a file of a random kind: flips a bit, cuts off an end, zeroes up to a page, or swaps it
// with another one, of its own kind if there is one. Only files whose content changes are named.
absl::StatusOr<RestDamage> DamageAtRest(const std::filesystem::path& data, Random* random);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_REST_DAMAGE_H_
