#include "tests/fuzz/message_input.h"

#include <string>

#include "absl/strings/match.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/text_format.h"

namespace nestor::testing {
namespace {

class IgnoreErrors : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
};

bool ReadText(absl::string_view input, google::protobuf::Message* message) {
  IgnoreErrors errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.SetRecursionLimit(100);  // as on the wire
  // The text format lets through what the wire does not, such as strings that are no UTF-8.
  return parser.ParseFromString(std::string(input), message) &&
         message->ParseFromString(message->SerializeAsString());
}

}  // namespace

bool ReadMessageInput(absl::string_view input, google::protobuf::Message* message) {
  const google::protobuf::LogSilencer silence;  // one line for each string that is no UTF-8
  if (absl::StartsWith(input, "#")) return ReadText(input, message);
  return message->ParseFromArray(input.data(), static_cast<int>(input.size()));
}

}  // namespace nestor::testing
