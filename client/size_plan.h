#ifndef NESTOR_CLIENT_SIZE_PLAN_H_
#define NESTOR_CLIENT_SIZE_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "nestor/v1/collections.pb.h"

namespace nestor {

// "10M", "250k", "1_000_000", "2G": a number of points. Nothing if it is none, or zero.
std::optional<uint64_t> ParseCount(absl::string_view text);

// "640 MB", "1.9 GB": powers of ten.
std::string BytesText(double bytes);

// What one thing takes for each point.
struct SizeLine {
  std::string name;
  double resident_bytes = 0;  // in memory
  double disk_bytes = 0;      // in files
  bool cached = false;        // of these files the system keeps in memory what there is room for
};

// What a collection takes for each point once all of them are indexed, without payloads and ids.
// `collection` says dims, index, prefix code and rerank tier; what it leaves open is what a server
// would choose.
std::vector<SizeLine> PlanSizes(const v1::Collection& collection, uint64_t points);

}  // namespace nestor

#endif  // NESTOR_CLIENT_SIZE_PLAN_H_
