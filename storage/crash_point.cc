#include "storage/crash_point.h"

namespace nestor {

// Alone in its file: a program that brings its own leaves this one in the library.
void ReachCrashPoint(CrashPoint) {}

}  // namespace nestor
