// The harness must find what it is there to find: a disk that lies loses acknowledged writes.

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/crash/fault_switches.h"
#include "tests/crash/modes.h"
#include "tests/crash/site.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {
namespace {

constexpr int kMostRuns = 5;

TEST(LyingDiskTest, AcknowledgedWritesThatWereNotSyncedAreReportedAsLost) {
  const TempDir directory;
  const std::string path = directory.Join("faults");
  const auto switches = SharedFaultSwitches::Create(path);
  ASSERT_TRUE(switches.ok()) << switches.status();
  (**switches)->hold_back = 1;

  Site site(directory.path());
  site.AddEnvironment(absl::StrCat(kFaultsVariable, "=", path));
  ASSERT_TRUE(site.StartAndVerify().ok());
  (**switches)->lie_about_logs = 1;
  absl::Status status;
  for (int run = 0; run < kMostRuns && status.ok(); ++run) {
    const absl::Status worked = site.WorkAndKill(absl::Milliseconds(300), 1);
    ASSERT_TRUE(worked.ok()) << worked;
    status = site.StartAndVerify();
  }
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

}  // namespace
}  // namespace nestor::testing
