#ifndef NESTOR_SERVER_CONVERT_FILTER_H_
#define NESTOR_SERVER_CONVERT_FILTER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/collection.h"
#include "engine/filter.h"
#include "engine/violations.h"
#include "nestor/v1/common.pb.h"

namespace nestor {

// The filter in the engine's form, prepared; nothing if it has a violation. `field` is the path
// that violations name.
std::optional<Filter> ReadFilter(const v1::Filter& wire, const Collection& collection,
                                 absl::string_view field, Violations* violations);

// Equal filters have equal fingerprints, on every machine.
uint32_t FilterFingerprint(const v1::Filter& filter);

}  // namespace nestor

#endif  // NESTOR_SERVER_CONVERT_FILTER_H_
