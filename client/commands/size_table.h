#ifndef NESTOR_CLIENT_COMMANDS_SIZE_TABLE_H_
#define NESTOR_CLIENT_COMMANDS_SIZE_TABLE_H_

#include <cstdint>
#include <ostream>

#include "client/json.h"
#include "nestor/v1/collections.pb.h"

namespace nestor::cli {

// What memory and disk so many points of a collection take (client/size_plan.h), and what they take
// for a while when they are written.
void PrintSizes(const v1::Collection& collection, uint64_t points, std::ostream& out);

// {"points":N,"dims":N,"parts":[{"name","resident_bytes","disk_bytes","cached"}],"resident_bytes":N,
// "cached_bytes":N,"disk_bytes":N}: of all points.
Json SizesToJson(const v1::Collection& collection, uint64_t points);

}  // namespace nestor::cli

#endif  // NESTOR_CLIENT_COMMANDS_SIZE_TABLE_H_
