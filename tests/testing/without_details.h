#ifndef NESTOR_TESTS_TESTING_WITHOUT_DETAILS_H_
#define NESTOR_TESTS_TESTING_WITHOUT_DETAILS_H_

#include "absl/status/status.h"

namespace nestor::testing {

// Code and message, to be compared with what a test expects of them.
inline absl::Status WithoutDetails(const absl::Status& status) {
  return absl::Status(status.code(), status.message());
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_TESTING_WITHOUT_DETAILS_H_
