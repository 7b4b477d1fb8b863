#ifndef NESTOR_ENGINE_FILTER_H_
#define NESTOR_ENGINE_FILTER_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "engine/payload.h"
#include "engine/payload_schema.h"
#include "engine/violations.h"
#include "storage/types.h"

namespace nestor {

enum class CompareOp {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kNotIn,
  kContainsAny,
  kContainsAll,
  kExists,
  kIsNull,
  kPrefix,
};

// A field beside values. Of a field that is a list, any element may satisfy the comparison.
//
//   kEqual kIn kContainsAny   an element equals one of the values
//   kNotEqual kNotIn          the opposite of kEqual and kIn: also true without the field
//   kContainsAll              each of the values equals an element
//   kLess ... kPrefix         an element is less than the value, or begins with it
//   kExists                   the field is there, whatever its value
//   kIsNull                   an element is null
struct Comparison {
  std::string field;  // see ValuesAt
  CompareOp op = CompareOp::kEqual;
  std::vector<Scalar> values;  // once prepared: ascending under ScalarLess, distinct
};

// A condition on points.
struct Filter {
  enum class Kind {
    kAllOf,  // of no children: true
    kAnyOf,  // of no children: false
    kNot,    // not its only child
    kCompare,
    kHasId,
  };
  Kind kind = Kind::kAllOf;
  std::vector<Filter> children;
  Comparison comparison;
  std::vector<PointId> ids;  // once prepared: ascending
};

// Adds a violation for each part that is wrong: `field` is the path of the filter in the request.
// An indexed field is compared with values that its index holds; without an index, with values of
// any kind, and what is of another kind does not match.
void ValidateFilter(const Filter& filter, const PayloadSchema& schema, absl::string_view field,
                    Violations* violations);

// Puts values and ids into the order that Matches and its callers need. REQUIRES: ValidateFilter
// found nothing.
void PrepareFilter(Filter* filter);

// Whether a point with these values under comparison.field satisfies the comparison. REQUIRES: it
// is valid and prepared.
bool Matches(const Comparison& comparison, const FieldValues& values);

// Whether a point with this payload satisfies the filter; `has_id` says whether a HAS_ID filter
// names the point. REQUIRES: as above.
bool Matches(const Filter& filter, const storage::PayloadRecord& payload,
             absl::FunctionRef<bool(const Filter& filter)> has_id);

// The fields that the filter looks at, distinct.
std::vector<std::string> FieldsOf(const Filter& filter);

// "EQ", "NE", as the public contract calls them.
absl::string_view OpName(CompareOp op);

}  // namespace nestor

#endif  // NESTOR_ENGINE_FILTER_H_
