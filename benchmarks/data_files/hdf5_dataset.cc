#include "benchmarks/data_files/hdf5_dataset.h"

#include <hdf5.h>

#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/input_file.h"
#include "client/vector_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr hsize_t kMaxChunkBytes = hsize_t{256} << 20;  // the library reads a chunk as a whole
constexpr size_t kChunkCacheBytes = size_t{64} << 20;
constexpr size_t kMaxListedNames = 20;

// An identifier of the library, closed by the function that its kind has.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }

  bool ok() const { return id_ >= 0; }
  hid_t id() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

absl::Status BadFile(const std::string& path, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
}

Handle OpenFile(const std::string& path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are ours to report
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // Files may lie where locks are not to be had.
  H5Pset_file_locking(access.id(), /*use_file_locking=*/false, /*ignore_when_disabled=*/true);
  return Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
}

Handle OpenDataset(const Handle& file, const std::string& name) {
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_chunk_cache(access.id(), H5D_CHUNK_CACHE_NSLOTS_DEFAULT, kChunkCacheBytes,
                     H5D_CHUNK_CACHE_W0_DEFAULT);
  return Handle(H5Dopen2(file.id(), name.c_str(), access.id()), H5Dclose);
}

// At the top of the file, the first few.
std::vector<std::string> DatasetNames(const Handle& file) {
  H5G_info_t info;
  std::vector<std::string> names;
  if (H5Gget_info(file.id(), &info) < 0) return names;
  for (hsize_t i = 0; i < info.nlinks && i < kMaxListedNames; ++i) {
    char name[64];  // a longer one is cut
    if (H5Lget_name_by_idx(file.id(), ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof(name),
                           H5P_DEFAULT) > 0) {
      names.emplace_back(name);
    }
  }
  return names;
}

}  // namespace

struct Hdf5Dataset::Handles {
  Handle file;
  Handle dataset;
};

absl::StatusOr<std::unique_ptr<Hdf5Dataset>> Hdf5Dataset::Open(const std::string& path,
                                                               const std::string& name) {
  NESTOR_RETURN_IF_ERROR(InputFile::Open(path).status());  // says why it cannot be read
  Handle file = OpenFile(path);
  if (!file.ok()) return BadFile(path, "is not an HDF5 file, or is cut or damaged");
  Handle dataset = OpenDataset(file, name);
  if (!dataset.ok()) {
    return BadFile(path, absl::StrCat("has no readable data set '", name,
                                      "'; it has: ", absl::StrJoin(DatasetNames(file), ", ")));
  }
  auto handles = absl::WrapUnique(new Handles{std::move(file), std::move(dataset)});
  auto opened = absl::WrapUnique(new Hdf5Dataset(std::move(handles), path, name));
  NESTOR_RETURN_IF_ERROR(opened->ReadSizes());
  NESTOR_RETURN_IF_ERROR(opened->ReadType());
  NESTOR_RETURN_IF_ERROR(opened->CheckStorage());
  return opened;
}

Hdf5Dataset::Hdf5Dataset(std::unique_ptr<Handles> handles, const std::string& path,
                         const std::string& name)
    : handles_(std::move(handles)), path_(path), name_(name) {}

Hdf5Dataset::~Hdf5Dataset() = default;

absl::Status Hdf5Dataset::Bad(const std::string& what) const {
  return BadFile(path_, absl::StrCat("data set '", name_, "' ", what));
}

absl::Status Hdf5Dataset::ReadSizes() {
  const Handle space(H5Dget_space(handles_->dataset.id()), H5Sclose);
  const int axes = H5Sget_simple_extent_ndims(space.id());
  if (axes != 2) return Bad(absl::StrCat("has ", axes, " axes, 2 expected: rows, columns"));
  hsize_t sizes[2];
  H5Sget_simple_extent_dims(space.id(), sizes, nullptr);
  if (sizes[0] == 0) return Bad("has no rows");
  if (sizes[1] == 0 || sizes[1] > kMaxFileDims) {
    return Bad(absl::StrCat("has ", sizes[1], " columns, 1 to ", kMaxFileDims, " expected"));
  }
  rows_ = sizes[0];
  columns_ = static_cast<uint32_t>(sizes[1]);
  return absl::OkStatus();
}

absl::Status Hdf5Dataset::ReadType() {
  const Handle type(H5Dget_type(handles_->dataset.id()), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) return Bad("has neither floats nor integers");
  has_ints_ = kind == H5T_INTEGER;
  number_bytes_ = H5Tget_size(type.id());
  return absl::OkStatus();
}

// The library answers with zeros for what was never written, so a few bytes could claim any size.
absl::Status Hdf5Dataset::CheckStorage() {
  const Handle creation(H5Dget_create_plist(handles_->dataset.id()), H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(creation.id());
  if (layout == H5D_VIRTUAL || H5Pget_external_count(creation.id()) > 0) {
    return Bad("is kept in another file");
  }
  if (layout == H5D_CHUNKED) return CheckChunks(creation.id());
  const hsize_t held = H5Dget_storage_size(handles_->dataset.id());
  if (held / (number_bytes_ * columns_) >= rows_) return absl::OkStatus();
  return Bad(absl::StrCat("is said to have ", rows_, " x ", columns_, " numbers, the file holds ",
                          held, " bytes"));
}

absl::Status Hdf5Dataset::CheckChunks(int64_t creation) {
  hsize_t chunk[2] = {0, 0};
  if (H5Pget_chunk(creation, 2, chunk) != 2 || chunk[0] == 0 || chunk[1] == 0 ||
      chunk[0] > kMaxChunkBytes / number_bytes_ / chunk[1]) {
    return Bad(absl::StrCat("has chunks of ", chunk[0], " x ", chunk[1], " numbers, ",
                            kMaxChunkBytes, " bytes are the limit"));
  }
  const Handle space(H5Dget_space(handles_->dataset.id()), H5Sclose);
  hsize_t held = 0;
  const hsize_t down = (rows_ - 1) / chunk[0] + 1;
  const hsize_t across = (columns_ - 1) / chunk[1] + 1;
  if (H5Dget_num_chunks(handles_->dataset.id(), space.id(), &held) < 0) {
    return Bad("has a damaged list of chunks");
  }
  // Divided, since the product may be more than 64 bits hold.
  if (held / across >= down) return absl::OkStatus();
  return Bad(absl::StrCat("has ", held, " of its ", down, " x ", across, " chunks"));
}

absl::Status Hdf5Dataset::Read(uint64_t first, uint64_t count, int64_t type, void* out) {
  const hsize_t start[2] = {first, 0};
  const hsize_t size[2] = {count, columns_};
  const Handle from(H5Dget_space(handles_->dataset.id()), H5Sclose);
  const Handle to(H5Screate_simple(2, size, nullptr), H5Sclose);
  H5Sselect_hyperslab(from.id(), H5S_SELECT_SET, start, nullptr, size, nullptr);
  if (H5Dread(handles_->dataset.id(), type, to.id(), from.id(), H5P_DEFAULT, out) >= 0) {
    return absl::OkStatus();
  }
  return Bad(absl::StrCat("cannot be read at rows ", first, " to ", first + count - 1,
                          ": the file is cut or damaged"));
}

absl::Status Hdf5Dataset::ReadFloats(uint64_t first, uint64_t count, float* out) {
  return Read(first, count, H5T_NATIVE_FLOAT, out);
}

absl::Status Hdf5Dataset::ReadInts(uint64_t first, uint64_t count, int64_t* out) {
  return Read(first, count, H5T_NATIVE_INT64, out);
}

}  // namespace nestor::bench
