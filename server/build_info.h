#ifndef NESTOR_SERVER_BUILD_INFO_H_
#define NESTOR_SERVER_BUILD_INFO_H_

namespace nestor {

// What this program was built from. cmake/WriteBuildInfo.cmake writes the definitions.
// "0.1.0"
extern const char kVersion[];
// "0123456789ab", "0123456789ab-dirty", or "unknown" without git.
extern const char kSourceCommit[];

}  // namespace nestor

#endif  // NESTOR_SERVER_BUILD_INFO_H_
