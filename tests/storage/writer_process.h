#ifndef NESTOR_TESTS_STORAGE_WRITER_PROCESS_H_
#define NESTOR_TESTS_STORAGE_WRITER_PROCESS_H_

#include <cstdint>
#include <string>

#include "tests/storage/record_builder.h"

namespace nestor::testing {

// The vector that writer_process.cc writes for `row`.
inline std::string WriterVector(uint64_t row) { return VectorBytes(row, 512); }

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_STORAGE_WRITER_PROCESS_H_
