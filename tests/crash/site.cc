#include "tests/crash/site.h"

#include <cmath>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/crash/answers.h"
#include "tests/crash/housekeeping.h"
#include "tests/crash/verifier.h"

namespace nestor::testing {
namespace {

constexpr double kRecallTolerance = 0.005;

}  // namespace

Site::Site(std::string directory, std::string data)
    : setup_{.data = data.empty() ? directory + "/data" : std::move(data),
             .scratch = directory + "/scratch"} {
  std::filesystem::create_directories(setup_.scratch);
}

absl::Status Site::Start(const std::vector<std::string>& environment) {
  client_.reset();
  server_.reset();
  ServerSetup setup = setup_;
  setup.environment.insert(setup.environment.end(), environment.begin(), environment.end());
  absl::StatusOr<std::unique_ptr<ServerUnderTest>> server = ServerUnderTest::Launch(setup);
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  const absl::Status serving = server_->WaitUntilServing();
  if (!serving.ok()) return serving;
  client_ = std::make_unique<Client>(server_->address());
  return CreateCollections(*client_);
}

absl::Status Site::StartAndVerify() {
  const absl::Status started = Start();
  return started.ok() ? Verify() : started;
}

absl::Status Site::Verify() { return Verifier(*client_, truth()).Verify(); }

absl::Status Site::WorkAndKill(absl::Duration duration, uint64_t seed,
                               const std::function<bool()>& moment) {
  Workload workload(server_->address(), seed, ServerMayBeAway, truth());
  workload.Work(duration);
  workload.WorkUntil(moment);
  const bool was_running = server_->IsRunning();
  server_->Kill();
  const absl::Status violation = workload.Stop();
  if (!violation.ok()) return violation;
  if (was_running) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the server ended by itself: ", server_->LastWords()));
}

absl::Status Site::CheckRecallAcrossKill() {
  double recalls[2] = {};
  for (double& recall : recalls) {
    absl::Status status = WaitForIndex();
    Verifier verifier(*client_, truth());
    if (status.ok()) status = verifier.Verify();
    if (!status.ok()) return status;
    const absl::StatusOr<double> measured = verifier.Recall();
    if (!measured.ok()) return measured.status();
    recall = *measured;
    if (&recall == &recalls[1]) break;
    server_->Kill();
    status = Start();
    if (!status.ok()) return status;
  }
  if (std::abs(recalls[0] - recalls[1]) <= kRecallTolerance) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("recall@10 went from ", recalls[0], " to ", recalls[1], " over a restart"));
}

absl::Status Site::WaitForIndex() const {
  v1::WaitForIndexRequest request;
  request.set_name(kDocs);
  return client_->WaitForIndex(request, {.timeout = absl::Seconds(120)}).status();
}

std::string Site::Summary() const {
  return absl::StrCat("operations ", figures_.operations.load(), ", writes acknowledged ",
                      docs_.acknowledged(), ", uncertain ", figures_.uncertain.load(), ", refused ",
                      figures_.refused.load(), ", own-write probes ",
                      figures_.own_write_probes.load(), ", reads checked ",
                      figures_.reads_checked.load());
}

}  // namespace nestor::testing
