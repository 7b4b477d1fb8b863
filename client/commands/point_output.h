#ifndef NESTOR_CLIENT_COMMANDS_POINT_OUTPUT_H_
#define NESTOR_CLIENT_COMMANDS_POINT_OUTPUT_H_

#include <ostream>

#include "absl/status/status.h"
#include "nestor/v1/common.pb.h"

namespace nestor::cli {

// One line with id, version and payload, and one with the vector if the point has one; or the point
// as one JSON object.
absl::Status PrintPoint(const v1::Point& point, bool as_json, std::ostream& out);

}  // namespace nestor::cli

#endif  // NESTOR_CLIENT_COMMANDS_POINT_OUTPUT_H_
