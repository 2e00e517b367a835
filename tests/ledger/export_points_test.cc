// Signing off, declaring and assessing a change, with a failing call or the process's end at every point: a folder is the one
// that was there or the new one as a whole, a dossier likewise, and every failure is said.
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <sys/uio.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "base/file.h"
#include "base/scratch_folder.h"
#include "child.h"
#include "evidence/cms.h"
#include "faults.h"
#include "self_signed.h"
#include "workspace/evidence/evidence.h"
#include "workspace/joint_file/diff.h"
#include "workspace/joint_file/docs.h"
#include "workspace/joint_file/report_folder.h"
#include "workspace/verdict/init.h"
#include "workspace/vulnerabilities/advisories.h"

namespace duolex::tests {
namespace {

namespace fs = std::filesystem;
namespace ws = workspace;
using Files = std::map<std::string, std::string>;

const Day day = *parse_day("2028-02-28");
constexpr Fault faults[] = {Fault::io_error, Fault::disk_full, Fault::short_write, Fault::killed};

void put(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

Files files_in(const fs::path& folder) {
  Files files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) files.emplace(entry.path().filename().string(), *read_file(entry.path()));
  return files;
}

// What a child said before it ended: "" nothing, since it was killed; "ok"; or why it failed.
struct Told {
  std::string said, struck;
  bool killed = false;
  int calls = 0;
};
Told run(Fault fault, int number, const std::function<std::string()>& work) {
  const Ended ended = in_child([&](int pipe) {
    arm(fault, number);
    std::string said;
    try {
      said = work();
    } catch (const std::exception& e) {
      said = std::string("THROWN ") + e.what();
    }
    const std::string hit = struck(), line = std::to_string(disarm()) + "\n" + hit + "\n" + said;
    iovec part{const_cast<char*>(line.data()), line.size()};
    (void)!::writev(pipe, &part, 1);
  });
  Told told;
  told.killed = ended.killed;
  if (told.killed) return told;
  std::istringstream lines(ended.said);
  std::string calls;
  std::getline(lines, calls);
  std::getline(lines, told.struck);
  told.calls = std::stoi(calls);
  told.said.assign(std::istreambuf_iterator<char>(lines), {});
  EXPECT_FALSE(told.said.empty() || told.said.starts_with("THROWN")) << told.said;
  return told;
}

std::size_t beside(const fs::path& folder) { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {})); }

TEST(ExportPoints, AFolderIsTheOldOneOrTheNewOneAsAWhole) {
  const ScratchFolder scratch("export", true);
  const fs::path place = scratch.path();
  int done = 0, killed = 0, struck = 0;
  for (int round = 0; done < 1000 && !HasFailure(); ++round) {
    const Files old = {{"declaration.json", "{}"}, {"a.html", "old"}};
    Files fresh = {{"declaration.json", "{\"release\": 2}"}};
    for (int i = 0; i < 2 + round; ++i) fresh.emplace("page-" + std::to_string(i) + ".html", std::string(static_cast<std::size_t>(1 + 997 * i), 'x'));
    const bool first = round % 2 == 1;  // nothing stands there yet
    const auto write = [&]() -> std::string {
      const auto written = ws::write_report_folder(place / "out", fresh);
      return written ? "ok" : render(written.error());
    };
    const auto prepare = [&] {
      for (const auto& entry : fs::directory_iterator(place)) fs::remove_all(entry.path());
      if (!first) {
        ASSERT_TRUE(ws::write_report_folder(place / "out", old));
      }
    };
    prepare();
    const int calls = run(Fault::io_error, 1'000'000, write).calls;
    ASSERT_GT(calls, 10);
    for (int number = 1; number <= calls && done < 1000 && !HasFailure(); ++number)
      for (const Fault fault : faults) {
        prepare();
        const Told told = run(fault, number, write);
        const std::string where = "round " + std::to_string(round) + ", fault " + std::to_string(static_cast<int>(fault)) + ", call " + std::to_string(number) + ": " + told.said;
        const Files now = files_in(place / "out");
        EXPECT_TRUE(now == fresh || now == (first ? Files{} : old)) << where;
        if (told.said == "ok") {
          EXPECT_EQ(now, fresh) << where;
        }
        if (!told.struck.empty()) {
          EXPECT_NE(told.said, "ok") << where << ": " << told.struck << " failed and nothing was said";
        }
        if (fault == Fault::killed) {
          EXPECT_TRUE(told.killed) << where;
        }
        // The next one takes away what was left.
        EXPECT_TRUE(ws::write_report_folder(place / "out", fresh)) << where;
        EXPECT_EQ(files_in(place / "out"), fresh) << where;
        EXPECT_EQ(beside(place), 1u) << where;
        killed += told.killed;
        struck += !told.struck.empty();
        ++done;
      }
  }
  std::printf("%d points: %d times the process ended, %d times a call failed\n", done, killed, struck);
  EXPECT_GE(done, 1000);
  EXPECT_GT(killed, 200);
  EXPECT_GT(struck, 300);
}

