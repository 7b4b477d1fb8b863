#ifndef NESTOR_TESTS_FUZZ_MESSAGE_INPUT_H_
#define NESTOR_TESTS_FUZZ_MESSAGE_INPUT_H_

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace nestor::testing {

// Reads an input into a message: the wire format, as a server gets it, or, so that people can write
// seeds, protobuf's text format if the first byte is '#', which begins a comment there. No message
// of ours begins with that byte on the wire. False if it is neither.
bool ReadMessageInput(absl::string_view input, google::protobuf::Message* message);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_FUZZ_MESSAGE_INPUT_H_
