#ifndef NESTOR_TESTS_FUZZ_FUZZ_TARGET_H_
#define NESTOR_TESTS_FUZZ_FUZZ_TARGET_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace nestor::testing {

// One way in from outside, which must take any bytes. Adding one: a line in the .cc that it belongs
// to, and a seed or more in corpus/<name>/. An input that broke a promise goes there too, from
// build/fuzz/results, under a name that says what it was.
struct FuzzTarget {
  std::string name;  // the message's, or what else the input is
  // Ends the process when a promise about the answer is broken; the sanitizers do the rest.
  std::function<void(absl::string_view input)> run;
  const google::protobuf::Message* message = nullptr;  // the type of the input; null: none
};

std::vector<FuzzTarget> PointsTargets();       // points_targets.cc
std::vector<FuzzTarget> CollectionsTargets();  // collections_targets.cc
std::vector<FuzzTarget> FilterTargets();       // filter_targets.cc
std::vector<FuzzTarget> SegmentTargets();      // segment_targets.cc
std::vector<FuzzTarget> SnapshotTargets();     // snapshot_targets.cc

// All of them.
const std::vector<FuzzTarget>& FuzzTargets();
// Null if there is none of that name.
const FuzzTarget* FindFuzzTarget(absl::string_view name);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_FUZZ_FUZZ_TARGET_H_
