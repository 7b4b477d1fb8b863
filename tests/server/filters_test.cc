// Payload indexes and filters as a client sees them.

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/filter_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"
#include "tests/testing/without_details.h"

namespace nestor::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class FiltersTest : public ::testing::Test {
 protected:
  FiltersTest() { server_.Recover(); }

  void Create(const std::vector<v1::PayloadIndex>& indexes, bool indexed_filters_only = false) {
    v1::CreateCollectionRequest request;
    request.mutable_collection()->set_name("docs");
    request.mutable_collection()->set_dims(4);
    request.mutable_collection()->set_metric(v1::Collection::COSINE);
    request.mutable_collection()->set_indexed_filters_only(indexed_filters_only);
    for (const v1::PayloadIndex& index : indexes) {
      *request.mutable_collection()->add_payload_indexes() = index;
    }
    const auto created = server_.client().CreateCollection(request);
    ASSERT_TRUE(created.ok()) << created.status();
    ASSERT_EQ(created->payload_indexes_size(), static_cast<int>(indexes.size()));
  }

  // Point i has size i, parity "even" or "odd", and the direction (1, i, 0, 0).
  void Fill(uint64_t points) {
    std::vector<v1::Point> batch;
    for (uint64_t i = 0; i < points; ++i) {
      batch.push_back(MakePoint(i, {1, static_cast<float>(i), 0, 0}));
      auto& fields = *batch.back().mutable_payload()->mutable_fields();
      fields["size"].set_int_value(static_cast<int64_t>(i));
      fields["parity"].set_string_value(i % 2 == 0 ? "even" : "odd");
    }
    const auto written = server_.Upsert(batch);
    ASSERT_TRUE(written.ok()) << written.status();
  }

  static v1::PayloadIndex Index(const std::string& field, v1::PayloadIndex::Type type) {
    v1::PayloadIndex index;
    index.set_field(field);
    index.set_type(type);
    return index;
  }
  static v1::Filter Where(const std::string& text) { return ParseFilterText(text).value(); }

  absl::StatusOr<v1::SearchResponse> Search(const std::string& where, uint32_t limit) {
    v1::SearchRequest request;
    request.set_collection("docs");
    request.set_limit(limit);
    request.set_explain(true);
    *request.mutable_vector() = MakeVector({1, 0, 0, 0});
    *request.mutable_filter() = Where(where);
    return server_.client().Search(request);
  }
  absl::StatusOr<uint64_t> Count(const std::string& where) {
    v1::CountRequest request;
    request.set_collection("docs");
    *request.mutable_filter() = Where(where);
    const auto response = server_.client().Count(request);
    if (!response.ok()) return response.status();
    return response->count();
  }

  RunningServer server_;
};

TEST_F(FiltersTest, SearchCountScrollAndDeleteAgree) {
  Create({Index("size", v1::PayloadIndex::INT)});  // parity has none
  Fill(100);
  const std::string where = "size >= 10 and parity = 'odd'";
  const auto found = Search(where, 5);
  ASSERT_TRUE(found.ok()) << found.status();
  std::vector<uint64_t> ids;
  for (const v1::Hit& hit : found->hits()) ids.push_back(hit.id().num());
  EXPECT_EQ(ids, (std::vector<uint64_t>{11, 13, 15, 17, 19}));
  EXPECT_THAT(found->stats().plan(), HasSubstr("filter keeps 45 of 100 (not indexed: "));
  EXPECT_EQ(Count(where).value(), 45u);

  v1::ScrollRequest scroll;
  scroll.set_collection("docs");
  scroll.set_page_size(7);
  *scroll.mutable_filter() = Where(where);
  std::set<uint64_t> scrolled;
  do {
    const auto page = server_.client().Scroll(scroll);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Point& point : page->points()) scrolled.insert(point.id().num());
    scroll.set_page_token(page->next_page_token());
  } while (!scroll.page_token().empty());
  EXPECT_THAT(scrolled, SizeIs(45));

  v1::DeleteRequest remove;
  remove.set_collection("docs");
  *remove.mutable_selector()->mutable_filter() = Where(where);
  EXPECT_EQ(server_.client().Delete(remove)->affected(), 45u);
  EXPECT_EQ(Count(where).value(), 0u);
  EXPECT_EQ(Count("id not in (0)").value(), 54u);
  remove.mutable_selector()->set_all(true);
  EXPECT_EQ(server_.client().Delete(remove)->affected(), 55u);
  EXPECT_EQ(Count("size >= 0").value(), 0u);
}

TEST_F(FiltersTest, APageTokenBelongsToItsFilter) {
  Create({});
  Fill(20);
  v1::ScrollRequest scroll;
  scroll.set_collection("docs");
  scroll.set_page_size(2);
  *scroll.mutable_filter() = Where("size > 3");
  scroll.set_page_token(server_.client().Scroll(scroll)->next_page_token());
  *scroll.mutable_filter() = Where("size > 4");
  EXPECT_EQ(WithoutDetails(server_.client().Scroll(scroll).status()),
            absl::InvalidArgumentError("page_token: is of a scroll with another filter"));
}

