#include "engine/collection_spec.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/payload.h"
#include "engine/prefix_coder.h"

namespace nestor {
namespace {

bool IsNameByte(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; }

void ValidateName(const CollectionSpec& spec, Violations* violations) {
  if (IsCollectionName(spec.name)) return;
  violations->Add("collection.name",
                  absl::StrCat("'", absl::CEscape(spec.name.substr(0, 2 * kMaxCollectionNameBytes)),
                               "' is not 1 to ", kMaxCollectionNameBytes,
                               " of the characters a-z A-Z 0-9 _ -"));
}

void ValidateMatryoshkaDims(const CollectionSpec& spec, Violations* violations) {
  const std::vector<uint32_t>& dims = spec.matryoshka_dims;
  if (dims.size() > kMaxMatryoshkaDims) {
    violations->Add("collection.matryoshka_dims",
                    absl::StrCat(dims.size(), " values exceed ", kMaxMatryoshkaDims));
    return;
  }
  for (size_t i = 0; i < dims.size(); ++i) {
    const uint32_t previous = i == 0 ? 0 : dims[i - 1];
    if (dims[i] <= previous) {
      violations->Add(absl::StrCat("collection.matryoshka_dims[", i, "]"),
                      absl::StrCat(dims[i], " does not ascend after ", previous));
    } else if (dims[i] > spec.dims) {
      violations->Add(absl::StrCat("collection.matryoshka_dims[", i, "]"),
                      absl::StrCat(dims[i], " exceeds dims ", spec.dims));
    }
  }
}

void ValidatePrefixCode(const CollectionSpec& spec, Violations* violations) {
  if (spec.prefix_dims > spec.dims) {
    violations->Add("collection.prefix_code.dims",
                    absl::StrCat(spec.prefix_dims, " exceeds dims ", spec.dims));
  }
  if (spec.prefix_bits != 0 && !IsPrefixBits(spec.prefix_bits)) {
    violations->Add(
        "collection.prefix_code.bits",
        absl::StrCat(spec.prefix_bits, " is not 1, 2, 4, 8 or 32 (or 0: the server chooses)"));
  }
}

void ValidateTransform(const CollectionSpec& spec, Violations* violations) {
  if (spec.transform == Transform::kNone || spec.dims <= kMaxTransformDims) return;
  violations->Add("collection.transform",
                  absl::StrCat("needs dims of at most ", kMaxTransformDims, ", not ", spec.dims));
}

void ValidateIndex(const CollectionSpec& spec, Violations* violations) {
  if (spec.hnsw_m != 0 && (spec.hnsw_m < kMinHnswM || spec.hnsw_m > kMaxHnswM)) {
    violations->Add("collection.index.hnsw.m",
                    absl::StrCat(spec.hnsw_m, " is not in ", kMinHnswM, " to ", kMaxHnswM));
  }
  if (spec.hnsw_ef_construction > kMaxHnswEfConstruction) {
    violations->Add("collection.index.hnsw.ef_construction",
                    absl::StrCat(spec.hnsw_ef_construction, " exceeds ", kMaxHnswEfConstruction));
  }
  if (spec.ivf_lists > kMaxIvfLists) {
    violations->Add("collection.index.ivf.lists",
                    absl::StrCat(spec.ivf_lists, " exceeds ", kMaxIvfLists));
  }
}

void ValidateLabels(const CollectionSpec& spec, Violations* violations) {
  if (spec.labels.size() > kMaxLabels) {
    violations->Add("collection.labels",
                    absl::StrCat(spec.labels.size(), " labels exceed ", kMaxLabels));
    return;
  }
  for (const auto& [key, value] : spec.labels) {
    if (key.empty() || key.size() > kMaxLabelBytes || value.size() > kMaxLabelBytes) {
      violations->Add(
          absl::StrCat("collection.labels['", absl::CEscape(key.substr(0, 64)), "']"),
          absl::StrCat("key of ", key.size(), " and value of ", value.size(), " bytes: at most ",
                       kMaxLabelBytes, " each, and a key has at least 1"));
    }
  }
}

void ValidatePayloadIndexes(const CollectionSpec& spec, Violations* violations) {
  const PayloadSchema& indexes = spec.payload_indexes;
  if (indexes.size() > kMaxPayloadIndexes) {
    violations->Add("collection.payload_indexes",
                    absl::StrCat(indexes.size(), " indexes exceed ", kMaxPayloadIndexes));
    return;
  }
  for (const IndexedField& index : indexes) {
    const std::string field =
        absl::StrCat("collection.payload_indexes[", &index - indexes.data(), "]");
    ValidatePayloadIndex(index, field, violations);
    if (FindField(indexes, index.path) != &index) {
      violations->Add(field + ".field", absl::StrCat("'", index.path, "' has an index already"));
    }
  }
}

storage::CollectionRecord::FieldType ToRecord(FieldType type) {
  using storage::CollectionRecord;
  switch (type) {
    case FieldType::kKeyword:
      return CollectionRecord::KEYWORD;
    case FieldType::kInt:
      return CollectionRecord::INT;
    case FieldType::kDouble:
      return CollectionRecord::DOUBLE;
    case FieldType::kBool:
      return CollectionRecord::BOOL;
    case FieldType::kTime:
      return CollectionRecord::TIME;
  }
  return CollectionRecord::FIELD_TYPE_UNSPECIFIED;
}

FieldType FromRecord(storage::CollectionRecord::FieldType type) {
  using storage::CollectionRecord;
  switch (type) {
    case CollectionRecord::INT:
      return FieldType::kInt;
    case CollectionRecord::DOUBLE:
      return FieldType::kDouble;
    case CollectionRecord::BOOL:
      return FieldType::kBool;
    case CollectionRecord::TIME:
      return FieldType::kTime;
    default:
      return FieldType::kKeyword;
  }
}

void WritePayloadIndexes(const PayloadSchema& indexes, storage::CollectionRecord* record) {
  for (const IndexedField& index : indexes) {
    storage::CollectionRecord::PayloadIndex* out = record->add_payload_indexes();
    out->set_field(index.path);
    out->set_type(ToRecord(index.type));
  }
}

uint32_t RoundUpToTrained(const CollectionSpec& spec, uint32_t wanted) {
  if (spec.matryoshka_dims.empty()) {
    uint32_t power = 1;
    while (power < wanted) power *= 2;
    return std::min(power, spec.dims);
  }
  for (uint32_t dims : spec.matryoshka_dims) {
    if (dims >= wanted) return dims;
  }
  return spec.dims;
}

// Where the user leaves it open: a cache line, 4 bits for each dim or what fits, of dims that the
// model was trained for.
void ChoosePrefixCode(ResolvedSpec* spec) {
  if (spec->prefix_dims == 0) {
    constexpr uint32_t kBits = 4;
    constexpr uint32_t kLeastDims = 64;
    const uint32_t bits = spec->prefix_bits == 0 ? kBits : spec->prefix_bits;
    const uint32_t wanted = std::max(kPrefixCodeBits / bits, kLeastDims);
    spec->prefix_dims = std::min(spec->dims, RoundUpToTrained(*spec, std::min(wanted, spec->dims)));
  }
  if (spec->prefix_bits == 0) {
    spec->prefix_bits = 8;
    while (spec->prefix_bits > 1 && spec->prefix_dims * spec->prefix_bits > kPrefixCodeBits) {
      spec->prefix_bits /= 2;
    }
  }
}

}  // namespace

bool IsCollectionName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxCollectionNameBytes &&
         std::all_of(name.begin(), name.end(), IsNameByte);
}

