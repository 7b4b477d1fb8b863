// nestord as the crash tests run it: the product's server on a file system that fails on command,
// with a ReachCrashPoint that ends it. See README.md.

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "server/nestord.h"
#include "tests/crash/fault_switches.h"
#include "tests/crash/faulty_files.h"

namespace nestor::testing {
namespace {

int Main(int argc, char** argv) {
  const char* path = std::getenv(kFaultsVariable);
  if (path == nullptr) return RunNestord(argc, argv, nullptr);
  const auto switches = SharedFaultSwitches::Attach(path);
  if (!switches.ok()) {
    std::fprintf(stderr, "%s\n", switches.status().ToString().c_str());
    return 2;
  }
  const std::unique_ptr<rocksdb::Env> env = NewFaultyEnv(&**switches.value());
  return RunNestord(argc, argv, env.get());
}

}  // namespace
}  // namespace nestor::testing

int main(int argc, char** argv) { return nestor::testing::Main(argc, argv); }
