#ifndef NESTOR_SERVER_NESTORD_H_
#define NESTOR_SERVER_NESTORD_H_

#include "storage/point_store.h"

namespace nestor {

// The program nestord, with its command line and its exit status. `env` is the file system that the
// data is on; null: the real one. Serves until SIGTERM or SIGINT, then drains. Once in a process.
int RunNestord(int argc, char** argv, rocksdb::Env* env);

}  // namespace nestor

#endif  // NESTOR_SERVER_NESTORD_H_
