#include "tests/fuzz/message_mutator.h"

#include <cmath>
#include <iterator>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "client/utf8.h"
#include "engine/limits.h"
#include "google/protobuf/descriptor.h"

namespace nestor::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kMaxFilling = 4;
constexpr size_t kMaxGrowth = 64;  // bytes that one change adds to a string

// Of the fuzzed engine.
constexpr const char* kWords[] = {"docs",  "images",  "sounds",   "section", "size", "rating",
                                  "free",  "changed", "removed",  "author",  "tags", "author.name",
                                  "tag-0", "games",   "net",      "doc",     "libs", "games/",
                                  "name",  "point-1", "point-31", "point-3", "new",  "author-1",
                                  "",      "a.b",     "\xc3\xa4"};

constexpr double kNumbers[] = {0.0,
                               -0.0,
                               1,
                               -1,
                               0.5,
                               0.95,
                               1e18,
                               -1e18,
                               3e38,
                               1e-45,
                               1e300,
                               -9223372036854775808.0,
                               250.0,
                               7.75,
                               1e-30,
                               kMaxNorm,
                               std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()};

constexpr uint64_t kIntegers[] = {0,          1,
                                  2,          3,
                                  4,          8,
                                  10,         16,
                                  20,         31,
                                  32,         50,
                                  64,         90,
                                  256,        kMaxLimit,
                                  kMaxOffset, kMaxShortlist,
                                  kMaxDims,   kMaxMessageBytes,
                                  1700000000};

void AddTree(Message* message, std::vector<Message*>* tree) {
  tree->push_back(message);
  const Reflection& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      AddTree(reflection.MutableMessage(message, field), tree);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      AddTree(reflection.MutableRepeatedMessage(message, field, i), tree);
    }
  }
}

std::vector<Message*> TreeOf(Message* root) {
  std::vector<Message*> tree;
  AddTree(root, &tree);
  return tree;
}

}  // namespace

void MessageMutator::Mutate(Message* message) {
  for (size_t changes = 1 + Below(4); changes > 0; --changes) MutateOnce(message);
}

void MessageMutator::MutateOnce(Message* root) {
  const std::vector<Message*> tree = TreeOf(root);
  Message* message = tree[Below(tree.size())];
  if (OneIn(8)) return Graft(root, message);
  const int fields = message->GetDescriptor()->field_count();
  if (fields == 0) return;
  ChangeField(message, message->GetDescriptor()->field(static_cast<int>(Below(fields))));
}

void MessageMutator::ChangeField(Message* message, const Field* field) {
  if (field->is_repeated()) return ChangeRepeated(message, field);
  const Reflection& reflection = *message->GetReflection();
  if (reflection.HasField(*message, field) && OneIn(4)) {
    reflection.ClearField(message, field);
  } else {
    SetValue(message, field);
  }
}

void MessageMutator::ChangeRepeated(Message* message, const Field* field) {
  const Reflection& reflection = *message->GetReflection();
  const int size = reflection.FieldSize(*message, field);
  if (size == 0 || OneIn(2)) return SetValue(message, field);
  const int at = static_cast<int>(Below(static_cast<size_t>(size)));
  reflection.SwapElements(message, field, at, size - 1);
  if (OneIn(2)) reflection.RemoveLast(message, field);
}

