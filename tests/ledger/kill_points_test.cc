// Recording, signing and exporting, with a failing call or the process's end at every point: nothing acknowledged is lost,
// and every failure is said.
#include <gtest/gtest.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "base/scratch_folder.h"
#include "child.h"
#include "evidence/encoding.h"
#include "evidence/ledger.h"
#include "evidence/signature.h"
#include "faults.h"
#include "workspace/evidence/evidence.h"

namespace duolex::tests {
namespace {

namespace fs = std::filesystem;
namespace ws = workspace;

constexpr int points = 1000;

void put(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

void make_dossier(const fs::path& folder, int size) {
  fs::remove_all(folder);
  fs::create_directories(folder / "d");
  put(folder / "d/duolex.yaml", "format: 1\nproduct: {name: Reader}\nreleases: [{version: \"1.0\"}]\n");
  put(folder / "report.json", std::string(static_cast<std::size_t>(1 + size * 397), 'r'));
  put(folder / "key", evidence::SigningKey::from_seed(std::string(32, 'k')).to_pem());
}

// To the test, past the calls that fail.
void tell(int pipe, const std::string& line) {
  const std::string whole = line + "\n";
  iovec part{const_cast<char*>(whole.data()), whole.size()};
  (void)!::writev(pipe, &part, 1);
}

// What a user does: records, one with a file and a person, an approval, a checkpoint, a proof. What is acknowledged is told
// as "ok …" with what the command printed; what is not, as "failed" or, when no reason was given, as "SILENT".
void work(const fs::path& folder, int pipe) {
  const auto step = [&](const std::string& name, auto&& command) {
    std::ostringstream out, err;
    const ExitCode code = command(out, err);
    std::string printed = code == ExitCode::clear ? out.str() : err.str();
    for (char& c : printed)
      if (c == '\n') c = '|';
    if (code == ExitCode::clear) tell(pipe, "ok " + name + " " + printed);
    else tell(pipe, (printed.empty() ? "SILENT " : "failed ") + name + " " + printed);
  };
  const auto add = [&](std::ostream& out, std::ostream& err, bool more, int i) {
    ws::EvidenceAddRequest r;
    r.dossier = folder / "d";
    r.shows = "test " + std::to_string(i);
    r.outcome = "passed";
    r.release = "1.0";
    r.now = 1'800'000'000 + i;
    if (more) r.file = folder / "report.json", r.person = "Somebody";
    return ws::evidence_add(r, out, err);
  };
  step("add", [&](auto& out, auto& err) { return add(out, err, false, 0); });
  step("add", [&](auto& out, auto& err) { return add(out, err, true, 1); });
  step("add", [&](auto& out, auto& err) { return ws::evidence_approve({folder / "d", folder / "key", 0}, out, err); });
  step("checkpoint", [&](auto& out, auto& err) { return ws::evidence_checkpoint({folder / "d", folder / "key", "log.example", ""}, out, err); });
  step("add", [&](auto& out, auto& err) { return add(out, err, true, 2); });
  std::error_code none;
  for (const auto& file : fs::directory_iterator(folder / "d/ledger/checkpoints", none)) {
    const fs::path checkpoint = file.path();
    if (checkpoint.extension() != ".txt") continue;
    step("prove", [&](auto& out, auto& err) { return ws::evidence_prove({folder / "d", checkpoint, folder / "proof", 0}, out, err); });
    break;
  }
}

struct Told {
  std::vector<std::string> lines;
  bool killed = false;
  int calls = 0;
  std::string struck;
};

Told run(const fs::path& folder, Fault fault, int number) {
  const Ended ended = in_child([&](int pipe) {
    arm(fault, number);
    try {
      work(folder, pipe);
    } catch (const std::exception& e) {
      tell(pipe, std::string("THROWN ") + e.what());
    }
    const std::string hit = struck();
    tell(pipe, "calls " + std::to_string(disarm()) + (hit.empty() ? "" : " struck " + hit));
  });
  Told told;
  told.killed = ended.killed;
  std::istringstream lines(ended.said);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("calls ")) {
      told.calls = std::stoi(line.substr(6));
      if (const auto at = line.find(" struck "); at != std::string::npos) told.struck = line.substr(at + 8);
    } else {
      told.lines.push_back(line);
    }
  }
  return told;
}

// Every leaf that an "ok add" line names is in the ledger under its index and hash, and its attachment is whole; a
// checkpoint and a proof that were acknowledged are there. And one more record can be made.
void hold(const fs::path& folder, const Told& told, const std::string& where) {
  std::vector<std::pair<std::uint64_t, std::string>> acknowledged;
  bool checkpoint = false, proof = false, failed = false;
  for (const std::string& line : told.lines) {
    EXPECT_FALSE(line.starts_with("SILENT") || line.starts_with("THROWN")) << where << ": " << line;
    failed = failed || line.starts_with("failed");
    checkpoint = checkpoint || line.starts_with("ok checkpoint");
    proof = proof || line.starts_with("ok prove");
    if (!line.starts_with("ok add leaf ")) continue;
    std::istringstream words(line.substr(12));
    std::uint64_t index = 0;
    std::string hash;
    words >> index >> hash;
    acknowledged.emplace_back(index, hash.substr(0, 64));
  }
  // A folder that could not be made is made at the next step that needs it, or that step says so.
  if (!told.struck.empty() && told.struck != "mkdir") EXPECT_TRUE(failed) << where << ": " << told.struck << " failed and nothing was said";
  if (proof) EXPECT_TRUE(fs::file_size(folder / "proof.leaf") > 0 && fs::file_size(folder / "proof.tlog-proof") > 0) << where;
  const fs::path ledger = folder / "d/ledger";
  if (checkpoint) EXPECT_FALSE(fs::is_empty(ledger / "checkpoints")) << where;
  // The next record takes up what an append that never ended has left.
  std::ostringstream out, err;
  ws::EvidenceAddRequest r;
  r.dossier = folder / "d";
  r.shows = "afterwards";
  r.outcome = "stated";
  EXPECT_EQ(ws::evidence_add(r, out, err), ExitCode::clear) << where << ": " << err.str();
  const auto leaves = evidence::read_leaves(ledger);
  ASSERT_TRUE(leaves) << where << ": " << render(leaves.error());
  for (const auto& [index, hash] : acknowledged) {
    ASSERT_LT(index, leaves->size()) << where << ": an acknowledged leaf is lost";
    EXPECT_EQ(evidence::to_hex((*leaves)[index].hash), hash) << where;
  }
  std::ostringstream verified, faults;
  ws::VerifyRequest v;
  v.dossier = folder / "d";
  (void)ws::verify(v, verified, faults);
  // The key of the approval is nobody's here; everything else holds.
  std::istringstream lines(verified.str());
  for (std::string line; std::getline(lines, line);)
    EXPECT_FALSE(line.starts_with("FOUND") && line.find("signed by nobody") == std::string::npos) << where << ": " << line;
}

TEST(KillPoints, NothingAcknowledgedIsLostAndEveryFailureIsSaid) {
  const ScratchFolder scratch("kill-points", true);
  const fs::path folder = scratch.path() / "round";
  int done = 0, killed = 0, struck = 0;
  for (int round = 0; done < points && !HasFailure(); ++round) {
    make_dossier(folder, round);
    const Told whole = run(folder, Fault::none, 0);
    for (const std::string& line : whole.lines) ASSERT_TRUE(line.starts_with("ok ")) << line;
    ASSERT_EQ(whole.lines.size(), 6u);
    // How many calls there are is known from a run in which none fails.
    make_dossier(folder, round);
    const int calls = run(folder, Fault::io_error, 1'000'000).calls;
    ASSERT_GT(calls, 20);
    for (int number = 1; number <= calls && done < points && !HasFailure(); ++number)
      for (const Fault fault : {Fault::io_error, Fault::disk_full, Fault::short_write, Fault::killed}) {
        make_dossier(folder, round);
        const Told told = run(folder, fault, number);
        if (fault == Fault::killed) EXPECT_TRUE(told.killed) << number;
        hold(folder, told, "round " + std::to_string(round) + ", fault " + std::to_string(static_cast<int>(fault)) + ", call " + std::to_string(number) + " of " + std::to_string(calls));
        killed += told.killed;
        struck += !told.struck.empty();
        ++done;
      }
  }
  std::printf("%d points: %d times the process ended, %d times a call failed\n", done, killed, struck);
  EXPECT_GE(done, points);
  EXPECT_GT(killed, points / 5);
  EXPECT_GT(struck, points / 3);
}

}  // namespace
}  // namespace duolex::tests
