#include <unistd.h>

#include <csignal>
#include <iostream>

#include "client/commands/command_line.h"

int main(int argc, char** argv) {
  // `nestor ... | head` ends quietly with a failed write, not with a signal in the middle of a
  // call.
  std::signal(SIGPIPE, SIG_IGN);
  nestor::cli::Console console{.out = std::cout, .err = std::cerr};
  console.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  return nestor::cli::RunNestor(argc, argv, console);
}