void MessageMutator::SetValue(Message* message, const Field* field) {
  const Reflection& to = *message->GetReflection();
  const bool add = field->is_repeated();
  switch (field->cpp_type()) {
    case Field::CPPTYPE_INT32: {
      const auto value = SomeInteger<int32_t>();
      return add ? to.AddInt32(message, field, value) : to.SetInt32(message, field, value);
    }
    case Field::CPPTYPE_INT64: {
      const auto value = SomeInteger<int64_t>();
      return add ? to.AddInt64(message, field, value) : to.SetInt64(message, field, value);
    }
    case Field::CPPTYPE_UINT32: {
      const auto value = SomeInteger<uint32_t>();
      return add ? to.AddUInt32(message, field, value) : to.SetUInt32(message, field, value);
    }
    case Field::CPPTYPE_UINT64: {
      const auto value = SomeInteger<uint64_t>();
      return add ? to.AddUInt64(message, field, value) : to.SetUInt64(message, field, value);
    }
    case Field::CPPTYPE_DOUBLE: {
      const double value = SomeDouble();
      return add ? to.AddDouble(message, field, value) : to.SetDouble(message, field, value);
    }
    case Field::CPPTYPE_FLOAT: {
      const double value = SomeDouble();
      // A double beyond float's range has no float.
      const float narrow = std::abs(value) <= std::numeric_limits<float>::max()
                               ? static_cast<float>(value)
                               : std::numeric_limits<float>::infinity();
      return add ? to.AddFloat(message, field, narrow) : to.SetFloat(message, field, narrow);
    }
    case Field::CPPTYPE_BOOL: {
      const bool value = OneIn(2);
      return add ? to.AddBool(message, field, value) : to.SetBool(message, field, value);
    }
    case Field::CPPTYPE_ENUM: {
      const auto values = static_cast<size_t>(field->enum_type()->value_count());
      const int value = OneIn(16)
                            ? SomeInteger<int32_t>()
                            : field->enum_type()->value(static_cast<int>(Below(values)))->number();
      return add ? to.AddEnumValue(message, field, value) : to.SetEnumValue(message, field, value);
    }
    case Field::CPPTYPE_STRING: {
      const std::string old = add ? "" : to.GetString(*message, field);
      std::string value = field->type() == Field::TYPE_BYTES ? SomeBytes(old) : SomeString(old);
      return add ? to.AddString(message, field, std::move(value))
                 : to.SetString(message, field, std::move(value));
    }
    case Field::CPPTYPE_MESSAGE:
      return Fill(add ? to.AddMessage(message, field) : to.MutableMessage(message, field));
  }
}

void MessageMutator::Fill(Message* message) {
  const int fields = message->GetDescriptor()->field_count();
  if (fields == 0 || filling_ >= kMaxFilling) return;
  ++filling_;
  for (size_t times = 1 + Below(3); times > 0; --times) {
    SetValue(message, message->GetDescriptor()->field(static_cast<int>(Below(fields))));
  }
  --filling_;
}

void MessageMutator::Graft(Message* root, Message* part) {
  std::vector<const Message*> same;
  for (const Message* other : TreeOf(root)) {
    if (other != part && other->GetDescriptor() == part->GetDescriptor()) same.push_back(other);
  }
  if (same.empty()) return;
  // A copy: the one may lie within the other.
  const std::unique_ptr<Message> copy(part->New());
  copy->CopyFrom(*same[Below(same.size())]);
  part->CopyFrom(*copy);
}

template <typename Integer>
Integer MessageMutator::SomeInteger() {
  const uint64_t value =
      OneIn(4) ? (uint64_t{random_()} << 33) ^ random_() : kIntegers[Below(std::size(kIntegers))];
  if (OneIn(16)) return std::numeric_limits<Integer>::max();
  if (OneIn(16)) return std::numeric_limits<Integer>::min();
  const uint64_t moved = OneIn(4) ? value + 1 : value;
  return static_cast<Integer>(OneIn(8) ? ~moved + 1 : moved);
}

double MessageMutator::SomeDouble() {
  if (OneIn(2)) return kNumbers[Below(std::size(kNumbers))];
  return static_cast<double>(SomeInteger<int32_t>()) / 8;
}

std::string MessageMutator::SomeString(const std::string& old) {
  if (OneIn(2)) return kWords[Below(std::size(kWords))];
  std::string value = MutatedBytes(old);
  if (IsUtf8(value)) return value;
  for (char& c : value) c = static_cast<char>(c & 0x7f);
  return value;
}

// Mostly whole vectors.
std::string MessageMutator::SomeBytes(std::string old) {
  if (OneIn(3)) return MutatedBytes(std::move(old));
  const size_t values = (1 + Below(4)) * (OneIn(4) ? 2 : 8);
  std::string bytes;
  for (size_t i = 0; i < values; ++i) {
    const auto value = static_cast<float>(SomeInteger<int16_t>());
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  if (OneIn(2)) bytes.resize(bytes.size() / 2);  // as many float16
  return bytes;
}

std::string MessageMutator::MutatedBytes(std::string bytes) {
  const size_t size = bytes.size();
  bytes.resize(size + kMaxGrowth);
  bytes.resize(mutate_bytes_(bytes.data(), size, bytes.size()));
  return bytes;
}

}  // namespace nestor::testing
