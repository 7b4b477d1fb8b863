#ifndef NESTOR_TESTS_TESTING_DAMAGE_H_
#define NESTOR_TESTS_TESTING_DAMAGE_H_

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "rocksdb/env.h"
#include "storage/checked_file.h"
#include "tests/testing/random_vectors.h"

// What happens to files at rest.

namespace nestor::testing {

inline std::string ContentOf(const CheckedFiles& files, const std::string& name) {
  std::string content;
  const rocksdb::Status status =
      rocksdb::ReadFileToString(files.env(), files.PathOf(name), &content);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return content;
}

inline void SetContent(const CheckedFiles& files, const std::string& name,
                       const std::string& content) {
  const rocksdb::Status status =
      rocksdb::WriteStringToFile(files.env(), content, files.PathOf(name));
  EXPECT_TRUE(status.ok()) << status.ToString();
}

// Flips a bit, cuts the end off, removes a file or puts another one in its place.
inline void DamageAFile(const CheckedFiles& files, Random* random) {
  const std::vector<std::string> names = files.List().value();
  if (names.empty()) return;
  const std::string& name = names[random->Below(names.size())];
  std::string content = ContentOf(files, name);
  switch (random->Below(4)) {
    case 0: {
      const size_t bit = random->Below(8 * content.size());
      content[bit / 8] = static_cast<char>(content[bit / 8] ^ (1 << (bit % 8)));
      break;
    }
    case 1:
      content.resize(random->Below(content.size()));
      break;
    case 2:
      EXPECT_TRUE(files.Remove(name).ok());
      return;
    default:
      content = ContentOf(files, names[random->Below(names.size())]);
  }
  SetContent(files, name, content);
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_TESTING_DAMAGE_H_
