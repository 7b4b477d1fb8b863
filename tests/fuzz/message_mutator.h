#ifndef NESTOR_TESTS_FUZZ_MESSAGE_MUTATOR_H_
#define NESTOR_TESTS_FUZZ_MESSAGE_MUTATOR_H_

#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <utility>

#include "google/protobuf/message.h"

namespace nestor::testing {

// Changes a message as its fields allow: what it makes is always a message again, which flipped
// bytes seldom are. Half of what it writes are values that the limits and the fuzzed engine know.
//
// Thread safety: one thread.
class MessageMutator {
 public:
  // Changes bytes in place, and may make them more, up to `capacity`; returns how many there are.
  using MutateBytes = std::function<size_t(char* bytes, size_t size, size_t capacity)>;

  MessageMutator(unsigned seed, MutateBytes mutate_bytes)
      : random_(seed), mutate_bytes_(std::move(mutate_bytes)) {}

  // One to four changes anywhere in the tree.
  void Mutate(google::protobuf::Message* message);

 private:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  // 0 <= result < limit.
  size_t Below(size_t limit) { return random_() % limit; }
  bool OneIn(size_t n) { return Below(n) == 0; }

  void MutateOnce(Message* root);
  void ChangeField(Message* message, const Field* field);
  void ChangeRepeated(Message* message, const Field* field);
  // Gives a value to a singular field, or to one more element of a repeated one.
  void SetValue(Message* message, const Field* field);
  // Sets one field of a new message, so that a oneof is something and a filter compares.
  void Fill(Message* message);
  // Puts a part of the tree in the place of another of its type.
  void Graft(Message* root, Message* part);

  template <typename Integer>
  Integer SomeInteger();
  double SomeDouble();
  std::string SomeString(const std::string& old);
  std::string SomeBytes(std::string old);
  std::string MutatedBytes(std::string bytes);

  std::minstd_rand random_;
  MutateBytes mutate_bytes_;
  int filling_ = 0;  // how many Fill are running within each other
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_FUZZ_MESSAGE_MUTATOR_H_
