#ifndef NESTOR_TESTS_SERVER_SERVER_PROCESS_H_
#define NESTOR_TESTS_SERVER_SERVER_PROCESS_H_

#include <sys/types.h>

#include <string>

namespace nestor::testing {

// A real nestord, as a child process that listens on a Unix socket in `directory` and keeps its
// data there.
class ServerProcess {
 public:
  // Returns when it is serving. Fails the test and stops the process if that does not happen.
  explicit ServerProcess(const std::string& directory);
  ~ServerProcess();  // SIGKILL, if it still runs

  const std::string& address() const { return address_; }
  void Kill();      // SIGKILL, and waits for its end
  int Terminate();  // SIGTERM; returns the exit status, or -1 if a signal ended it

 private:
  int Wait();

  std::string address_;
  pid_t pid_ = -1;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_SERVER_SERVER_PROCESS_H_
