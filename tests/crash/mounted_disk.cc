#include "tests/crash/mounted_disk.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace nestor::testing {
namespace {

// fs/ext4/ext4.h of Linux; not in a header that programs get.
constexpr uint32_t kShutdownNoLogFlush = 2;
#define NESTOR_EXT4_SHUTDOWN _IOR('X', 125, uint32_t)

absl::Status Command(const std::string& command) {
  const int status = std::system(absl::StrCat(command, " >/dev/null 2>&1").c_str());
  if (status == 0) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("'", command, "' does not work here"));
}

absl::Status MountImage(const std::string& image, const std::string& path) {
  return Command(absl::StrCat("mount -o loop '", image, "' '", path, "'"));
}

absl::Status Prepare(const std::string& path) {
  if (geteuid() != 0) return absl::UnimplementedError("only root can mount");
  std::filesystem::create_directories(path);
  return absl::OkStatus();
}

absl::Status Failed(absl::string_view what) {
  return absl::InternalError(absl::StrCat("cannot ", what, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<MountedDisk>> MountedDisk::NewExt4(const std::string& directory,
                                                                  uint64_t bytes) {
  const std::string path = directory + "/disk";
  const std::string image = directory + "/disk.image";
  absl::Status status = Prepare(path);
  if (!status.ok()) return status;
  std::ofstream(image).flush();
  std::filesystem::resize_file(image, bytes);
  status = Command(absl::StrCat("mkfs.ext4 -q -F '", image, "'"));
  if (status.ok()) status = MountImage(image, path);
  if (!status.ok()) return status;
  return std::unique_ptr<MountedDisk>(new MountedDisk(path, image));
}

absl::StatusOr<std::unique_ptr<MountedDisk>> MountedDisk::NewTmpfs(const std::string& directory,
                                                                   uint64_t bytes) {
  const std::string path = directory + "/disk";
  const absl::Status status = Prepare(path);
  if (!status.ok()) return status;
  if (mount("tmpfs", path.c_str(), "tmpfs", 0, absl::StrCat("size=", bytes).c_str()) != 0) {
    return absl::UnimplementedError(
        absl::StrCat("no tmpfs can be mounted: ", std::strerror(errno)));
  }
  return std::unique_ptr<MountedDisk>(new MountedDisk(path, ""));
}

MountedDisk::~MountedDisk() { umount2(path_.c_str(), MNT_DETACH); }

absl::Status MountedDisk::CutPower() const {
  const int directory = open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return Failed("open the disk");
  uint32_t flags = kShutdownNoLogFlush;
  const int result = ioctl(directory, NESTOR_EXT4_SHUTDOWN, &flags);
  close(directory);
  return result == 0 ? absl::OkStatus() : Failed("cut the power of the disk");
}

absl::Status MountedDisk::PowerOn() const {
  if (umount(path_.c_str()) != 0) return Failed("unmount the disk");
  const absl::Status mounted = MountImage(image_, path_);
  return mounted.ok() ? mounted : absl::InternalError(mounted.message());
}

}  // namespace nestor::testing
