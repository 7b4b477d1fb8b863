#include "engine/collection_spec.h"

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

CollectionSpec Valid() {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = 512;
  return spec;
}

std::vector<std::string> Fields(const CollectionSpec& spec) {
  Violations violations;
  ValidateSpec(spec, &violations);
  std::vector<std::string> fields;
  for (const Violations::Violation& violation : violations.list())
    fields.push_back(violation.field);
  return fields;
}

std::string Problem(const CollectionSpec& spec) {
  Violations violations;
  ValidateSpec(spec, &violations);
  return std::string(violations.ToStatus().message());
}

TEST(ValidateSpecTest, AcceptsDefaultsAndExtremes) {
  EXPECT_THAT(Fields(Valid()), IsEmpty());
  CollectionSpec spec = Valid();
  spec.name = std::string(64, 'a');
  spec.dims = 16384;
  spec.matryoshka_dims = {1, 64, 16384};
  spec.prefix_dims = 16384;
  spec.prefix_bits = 32;
  spec.hnsw_m = 128;
  spec.hnsw_ef_construction = 4096;
  spec.ivf_lists = 65536;
  spec.default_recall_target = 0.9999f;
  spec.labels = {{"team", ""}};
  EXPECT_THAT(Fields(spec), IsEmpty());
}

TEST(ValidateSpecTest, ListsEveryViolationAtOnce) {
  CollectionSpec spec;
  spec.name = "no spaces";
  spec.dims = 0;
  spec.prefix_dims = 1;
  spec.prefix_bits = 5;
  spec.hnsw_m = 1;
  spec.hnsw_ef_construction = 4097;
  spec.ivf_lists = 65537;
  spec.default_recall_target = std::numeric_limits<float>::quiet_NaN();
  spec.default_time_budget = absl::Seconds(-1);
  spec.labels = {{"", "value"}};
  EXPECT_THAT(
      Fields(spec),
      UnorderedElementsAre("collection.name", "collection.dims", "collection.prefix_code.dims",
                           "collection.prefix_code.bits", "collection.index.hnsw.m",
                           "collection.index.hnsw.ef_construction", "collection.index.ivf.lists",
                           "collection.search_defaults.recall_target",
                           "collection.search_defaults.time_budget", "collection.labels['']"));
}

TEST(ValidateSpecTest, SaysTheValueAndTheLimit) {
  CollectionSpec spec = Valid();
  spec.dims = 20000;
  EXPECT_EQ(Problem(spec), "collection.dims: 20000 is not in 1 to 16384");
  spec = Valid();
  spec.hnsw_m = 129;
  EXPECT_EQ(Problem(spec), "collection.index.hnsw.m: 129 is not in 2 to 128");
  spec = Valid();
  spec.prefix_dims = 513;
  EXPECT_EQ(Problem(spec), "collection.prefix_code.dims: 513 exceeds dims 512");
  spec.prefix_dims = 0;
  spec.dims = 4097;
  spec.matryoshka_dims.clear();
  EXPECT_TRUE(Fields(spec).empty());
  spec.transform = Transform::kAuto;
  EXPECT_EQ(Problem(spec), "collection.transform: needs dims of at most 4096, not 4097");
}

TEST(ValidateSpecTest, RefusesBadNamesWithoutRepeatingThemRaw) {
  for (const std::string& name :
       {std::string(), std::string(65, 'a'), std::string("a/b"), std::string("a\nb"),
        std::string("\0", 1), std::string("\xc3\xa4")}) {
    CollectionSpec spec = Valid();
    spec.name = name;
    EXPECT_THAT(Fields(spec), ElementsAre("collection.name"));
    EXPECT_THAT(Problem(spec), Not(HasSubstr("\n")));
  }
}

TEST(ValidateSpecTest, MatryoshkaDimsMustAscendAndFit) {
  CollectionSpec spec = Valid();
  spec.matryoshka_dims = {0, 64, 64, 1024};
  EXPECT_THAT(Fields(spec),
              ElementsAre("collection.matryoshka_dims[0]", "collection.matryoshka_dims[2]",
                          "collection.matryoshka_dims[3]"));
  spec.matryoshka_dims.assign(33, 1);
  EXPECT_THAT(Fields(spec), ElementsAre("collection.matryoshka_dims"));
}

