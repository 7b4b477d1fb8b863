#include "server/page_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace nestor {

std::string WriteScrollToken(const PointId& last, const ResolvedSpec& spec) {
  return absl::WebSafeBase64Escape(absl::StrCat(spec.uuid, last.encoded()));
}

PointId ReadScrollToken(const std::string& token, const ResolvedSpec& spec,
                        Violations* violations) {
  PointId after;
  if (token.empty()) return after;
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() <= spec.uuid.size() ||
      !PointId::FromEncoded(absl::string_view(bytes).substr(spec.uuid.size()), &after)) {
    violations->Add("page_token", "is no token that Scroll has given out");
  } else if (bytes.compare(0, spec.uuid.size(), spec.uuid) != 0) {
    violations->Add("page_token", "is of another collection");
  }
  return after;
}

}  // namespace nestor
