#include "client/filter_json.h"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/json_error.h"
#include "client/point_id_text.h"
#include "client/time_text.h"
#include "google/protobuf/descriptor.h"

namespace nestor {
namespace {

using nlohmann::json;

// Beyond what a server takes. Each level adds up to two to the message, and the server can read 100
// and say what is wrong.
constexpr int kMaxJsonNesting = 40;

std::string OpNames() {
  std::string names;
  const google::protobuf::EnumDescriptor& ops = *v1::Filter::Op_descriptor();
  for (int i = 1; i < ops.value_count(); ++i) {
    absl::StrAppend(&names, i == 1 ? "" : ", ", ops.value(i)->name());
  }
  return names;
}

// The first problem ends the reading: `path` names the place in the tree.
class Reader {
 public:
  absl::Status Read(const json& from, const std::string& path, int depth, v1::Filter* filter) {
    if (depth > kMaxJsonNesting) return Error(path, "is nested too deeply");
    if (!from.is_object() || from.size() != 1) {
      return Error(path, "is no object with one of all_of, any_of, none_of, compare, has_id");
    }
    const std::string& key = from.begin().key();
    const json& value = from.begin().value();
    const std::string at = absl::StrCat(path, path.empty() ? "" : ".", key);
    if (key == "all_of") return ReadChildren(value, at, depth, *filter->mutable_all_of());
    if (key == "any_of") return ReadChildren(value, at, depth, *filter->mutable_any_of());
    if (key == "none_of") return Read(value, at, depth + 1, filter->mutable_none_of());
    if (key == "compare") return ReadCompare(value, at, *filter->mutable_compare());
    if (key == "has_id") return ReadIds(value, at, *filter->mutable_has_id());
    return Error(at, "is none of all_of, any_of, none_of, compare, has_id");
  }

 private:
  template <typename Node>
  absl::Status ReadChildren(const json& from, const std::string& path, int depth, Node& node) {
    if (!from.is_array()) return Error(path, "is no list of filters");
    for (size_t i = 0; i < from.size(); ++i) {
      absl::Status status =
          Read(from[i], absl::StrCat(path, "[", i, "]"), depth + 1, node.add_filters());
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadCompare(const json& from, const std::string& path,
                           v1::Filter::Compare& compare) {
    if (!from.is_object()) return Error(path, "is no object with field, op and values");
    for (const auto& [key, value] : from.items()) {
      const std::string at = absl::StrCat(path, ".", key);
      if (key == "field" && value.is_string()) {
        compare.set_field(value.get<std::string>());
      } else if (key == "op" && value.is_string()) {
        v1::Filter::Op op;
        if (!v1::Filter::Op_Parse(value.get<std::string>(), &op) ||
            op == v1::Filter::OP_UNSPECIFIED) {
          return Error(at, absl::StrCat("is none of ", OpNames()));
        }
        compare.set_op(op);
      } else if (key == "values" && value.is_array()) {
        for (size_t i = 0; i < value.size(); ++i) {
          absl::Status status =
              ReadValue(value[i], absl::StrCat(at, "[", i, "]"), *compare.add_values());
          if (!status.ok()) return status;
        }
      } else {
        return Error(at, "is none of \"field\" and \"op\" with a string, \"values\" with a list");
      }
    }
    if (compare.field().empty()) return Error(path, "has no field");
    if (compare.op() == v1::Filter::OP_UNSPECIFIED) return Error(path, "has no op");
    return absl::OkStatus();
  }

  absl::Status ReadValue(const json& from, const std::string& path, v1::Value& value) {
    if (from.is_string()) {
      value.set_string_value(from.get<std::string>());
    } else if (from.is_boolean()) {
      value.set_bool_value(from.get<bool>());
    } else if (from.is_number_float()) {
      value.set_double_value(from.get<double>());
    } else if (from.is_number_unsigned() &&
               from.get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()}) {
      return Error(path, "does not fit in 64 bits with a sign");
    } else if (from.is_number_integer()) {
      value.set_int_value(from.get<int64_t>());
    } else {
      return ReadTime(from, path, value);
    }
    return absl::OkStatus();
  }

  absl::Status ReadTime(const json& from, const std::string& path, v1::Value& value) {
    if (!from.is_object() || from.size() != 1 || !from.contains("time") ||
        !from["time"].is_string()) {
      return Error(path, "is no string, number, true, false or {\"time\": \"...\"}");
    }
    absl::Status status =
        ParseTimestamp(from["time"].get<std::string>(), value.mutable_time_value());
    return status.ok() ? status : Error(path, status.message());
  }

  absl::Status ReadIds(const json& from, const std::string& path, v1::Filter::HasId& has_id) {
    if (!from.is_array()) return Error(path, "is no list of ids");
    for (size_t i = 0; i < from.size(); ++i) {
      const std::string at = absl::StrCat(path, "[", i, "]");
      if (from[i].is_number_unsigned()) {
        has_id.add_ids()->set_num(from[i].get<uint64_t>());
      } else if (from[i].is_string()) {
        absl::StatusOr<v1::PointId> id = MakeStringId(from[i].get<std::string>());
        if (!id.ok()) return Error(at, id.status().message());
        *has_id.add_ids() = *std::move(id);
      } else {
        return Error(at, "is neither a string nor a number from 0");
      }
    }
    return absl::OkStatus();
  }

  static absl::Status Error(const std::string& path, absl::string_view message) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.empty() ? "the filter" : path, ": ", message));
  }
};

}  // namespace

absl::StatusOr<v1::Filter> FilterFromJson(absl::string_view text) {
  try {
    v1::Filter filter;
    absl::Status status = Reader().Read(json::parse(text.begin(), text.end()), "", 1, &filter);
    if (!status.ok()) return status;
    return filter;
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(JsonErrorReason(error.what()));
  }
}

}  // namespace nestor
