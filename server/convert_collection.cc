#include "server/convert_collection.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/convert_time.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

Metric ReadMetric(v1::Collection::Metric metric, Violations* violations) {
  switch (metric) {
    case v1::Collection::COSINE:
      return Metric::kCosine;
    case v1::Collection::DOT:
      return Metric::kDot;
    case v1::Collection::L2:
      return Metric::kL2;
    default:
      break;
  }
  violations->Add("collection.metric",
                  absl::StrCat(static_cast<int>(metric), " is not COSINE, DOT or L2"));
  return Metric::kCosine;
}

v1::Collection::Metric WriteMetric(Metric metric) {
  switch (metric) {
    case Metric::kCosine:
      return v1::Collection::COSINE;
    case Metric::kDot:
      return v1::Collection::DOT;
    case Metric::kL2:
      return v1::Collection::L2;
  }
  return v1::Collection::METRIC_UNSPECIFIED;
}

TierKind ReadTier(v1::RerankTier tier, Violations* violations) {
  switch (tier) {
    case v1::RERANK_TIER_UNSPECIFIED:
    case v1::INT8:
      return TierKind::kInt8;
    case v1::FLOAT32:
      return TierKind::kFloat32;
    default:
      break;
  }
  violations->Add("collection.rerank_tier",
                  absl::StrCat(static_cast<int>(tier), " is not INT8 or FLOAT32"));
  return TierKind::kInt8;
}

Transform ReadTransform(v1::Collection::Transform transform, Violations* violations) {
  switch (transform) {
    case v1::Collection::TRANSFORM_UNSPECIFIED:
    case v1::Collection::NONE:
      return Transform::kNone;
    case v1::Collection::PCA:
      return Transform::kPca;
    case v1::Collection::AUTO:
      return Transform::kAuto;
    default:
      break;
  }
  violations->Add("collection.transform",
                  absl::StrCat(static_cast<int>(transform), " is not NONE, PCA or AUTO"));
  return Transform::kNone;
}

v1::Collection::Transform WriteTransform(Transform transform) {
  switch (transform) {
    case Transform::kNone:
      return v1::Collection::NONE;
    case Transform::kPca:
      return v1::Collection::PCA;
    case Transform::kAuto:
      return v1::Collection::AUTO;
  }
  return v1::Collection::TRANSFORM_UNSPECIFIED;
}

void WritePrefixCode(const PrefixCodeFormat& format, v1::PrefixCode* code) {
  code->set_dims(format.dims);
  code->set_bits(format.bits);
  code->set_learnt(format.learnt);
}

void ReadIndex(const v1::ShortlistIndex& index, CollectionSpec* spec) {
  switch (index.kind_case()) {
    case v1::ShortlistIndex::kIvf:
      spec->index_kind = IndexKind::kIvf;
      spec->ivf_lists = index.ivf().lists();
      break;
    case v1::ShortlistIndex::kFlat:
      spec->index_kind = IndexKind::kFlat;
      break;
    case v1::ShortlistIndex::kHnsw:
    case v1::ShortlistIndex::KIND_NOT_SET:
      spec->index_kind = IndexKind::kHnsw;
      spec->hnsw_m = index.hnsw().m();
      spec->hnsw_ef_construction = index.hnsw().ef_construction();
      break;
  }
}

void WriteIndex(const CollectionSpec& spec, v1::ShortlistIndex* out) {
  switch (spec.index_kind) {
    case IndexKind::kHnsw:
      out->mutable_hnsw()->set_m(spec.hnsw_m);
      out->mutable_hnsw()->set_ef_construction(spec.hnsw_ef_construction);
      break;
    case IndexKind::kIvf:
      out->mutable_ivf()->set_lists(spec.ivf_lists);
      break;
    case IndexKind::kFlat:
      out->mutable_flat();
      break;
  }
}

constexpr std::pair<v1::PayloadIndex::Type, FieldType> kFieldTypes[] = {
    {v1::PayloadIndex::KEYWORD, FieldType::kKeyword}, {v1::PayloadIndex::INT, FieldType::kInt},
    {v1::PayloadIndex::DOUBLE, FieldType::kDouble},   {v1::PayloadIndex::BOOL, FieldType::kBool},
    {v1::PayloadIndex::TIME, FieldType::kTime},
};

