#ifndef NESTOR_TESTS_ENGINE_MODEL_H_
#define NESTOR_TESTS_ENGINE_MODEL_H_

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/collection.h"
#include "tests/testing/oracle.h"
#include "tests/testing/random_vectors.h"

// The model that a collection is compared with: a map of points, and searches by brute force.

namespace nestor::testing {

struct ModelPoint {
  std::string payload;
  Sequence version{};
  absl::Time expire_time = absl::InfiniteFuture();
};

// The time that a collection goes by, and that a driver moves on.
class ModelClock {
 public:
  absl::Time Now() const { return absl::FromUnixMicros(now_us_.load()); }
  void Advance(absl::Duration duration) { now_us_ += absl::ToInt64Microseconds(duration); }

 private:
  std::atomic<int64_t> now_us_{1'700'000'000'000'000};
};

// One kind of collection and of data to put into it, drawn from a seed.
struct ModelSetup {
  CollectionSpec spec;
  bool string_ids = false;
  size_t id_count = 0;  // ids that the sequence draws from

  static ModelSetup FromSeed(uint64_t seed);
  std::string Describe() const;
};

// Drives one collection with random operations and compares each answer with the model's.
class ModelDriver {
 public:
  // kElsewhere: somebody else erases what is expired, and takes sequences for it.
  enum class Erasing { kHere, kElsewhere };
  // `clock`, the collection's, must outlive this.
  ModelDriver(const ModelSetup& setup, uint64_t seed, ModelClock& clock, Erasing erasing)
      : setup_(setup), clock_(clock), erasing_(erasing), random_(seed) {}

  // One random operation on `collection`, checked; EXPECT failures tell what went wrong.
  void Step(Collection& collection);
  // Erases what is expired; REQUIRES: Erasing::kHere.
  void EraseExpired(Collection& collection);
  // Everything that can be asked, against the model.
  void CheckAll(Collection& collection);

  size_t size() const { return vectors_.size(); }
  Random& random() { return random_; }

 private:
  void Upsert(Collection& collection);
  void Delete(Collection& collection);
  void Get(Collection& collection);
  void Scroll(Collection& collection);
  void Search(Collection& collection);
  void CheckStats(Collection& collection);
  void CountMatching(Collection& collection);
  void DeleteMatching(Collection& collection);
  void Update(Collection& collection);
  void UpdateMatching(Collection& collection);
  void ChangeSchema(Collection& collection);

  // Live points that satisfy the filter (null: all).
  std::set<PointId> Matching(const Filter* filter) const;
  void Forget(const std::set<PointId>& ids);
  // What is expired by now is not there.
  void ForgetExpired();
  // Checks the sequence that a call answered after `commits` more of them.
  void CheckSequence(Sequence answered, size_t commits);
  absl::Time RandomExpireTime();
  PointUpdate RandomUpdate();
  static void Apply(const PointUpdate& update, ModelPoint* point);
  Filter RandomFilter(const Collection& collection);
  void CheckExact(const SearchRequest& request, const SearchResult& result,
                  const std::map<PointId, std::vector<float>>& vectors);
  void CheckApproximate(const SearchRequest& request, const SearchResult& result,
                        const std::map<PointId, std::vector<float>>& vectors);
  void CheckHit(const Hit& hit);
  SearchRequest RandomRequest();
  PointId RandomId();
  std::vector<float> RandomVector();

  const ModelSetup setup_;
  ModelClock& clock_;
  const Erasing erasing_;
  Random random_;
  std::map<PointId, std::vector<float>> vectors_;
  std::map<PointId, ModelPoint> points_;
  std::vector<std::vector<float>> seen_;  // drawn from again, so that there are equal vectors
  std::vector<float> query_;
  Sequence sequence_{};
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_ENGINE_MODEL_H_
