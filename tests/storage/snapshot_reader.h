#ifndef NESTOR_TESTS_STORAGE_SNAPSHOT_READER_H_
#define NESTOR_TESTS_STORAGE_SNAPSHOT_READER_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "storage/point_store.h"
#include "storage/types.h"

// Reads of a snapshot as values that a test can compare; a read that fails fails the test.

namespace nestor::testing {

struct PointCopy {
  uint64_t row = 0;
  std::string id;  // as a person writes it
  uint64_t sequence = 0;
  std::string vector;

  friend bool operator==(const PointCopy&, const PointCopy&) = default;
  friend std::ostream& operator<<(std::ostream& out, const PointCopy& point) {
    return out << "row " << point.row << " id " << point.id << " sequence " << point.sequence
               << " vector of " << point.vector.size() << " bytes";
  }
};

inline PointCopy Copy(const StoredPoint& point) {
  PointId id;
  EXPECT_TRUE(PointId::FromEncoded(point.id, &id));
  return {ToNumber(point.row), id.ToString(), ToNumber(point.sequence), std::string(point.vector)};
}

inline std::vector<Row> Rows(const std::vector<uint64_t>& numbers) {
  std::vector<Row> rows;
  for (const uint64_t number : numbers) rows.push_back(Row{number});
  return rows;
}

inline std::vector<std::optional<PointCopy>> ReadPoints(const StoreSnapshot& snapshot,
                                                        uint32_t collection,
                                                        const std::vector<uint64_t>& rows) {
  std::vector<std::optional<PointCopy>> points(rows.size());
  std::vector<int> visits(rows.size());
  const absl::Status status = snapshot.ReadPoints(CollectionNumber{collection}, Rows(rows),
                                                  [&](size_t index, const StoredPoint* point) {
                                                    ++visits[index];
                                                    if (point != nullptr)
                                                      points[index] = Copy(*point);
                                                  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(visits, std::vector<int>(rows.size(), 1));
  return points;
}

inline std::vector<std::string> ReadPayloads(const StoreSnapshot& snapshot, uint32_t collection,
                                             const std::vector<uint64_t>& rows) {
  std::vector<std::string> payloads;
  const absl::Status status =
      snapshot.ReadPayloads(CollectionNumber{collection}, Rows(rows), &payloads);
  EXPECT_TRUE(status.ok()) << status;
  return payloads;
}

inline std::vector<uint64_t> FindRows(const StoreSnapshot& snapshot, uint32_t collection,
                                      const std::vector<PointId>& ids) {
  std::vector<Row> rows;
  const absl::Status status = snapshot.FindRows(CollectionNumber{collection}, ids, &rows);
  EXPECT_TRUE(status.ok()) << status;
  std::vector<uint64_t> numbers;
  for (const Row row : rows) numbers.push_back(ToNumber(row));
  return numbers;
}

inline std::vector<PointCopy> ScanPoints(const StoreSnapshot& snapshot, uint32_t collection,
                                         uint64_t first = 0,
                                         uint64_t limit = std::numeric_limits<uint64_t>::max(),
                                         size_t count = 1 << 20) {
  std::vector<PointCopy> points;
  const absl::Status status = snapshot.ScanPoints(CollectionNumber{collection}, Row{first},
                                                  Row{limit}, [&](const StoredPoint& point) {
                                                    points.push_back(Copy(point));
                                                    return points.size() < count;
                                                  });
  EXPECT_TRUE(status.ok()) << status;
  return points;
}

inline std::vector<uint64_t> ScanRows(const StoreSnapshot& snapshot, uint32_t collection,
                                      uint64_t first = 0,
                                      uint64_t limit = std::numeric_limits<uint64_t>::max(),
                                      size_t count = 1 << 20) {
  std::vector<uint64_t> rows;
  for (const PointCopy& point : ScanPoints(snapshot, collection, first, limit, count)) {
    rows.push_back(point.row);
  }
  return rows;
}

using IdAndRow = std::pair<std::string, uint64_t>;

inline std::vector<IdAndRow> ScanIds(const StoreSnapshot& snapshot, uint32_t collection,
                                     const PointId& after = PointId(), size_t count = 1 << 20) {
  std::vector<IdAndRow> ids;
  const absl::Status status =
      snapshot.ScanIds(CollectionNumber{collection}, after, [&](const PointId& id, Row row) {
        ids.emplace_back(id.ToString(), ToNumber(row));
        return ids.size() < count;
      });
  EXPECT_TRUE(status.ok()) << status;
  return ids;
}

inline std::vector<std::pair<uint64_t, int64_t>> ScanExpiries(const StoreSnapshot& snapshot,
                                                              uint32_t collection,
                                                              size_t count = 1 << 20) {
  std::vector<std::pair<uint64_t, int64_t>> expiries;
  const absl::Status status =
      snapshot.ScanExpiries(CollectionNumber{collection}, [&](Row row, int64_t expire_us) {
        expiries.emplace_back(ToNumber(row), expire_us);
        return expiries.size() < count;
      });
  EXPECT_TRUE(status.ok()) << status;
  return expiries;
}

inline std::vector<uint64_t> ScanTombstones(const StoreSnapshot& snapshot, uint32_t collection,
                                            size_t count = 1 << 20) {
  std::vector<uint64_t> rows;
  const absl::Status status = snapshot.ScanTombstones(CollectionNumber{collection}, [&](Row row) {
    rows.push_back(ToNumber(row));
    return rows.size() < count;
  });
  EXPECT_TRUE(status.ok()) << status;
  return rows;
}

inline std::vector<std::string> CollectionNames(const StoreSnapshot& snapshot) {
  const auto collections = snapshot.ListCollections();
  EXPECT_TRUE(collections.ok()) << collections.status();
  std::vector<std::string> names;
  for (const auto& collection : *collections) names.push_back(collection.name());
  return names;
}

inline std::pair<uint64_t, uint64_t> Applied(const StoreSnapshot& snapshot, uint32_t collection) {
  const auto applied = snapshot.Applied(CollectionNumber{collection});
  EXPECT_TRUE(applied.ok()) << applied.status();
  return {applied->sequence(), applied->next_row()};
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_STORAGE_SNAPSHOT_READER_H_
