// The two forms in which people write a filter. What they are turned into is sent to a handler, as
// the command line does.

#include <cstddef>
#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "client/filter_json.h"
#include "client/filter_text.h"
#include "server/points_handler.h"
#include "storage/check.h"
#include "tests/fuzz/request_target.h"

namespace nestor::testing {
namespace {

void CheckAnswered(const v1::Filter& filter) {
  v1::CountRequest request;
  request.set_collection("docs");
  *request.mutable_filter() = filter;
  CheckReadableByClient(request);  // or rather by the server
  v1::CountResponse response;
  CheckStatus(HandleCount(SharedEngine().engine(), request, NeverStop, &response));
}

// "column 7: ..." names a byte of the text, or the one after it.
void CheckNamesColumn(const absl::Status& status, absl::string_view text) {
  absl::string_view message = status.message();
  size_t column = 0;
  const bool named = absl::ConsumePrefix(&message, "column ") &&
                     absl::SimpleAtoi(message.substr(0, message.find(':')), &column);
  if (!named) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  NESTOR_CHECK(absl::IsInvalidArgument(status) && named);
  NESTOR_CHECK(column >= 1 && column <= text.size() + 1);
}

void RunFilterText(absl::string_view input) {
  const absl::StatusOr<v1::Filter> filter = ParseFilterText(input);
  if (filter.ok()) {
    CheckAnswered(*filter);
  } else {
    CheckNamesColumn(filter.status(), input);
  }
}

void RunFilterJson(absl::string_view input) {
  const absl::StatusOr<v1::Filter> filter = FilterFromJson(input);
  if (filter.ok()) {
    CheckAnswered(*filter);
  } else {
    NESTOR_CHECK(absl::IsInvalidArgument(filter.status()));
  }
}

}  // namespace

std::vector<FuzzTarget> FilterTargets() {
  return {{"FilterText", RunFilterText}, {"FilterJson", RunFilterJson}};
}

}  // namespace nestor::testing