// The feeder of the examples, signed and declared, at every call of each of the three commands that end in a signature.
class Signing : public testing::Test {
 protected:
  void SetUp() override {
    fs::copy(fs::path(DUOLEX_SOURCE_DIR) / "examples/feeder-scale", place_ / "d", fs::copy_options::recursive);
    std::string text = *read_file(place_ / "d/duolex.yaml");
    for (const auto& [what, with] : {std::pair{"languages: [de, fr]", "languages: [de]"}, {"member_states: [DE, FR]", "member_states: [DE]"}}) text.replace(text.find(what), std::string(what).size(), with);
    put(place_ / "d/duolex.yaml", text);
    put(place_ / "key.p12", self_signed_pkcs12(EVP_EC_gen("P-256")));
    ws::BuildRequest index;
    index.sources = {(place_ / "d/advisories").string()};
    index.index = (place_ / "advisories.idx").string();
    index.now = "2028-02-28T00:00:00Z";
    std::ostringstream out, err;
    ASSERT_EQ(ws::advisories_build(index, out, err), ExitCode::clear) << err.str();
    ws::EvidenceAddRequest evidence;
    evidence.dossier = place_ / "d";
    evidence.shows = "the test plan";
    evidence.outcome = "passed";
    evidence.release = "1.0.0";
    evidence.artefacts = {"artefacts/1.0.0/visits.onnx"};
    evidence.answers = {"control.test_plan"};
    ASSERT_EQ(ws::evidence_add(evidence, out, err), ExitCode::clear) << err.str();
  }

  using Command = std::function<ExitCode(std::ostream&, std::ostream&)>;
  static std::string said(const Command& command, ExitCode good) {
    std::ostringstream out, err;
    return command(out, err) == good ? "ok" : "failed: " + err.str() + out.str();
  }
  ExitCode sign_off(std::ostream& out, std::ostream& err) const {
    ws::SignOffRequest r;
    r.dossier = place_ / "d";
    r.by = "Regulatory affairs";
    r.role = "Head";
    r.as_of = r.today = day;
    return ws::sign_off(r, out, err);
  }
  ExitCode declare(std::ostream& out, std::ostream& err) const {
    ws::DeclareRequest r;
    r.dossier = place_ / "d";
    r.out = place_ / "declared";
    r.index = (place_ / "advisories.idx").string();
    r.as_of = day;
    r.signing.key = (place_ / "key.p12").string();
    return ws::declare(r, out, err);
  }
  ExitCode sign_change(std::ostream& out, std::ostream& err) const {
    ws::DiffRequest r;
    r.releases = {(place_ / "d").string()};
    r.as_of = r.today = day;
    r.sign = "Engineering";
    r.role = "Head";
    return ws::diff(r, out, err);
  }

