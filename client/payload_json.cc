#include "client/payload_json.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/json_error.h"

namespace nestor {
namespace {

using nlohmann::json;

// Builds the payload while the parser reads. Every callback answers whether to go on; the first
// error is kept in status().
class PayloadBuilder : public nlohmann::json_sax<json> {
 public:
  explicit PayloadBuilder(v1::Payload& root) : root_(root) {}

  const absl::Status& status() const { return status_; }

  bool null() override { return Add() != nullptr; }
  bool boolean(bool value) override {
    v1::Value* slot = Add();
    if (slot != nullptr) slot->set_bool_value(value);
    return slot != nullptr;
  }
  bool number_integer(number_integer_t value) override {
    v1::Value* slot = Add();
    if (slot != nullptr) slot->set_int_value(value);
    return slot != nullptr;
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return IntegerTooLarge(absl::StrCat(value));
    }
    return number_integer(static_cast<int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t& text) override {
    // The parser hands over integers beyond 64 bits as doubles.
    if (text.find_first_of(".eE") == string_t::npos) return IntegerTooLarge(text);
    v1::Value* slot = Add();
    if (slot != nullptr) slot->set_double_value(value);
    return slot != nullptr;
  }
  bool string(string_t& value) override {
    v1::Value* slot = Add();
    if (slot != nullptr) slot->set_string_value(std::move(value));
    return slot != nullptr;
  }
  bool binary(binary_t&) override { return Fail("binary values do not occur in JSON text"); }
  bool key(string_t& value) override {
    key_ = std::move(value);
    return true;
  }
  bool start_object(std::size_t) override {
    if (open_.empty()) return Push({&root_, nullptr});
    v1::Value* slot = Add();
    return slot != nullptr && Push({slot->mutable_object_value(), nullptr});
  }
  bool start_array(std::size_t) override {
    v1::Value* slot = Add();
    return slot != nullptr && Push({nullptr, slot->mutable_list_value()});
  }
  bool end_object() override { return Pop(); }
  bool end_array() override { return Pop(); }
  bool parse_error(std::size_t, const std::string&, const json::exception& error) override {
    return Fail(JsonErrorReason(error.what()));
  }

 private:
  struct Container {
    v1::Payload* object;
    v1::ListValue* list;
  };

  // Where the next value goes; null after an error.
  v1::Value* Add() {
    if (open_.empty()) {
      Fail("the line is not a JSON object");
      return nullptr;
    }
    if (open_.back().list != nullptr) return open_.back().list->add_items();
    auto [field, added] = open_.back().object->mutable_fields()->insert({key_, v1::Value()});
    if (added) return &field->second;
    Fail(absl::StrCat("field '", key_, "' is given twice"));
    return nullptr;
  }

  bool Push(Container container) {
    if (open_.size() == kMaxPayloadDepth) {
      return Fail(
          absl::StrCat("objects and lists are nested more than ", kMaxPayloadDepth, " deep"));
    }
    open_.push_back(container);
    return true;
  }
  bool Pop() {
    open_.pop_back();
    return true;
  }
  bool IntegerTooLarge(absl::string_view text) {
    return Fail(absl::StrCat("integer ", text.substr(0, 40), " does not fit in 64 bits with a ",
                             "sign; write it as a string or with a decimal point"));
  }
  bool Fail(absl::string_view message) {
    if (status_.ok()) status_ = absl::InvalidArgumentError(message);
    return false;
  }

  v1::Payload& root_;
  std::vector<Container> open_;
  std::string key_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<v1::Payload> PayloadFromJson(absl::string_view text) {
  v1::Payload payload;
  PayloadBuilder builder(payload);
  const bool done = json::sax_parse(text.begin(), text.end(), &builder);
  if (!builder.status().ok()) return builder.status();
  if (!done) return absl::InvalidArgumentError("not valid JSON");
  return payload;
}

}  // namespace nestor
