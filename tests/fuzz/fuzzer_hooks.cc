// What libFuzzer, which has the main function, calls. `nestor-fuzz --target=SearchRequest` and
// libFuzzer's own options, which have one dash; without a target it lists them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/message_input.h"
#include "tests/fuzz/message_mutator.h"

// Of libFuzzer.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace nestor::testing {
namespace {

const FuzzTarget* chosen = nullptr;

const FuzzTarget* ChooseTarget(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (absl::ConsumePrefix(&argument, "--target=")) return FindFuzzTarget(argument);
  }
  return nullptr;
}

size_t MutateBytes(char* bytes, size_t size, size_t capacity) {
  return LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(bytes), size, capacity);
}

// Zero if the input is no message, or would become too long.
size_t MutateMessage(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  const std::unique_ptr<google::protobuf::Message> message(chosen->message->New());
  if (!ReadMessageInput({reinterpret_cast<const char*>(data), size}, message.get())) return 0;
  MessageMutator(seed, MutateBytes).Mutate(message.get());
  const std::string bytes = message->SerializeAsString();
  if (bytes.size() > max_size) return 0;
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

}  // namespace
}  // namespace nestor::testing

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  using nestor::testing::FuzzTarget;
  nestor::testing::chosen = nestor::testing::ChooseTarget(*argc, *argv);
  if (nestor::testing::chosen != nullptr) return 0;
  for (const FuzzTarget& target : nestor::testing::FuzzTargets()) std::puts(target.name.c_str());
  std::exit(*argc == 1 ? 0 : 2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  nestor::testing::chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}

// Bytes once in four times, so that what is no message is tried as well.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  const bool as_message = nestor::testing::chosen->message != nullptr && seed % 4 != 0;
  const size_t mutated =
      as_message ? nestor::testing::MutateMessage(data, size, max_size, seed) : 0;
  return mutated != 0 ? mutated : LLVMFuzzerMutate(data, size, max_size);
}
