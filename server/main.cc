// nestord: the server.

#include "server/nestord.h"

int main(int argc, char** argv) { return nestor::RunNestord(argc, argv, nullptr); }