  // At every call: `hold` looks at what is there, `again` puts back what was.
  void at_every_call(const Command& command, ExitCode good, const std::function<void(const std::string& where, bool ok)>& hold, const std::function<void()>& again) {
    again();
    const Told whole = run(Fault::io_error, 1'000'000, [&] { return said(command, good); });
    ASSERT_EQ(whole.said, "ok");
    ASSERT_GT(whole.calls, 2);
    for (int number = 1; number <= whole.calls && !HasFailure(); ++number)
      for (const Fault fault : faults) {
        again();
        const Told told = run(fault, number, [&] { return said(command, good); });
        const std::string where = "fault " + std::to_string(static_cast<int>(fault)) + ", call " + std::to_string(number) + " of " + std::to_string(whole.calls) + ": " + told.said;
        if (!told.struck.empty()) {
          EXPECT_GT(told.said.size(), std::string("failed: ").size()) << where << ": " << told.struck << " failed and nothing was said";
        }
        hold(where, told.said == "ok");
        ++points_;
      }
  }

  const ScratchFolder scratch_{"signing", true};
  const fs::path place_ = scratch_.path();
  int points_ = 0;
};

TEST_F(Signing, WhatIsAcknowledgedIsWholeAndWhatFailsIsSaid) {
  const fs::path file = place_ / "d/duolex.yaml";
  const std::string before = *read_file(file);
  std::ostringstream out, err;
  const auto whole_or_before = [&](const std::string& was) {
    return [&, was](const std::string& where, bool ok) {
      const std::string now = *read_file(file);
      EXPECT_TRUE(now == was || (now.size() > was.size() && now.ends_with("\n") && now.find("Head") != std::string::npos)) << where;
      if (ok) {
        EXPECT_NE(now, was) << where;
      }
      std::ostringstream said, errors;
      EXPECT_NE(declare(said, errors), ExitCode::bad_input) << where << ": the dossier cannot be read: " << errors.str();
      fs::remove_all(place_ / "declared");
    };
  };
  at_every_call([&](auto& o, auto& e) { return sign_off(o, e); }, ExitCode::clear, whole_or_before(before), [&] { put(file, before); });

  put(file, before);
  ASSERT_EQ(sign_off(out, err), ExitCode::clear) << err.str();
  const std::string signed_off = *read_file(file);
  ASSERT_EQ(declare(out, err), ExitCode::clear) << out.str() << err.str();
  const std::size_t papers = files_in(place_ / "declared").size();
  EXPECT_GE(papers, 6u);
  const Files earlier = {{"declaration.json", "an earlier one"}};
  at_every_call(
      [&](auto& o, auto& e) { return declare(o, e); }, ExitCode::clear,
      [&](const std::string& where, bool ok) {
        const Files now = files_in(place_ / "declared");
        if (ok) {
          EXPECT_EQ(now.size(), papers) << where;
        }
        if (now == earlier) return;
        ASSERT_EQ(now.size(), papers) << where << ": neither the earlier folder nor the new one as a whole";
        for (const auto& [name, bytes] : now)
          if (!name.ends_with(".p7s")) {
            EXPECT_TRUE(evidence::verify_cades(bytes, now.at(name + ".p7s"))) << where << ": " << name;
          }
      },
      [&] {
        for (const auto& entry : fs::directory_iterator(place_))
          if (entry.path().filename().string().starts_with("declared")) fs::remove_all(entry.path());
        fs::create_directories(place_ / "declared");
        put(place_ / "declared/declaration.json", "an earlier one");
      });

  // The next release, assessed against it.
  std::string next = signed_off;
  next.insert(next.find("    artefacts:\n") + 15, "      - {path: documents/description.md, kind: declaration}\n");
  next.insert(next.find("\nfacts:") + 1, *read_file(fs::path(DUOLEX_SOURCE_DIR) / "examples/feeder-scale/release-1.1.0.yaml") + "\n");
  at_every_call([&](auto& o, auto& e) { return sign_change(o, e); }, ExitCode::finding, whole_or_before(next), [&] { put(file, next); });
  std::printf("%d points\n", points_);
}

}  // namespace
}  // namespace duolex::tests