void WritePayloadIndex(const IndexedField& index, v1::PayloadIndex* out) {
  out->set_field(index.path);
  for (const auto& [wire, type] : kFieldTypes) {
    if (type == index.type) out->set_type(wire);
  }
}

void WriteCalibration(const Calibration& calibration, v1::Calibration* out) {
  WriteTimestamp(calibration.time, out->mutable_time());
  out->set_points(calibration.points);
  out->set_unfinished(calibration.unfinished);
  out->set_source(calibration.by_queries ? v1::Calibration::QUERIES : v1::Calibration::POINTS);
  for (const CalibrationTable& table : calibration.tables) {
    v1::Calibration::Table* const to = out->add_tables();
    to->set_share(static_cast<float>(table.share));
    to->set_limit(table.top);
    to->set_queries(table.queries);
    for (const CalibratedPlan& plan : table.plans) {
      v1::Calibration::Plan* const wire = to->add_plans();
      wire->set_promised_recall(static_cast<float>(plan.promised));
      wire->set_recall(static_cast<float>(plan.recall));
      WriteDuration(plan.cost, wire->mutable_cost());
      wire->set_exact(plan.exact);
      if (plan.exact) continue;
      wire->mutable_shortlist()->set_size(static_cast<uint32_t>(plan.effort.size));
      wire->mutable_shortlist()->set_ef(static_cast<uint32_t>(plan.effort.ef));
      wire->mutable_shortlist()->set_nprobe(static_cast<uint32_t>(plan.effort.nprobe));
      if (plan.effort.margin.top > 0) wire->set_margin(plan.effort.margin.width);
      if (plan.stage.keep == 0) continue;
      wire->mutable_stage()->set_dims(plan.stage.dims);
      wire->mutable_stage()->set_keep(plan.stage.keep);
    }
  }
}

void WriteAudit(const AuditFigures& audit, v1::RecallAudit* out) {
  out->set_alarms(audit.alarms);
  if (audit.alarms > 0) WriteTimestamp(audit.last_alarm, out->mutable_last_alarm());
  if (audit.searches == 0) return;
  const RecallInterval interval = IntervalOfRecall(audit.recall, audit.searches);
  out->set_searches(static_cast<uint32_t>(audit.searches));
  out->set_recall(static_cast<float>(audit.recall));
  out->set_low(static_cast<float>(interval.low));
  out->set_high(static_cast<float>(interval.high));
  out->set_recall_target(static_cast<float>(audit.target));
}

}  // namespace

absl::StatusOr<CollectionSpec> ReadCollection(const v1::Collection& collection) {
  Violations violations;
  CollectionSpec spec;
  spec.name = collection.name();
  spec.dims = collection.dims();
  spec.metric = ReadMetric(collection.metric(), &violations);
  spec.matryoshka_dims.assign(collection.matryoshka_dims().begin(),
                              collection.matryoshka_dims().end());
  spec.prefix_dims = collection.prefix_code().dims();
  spec.prefix_bits = collection.prefix_code().bits();
  spec.transform = ReadTransform(collection.transform(), &violations);
  ReadIndex(collection.index(), &spec);
  spec.rerank_tier = ReadTier(collection.rerank_tier(), &violations);
  spec.default_recall_target = collection.search_defaults().recall_target();
  // Stored in microseconds: what would be lost must not make two specs differ.
  spec.default_time_budget =
      absl::Trunc(ReadDuration(collection.search_defaults().time_budget()), absl::Microseconds(1));
  spec.labels.insert(collection.labels().begin(), collection.labels().end());
  for (int i = 0; i < collection.payload_indexes_size(); ++i) {
    spec.payload_indexes.push_back(
        ReadPayloadIndex(collection.payload_indexes(i),
                         absl::StrCat("collection.payload_indexes[", i, "]"), &violations));
  }
  spec.indexed_filters_only = collection.indexed_filters_only();
  ValidateSpec(spec, &violations);
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  return spec;
}

IndexedField ReadPayloadIndex(const v1::PayloadIndex& index, absl::string_view field,
                              Violations* violations) {
  for (const auto& [wire, type] : kFieldTypes) {
    if (wire == index.type()) return {index.field(), type};
  }
  violations->Add(
      absl::StrCat(field, ".type"),
      absl::StrCat(static_cast<int>(index.type()), " is not KEYWORD, INT, DOUBLE, BOOL or TIME"));
  return {index.field(), FieldType::kKeyword};
}

