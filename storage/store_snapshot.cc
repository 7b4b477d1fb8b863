#include "storage/store_snapshot.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/distinct_keys.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/values.h"

namespace nestor {
namespace {

// Decodes a message that was written with EncodeChecked.
template <typename Message>
absl::Status DecodeMessage(Family family, absl::string_view key, absl::string_view value,
                           Message* message) {
  NESTOR_ASSIGN_OR_RETURN(const absl::string_view bytes, DecodeChecked(family, key, value));
  if (message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat("damaged value in ", DescribeKey(family, key), ": no such message"));
}

absl::Status BadKey(Family family, absl::string_view key) {
  return absl::DataLossError(absl::StrCat("damaged key in ", DescribeKey(family, key)));
}

DistinctKeys KeysOfRows(CollectionNumber collection, absl::Span<const Row> rows) {
  std::vector<std::string> keys;
  keys.reserve(rows.size());
  for (const Row row : rows) keys.push_back(RowKey(collection, row));
  return DistinctKeys(std::move(keys));
}

DistinctKeys KeysOfIds(CollectionNumber collection, absl::Span<const PointId> ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const PointId& id : ids) keys.push_back(IdKey(collection, id.encoded()));
  return DistinctKeys(std::move(keys));
}

class CheckedSnapshot final : public StoreSnapshot {
 public:
  explicit CheckedSnapshot(std::unique_ptr<const KeyValueView> view) : view_(std::move(view)) {}

  absl::StatusOr<std::vector<storage::CollectionRecord>> ListCollections() const override {
    return ScanCollections(CollectionKeyRange());
  }

  absl::StatusOr<std::vector<storage::CollectionRecord>> ListRestoring() const override {
    return ScanCollections(RestoringKeyRange());
  }

  absl::StatusOr<CollectionNumber> LastCollectionNumber() const override {
    CollectionNumber last{0};
    NESTOR_RETURN_IF_ERROR(
        view_->Scan(Family::kMeta, NumberKeyRange(),
                    [&](absl::string_view key, absl::string_view) -> absl::StatusOr<bool> {
                      if (!ParseNumberKey(key, &last)) return BadKey(Family::kMeta, key);
                      return true;
                    }));
    return last;
  }

  absl::StatusOr<storage::AppliedRecord> Applied(CollectionNumber collection) const override {
    storage::AppliedRecord applied;
    NESTOR_RETURN_IF_ERROR(GetMessage(Family::kMeta, AppliedKey(collection), &applied));
    return applied;
  }

  absl::StatusOr<storage::ManifestRecord> Manifest(CollectionNumber collection) const override {
    storage::ManifestRecord manifest;
    NESTOR_RETURN_IF_ERROR(GetMessage(Family::kManifests, ManifestKey(collection), &manifest));
    return manifest;
  }

  absl::Status ReadPoints(CollectionNumber collection, absl::Span<const Row> rows,
                          PointVisitor visit) const override {
    const DistinctKeys keys = KeysOfRows(collection, rows);
    return view_->Get(Family::kPoints, keys.keys(),
                      [&](size_t index, const absl::string_view* value) -> absl::Status {
                        StoredPoint point;
                        if (value != nullptr) {
                          NESTOR_ASSIGN_OR_RETURN(point, DecodePoint(keys.keys()[index], *value));
                        }
                        for (const size_t position : keys.positions(index)) {
                          visit(position, value == nullptr ? nullptr : &point);
                        }
                        return absl::OkStatus();
                      });
  }

  absl::Status ReadPayloads(CollectionNumber collection, absl::Span<const Row> rows,
                            std::vector<std::string>* payloads) const override {
    payloads->assign(rows.size(), std::string());
    const DistinctKeys keys = KeysOfRows(collection, rows);
    return view_->Get(Family::kPayloads, keys.keys(),
                      [&](size_t index, const absl::string_view* value) -> absl::Status {
                        if (value == nullptr) return absl::OkStatus();
                        NESTOR_ASSIGN_OR_RETURN(
                            const absl::string_view payload,
                            DecodeChecked(Family::kPayloads, keys.keys()[index], *value));
                        for (const size_t position : keys.positions(index)) {
                          (*payloads)[position].assign(payload.data(), payload.size());
                        }
                        return absl::OkStatus();
                      });
  }

