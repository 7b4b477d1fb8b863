#ifndef NESTOR_STORAGE_DIRECTORY_H_
#define NESTOR_STORAGE_DIRECTORY_H_

#include <string>

#include "absl/status/status.h"

namespace nestor {

// Creates `directory` and those above it that are missing, and syncs each directory that got a new
// entry: what is later synced inside cannot be lost by losing the way to it. OK when it exists
// already.
//
// FailedPreconditionError when something else has the name; UnavailableError when the file system
// refuses. Both name the path and the reason.
absl::Status CreateDirectories(const std::string& directory);

}  // namespace nestor

#endif  // NESTOR_STORAGE_DIRECTORY_H_