TEST(ValidateSpecTest, LabelsAreLimited) {
  CollectionSpec spec = Valid();
  for (int i = 0; i < 65; ++i) spec.labels[std::to_string(i)] = "";
  EXPECT_THAT(Fields(spec), ElementsAre("collection.labels"));
  spec.labels = {{"key", std::string(257, 'v')}};
  EXPECT_THAT(Fields(spec), ElementsAre("collection.labels['key']"));
}

TEST(CollectionSpecTest, SurvivesItsRecord) {
  CollectionSpec spec = Valid();
  spec.metric = Metric::kL2;
  spec.matryoshka_dims = {64, 256};
  spec.prefix_dims = 64;
  spec.prefix_bits = 32;
  spec.index_kind = IndexKind::kIvf;
  spec.hnsw_m = 8;
  spec.hnsw_ef_construction = 99;
  spec.ivf_lists = 17;
  spec.rerank_tier = TierKind::kFloat32;
  spec.default_recall_target = 0.75f;
  spec.default_time_budget = absl::Milliseconds(3);
  spec.labels = {{"a", "b"}, {"c", "d"}};
  const ResolvedSpec resolved = FromRecord(ToRecord(spec));
  EXPECT_EQ(resolved.requested, spec);
  EXPECT_EQ(static_cast<const CollectionSpec&>(resolved), spec);  // nothing was left to choose
  for (Transform transform : {Transform::kNone, Transform::kPca, Transform::kAuto}) {
    spec.transform = transform;
    EXPECT_EQ(FromRecord(ToRecord(spec)).requested, spec);
  }
  for (Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    for (IndexKind kind : {IndexKind::kHnsw, IndexKind::kIvf, IndexKind::kFlat}) {
      spec.metric = metric;
      spec.index_kind = kind;
      EXPECT_EQ(FromRecord(ToRecord(spec)).requested, spec);
    }
  }
}

TEST(CollectionSpecTest, OpenChoicesAreFilledIn) {
  const ResolvedSpec resolved = testing::Resolve(Valid());
  EXPECT_EQ(resolved.requested, Valid());
  EXPECT_EQ(resolved.prefix_dims, 128u);
  EXPECT_EQ(resolved.prefix_bits, 4u);
  EXPECT_EQ(resolved.hnsw_m, kDefaultHnswM);
  EXPECT_EQ(resolved.hnsw_ef_construction, kDefaultHnswEfConstruction);
  EXPECT_EQ(resolved.default_recall_target, kDefaultRecallTarget);
}

TEST(CollectionSpecTest, APrefixCodeTakesACacheLineUnlessTheUserSaysOtherwise) {
  const auto choose = [](uint32_t dims, std::vector<uint32_t> trained, uint32_t prefix_dims = 0,
                         uint32_t prefix_bits = 0) {
    CollectionSpec spec = Valid();
    spec.dims = dims;
    spec.matryoshka_dims = std::move(trained);
    spec.prefix_dims = prefix_dims;
    spec.prefix_bits = prefix_bits;
    const ResolvedSpec resolved = testing::Resolve(spec);
    return std::pair(resolved.prefix_dims, resolved.prefix_bits);
  };
  using Code = std::pair<uint32_t, uint32_t>;
  EXPECT_EQ(choose(1, {}), Code(1, 8));
  EXPECT_EQ(choose(50, {}), Code(50, 8));
  EXPECT_EQ(choose(100, {}), Code(100, 4));
  EXPECT_EQ(choose(768, {}), Code(128, 4));
  EXPECT_EQ(choose(16384, {}), Code(128, 4));
  EXPECT_EQ(choose(512, {32, 200, 512}), Code(200, 2));
  EXPECT_EQ(choose(512, {32, 64}), Code(512, 1));
  EXPECT_EQ(choose(768, {}, 0, 8), Code(64, 8));
  EXPECT_EQ(choose(768, {}, 0, 1), Code(512, 1));
  EXPECT_EQ(choose(768, {}, 0, 32), Code(64, 32));
  EXPECT_EQ(choose(768, {}, 96, 0), Code(96, 4));
  EXPECT_EQ(choose(2048, {}, 1024, 0), Code(1024, 1));
  EXPECT_EQ(choose(768, {}, 96, 8), Code(96, 8));
}

}  // namespace
}  // namespace nestor
