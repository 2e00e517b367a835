// Results of this program's tests as evidence in a dossier's ledger. docs/formats/evidence.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/exit_code.h"
#include "base/result.h"

namespace duolex::threats {
struct TestResult;
}

namespace duolex::workspace {

// Where a command records what it found. Without `--record` it is the folder in which the command runs, when that is a
// dossier with a ledger.
struct Recording {
  std::optional<std::filesystem::path> dossier;  // none: nothing is recorded
  std::string release;                           // empty: the dossier's last one
  std::optional<std::filesystem::path> key;      // Ed25519, in PEM: every leaf is signed with it
  std::optional<Day> good_until;                 // none: as the test says
  std::int64_t now = 0;                          // seconds since 1970, UTC
};

struct FileOfRun {
  std::string path, sha256;
};

// One test that ran.
struct TestFound {
  std::string test;  // "scan", "model.evasion", …: what `tested_by` of a control in the law names
  std::string shows, criterion, outcome, detail;
  std::vector<FileOfRun> about;   // models, data sets, bills of materials
  std::vector<FileOfRun> inputs;  // what it was done with
  std::vector<std::string> provisions, atlas, stale_when;
  bool interrupted = false;
  int days_good = 365;
  std::string tool, tool_version;  // empty: this program
};

// Its inputs become inputs; what it is about is for the caller to say.
[[nodiscard]] TestFound found_of(const threats::TestResult& result);

class Recorder {
 public:
  // Reads the dossier, its artefacts and the key before the test runs. Without a dossier the recorder does nothing.
  [[nodiscard]] static Result<Recorder> open(const Recording& recording);
  Recorder(Recorder&&) noexcept;
  Recorder& operator=(Recorder&&) noexcept;
  ~Recorder();

  [[nodiscard]] bool records() const;
  // All in one group, each with the report as its attachment; says on `said` which leaves they are and whether they
  // are signed. A file that is byte for byte an artefact of the release is named as that; only what is about such
  // files alone answers controls.
  [[nodiscard]] Result<void> add(const std::vector<TestFound>& tests, const std::string& report, const std::string& report_name, std::ostream& said);

  // The report of an earlier, whole run of a test on the same inputs, and its leaf.
  struct Before {
    std::uint64_t leaf = 0;
    std::string report;
  };
  [[nodiscard]] std::optional<Before> before(const std::string& test, const std::vector<FileOfRun>& inputs) const;

 private:
  struct State;
  explicit Recorder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The folder `here` when it is a dossier with a ledger.
[[nodiscard]] std::optional<std::filesystem::path> dossier_with_ledger(const std::filesystem::path& here);

}  // namespace duolex::workspace
