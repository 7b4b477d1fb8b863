#include "benchmarks/synthetic_note.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace nestor::bench {

std::string SyntheticNote(const DataIdentity& data) {
  if (!data.generated.has_value()) return "";
  std::vector<std::string> facts;
  for (const char* name : {"profile", "seed"}) {
    if (!data.generated->contains(name)) continue;
    const Json& value = (*data.generated)[name];
    facts.push_back(
        absl::StrCat(name, " ", value.is_string() ? value.get<std::string>() : value.dump()));
  }
  if (facts.empty()) return "synthetic";
  return absl::StrCat("synthetic (", absl::StrJoin(facts, ", "), ")");
}

}  // namespace nestor::bench