TEST_F(FiltersTest, AnIndexAddedLaterIsBuiltAndUsed) {
  Create({});
  Fill(100);
  EXPECT_THAT(Search("size < 50", 1)->stats().plan(), HasSubstr("not indexed"));
  v1::CreatePayloadIndexRequest create;
  create.set_name("docs");
  *create.mutable_index() = Index("size", v1::PayloadIndex::INT);
  ASSERT_TRUE(server_.client().CreatePayloadIndex(create).ok());
  EXPECT_TRUE(server_.client().CreatePayloadIndex(create).ok()) << "the same again";
  v1::WaitForIndexRequest wait;
  wait.set_name("docs");
  ASSERT_TRUE(server_.client().WaitForIndex(wait).ok());
  EXPECT_THAT(Search("size < 50", 1)->stats().plan(), HasSubstr("filter keeps 50 of 100 -> "));
  EXPECT_GT(server_.client()
                .GetCollectionStats([] {
                  v1::GetCollectionStatsRequest request;
                  request.set_name("docs");
                  return request;
                }())
                ->payload_index_bytes(),
            0u);

  create.mutable_index()->set_type(v1::PayloadIndex::KEYWORD);
  EXPECT_EQ(server_.client().CreatePayloadIndex(create).status(),
            absl::AlreadyExistsError("field 'size' is indexed as int already"));
  v1::DeletePayloadIndexRequest drop;
  drop.set_name("docs");
  drop.set_field("size");
  EXPECT_EQ(server_.client().DeletePayloadIndex(drop)->payload_indexes_size(), 0);
  EXPECT_EQ(server_.client().DeletePayloadIndex(drop).status(),
            absl::NotFoundError("field 'size' has no payload index"));
  EXPECT_THAT(Search("size < 50", 1)->stats().plan(), HasSubstr("not indexed"));
}

TEST_F(FiltersTest, BadFiltersNameEveryViolation) {
  Create({Index("size", v1::PayloadIndex::INT)});
  v1::SearchRequest request;
  request.set_collection("docs");
  request.set_limit(1);
  *request.mutable_vector() = MakeVector({1, 0, 0, 0});
  v1::Filter& all = *request.mutable_filter();
  all.mutable_all_of()->add_filters();
  v1::Filter::Compare& list = *all.mutable_all_of()->add_filters()->mutable_compare();
  list.set_field("a");
  list.set_op(static_cast<v1::Filter::Op>(99));
  list.add_values()->mutable_list_value();
  all.mutable_all_of()->add_filters()->mutable_has_id()->add_ids();
  EXPECT_EQ(
      WithoutDetails(server_.client().Search(request).status()),
      absl::InvalidArgumentError(
          "filter.all_of.filters[0]: is empty: all_of, any_of, none_of, compare or has_id must be "
          "set; filter.all_of.filters[1].compare.op: 99 is no operator; "
          "filter.all_of.filters[1].compare.values[0]: is a list; give its elements as values; "
          "filter.all_of.filters[2].has_id.ids[0]: is neither a number nor a string"));
  EXPECT_EQ(WithoutDetails(Count("size = 'x'").status()),
            absl::InvalidArgumentError("filter.compare.values[0]: is of type string; field 'size' "
                                       "is indexed as int"));
}

TEST_F(FiltersTest, AFilterThatIsTooLargeIsRefusedBeforeItIsRead) {
  Create({});
  v1::CountRequest request;
  request.set_collection("docs");
  for (int i = 0; i < 100000; ++i) request.mutable_filter()->mutable_any_of()->add_filters();
  EXPECT_EQ(WithoutDetails(server_.client().Count(request).status()),
            absl::InvalidArgumentError("filter.any_of.filters: brings the filter to 100000 values; "
                                       "the limit is 10000"));
}

TEST_F(FiltersTest, DroppingAnIndexNeedsAFieldPath) {
  Create({});
  v1::DeletePayloadIndexRequest drop;
  drop.set_name("docs");
  drop.set_field("a..b");
  EXPECT_EQ(
      WithoutDetails(server_.client().DeletePayloadIndex(drop).status()),
      absl::InvalidArgumentError("field: 'a..b' is no path of names and dots of 1 to 256 bytes"));
}

TEST_F(FiltersTest, ACollectionMayInsistOnIndexes) {
  Create({Index("size", v1::PayloadIndex::INT)}, true);
  Fill(10);
  EXPECT_EQ(Count("size > 4").value(), 5u);
  EXPECT_EQ(WithoutDetails(Count("size > 4 and parity = 'odd'").status()),
            absl::InvalidArgumentError("filter: field 'parity' has no payload index, and this "
                                       "collection takes filters on indexed fields only"));
}

TEST_F(FiltersTest, NothingIsDeletedWithoutASelector) {
  Create({});
  Fill(3);
  v1::DeleteRequest remove;
  remove.set_collection("docs");
  EXPECT_EQ(WithoutDetails(server_.client().Delete(remove).status()),
            absl::InvalidArgumentError("selector: is empty; ids, filter or all must be set"));
  remove.mutable_selector()->set_all(false);
  EXPECT_EQ(WithoutDetails(server_.client().Delete(remove).status()),
            absl::InvalidArgumentError("selector.all: is false; true selects all points"));
  EXPECT_EQ(Count("size >= 0").value(), 3u);
}

TEST_F(FiltersTest, BadPayloadIndexesAreRefused) {
  v1::CreateCollectionRequest request;
  request.mutable_collection()->set_name("docs");
  request.mutable_collection()->set_dims(4);
  request.mutable_collection()->set_metric(v1::Collection::COSINE);
  *request.mutable_collection()->add_payload_indexes() = Index("a..b", v1::PayloadIndex::INT);
  *request.mutable_collection()->add_payload_indexes() = Index("c", v1::PayloadIndex::INT);
  *request.mutable_collection()->add_payload_indexes() =
      Index("c", v1::PayloadIndex::TYPE_UNSPECIFIED);
  EXPECT_EQ(WithoutDetails(server_.client().CreateCollection(request).status()),
            absl::InvalidArgumentError(
                "collection.payload_indexes[2].type: 0 is not KEYWORD, INT, DOUBLE, BOOL or TIME; "
                "collection.payload_indexes[0].field: 'a..b' is no path of names and dots of 1 to "
                "256 bytes; collection.payload_indexes[2].field: 'c' has an index already"));
}

}  // namespace
}  // namespace nestor::testing
