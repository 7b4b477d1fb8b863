#include "storage/closing_record.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "rocksdb/env.h"
#include "storage/checked_file.h"
#include "storage/crc32c.h"
#include "storage/records.pb.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr char kName[] = "CLOSED";
constexpr uint32_t kSection = 1;
constexpr size_t kReadBytes = size_t{1} << 20;

// Not, for example, what an operator keeps in a file nestord.log beside them.
bool IsBelievedAsFarAsItGoes(absl::string_view name) {
  uint64_t number = 0;
  if (name == "CURRENT") return true;
  if (absl::ConsumePrefix(&name, "MANIFEST-")) return absl::SimpleAtoi(name, &number);
  return absl::ConsumeSuffix(&name, ".log") && absl::SimpleAtoi(name, &number);
}

std::string HowToGoOn(const std::string& directory) {
  return absl::StrCat("; if it was changed on purpose, remove ", directory, "/", kName);
}

absl::StatusOr<storage::ClosingRecord::File> Describe(const std::string& directory,
                                                      const std::string& name, rocksdb::Env* env) {
  const std::string path = absl::StrCat(directory, "/", name);
  std::unique_ptr<rocksdb::SequentialFile> content;
  rocksdb::Status status = env->NewSequentialFile(path, &content, rocksdb::EnvOptions());
  if (status.IsPathNotFound() || status.IsNotFound()) {
    return absl::DataLossError(absl::StrCat(path, " is missing", HowToGoOn(directory)));
  }
  storage::ClosingRecord::File file;
  file.set_name(name);
  std::string buffer(kReadBytes, '\0');
  rocksdb::Slice read("?");
  while (status.ok() && !read.empty()) {
    status = content->Read(buffer.size(), &read, buffer.data());
    if (!status.ok()) break;
    file.set_bytes(file.bytes() + read.size());
    file.set_crc(Crc32c({read.data(), read.size()}, file.crc()));
  }
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("read ", path));
  return file;
}

// Nothing if there is none.
absl::StatusOr<storage::ClosingRecord> Read(const CheckedFiles& files) {
  storage::ClosingRecord record;
  const absl::StatusOr<CheckedFileReader> file = CheckedFileReader::Open(files, kName);
  if (absl::IsNotFound(file.status())) return record;
  NESTOR_RETURN_IF_ERROR(file.status());
  std::string bytes(file->BytesOf(kSection), '\0');
  NESTOR_RETURN_IF_ERROR(file->Read(kSection, bytes.data(), bytes.size()));
  if (record.ParseFromString(bytes)) return record;
  return absl::DataLossError(absl::StrCat(file->path(), " is no closing record"));
}

}  // namespace

absl::Status WriteClosingRecord(const std::string& directory, rocksdb::Env* env) {
  std::vector<std::string> names;
  const rocksdb::Status listed = env->GetChildren(directory, &names);
  if (!listed.ok()) return FromRocksDb(listed, absl::StrCat("list ", directory));
  storage::ClosingRecord record;
  for (const std::string& name : names) {
    if (!IsBelievedAsFarAsItGoes(name)) continue;
    NESTOR_ASSIGN_OR_RETURN(*record.add_files(), Describe(directory, name, env));
  }
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<CheckedFiles> files,
                          CheckedFiles::Open(directory, env));
  const std::string bytes = record.SerializeAsString();
  return files->Write(kName, {{kSection, bytes}}).status();
}

absl::Status CheckClosingRecord(const std::string& directory, rocksdb::Env* env) {
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<CheckedFiles> files,
                          CheckedFiles::Open(directory, env));
  NESTOR_ASSIGN_OR_RETURN(const storage::ClosingRecord record, Read(*files));
  for (const storage::ClosingRecord::File& file : record.files()) {
    NESTOR_ASSIGN_OR_RETURN(const storage::ClosingRecord::File now,
                            Describe(directory, file.name(), env));
    if (now.bytes() == file.bytes() && now.crc() == file.crc()) continue;
    return absl::DataLossError(absl::StrCat(files->PathOf(file.name()), " is damaged: it has ",
                                            now.bytes(), " bytes with checksum ", now.crc(),
                                            ", and had ", file.bytes(), " with ", file.crc(),
                                            " when the store was closed", HowToGoOn(directory)));
  }
  return absl::OkStatus();
}

absl::Status RemoveClosingRecord(const std::string& directory, rocksdb::Env* env) {
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<CheckedFiles> files,
                          CheckedFiles::Open(directory, env));
  const std::string path = files->PathOf(kName);
  const rocksdb::Status there = env->FileExists(path);
  if (there.IsNotFound()) return absl::OkStatus();
  return there.ok() ? files->Remove(kName) : FromRocksDb(there, absl::StrCat("look for ", path));
}

}  // namespace nestor
