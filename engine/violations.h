#ifndef NESTOR_ENGINE_VIOLATIONS_H_
#define NESTOR_ENGINE_VIOLATIONS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace nestor {

// Everything that is wrong with a request, gathered before it is refused, so that a user fixes it
// in one go.
//
//   Violations violations;
//   if (limit > kMaxLimit) violations.Add("limit", absl::StrCat(limit, " exceeds ", kMaxLimit));
//   NESTOR_RETURN_IF_ERROR(violations.ToStatus());
class Violations {
 public:
  struct Violation {
    std::string field;    // path in the request message: points[3].vector
    std::string problem;  // the value and the limit
  };

  void Add(absl::string_view field, absl::string_view problem) {
    list_.push_back({std::string(field), std::string(problem)});
  }
  bool empty() const { return list_.empty(); }
  const std::vector<Violation>& list() const { return list_; }

  // The status of a request with this one violation.
  static absl::Status Only(absl::string_view field, absl::string_view problem);
  // OK if empty; else InvalidArgumentError with every violation: "limit: 0 is below 1; vector: has
  // 3 dims, not 4". They are its payload, too, as nestor.rpc.BadRequest; of very many the first
  // only.
  absl::Status ToStatus() const;

 private:
  std::vector<Violation> list_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_VIOLATIONS_H_
