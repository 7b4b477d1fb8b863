// nestord as the crash tests run it: the product's server on a file system that fails on command,
// with a ReachCrashPoint that ends it. See README.md.

#include "server/nestord.h"

int main(int argc, char** argv) { return nestor::RunNestord(argc, argv, nullptr); }
