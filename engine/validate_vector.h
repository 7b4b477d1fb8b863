#ifndef NESTOR_ENGINE_VALIDATE_VECTOR_H_
#define NESTOR_ENGINE_VALIDATE_VECTOR_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/collection_spec.h"
#include "engine/violations.h"

namespace nestor {

// Dims, NaN, infinity, zero (cosine), norm: what a vector must be to be stored or searched with.
// False, and one violation that names `field`, if it is not.
bool ValidateVector(absl::Span<const float> vector, const CollectionSpec& spec,
                    absl::string_view field, Violations* violations);

}  // namespace nestor

#endif  // NESTOR_ENGINE_VALIDATE_VECTOR_H_
