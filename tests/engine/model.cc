#include "tests/engine/model.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/engine/model_filter.h"
#include "tests/engine/test_collection.h"

namespace nestor::testing {

ModelSetup ModelSetup::FromSeed(uint64_t seed) {
  constexpr uint32_t kDims[] = {1, 7, 64, 100, 130};
  Random random(seed * 7919 + 1);
  ModelSetup setup;
  CollectionSpec& spec = setup.spec;
  spec.name = "model";
  spec.metric = static_cast<Metric>(seed % 3);
  spec.index_kind = static_cast<IndexKind>(seed / 3 % 3);
  spec.rerank_tier = random.OneIn(2) ? TierKind::kInt8 : TierKind::kFloat32;
  spec.dims = kDims[random.Below(std::size(kDims))];
  constexpr uint32_t kBits[] = {0, 1, 2, 4, 8, 32};
  spec.prefix_bits = kBits[random.Below(std::size(kBits))];
  if (spec.dims > 1 && random.OneIn(2)) spec.prefix_dims = (spec.dims + 1) / 2;
  spec.transform = static_cast<Transform>(random.Below(3));
  spec.payload_indexes = RandomSchema(&random);
  setup.string_ids = random.OneIn(3);
  setup.id_count = 20 + random.Below(300);
  return setup;
}

std::string ModelSetup::Describe() const {
  return absl::StrCat(MetricName(spec.metric), ", index ", static_cast<int>(spec.index_kind),
                      ", tier ", static_cast<int>(spec.rerank_tier), ", dims ", spec.dims,
                      ", prefix ", spec.prefix_dims, " x ", spec.prefix_bits, ", transform ",
                      static_cast<int>(spec.transform), ", ids ", id_count);
}

PointId ModelDriver::RandomId() {
  const size_t number = random_.Below(setup_.id_count);
  // A number and its decimal string are different ids: mix them.
  if (setup_.string_ids && number % 4 != 0) return PointId::FromString(absl::StrCat(number / 2));
  return PointId::FromNumber(number);
}

std::vector<float> ModelDriver::RandomVector() {
  const uint32_t dims = setup_.spec.dims;
  if (!seen_.empty() && random_.OneIn(4)) return seen_[random_.Below(seen_.size())];
  std::vector<float> vector = random_.GaussianVector(dims);
  if (random_.OneIn(4)) {
    for (float& value : vector) value = static_cast<float>(random_.Below(3)) - 1;
  } else if (random_.OneIn(8)) {
    const uint32_t prefix = Resolve(setup_.spec).prefix_dims;
    std::fill(vector.begin(), vector.begin() + prefix, 0.0f);
  }
  if (setup_.spec.metric == Metric::kCosine && OracleNorm(vector) == 0) vector.back() = 1;
  if (seen_.size() < 50) seen_.push_back(vector);
  return vector;
}

void ModelDriver::Step(Collection& collection) {
  if (random_.OneIn(5)) clock_.Advance(absl::Seconds(random_.Below(20)));
  ForgetExpired();
  switch (random_.Below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return Upsert(collection);
    case 4:
    case 5:
      return Delete(collection);
    case 6:
      return Get(collection);
    case 7:
      return Scroll(collection);
    case 8:
      return CheckStats(collection);
    case 9:
      return CountMatching(collection);
    case 11:
    case 12:
      if (random_.OneIn(3)) return UpdateMatching(collection);
      return Update(collection);
    case 10:
      if (random_.OneIn(3)) return DeleteMatching(collection);
      if (random_.OneIn(2)) return ChangeSchema(collection);
      [[fallthrough]];
    default:
      return Search(collection);
  }
}

void ModelDriver::Upsert(Collection& collection) {
  std::vector<NamedVector> points(1 + random_.Below(random_.OneIn(4) ? 40 : 6));
  for (NamedVector& point : points) {
    point = {RandomId(), RandomVector(), random_.OneIn(8) ? "" : RandomPayload(&random_),
             RandomExpireTime()};
  }
  const WriteMode mode = random_.OneIn(4)   ? WriteMode::kInsertOnly
                         : random_.OneIn(4) ? WriteMode::kUpdateOnly
                                            : WriteMode::kUpsert;
  const std::vector<UpsertItem> items = ItemsOf(points);
  const absl::StatusOr<WriteResult> result = collection.Upsert(items, mode);
  if (absl::IsResourceExhausted(result.status())) return;  // refused as a whole: nothing changed
  ASSERT_TRUE(result.ok()) << result.status();

  std::vector<uint32_t> refused;
  for (uint32_t i = 0; i < points.size(); ++i) {
    const bool exists = points_.count(points[i].id) > 0;
    if ((mode == WriteMode::kInsertOnly && exists) || (mode == WriteMode::kUpdateOnly && !exists)) {
      refused.push_back(i);
      continue;
    }
    vectors_[points[i].id] = points[i].vector;
    points_[points[i].id] = {points[i].payload, result->sequence, points[i].expire_time};
    ForgetExpired();
  }
  CheckSequence(result->sequence, refused.size() < points.size() ? 1 : 0);
  EXPECT_EQ(result->affected, points.size() - refused.size());
  std::vector<uint32_t> errors;
  for (const ItemError& error : result->errors) errors.push_back(error.index);
  EXPECT_EQ(errors, refused);
}

void ModelDriver::Delete(Collection& collection) {
  std::vector<PointId> ids(1 + random_.Below(random_.OneIn(8) ? 60 : 4));
  for (PointId& id : ids) id = RandomId();
  const WriteResult result = ValueOf(collection.Delete(ids));
  uint64_t erased = 0;
  for (const PointId& id : ids) {
    erased += points_.erase(id);
    vectors_.erase(id);
  }
  CheckSequence(result.sequence, erased > 0 ? 1 : 0);
  EXPECT_EQ(result.affected, erased);
}

void ModelDriver::Get(Collection& collection) {
  std::vector<PointId> ids(1 + random_.Below(10));
  for (PointId& id : ids) id = RandomId();
  const auto found = ValueOf(collection.Get(ids, {.payload = true, .vector = true}));
  ASSERT_EQ(found.size(), ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto it = points_.find(ids[i]);
    ASSERT_EQ(found[i].has_value(), it != points_.end()) << ids[i].ToString();
    if (!found[i]) continue;
    EXPECT_EQ(found[i]->id, ids[i]);
    EXPECT_EQ(found[i]->vector, vectors_[ids[i]]);
    EXPECT_EQ(found[i]->payload, it->second.payload);
    EXPECT_EQ(found[i]->version, it->second.version);
    EXPECT_EQ(found[i]->expire_time, it->second.expire_time);
  }
}

void ModelDriver::Scroll(Collection& collection) {
  PointId after;
  if (random_.OneIn(2)) after = RandomId();
  const size_t size = 1 + random_.Below(40);
  const Filter filter = RandomFilter(collection);
  const Filter* const wanted = random_.OneIn(2) ? &filter : nullptr;
  const ScrollPage page =
      ValueOf(collection.Scroll(after, size, {.payload = true}, wanted, NeverStop));
  const std::set<PointId> matching = Matching(wanted);
  auto it = after == PointId() ? matching.begin() : matching.upper_bound(after);
  ASSERT_LE(page.points.size(), size);
  for (const FoundPoint& point : page.points) {
    ASSERT_NE(it, matching.end());
    EXPECT_EQ(point.id, *it);
    EXPECT_EQ(point.payload, points_[*it].payload);
    EXPECT_EQ(point.expire_time, points_[*it].expire_time);
    ++it;
  }
  EXPECT_EQ(page.more, it != matching.end());
  EXPECT_TRUE(!page.more || page.points.size() == size);
}

void ModelDriver::CountMatching(Collection& collection) {
  const Filter filter = RandomFilter(collection);
  const Filter* const wanted = random_.OneIn(4) ? nullptr : &filter;
  EXPECT_EQ(ValueOf(collection.Count(wanted, NeverStop)), Matching(wanted).size());
}

void ModelDriver::DeleteMatching(Collection& collection) {
  // Mostly narrow ones, so that there is something left to delete.
  Filter filter;
  filter.children = {RandomFilter(collection), RandomFilter(collection), RandomFilter(collection)};
  const bool all = random_.OneIn(30);
  const std::set<PointId> matching = Matching(all ? nullptr : &filter);
  const WriteResult result = ValueOf(collection.DeleteMatching(all ? nullptr : &filter, NeverStop));
  Forget(matching);
  CheckSequence(result.sequence, matching.empty() ? 0 : 1);
  EXPECT_EQ(result.affected, matching.size());
}

void ModelDriver::Update(Collection& collection) {
  std::vector<PointId> ids(1 + random_.Below(random_.OneIn(8) ? 60 : 4));
  for (PointId& id : ids) id = RandomId();
  const PointUpdate update = RandomUpdate();
  const WriteResult result = ValueOf(collection.Update(ids, update));
  std::vector<uint32_t> missing;
  for (uint32_t i = 0; i < ids.size(); ++i) {
    const auto it = points_.find(ids[i]);
    if (it == points_.end()) {
      missing.push_back(i);
    } else {
      Apply(update, &it->second);
      ForgetExpired();
    }
  }
  CheckSequence(result.sequence, missing.size() < ids.size() ? 1 : 0);
  EXPECT_EQ(result.affected, ids.size() - missing.size());
  std::vector<uint32_t> errors;
  for (const ItemError& error : result.errors) errors.push_back(error.index);
  EXPECT_EQ(errors, missing);
}

void ModelDriver::UpdateMatching(Collection& collection) {
  const Filter filter = RandomFilter(collection);
  const Filter* const wanted = random_.OneIn(10) ? nullptr : &filter;
  const PointUpdate update = RandomUpdate();
  const std::set<PointId> matching = Matching(wanted);
  const WriteResult result = ValueOf(collection.UpdateMatching(wanted, update, NeverStop));
  for (const PointId& id : matching) Apply(update, &points_[id]);
  ForgetExpired();
  CheckSequence(result.sequence, (matching.size() + 249) / 250);  // at most 250 points each
  EXPECT_EQ(result.affected, matching.size());
  EXPECT_TRUE(result.errors.empty());
}

PointUpdate ModelDriver::RandomUpdate() {
  PointUpdate update;
  if (!random_.OneIn(4)) update.payload = RandomPatch(&random_);
  if (!update.changes_payload() || random_.OneIn(3)) update.expire_time = RandomExpireTime();
  return update;
}

void ModelDriver::Apply(const PointUpdate& update, ModelPoint* point) {
  if (update.changes_payload()) point->payload = Patched(point->payload, update.payload);
  if (update.expire_time) point->expire_time = *update.expire_time;
}

absl::Time ModelDriver::RandomExpireTime() {
  if (random_.OneIn(2)) return absl::InfiniteFuture();
  return clock_.Now() + absl::Seconds(random_.Below(200)) - absl::Seconds(5);
}

void ModelDriver::EraseExpired(Collection& collection) {
  const size_t before = collection.view()->expiries->size();
  const size_t erased = ValueOf(collection.EraseExpiredOnce());
  EXPECT_EQ(collection.view()->expiries->size(), before - erased);
  CheckSequence(collection.view()->sequence, erased > 0 ? 1 : 0);
}

void ModelDriver::CheckSequence(Sequence answered, size_t commits) {
  for (size_t i = 0; i < commits; ++i) sequence_ = NextSequence(sequence_);
  if (erasing_ == Erasing::kHere) {
    EXPECT_EQ(answered, sequence_);
  } else {
    EXPECT_GE(answered, sequence_);
  }
  sequence_ = answered;
}

void ModelDriver::ForgetExpired() {
  for (auto point = points_.begin(); point != points_.end();) {
    if (point->second.expire_time <= clock_.Now()) {
      vectors_.erase(point->first);
      point = points_.erase(point);
    } else {
      ++point;
    }
  }
}

void ModelDriver::ChangeSchema(Collection& collection) {
  const IndexedField index = RandomIndex(&random_);
  const PayloadSchema before = collection.CurrentSpec().payload_indexes;
  const bool exists = FindField(before, index.path) != nullptr;
  const SchemaChange change = random_.OneIn(2) ? SchemaChange{.add = &index, .drop = {}}
                                               : SchemaChange{.add = nullptr, .drop = index.path};
  const absl::Status status = collection.ChangeSchema(change);
  EXPECT_EQ(status.ok(), change.add != nullptr || exists) << status;
  EXPECT_EQ(FindField(collection.CurrentSpec().payload_indexes, index.path) != nullptr,
            change.add != nullptr);
}

std::set<PointId> ModelDriver::Matching(const Filter* filter) const {
  std::set<PointId> ids;
  for (const auto& [id, point] : points_) {
    if (filter == nullptr || Satisfies(*filter, id, point.payload)) ids.insert(id);
  }
  return ids;
}

void ModelDriver::Forget(const std::set<PointId>& ids) {
  for (const PointId& id : ids) {
    points_.erase(id);
    vectors_.erase(id);
  }
}

Filter ModelDriver::RandomFilter(const Collection& collection) {
  return testing::RandomFilter(
      collection.CurrentSpec().payload_indexes, [this] { return RandomId(); }, &random_);
}

void ModelDriver::CheckStats(Collection& collection) {
  const CollectionStats stats = collection.Stats();
  EXPECT_EQ(stats.points, points_.size());
  CheckSequence(stats.durable_sequence, 0);
  EXPECT_LE(stats.indexed_sequence, sequence_);
  EXPECT_LE(stats.unindexed_points, stats.points);
}

void ModelDriver::CheckAll(Collection& collection) {
  ForgetExpired();
  CheckStats(collection);
  for (int i = 0; i < 4; ++i) Search(collection);
  const ScrollPage page =
      ValueOf(collection.Scroll(PointId(), points_.size() + 1, {}, nullptr, NeverStop));
  EXPECT_EQ(page.points.size(), points_.size());
  EXPECT_FALSE(page.more);
  for (int i = 0; i < 2; ++i) Get(collection);
}

}  // namespace nestor::testing