void ValidateSpec(const CollectionSpec& spec, Violations* violations) {
  ValidateName(spec, violations);
  if (spec.dims < 1 || spec.dims > kMaxDims) {
    violations->Add("collection.dims", absl::StrCat(spec.dims, " is not in 1 to ", kMaxDims));
  }
  ValidateMatryoshkaDims(spec, violations);
  ValidatePrefixCode(spec, violations);
  ValidateTransform(spec, violations);
  ValidateIndex(spec, violations);
  ValidateLabels(spec, violations);
  ValidatePayloadIndexes(spec, violations);
  const float recall = spec.default_recall_target;
  if (!(recall >= 0 && recall < 1)) {
    violations->Add("collection.search_defaults.recall_target",
                    absl::StrCat(recall, " is not between 0 and 1"));
  }
  if (spec.default_time_budget < absl::ZeroDuration() ||
      spec.default_time_budget > kMaxTimeBudget) {
    violations->Add("collection.search_defaults.time_budget",
                    absl::StrCat(absl::FormatDuration(spec.default_time_budget), " is not in 0 to ",
                                 absl::FormatDuration(kMaxTimeBudget)));
  }
}

void ValidatePayloadIndex(const IndexedField& index, absl::string_view field,
                          Violations* violations) {
  if (IsFieldPath(index.path)) return;
  violations->Add(absl::StrCat(field, ".field"), FieldPathProblem(index.path));
}

