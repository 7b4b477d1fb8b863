#ifndef NESTOR_SERVER_ITEM_ERROR_H_
#define NESTOR_SERVER_ITEM_ERROR_H_

#include "absl/status/status.h"
#include "nestor/v1/points.pb.h"

namespace nestor {

// Code, message, and the first field that `status` names, if it names any.
void WriteError(const absl::Status& status, v1::ItemError* out);

}  // namespace nestor

#endif  // NESTOR_SERVER_ITEM_ERROR_H_
