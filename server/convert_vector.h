#ifndef NESTOR_SERVER_CONVERT_VECTOR_H_
#define NESTOR_SERVER_CONVERT_VECTOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/collection_spec.h"
#include "engine/violations.h"
#include "nestor/v1/common.pb.h"

// From vectors on the wire to float32, checked. `field` is the path that violations name.

namespace nestor {

// The values of `vector`; nothing if it has both or neither form, or a packed length that is no
// multiple. They are where the message has them, if they are float32 there, and otherwise in
// *decoded.
std::optional<absl::Span<const float>> ReadVector(const v1::Vector& vector, absl::string_view field,
                                                  std::vector<float>* decoded,
                                                  Violations* violations);

// rows x dims values of `matrix`, row-major, as above; nothing if its parts do not fit together, if
// it has no rows or more than max_rows, or if its dims are not those of the collection.
std::optional<absl::Span<const float>> ReadMatrix(const v1::Matrix& matrix, uint32_t dims,
                                                  uint32_t max_rows, absl::string_view field,
                                                  std::vector<float>* decoded,
                                                  Violations* violations);

// `values` as little-endian float32 in out->packed.
void WriteVector(absl::Span<const float> values, v1::Vector* out);

}  // namespace nestor

#endif  // NESTOR_SERVER_CONVERT_VECTOR_H_