storage::CollectionRecord ToRecord(const CollectionSpec& spec) {
  using storage::CollectionRecord;
  CollectionRecord record;
  record.set_name(spec.name);
  record.set_dims(spec.dims);
  record.set_metric(spec.metric == Metric::kCosine ? CollectionRecord::COSINE
                    : spec.metric == Metric::kDot  ? CollectionRecord::DOT
                                                   : CollectionRecord::L2);
  record.mutable_matryoshka_dims()->Add(spec.matryoshka_dims.begin(), spec.matryoshka_dims.end());
  record.set_prefix_dims(spec.prefix_dims);
  record.set_prefix_bits(spec.prefix_bits);
  record.set_index_kind(spec.index_kind == IndexKind::kHnsw  ? CollectionRecord::HNSW
                        : spec.index_kind == IndexKind::kIvf ? CollectionRecord::IVF
                                                             : CollectionRecord::FLAT);
  record.set_transform(spec.transform == Transform::kPca ? CollectionRecord::PCA
                       : spec.transform == Transform::kAuto
                           ? CollectionRecord::AUTO
                           : CollectionRecord::TRANSFORM_UNSPECIFIED);
  record.set_hnsw_m(spec.hnsw_m);
  record.set_hnsw_ef_construction(spec.hnsw_ef_construction);
  record.set_ivf_lists(spec.ivf_lists);
  record.set_rerank_tier(spec.rerank_tier == TierKind::kInt8 ? CollectionRecord::INT8
                                                             : CollectionRecord::FLOAT32);
  record.set_default_recall_target(spec.default_recall_target);
  record.set_default_time_budget_us(absl::ToInt64Microseconds(spec.default_time_budget));
  for (const auto& [key, value] : spec.labels) (*record.mutable_labels())[key] = value;
  WritePayloadIndexes(spec.payload_indexes, &record);
  record.set_indexed_filters_only(spec.indexed_filters_only);
  return record;
}

storage::CollectionRecord ToRecord(const ResolvedSpec& spec, const PayloadSchema& payload_indexes) {
  storage::CollectionRecord record = ToRecord(spec.requested);
  record.clear_payload_indexes();
  WritePayloadIndexes(payload_indexes, &record);
  record.set_number(ToNumber(spec.number));
  record.set_uuid(spec.uuid);
  record.set_create_time_us(absl::ToUnixMicros(spec.create_time));
  return record;
}

ResolvedSpec FromRecord(const storage::CollectionRecord& record) {
  using storage::CollectionRecord;
  CollectionSpec spec;
  spec.name = record.name();
  spec.dims = record.dims();
  spec.metric = record.metric() == CollectionRecord::DOT  ? Metric::kDot
                : record.metric() == CollectionRecord::L2 ? Metric::kL2
                                                          : Metric::kCosine;
  spec.matryoshka_dims.assign(record.matryoshka_dims().begin(), record.matryoshka_dims().end());
  spec.prefix_dims = record.prefix_dims();
  spec.prefix_bits = record.prefix_bits();
  spec.index_kind = record.index_kind() == CollectionRecord::IVF    ? IndexKind::kIvf
                    : record.index_kind() == CollectionRecord::FLAT ? IndexKind::kFlat
                                                                    : IndexKind::kHnsw;
  spec.transform = record.transform() == CollectionRecord::PCA    ? Transform::kPca
                   : record.transform() == CollectionRecord::AUTO ? Transform::kAuto
                                                                  : Transform::kNone;
  spec.hnsw_m = record.hnsw_m();
  spec.hnsw_ef_construction = record.hnsw_ef_construction();
  spec.ivf_lists = record.ivf_lists();
  spec.rerank_tier =
      record.rerank_tier() == CollectionRecord::FLOAT32 ? TierKind::kFloat32 : TierKind::kInt8;
  spec.default_recall_target = record.default_recall_target();
  spec.default_time_budget = absl::Microseconds(record.default_time_budget_us());
  spec.labels.insert(record.labels().begin(), record.labels().end());
  for (const auto& index : record.payload_indexes()) {
    spec.payload_indexes.push_back({index.field(), FromRecord(index.type())});
  }
  spec.indexed_filters_only = record.indexed_filters_only();

  ResolvedSpec resolved;
  static_cast<CollectionSpec&>(resolved) = spec;
  resolved.requested = spec;
  resolved.number = CollectionNumber{record.number()};
  resolved.uuid = record.uuid();
  resolved.create_time = absl::FromUnixMicros(record.create_time_us());
  ChoosePrefixCode(&resolved);
  if (resolved.hnsw_m == 0) resolved.hnsw_m = kDefaultHnswM;
  if (resolved.hnsw_ef_construction == 0)
    resolved.hnsw_ef_construction = kDefaultHnswEfConstruction;
  if (resolved.default_recall_target == 0) resolved.default_recall_target = kDefaultRecallTarget;
  return resolved;
}

}  // namespace nestor
