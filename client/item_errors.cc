#include "client/item_errors.h"

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "client/error_details.h"

namespace nestor {
namespace {

// 3 of "columns.vectors[3].x"; nothing of "columns.vectors.dims".
std::optional<uint32_t> IndexIn(const std::string& field) {
  const std::vector<absl::string_view> parts = absl::StrSplit(field, absl::ByAnyChar("[]"));
  uint32_t index = 0;
  if (parts.size() < 3 || !absl::SimpleAtoi(parts[1], &index)) return std::nullopt;
  return index;
}

std::vector<v1::ItemError> FirstOfEach(std::vector<v1::ItemError> errors) {
  std::stable_sort(
      errors.begin(), errors.end(),
      [](const v1::ItemError& a, const v1::ItemError& b) { return a.index() < b.index(); });
  errors.erase(std::unique(errors.begin(), errors.end(),
                           [](const v1::ItemError& a, const v1::ItemError& b) {
                             return a.index() == b.index();
                           }),
               errors.end());
  return errors;
}

}  // namespace

std::vector<v1::ItemError> OnePerItem(
    const google::protobuf::RepeatedPtrField<v1::ItemError>& all) {
  return FirstOfEach({all.begin(), all.end()});
}

std::vector<v1::ItemError> OnePerItem(const absl::Status& status, const v1::ColumnBatch& columns) {
  std::vector<v1::ItemError> errors;
  if (!absl::IsInvalidArgument(status)) return errors;
  for (const FieldViolation& violation : FieldViolations(status)) {
    const std::optional<uint32_t> index = IndexIn(violation.field);
    if (!index || *index >= static_cast<uint32_t>(columns.ids_size())) return {};
    v1::ItemError& error = errors.emplace_back();
    error.set_index(*index);
    *error.mutable_id() = columns.ids(static_cast<int>(*index));
    error.set_code(static_cast<int32_t>(status.code()));
    error.set_field(violation.field);
    error.set_message(violation.problem);
  }
  return FirstOfEach(std::move(errors));
}

}  // namespace nestor
