#ifndef NESTOR_TESTS_TESTING_COLD_FILE_H_
#define NESTOR_TESTS_TESTING_COLD_FILE_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

namespace nestor::testing {

inline constexpr size_t kFilePage = 4096;

// Writes a file of so many pages of 'x' that are on the disk and not in memory, as far as its file
// system knows the difference.
inline void WriteColdFile(const std::string& path, size_t pages) {
  std::ofstream(path, std::ios::binary) << std::string(pages * kFilePage, 'x');
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(file, 0) << path;
  EXPECT_EQ(fsync(file), 0);
  EXPECT_EQ(posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED), 0);
  close(file);
}

// How many of the pages of mapped bytes are in memory. REQUIRES: data begins a page.
inline size_t PagesInMemory(const char* data, size_t pages) {
  std::vector<unsigned char> there(pages);
  EXPECT_EQ(mincore(const_cast<char*>(data), pages * kFilePage, there.data()), 0);
  return static_cast<size_t>(
      std::count_if(there.begin(), there.end(), [](unsigned char page) { return page & 1; }));
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_TESTING_COLD_FILE_H_
