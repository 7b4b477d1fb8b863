#ifndef NESTOR_CLIENT_ITEM_ERRORS_H_
#define NESTOR_CLIENT_ITEM_ERRORS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/repeated_field.h"
#include "nestor/v1/points.pb.h"

namespace nestor {

// What a server has refused of a batch, item by item.

// The first error of each item, by index: an item may have several.
std::vector<v1::ItemError> OnePerItem(const google::protobuf::RepeatedPtrField<v1::ItemError>& all);

// The same for a call that was refused because no item of its columns was good; of very many the
// first ones only. Empty if the call itself was wrong, or something else failed.
std::vector<v1::ItemError> OnePerItem(const absl::Status& status, const v1::ColumnBatch& columns);

}  // namespace nestor

#endif  // NESTOR_CLIENT_ITEM_ERRORS_H_
