#include "benchmarks/synthetic_note.h"

#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

TEST(SyntheticNoteTest, GeneratedDataSayWhatTheyAre) {
  DataIdentity data;
  EXPECT_EQ(SyntheticNote(data), "");
  data.generated = Json{{"profile", "imagenet"}, {"seed", 7}};
  EXPECT_EQ(SyntheticNote(data), "synthetic (profile imagenet, seed 7)");
  data.generated = Json::object();
  EXPECT_EQ(SyntheticNote(data), "synthetic");
}

}  // namespace
}  // namespace nestor::bench
