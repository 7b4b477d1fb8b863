#ifndef NESTOR_STORAGE_STATUS_MACROS_H_
#define NESTOR_STORAGE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// The few lines that newer versions of Abseil bring themselves. Dropped when Debian's has them.

#define NESTOR_RETURN_IF_ERROR(expr)                                                    \
  do {                                                                                  \
    if (absl::Status nestor_status = (expr); !nestor_status.ok()) return nestor_status; \
  } while (false)

#define NESTOR_STATUS_CONCAT_INNER_(a, b) a##b
#define NESTOR_STATUS_CONCAT_(a, b) NESTOR_STATUS_CONCAT_INNER_(a, b)

// NESTOR_ASSIGN_OR_RETURN(auto rows, ReadRows(path));
#define NESTOR_ASSIGN_OR_RETURN(lhs, expr) \
  NESTOR_ASSIGN_OR_RETURN_IMPL_(NESTOR_STATUS_CONCAT_(nestor_statusor_, __LINE__), lhs, expr)
#define NESTOR_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expr) \
  auto statusor = (expr);                                  \
  if (!statusor.ok()) return std::move(statusor).status(); \
  lhs = *std::move(statusor)

#endif  // NESTOR_STORAGE_STATUS_MACROS_H_
