#ifndef NESTOR_STORAGE_CRASH_POINT_H_
#define NESTOR_STORAGE_CRASH_POINT_H_

#include <array>
#include <cstddef>

#include "absl/strings/string_view.h"

namespace nestor {

// Places between two steps of a change to what is durable, where a crash must lose nothing. In the
// product reaching one does nothing. The server of the crash tests is linked with another
// ReachCrashPoint, which ends the process there on demand: see tests/crash/README.md.
enum class CrashPoint {
  kBeforeCommit,       // a group of writes is ready for the store
  kAfterCommit,        // it is durable, and nobody sees it yet
  kAfterPublish,       // it is seen, and nobody was told
  kAfterCreate,        // a new collection is durable, and nobody sees it
  kBeforeDrop,         // a collection is closed, and still there
  kAfterDrop,          // it is gone, its files are not
  kBeforeExpire,       // points are expired and about to be erased
  kAfterSeal,          // a delta became a segment; the tombstones of its dead rows remain
  kBeforeForget,       // tombstones that nothing needs any more, all or some of them, remain
  kAfterMergeBuild,    // a merge has its segment in memory
  kFileCreated,        // a file has its temporary name, and no content
  kFileHalfWritten,    // its header is written, its sections are not
  kFileWritten,        // all is written, nothing synced
  kFileSynced,         // it is durable under its temporary name
  kFileRenamed,        // it has its name; the directory is not synced
  kFileDurable,        // the manifest does not name it
  kAfterInstall,       // the merged segment is in the view; the manifest names the old files
  kAfterManifest,      // the manifest is durable; old files and tombstones remain
  kBeforeRemoveFile,   // a file that nobody names is about to be removed
  kFileSetAside,       // a damaged file was found by recovery, and got another name
  kAfterRecoverFiles,  // recovery has read the segments
  kAfterRecoverRows,   // and the rows that no file has
  kBeforeServing,      // all collections are recovered, and background work has not begun
  kDirectoryBegun,     // a snapshot has its temporary directory
  kSnapshotWritten,    // all is in it, synced and verified; it has no name yet
  kDirectoryRenamed,   // it has its name; that is not synced
  kDirectoryHidden,    // a snapshot to be deleted has a name that nobody sees
  kRestoreBegun,       // a collection is being restored, and empty
  kRestoreCommitted,   // some more of its points are there, and nobody sees them
  kBeforeEndRestore,   // all of them are
};

inline constexpr std::array<absl::string_view, 30> kCrashPointNames = {
    "before-commit",       "after-commit",       "after-publish",      "after-create",
    "before-drop",         "after-drop",         "before-expire",      "after-seal",
    "before-forget",       "after-merge-build",  "file-created",       "file-half-written",
    "file-written",        "file-synced",        "file-renamed",       "file-durable",
    "after-install",       "after-manifest",     "before-remove-file", "file-set-aside",
    "after-recover-files", "after-recover-rows", "before-serving",     "directory-begun",
    "snapshot-written",    "directory-renamed",  "directory-hidden",   "restore-begun",
    "restore-committed",   "before-end-restore",
};
static_assert(kCrashPointNames.size() == static_cast<size_t>(CrashPoint::kBeforeEndRestore) + 1);

void ReachCrashPoint(CrashPoint point);

}  // namespace nestor

#endif  // NESTOR_STORAGE_CRASH_POINT_H_
