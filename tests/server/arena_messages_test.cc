#include "server/arena_messages.h"

#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "nestor/v1/points.pb.h"

namespace nestor {
namespace {

using Messages = ArenaMessages<v1::SearchRequest, v1::SearchResponse>;

TEST(ArenaMessagesTest, EveryCallHasEmptyMessagesOfItsOwn) {
  Messages messages;
  for (int round = 0; round < 3; ++round) {
    auto* const a = messages.AllocateMessages();
    auto* const b = messages.AllocateMessages();
    for (auto* call : {a, b}) {
      EXPECT_EQ(call->request()->ByteSizeLong(), 0u);
      EXPECT_EQ(call->response()->ByteSizeLong(), 0u);
      EXPECT_NE(call->request()->GetArena(), nullptr);
    }
    a->request()->set_collection(std::string(1000, 'a'));
    b->request()->set_collection("b");
    for (int hit = 0; hit < 500; ++hit) a->response()->add_hits()->mutable_id()->set_num(7);
    EXPECT_EQ(a->request()->collection(), std::string(1000, 'a'));
    EXPECT_EQ(b->request()->collection(), "b");
    EXPECT_EQ(b->response()->hits_size(), 0);
    a->Release();
    b->Release();
  }
}

TEST(ArenaMessagesTest, ThreadsMayTakeAndGiveBackAtOnce) {
  Messages messages;
  std::vector<std::thread> threads;
  for (uint32_t number = 1; number <= 4; ++number) {
    threads.emplace_back([&messages, number] {
      for (int i = 0; i < 2000; ++i) {
        auto* const call = messages.AllocateMessages();
        EXPECT_EQ(call->request()->limit(), 0u);
        call->request()->set_limit(number);
        EXPECT_EQ(call->request()->limit(), number);
        call->Release();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace nestor
