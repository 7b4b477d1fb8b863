#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/crash/answers.h"
#include "tests/crash/modes.h"
#include "tests/crash/rest_damage.h"
#include "tests/crash/site.h"
#include "tests/crash/verifier.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kRunsOfOneBase = 25;  // before the undamaged directory gets some more life
constexpr int kLivesOfABase = 3;

// How a server took its damage.
enum class Outcome { kHealed, kRefused, kSaidSo };
constexpr const char* kOutcomeNames[] = {"healed", "refused to start", "answered with errors"};

std::string Describe(const RestDamage& damage) {
  std::string text = absl::StrCat(damage.harm, " of a ", damage.kind, ":");
  for (const fs::path& file : damage.files) absl::StrAppend(&text, " ", file.string());
  return text;
}

// Writes, kills, and at last a rest: all is in segments, the server ended in peace, and some of
// what was written last is in the log alone.
absl::Status LiveOn(Random* random, Site* site) {
  for (int life = 0; life < kLivesOfABase; ++life) {
    absl::Status status = site->StartAndVerify();
    if (status.ok()) status = site->WorkAndKill(absl::Milliseconds(300), random->Below(1U << 30));
    if (!status.ok()) return status;
  }
  absl::Status status = site->StartAndVerify();
  if (!status.ok()) return status;
  Workload last(site->server().address(), random->Below(1U << 30), ServerMayBeAway, site->truth());
  last.Work(absl::Milliseconds(200));
  status = last.Stop();
  if (status.ok()) status = site->WaitForIndex();
  site->server().RequestTermination();
  if (status.ok() && !site->server().WaitForEnd(absl::Seconds(10))) {
    return absl::InternalError("the server did not end");
  }
  return status;
}

// All points, whatever the server has of them: each must be one that was written, and not later
// than the newest. Counts those that are not as the oracle knows them.
absl::StatusOr<int> CountDifferences(const Client& client, Oracle* oracle) {
  std::map<Key, Version> seen;
  v1::ScrollRequest request;
  request.set_collection(kDocs);
  request.set_page_size(1000);
  request.mutable_select()->set_payload(true);
  request.mutable_select()->set_vector(true);
  do {
    const auto page = client.Scroll(request);
    if (!page.ok()) return page.status();
    for (const v1::Point& point : page->points()) {
      const absl::StatusOr<VersionedKey> found = Identify(point);
      if (!found.ok()) return absl::InternalError(found.status().message());
      seen[found->key] = found->version;
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  int differences = 0;
  for (Key key = 0; key < oracle->keys(); ++key) {
    const auto it = seen.find(key);
    const Oracle::Seen last = oracle->Last(key);
    const bool same = it == seen.end() ? !last.has_value() : last == it->second;
    if (!same) ++differences;
  }
  return differences;
}

absl::Status CheckSegmentsWereNoticed(const RestDamage& damage, const std::string& log) {
  for (const fs::path& file : damage.files) {
    if (file.extension() != ".segment" || !fs::exists(file)) continue;
    if (absl::StrContains(log, file.filename().string())) continue;
    return absl::InternalError("a damaged segment file was not noticed");
  }
  return absl::OkStatus();
}

bool EndedAfterAnError(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == 1; }

absl::StatusOr<Outcome> OutcomeOf(const RestDamage& damage, Site* site) {
  const absl::Status started = site->Start();
  if (!started.ok()) {
    // The collections are asked for right after the start.
    if (site->server().IsRunning() && absl::IsDataLoss(started)) return Outcome::kSaidSo;
    const int status = site->server().wait_status();
    if (EndedAfterAnError(status) && absl::StrContains(site->server().Log(), "[error]")) {
      return Outcome::kRefused;
    }
    return absl::InternalError(absl::StrCat("not a clear refusal: ", started.message()));
  }
  const absl::Status noticed = CheckSegmentsWereNoticed(damage, site->server().Log());
  if (!noticed.ok()) return noticed;
  const absl::StatusOr<int> differences = CountDifferences(site->client(), site->truth().docs);
  if (absl::IsDataLoss(differences.status())) return Outcome::kSaidSo;
  if (!differences.ok()) return differences.status();
  if (*differences > 0) {
    return absl::InternalError(absl::StrCat(*differences, " points are not as they were"));
  }
  const absl::Status verified = site->Verify();
  if (verified.ok()) return Outcome::kHealed;
  // Here other collections are read, too: RocksDB's words are a server that said so, and no finding
  // of ours.
  if (absl::StrContains(verified.message(), "Corruption: ")) return Outcome::kSaidSo;
  return absl::InternalError(verified.message());
}

using Tally = std::map<std::string, std::map<std::string, int>>;  // by damage, then outcome

absl::Status DamageAndStart(Random* random, Site* site, std::string* what, Tally* tally) {
  const std::string data = site->data();
  const std::string copy = data + "-damaged";
  fs::remove_all(copy);
  fs::copy(data, copy, fs::copy_options::recursive);
  const absl::StatusOr<RestDamage> damage = DamageAtRest(copy, random);
  if (!damage.ok()) return damage.status();
  *what = Describe(*damage);
  site->set_data(copy);
  const absl::StatusOr<Outcome> outcome = OutcomeOf(*damage, site);
  site->server().Kill();
  site->set_data(data);
  if (outcome.ok()) {
    ++(*tally)[absl::StrCat(damage->kind, " ", damage->harm)]
              [kOutcomeNames[static_cast<size_t>(*outcome)]];
  }
  return outcome.status();
}

}  // namespace

absl::Status RunCorrupt(const ModeOptions& options) {
  Site site(options.directory);
  Random random(options.seed);
  Tally tally;
  for (int run = 0; run < options.runs; ++run) {
    std::string what = "before any damage";
    absl::Status status;
    if (run % kRunsOfOneBase == 0) status = LiveOn(&random, &site);
    if (status.ok()) status = DamageAndStart(&random, &site, &what, &tally);
    if (!status.ok()) {
      return absl::Status(status.code(),
                          absl::StrCat("run ", run, ", ", what, ": ", status.message()));
    }
  }
  for (const auto& [damage, outcomes] : tally) {
    std::printf("corrupt: %-16s", damage.c_str());
    for (const auto& [outcome, count] : outcomes) std::printf("  %d %s", count, outcome.c_str());
    std::printf("\n");
  }
  std::printf("corrupt: %d runs: %s\n", options.runs, site.Summary().c_str());
  return absl::OkStatus();
}

}  // namespace nestor::testing
