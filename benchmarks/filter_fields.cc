#include "benchmarks/filter_fields.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "storage/payload.pb.h"

namespace nestor::bench {
namespace {

int64_t BestSeed(const ExactScorer& scorer, const float* vector, const RowIds& seeds) {
  size_t best = 0;
  double best_score = scorer.Score(vector, seeds[0]);
  for (size_t i = 1; i < seeds.size(); ++i) {
    const double score = scorer.Score(vector, seeds[i]);
    if (score > best_score) {
      best = i;
      best_score = score;
    }
  }
  return static_cast<int64_t>(best);
}

void AddInt(const char* name, int64_t value, storage::PayloadRecord* payload) {
  storage::PayloadRecord::Field* field = payload->add_fields();
  field->set_name(name);
  field->mutable_value()->set_int_value(value);
}

}  // namespace

FilterFields MakeFilterFields(const ExactScorer& scorer, const FloatMatrix& base,
                              const FilterFieldsParams& params) {
  std::mt19937 random(params.seed);
  FilterFields fields;
  fields.ranks.resize(base.rows);
  std::iota(fields.ranks.begin(), fields.ranks.end(), 0);
  std::shuffle(fields.ranks.begin(), fields.ranks.end(), random);

  RowIds rows(base.rows);
  std::iota(rows.begin(), rows.end(), 0);
  std::sample(rows.begin(), rows.end(), std::back_inserter(fields.seeds),
              std::min(params.regions, base.rows), random);
  for (const uint32_t row : rows) {
    fields.regions.push_back(BestSeed(scorer, base.Row(row), fields.seeds));
  }
  return fields;
}

std::vector<std::string> EncodePayloads(const FilterFields& fields) {
  std::vector<std::string> payloads;
  for (size_t row = 0; row < fields.ranks.size(); ++row) {
    storage::PayloadRecord payload;
    AddInt(kRankField, fields.ranks[row], &payload);
    AddInt(kRegionField, fields.regions[row], &payload);
    payloads.push_back(payload.SerializeAsString());
  }
  return payloads;
}

PayloadSchema FilterFieldsSchema() {
  return {{kRankField, FieldType::kInt}, {kRegionField, FieldType::kInt}};
}

}  // namespace nestor::bench