void WriteCollection(const Collection& collection, v1::Collection* out) {
  const ResolvedSpec& spec = collection.spec();
  const CollectionSpec requested = collection.CurrentSpec();
  out->set_name(requested.name);
  out->set_dims(requested.dims);
  out->set_metric(WriteMetric(requested.metric));
  out->mutable_matryoshka_dims()->Add(requested.matryoshka_dims.begin(),
                                      requested.matryoshka_dims.end());
  out->mutable_prefix_code()->set_dims(requested.prefix_dims);
  out->mutable_prefix_code()->set_bits(requested.prefix_bits);
  out->set_transform(WriteTransform(requested.transform));
  WriteIndex(requested, out->mutable_index());
  out->set_rerank_tier(requested.rerank_tier == TierKind::kInt8 ? v1::INT8 : v1::FLOAT32);
  out->mutable_search_defaults()->set_recall_target(requested.default_recall_target);
  if (requested.default_time_budget > absl::ZeroDuration()) {
    WriteDuration(requested.default_time_budget,
                  out->mutable_search_defaults()->mutable_time_budget());
  }
  for (const auto& [key, value] : requested.labels) (*out->mutable_labels())[key] = value;
  for (const IndexedField& index : requested.payload_indexes) {
    WritePayloadIndex(index, out->add_payload_indexes());
  }
  out->set_indexed_filters_only(requested.indexed_filters_only);
  WriteTimestamp(spec.create_time, out->mutable_create_time());
  out->set_state(collection.writable() ? v1::Collection::READY : v1::Collection::READ_ONLY);
}

void WriteAdvice(const Advice& advice, v1::Advice* out) {
  const auto write = [](const PrefixQuality& quality, v1::Advice::Quality* wire) {
    WritePrefixCode(quality.format, wire->mutable_code());
    wire->set_bytes(static_cast<uint32_t>(quality.bytes));
    wire->set_kept(static_cast<float>(quality.kept));
    wire->set_kept_by_chance(static_cast<float>(quality.kept_by_chance));
    if (quality.kept_learnt) wire->set_kept_learnt(static_cast<float>(*quality.kept_learnt));
  };
  out->set_points(advice.points);
  out->set_sample_points(static_cast<uint32_t>(advice.sample_points));
  out->set_sample_queries(static_cast<uint32_t>(advice.sample_queries));
  out->set_by_asked(advice.by_asked);
  for (const PrefixQuality& prefix : advice.prefixes) write(prefix, out->add_prefixes());
  for (const PrefixQuality& code : advice.codes) write(code, out->add_codes());
  WritePrefixCode(advice.best, out->mutable_best());
  out->set_is_worth_learning(advice.is_worth_learning);
  out->set_is_matryoshka(advice.is_matryoshka);
  if (!advice.prefixes.empty()) write(advice.judged, out->mutable_judged());
}

void WriteStats(const CollectionStats& stats, v1::CollectionStats* out) {
  out->set_points(stats.points);
  out->set_dead_rows(stats.dead_rows);
  out->set_durable_sequence(ToNumber(stats.durable_sequence));
  out->set_indexed_sequence(ToNumber(stats.indexed_sequence));
  out->set_unindexed_points(stats.unindexed_points);
  out->set_segments(stats.segments);
  out->set_index_bytes(stats.index_bytes);
  out->set_payload_index_bytes(stats.payload_index_bytes);
  out->set_rerank_tier_bytes(stats.rerank_tier_bytes);
  out->set_rerank_tier_mapped_bytes(stats.rerank_tier_mapped_bytes);
  out->set_point_record_mapped_bytes(stats.point_record_mapped_bytes);
  out->set_disk_bytes(stats.disk_bytes);
  WritePrefixCode(stats.prefix_code, out->mutable_prefix_code());
  out->set_basis_version(stats.basis_version);
  if (stats.calibration != nullptr) {
    WriteCalibration(*stats.calibration, out->mutable_calibration());
    out->mutable_calibration()->set_revoked(!stats.calibration_holds);
  }
  WriteAudit(stats.audit, out->mutable_recall_audit());
}

}  // namespace nestor
