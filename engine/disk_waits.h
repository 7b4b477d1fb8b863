#ifndef NESTOR_ENGINE_DISK_WAITS_H_
#define NESTOR_ENGINE_DISK_WAITS_H_

#include <cstddef>

namespace nestor {

// Whether the mapped rows that a thread reads next in one place are likely to be on the disk: some
// of those that it read last were. If so it pays to ask for all of them before the first is read,
// so that they come together. If they are in memory, asking takes longer than scoring them.
//
// Thread safety: none; each thread has its own.
class DiskWaits {
 public:
  bool expected() const { return expected_; }
  // To be called when rows have been read, of which `asked_for` had been asked for and were not in
  // memory then. What the thread has waited for besides, the system counts, in pages.
  void RowsWereRead(size_t asked_for);

 private:
  long pages_ = 0;  // that the thread has waited for
  bool expected_ = false;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_DISK_WAITS_H_
