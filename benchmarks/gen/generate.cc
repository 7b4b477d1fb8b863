#include "benchmarks/gen/generate.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "benchmarks/data_files/generated_mark.h"
#include "benchmarks/json_file.h"
#include "benchmarks/machine.h"
#include "client/progress.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kBlockBytes = size_t{32} << 20;

// A role's two files.
struct FileNames {
  const char* vectors;
  const char* labels;
};

FileNames NamesOf(GenRole role) {
  if (role == GenRole::kBase) return {"base.npy", "base_labels.npy"};
  return {"queries.npy", "query_labels.npy"};
}

absl::StatusOr<GenProfile> ProfileNamed(const std::string& name) {
  if (std::optional<GenProfile> profile = FindGenProfile(name)) return *std::move(profile);
  const auto append_name = [](std::string* out, const GenProfile& profile) {
    out->append(profile.name);
  };
  return absl::InvalidArgumentError(absl::StrCat("unknown profile '", name, "'; there are: ",
                                                 absl::StrJoin(GenProfiles(), ", ", append_name)));
}

// Points first .. first + labels.size() - 1, on several threads.
void MakeBlock(const PointMaker& maker, GenRole role, uint64_t first, int threads,
               std::vector<float>* vectors, std::vector<int32_t>* labels) {
  const size_t count = labels->size();
  const auto make = [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      (*labels)[i] = maker.Make(role, first + i, &(*vectors)[i * maker.dims()]);
    }
  };
  std::vector<std::thread> helpers;
  const auto parts = static_cast<size_t>(threads);
  for (size_t part = 1; part < parts; ++part) {
    helpers.emplace_back(make, count * part / parts, count * (part + 1) / parts);
  }
  make(0, count / parts);
  for (std::thread& helper : helpers) helper.join();
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot make ", path, ": ", error.message()));
}

// The files of a role, whole but without their names.
struct RoleFiles {
  std::unique_ptr<MatrixWriter> vectors;
  std::unique_ptr<MatrixWriter> labels;
};

// The hashes of the files go to `hashes`.
absl::StatusOr<RoleFiles> WriteRole(const GenOptions& options, const PointMaker& maker,
                                    GenRole role, Console& console, Json* hashes) {
  const uint64_t count = role == GenRole::kBase ? options.rows : options.queries;
  const FileNames names = NamesOf(role);
  const std::filesystem::path folder(options.out);
  RoleFiles files;
  NESTOR_ASSIGN_OR_RETURN(files.vectors,
                          MatrixWriter::Create((folder / names.vectors).string(),
                                               {count, options.dims, MatrixShape::Kind::kVectors}));
  NESTOR_ASSIGN_OR_RETURN(files.labels, MatrixWriter::Create((folder / names.labels).string(),
                                                             {count, 1, MatrixShape::Kind::kInts}));
  Progress progress(console.err_is_terminal ? ProgressStyle::kBar : ProgressStyle::kLines, count,
                    absl::Now());
  const auto show = [&](uint64_t done) {
    if (const auto text = progress.Update(done, absl::Now())) console.err << *text << std::flush;
  };
  GenParallelism parallelism;
  parallelism.threads = HardwareThreads();
  parallelism.block_rows = std::max<size_t>(1, kBlockBytes / (sizeof(float) * options.dims));
  NESTOR_RETURN_IF_ERROR(
      WritePoints(maker, role, count, parallelism, show, *files.vectors, *files.labels));
  console.err << progress.Finish() << std::flush;
  (*hashes)[names.vectors] = files.vectors->Hash();
  (*hashes)[names.labels] = files.labels->Hash();
  return files;
}

}  // namespace

absl::Status WritePoints(const PointMaker& maker, GenRole role, uint64_t count,
                         const GenParallelism& parallelism,
                         const std::function<void(uint64_t)>& progress, MatrixWriter& vectors,
                         MatrixWriter& labels) {
  std::vector<float> block;
  std::vector<int32_t> block_labels;
  for (uint64_t first = 0; first < count; first += block_labels.size()) {
    block_labels.resize(std::min<uint64_t>(parallelism.block_rows, count - first));
    block.resize(block_labels.size() * maker.dims());
    MakeBlock(maker, role, first, parallelism.threads, &block, &block_labels);
    NESTOR_RETURN_IF_ERROR(vectors.AppendVectors(block));
    NESTOR_RETURN_IF_ERROR(labels.AppendInts(block_labels));
    progress(first + block_labels.size());
  }
  return absl::OkStatus();
}

absl::Status Generate(const GenOptions& options, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const GenProfile profile, ProfileNamed(options.profile));
  NESTOR_RETURN_IF_ERROR(MakeFolder(options.out));
  const PointMaker maker(profile, options.dims, options.seed, options.rotated);
  Json document = NewDocument("gen", console);
  document["synthetic"] = true;
  document["profile"] = profile.name;
  document["rows"] = options.rows;
  document["dims"] = options.dims;
  document["queries"] = options.queries;
  document["seed"] = options.seed;
  document["rotated"] = options.rotated;
  document["model"] = ProfileJson(profile);
  Json hashes = Json::object();
  std::vector<RoleFiles> roles;
  for (const GenRole role : {GenRole::kBase, GenRole::kQuery}) {
    NESTOR_ASSIGN_OR_RETURN(RoleFiles files, WriteRole(options, maker, role, console, &hashes));
    roles.push_back(std::move(files));
  }
  document["files"] = std::move(hashes);
  const std::filesystem::path mark =
      std::filesystem::path(options.out) / std::string(kGeneratedFile);
  // First: no file is ever there without what says that it is synthetic.
  NESTOR_RETURN_IF_ERROR(WriteJsonFile(mark.string(), document));
  for (const RoleFiles& files : roles) {
    NESTOR_RETURN_IF_ERROR(files.vectors->Finish().status());
    NESTOR_RETURN_IF_ERROR(files.labels->Finish().status());
  }
  console.out << options.out << ": synthetic, profile " << profile.name << ", seed " << options.seed
              << ": " << options.rows << " rows, " << options.queries << " queries, "
              << options.dims << " dims" << std::endl;
  return absl::OkStatus();
}

}  // namespace nestor::bench
