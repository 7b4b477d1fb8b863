#include "tests/storage/writer_process.h"

#include <cstdint>
#include <cstdio>

#include "storage/point_store.h"

// Writes one row after the other to the store in its argument, and prints each number once it is
// acknowledged. Runs until it is killed, which is what it is for.
int main(int argument_count, char** arguments) {
  using namespace nestor;
  if (argument_count != 2) return 2;
  const auto store = OpenRocksDbStore({.directory = arguments[1]});
  if (!store.ok()) return 1;
  for (uint64_t row = 1;; ++row) {
    testing::WriteBuilder write(1, row);
    write.PutVector(testing::Id(row), row, testing::WriterVector(row));
    if (!(*store)->Apply({write.Build()}).ok()) return 1;
    std::printf("%llu\n", static_cast<unsigned long long>(row));
    std::fflush(stdout);
  }
}
