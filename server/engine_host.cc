#include "server/engine_host.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/uuid.h"
#include "spdlog/spdlog.h"
#include "storage/checked_directories.h"
#include "storage/checked_file.h"
#include "storage/disk.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr absl::Duration kLook = absl::Seconds(1);
// After the store could not be opened although the disk seemed to work: that takes calls away.
constexpr absl::Duration kRetryOpening = absl::Seconds(5);
// Waits before opening again grow up to this while the disk works and the store soon fails again.
constexpr absl::Duration kLongestWait = absl::Seconds(8);
constexpr absl::Duration kLasting = absl::Minutes(1);

}  // namespace

EngineHost::EngineHost(Options options, ServiceState& state, HealthService& health)
    : options_(std::move(options)), state_(state), health_(health) {}

EngineHost::~EngineHost() {
  watching_.reset();
  Close();
}

absl::Status EngineHost::Start() {
  NESTOR_RETURN_IF_ERROR(Open());
  watching_ = std::make_unique<BackgroundLane>([this] { Watch(); }, kLook,
                                               BackgroundLane::Priority::kNormal);
  return absl::OkStatus();
}

absl::Status EngineHost::Open() {
  const std::string& data = options_.store.directory;
  NESTOR_ASSIGN_OR_RETURN(std::unique_ptr<PointStore> store, OpenRocksDbStore(options_.store));
  EngineOptions engine_options;
  NESTOR_ASSIGN_OR_RETURN(engine_options.files,
                          CheckedFiles::Open(data + "/segments", options_.store.env));
  engine_options.index_threads = options_.index_threads;
  engine_options.audit_share = options_.audit_share;
  engine_options.settles_after = options_.settles_after;
  engine_options.new_uuid = NewUuid;
  engine_options.disk_used = [gauge = std::make_shared<DiskGauge>(data)] {
    return gauge->used_share();
  };
  engine_options.log_info = [](absl::string_view text) { spdlog::info("{}", std::string(text)); };
  engine_options.log_error = [](absl::string_view text) { spdlog::error("{}", std::string(text)); };
  NESTOR_ASSIGN_OR_RETURN(std::unique_ptr<CheckedDirectories> snapshots,
                          CheckedDirectories::Open(data + "/snapshots", options_.store.env));
  NESTOR_ASSIGN_OR_RETURN(engine_, Engine::Open(std::move(store), std::move(engine_options)));
  snapshots_ = std::make_unique<Snapshots>(*engine_, std::move(snapshots));
  unused_ = std::make_unique<absl::Notification>();
  state_.SetEngine({engine_.get(), [unused = unused_.get()](Engine*) { unused->Notify(); }},
                   snapshots_.get());
  health_.SetWritable(true);
  health_.SetServing(true);
  spdlog::info("{} collections are ready", engine_->List().size());
  return absl::OkStatus();
}

void EngineHost::Close() {
  if (engine_ == nullptr) return;
  health_.SetServing(false);
  state_.SetEngine(nullptr, nullptr);
  unused_->WaitForNotification();
  snapshots_.reset();
  engine_.reset();
}

void EngineHost::Watch() {
  if (engine_ != nullptr) {
    const absl::Status writable = engine_->Writable();
    if (writable.ok()) return;
    if (!std::exchange(failed_, true)) {
      health_.SetWritable(false);
      const bool damaged = absl::IsDataLoss(writable);
      spdlog::error(
          "writes are refused until {}: {}",
          damaged ? "the data are mended and the server is started again" : "the disk works again",
          std::string(writable.message()));
      const bool lasted = absl::Now() - opened_ > kLasting;
      wait_ = lasted ? absl::ZeroDuration() : std::clamp(2 * wait_, kLook, kLongestWait);
      next_try_ = damaged ? absl::InfiniteFuture() : absl::Now() + wait_;
    }
  }
  if (absl::Now() < next_try_) return;
  const absl::Status status = TryToOpen();
  if (status.ok()) {
    failed_ = false;
    last_error_.clear();
    spdlog::info("writes are accepted again");
  } else if (status.message() != last_error_) {
    last_error_ = std::string(status.message());
    spdlog::error("cannot open the store again yet: {}", last_error_);
  }
}

absl::Status EngineHost::TryToOpen() {
  NESTOR_RETURN_IF_ERROR(CheckDiskWorks(options_.store.directory, options_.store.env));
  reopening_ = true;
  Close();
  absl::Status status = Open();
  reopening_ = false;
  if (!status.ok()) next_try_ = absl::Now() + kRetryOpening;
  opened_ = absl::Now();
  return status;
}

}  // namespace nestor
