#ifndef NESTOR_ENGINE_PAYLOAD_H_
#define NESTOR_ENGINE_PAYLOAD_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/scalar.h"
#include "storage/payload.pb.h"

namespace nestor {

// What a payload has under one field path. Lists are taken apart, lists of lists as well: a filter
// looks at their elements, and an index holds each of them.
struct FieldValues {
  bool present = false;         // the payload has the field, whatever its value
  std::vector<Scalar> scalars;  // in order; empty also for an object or an empty list
};

// The values under a dotted path: "author.name" is the field `name` of the object `author`, and of
// every object in it if `author` is a list. A field whose own name holds a dot has no path.
FieldValues ValuesAt(const storage::PayloadRecord& payload, absl::string_view path);

// A change of a payload.
struct PayloadPatch {
  storage::PayloadRecord set;       // fields to add or to replace, names distinct
  std::vector<std::string> remove;  // names of fields to drop; none of them in `set`
};
// The payload `stored` with that change; its fields keep their order, new ones come behind them in
// that of their names. Empty if no field is left. DataLossError if `stored` is no payload,
// InvalidArgumentError if the result exceeds kMaxPayloadBytes.
absl::StatusOr<std::string> PatchPayload(const std::string& stored, const PayloadPatch& patch);

// False if `path` is empty, longer than kMaxFieldPathBytes, or has an empty part.
bool IsFieldPath(absl::string_view path);
// What to say of a path for which that is false.
std::string FieldPathProblem(absl::string_view path);

}  // namespace nestor

#endif  // NESTOR_ENGINE_PAYLOAD_H_