  absl::Status FindRows(CollectionNumber collection, absl::Span<const PointId> ids,
                        std::vector<Row>* rows) const override {
    rows->assign(ids.size(), kNoRow);
    const DistinctKeys keys = KeysOfIds(collection, ids);
    return view_->Get(Family::kIds, keys.keys(),
                      [&](size_t index, const absl::string_view* value) -> absl::Status {
                        if (value == nullptr) return absl::OkStatus();
                        NESTOR_ASSIGN_OR_RETURN(const Row row,
                                                DecodeRow(keys.keys()[index], *value));
                        for (const size_t position : keys.positions(index)) (*rows)[position] = row;
                        return absl::OkStatus();
                      });
  }

  absl::Status ScanPoints(CollectionNumber collection, Row first, Row limit,
                          absl::FunctionRef<bool(const StoredPoint&)> visit) const override {
    return view_->Scan(Family::kPoints, RowRange(collection, first, limit),
                       [&](absl::string_view key, absl::string_view value) -> absl::StatusOr<bool> {
                         NESTOR_ASSIGN_OR_RETURN(const StoredPoint point, DecodePoint(key, value));
                         return visit(point);
                       });
  }

  absl::Status ScanIds(CollectionNumber collection, const PointId& after,
                       absl::FunctionRef<bool(const PointId&, Row)> visit) const override {
    PointId id;
    return view_->Scan(Family::kIds, IdRange(collection, after),
                       [&](absl::string_view key, absl::string_view value) -> absl::StatusOr<bool> {
                         CollectionNumber number{};
                         if (!ParseIdKey(key, &number, &id)) return BadKey(Family::kIds, key);
                         NESTOR_ASSIGN_OR_RETURN(const Row row, DecodeRow(key, value));
                         return visit(id, row);
                       });
  }

  absl::Status ScanExpiries(CollectionNumber collection,
                            absl::FunctionRef<bool(Row, int64_t)> visit) const override {
    return view_->Scan(Family::kExpiries, CollectionRange(collection),
                       [&](absl::string_view key, absl::string_view value) -> absl::StatusOr<bool> {
                         CollectionNumber number{};
                         Row row = kNoRow;
                         if (!ParseRowKey(key, &number, &row)) {
                           return BadKey(Family::kExpiries, key);
                         }
                         NESTOR_ASSIGN_OR_RETURN(const int64_t time, DecodeExpiry(key, value));
                         return visit(row, time);
                       });
  }

  absl::Status ScanTombstones(CollectionNumber collection,
                              absl::FunctionRef<bool(Row)> visit) const override {
    return view_->Scan(Family::kTombstones, CollectionRange(collection),
                       [&](absl::string_view key, absl::string_view) -> absl::StatusOr<bool> {
                         CollectionNumber number{};
                         Row row = kNoRow;
                         if (!ParseRowKey(key, &number, &row)) {
                           return BadKey(Family::kTombstones, key);
                         }
                         return visit(row);
                       });
  }

 private:
  absl::StatusOr<std::vector<storage::CollectionRecord>> ScanCollections(
      const KeyRange& range) const {
    std::vector<storage::CollectionRecord> collections;
    NESTOR_RETURN_IF_ERROR(
        view_->Scan(Family::kMeta, range,
                    [&](absl::string_view key, absl::string_view value) -> absl::StatusOr<bool> {
                      NESTOR_RETURN_IF_ERROR(
                          DecodeMessage(Family::kMeta, key, value, &collections.emplace_back()));
                      return true;
                    }));
    return collections;
  }
  // Leaves *message as it is if there is none.
  template <typename Message>
  absl::Status GetMessage(Family family, const std::string& key, Message* message) const {
    return view_->Get(family, {key}, [&](size_t, const absl::string_view* value) {
      return value == nullptr ? absl::OkStatus() : DecodeMessage(family, key, *value, message);
    });
  }

  const std::unique_ptr<const KeyValueView> view_;
};

}  // namespace

std::unique_ptr<StoreSnapshot> NewStoreSnapshot(std::unique_ptr<const KeyValueView> view) {
  return std::make_unique<CheckedSnapshot>(std::move(view));
}

}  // namespace nestor
