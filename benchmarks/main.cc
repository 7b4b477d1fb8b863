#include <unistd.h>

#include <csignal>
#include <iostream>

#include "benchmarks/command_line.h"

int main(int argc, char** argv) {
  // `nestor-bench ... | head` ends with a failed write, so that what was begun is cleaned up.
  std::signal(SIGPIPE, SIG_IGN);
  nestor::bench::Console console{
      .out = std::cout, .err = std::cerr, .err_is_terminal = ::isatty(STDERR_FILENO) == 1};
  return nestor::bench::RunNestorBench(argc, argv, console);
}
