#ifndef NESTOR_SERVER_SERVER_INFO_H_
#define NESTOR_SERVER_SERVER_INFO_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nestor/v1/server.pb.h"

namespace nestor {

// What the text of a /proc/<pid>/stat says; zeros if it is none.
struct ProcessStat {
  uint32_t threads = 0;
  uint64_t resident_pages = 0;
};
ProcessStat ParseProcessStat(absl::string_view text);

// Of this process, which began at `start_time`, as it is now.
void WriteServerInfo(absl::Time start_time, v1::ServerInfo* out);

}  // namespace nestor

#endif  // NESTOR_SERVER_SERVER_INFO_H_
