#include "server/page_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/fixed_width.h"

namespace nestor {
namespace {

constexpr size_t kFilterBytes = sizeof(uint32_t);

}  // namespace

std::string WriteScrollToken(const PointId& last, const ScrollScope& scope) {
  std::string filter;
  AppendLittleEndian(scope.filter, &filter);
  return absl::WebSafeBase64Escape(absl::StrCat(scope.uuid, filter, last.encoded()));
}

PointId ReadScrollToken(const std::string& token, const ScrollScope& scope,
                        Violations* violations) {
  PointId after;
  if (token.empty()) return after;
  std::string bytes;
  const size_t id_at = scope.uuid.size() + kFilterBytes;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() <= id_at ||
      !PointId::FromEncoded(absl::string_view(bytes).substr(id_at), &after)) {
    violations->Add("page_token", "is no token that Scroll has given out");
  } else if (bytes.compare(0, scope.uuid.size(), scope.uuid) != 0) {
    violations->Add("page_token", "is of another collection");
  } else if (ReadLittleEndian<uint32_t>(absl::string_view(bytes).substr(scope.uuid.size())) !=
             scope.filter) {
    violations->Add("page_token", "is of a scroll with another filter");
  }
  return after;
}

}  // namespace nestor
