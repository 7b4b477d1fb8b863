#include "engine/query_sample.h"

#include <algorithm>
#include <random>
#include <utility>

#include "engine/search.h"
#include "engine/vector_math.h"
#include "storage/status_macros.h"

namespace nestor {

void SampledQuery::SetTarget(SearchRequest* request) const {
  request->vector = vector;
  request->like = like;
  request->hide_like = like.has_value();
}

absl::StatusOr<std::vector<SampledQuery>> DrawPoints(const View& view, const ResolvedSpec& spec,
                                                     size_t count) {
  std::vector<Row> rows;
  for (uint32_t part = 0; part < view.part_count(); ++part) {
    const RowBitmap& dead = view.DeadOf(part);
    const size_t size = view.RowsOf(part);
    for (size_t local = dead.NextClear(0, size); local < size;
         local = dead.NextClear(local + 1, size)) {
      rows.push_back(view.RowAt({part, static_cast<uint32_t>(local)}));
    }
  }
  std::mt19937_64 random(ToNumber(view.sequence));
  count = std::min(count, rows.size());
  for (size_t i = 0; i < count; ++i) {
    std::swap(rows[i], rows[i + random() % (rows.size() - i)]);
  }
  rows.resize(count);
  std::vector<SampledQuery> points(count);
  NESTOR_RETURN_IF_ERROR(
      view.snapshot->ReadPoints(spec.number, rows, [&](size_t i, const StoredPoint* stored) {
        PointId id;
        if (stored == nullptr || !PointId::FromEncoded(stored->id, &id)) return;
        const std::vector<float> vector = DecodeVector(stored->vector);
        points[i].like = id;
        points[i].norm = Norm(vector.data(), vector.size());
      }));
  // A zero vector has no direction to search in.
  std::erase_if(points, [](const SampledQuery& point) { return point.norm == 0; });
  return points;
}

std::vector<SampledQuery> DrawQueries(const QueryReservoir& reservoir) {
  std::vector<SampledQuery> queries;
  for (std::vector<float>& vector : reservoir.Sample()) {
    const double norm = Norm(vector.data(), vector.size());
    queries.push_back({.vector = std::move(vector), .norm = norm});
  }
  return queries;
}

}  // namespace nestor
