#include "benchmarks/method.h"

#include <utility>

#include "storage/status_macros.h"

namespace nestor::bench {

AnswerFunction OneByOne(SearchFunction search) {
  return [search = std::move(search)](const FloatMatrix& queries, Answers* answers) {
    answers->resize(queries.rows);
    for (size_t q = 0; q < queries.rows; ++q) {
      NESTOR_RETURN_IF_ERROR(search(queries.Row(q), &(*answers)[q]));
    }
    return absl::OkStatus();
  };
}

}  // namespace nestor::bench
