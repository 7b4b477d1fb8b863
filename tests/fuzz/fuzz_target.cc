#include "tests/fuzz/fuzz_target.h"

#include <utility>

namespace nestor::testing {
namespace {

std::vector<FuzzTarget> AllTargets() {
  std::vector<FuzzTarget> all;
  for (std::vector<FuzzTarget> (*make)() :
       {PointsTargets, CollectionsTargets, FilterTargets, SegmentTargets, SnapshotTargets}) {
    for (FuzzTarget& target : make()) all.push_back(std::move(target));
  }
  return all;
}

}  // namespace

const std::vector<FuzzTarget>& FuzzTargets() {
  static const std::vector<FuzzTarget> targets = AllTargets();
  return targets;
}

const FuzzTarget* FindFuzzTarget(absl::string_view name) {
  for (const FuzzTarget& target : FuzzTargets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

}  // namespace nestor::testing
