#include "workspace/joint_file/gate.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

#include "base/file.h"
#include "documents/tongue.h"
#include "text/json_out.h"
#include "workspace/evidence/evidence.h"
#include "workspace/evidence/evidence_place.h"
#include "workspace/joint_file/assess.h"
#include "workspace/joint_file/docs.h"
#include "workspace/joint_file/plan.h"
#include "workspace/joint_file/reach.h"
#include "workspace/probes/probe_file.h"
#include "workspace/vulnerabilities/recorded_scan.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;

struct Step {
  std::string name, about;
  ExitCode code = ExitCode::clear;
  bool counts = true;
  std::string said;  // what the step printed, results and faults
};

const char* meaning(ExitCode code) {
  switch (code) {
    case ExitCode::clear: return "clear";
    case ExitCode::finding: return "finding";
    case ExitCode::undecided: return "undecided";
    case ExitCode::deadline: return "deadline";
    default: return "not done";
  }
}

class Gate {
 public:
  explicit Gate(const GateRequest& request) : r_(request) {}

  std::vector<Step> run(const dossier::Dossier& dossier) {
    std::size_t bills = 0;
    std::vector<fs::path> models;
    if (!dossier.releases.empty())
      for (const dossier::Artefact& a : dossier.releases.back().artefacts) {
        if (a.kind == "model") models.push_back(r_.dossier / a.path);
        if (a.kind != "sbom") continue;
        ++bills;
        step("scan", a.path, [&](std::ostream& out, std::ostream& err) {
          ScanRequest scan;
          scan.bill = (r_.dossier / a.path).string();
          scan.index = r_.index;
          scan.vex = r_.vex;
          scan.now = r_.now;
          return recorded_scan(std::move(scan), r_.recording, out, err);
        });
      }
    if (bills == 0) steps_.push_back({"scan", "", ExitCode::undecided, true, "The last release names no bill of materials, so no known vulnerability was looked for.\n"});
    if (!models.empty())
      step("probe file", std::to_string(models.size()) + (models.size() == 1 ? " model" : " models"), [&](std::ostream& out, std::ostream& err) {
        ProbeFileRequest files;
        files.paths = models;
        files.recording = r_.recording;
        return probe_file(files, out, err);
      });
    const auto ask = [&](auto& request, const char* folder) {
      request.dossier = r_.dossier;
      request.out = r_.out / folder;
      request.as_of = r_.as_of;
      request.law = r_.law;
      request.index = r_.index;
    };
    step("assess", "", [&](std::ostream& out, std::ostream& err) {
      AssessRequest assessment;
      ask(assessment, "report");
      return assess(assessment, out, err);
    });
    step("plan", "", [&](std::ostream& out, std::ostream& err) {
      PlanRequest matrix;
      matrix.subject = r_.dossier;
      matrix.format = "html";
      matrix.out = r_.out / "plan.html";
      matrix.as_of = r_.as_of;
      matrix.law = r_.law;
      return plan(matrix, out, err);
    });
    step("docs", "", [&](std::ostream& out, std::ostream& err) {
      DocsRequest documents;
      ask(documents, "documents");
      return docs(documents, out, err);
    });
    step("declare", "", [&](std::ostream& out, std::ostream& err) {
      DeclareRequest declaration;
      ask(declaration, "declaration");
      Release release;
      const ExitCode code = declare(declaration, out, err, &release);
      release_ = std::move(release);
      // Refused: the gate knows more of it.
      return code == ExitCode::finding ? release_.code : code;
    });

    std::error_code ec;
    if (fs::exists(ledger_folder(r_.dossier) / "log", ec))
      step("verify", "", [&](std::ostream& out, std::ostream& err) {
        VerifyRequest ledger;
        ledger.dossier = r_.dossier;
        ledger.checkpoint = r_.checkpoint;
        ledger.keys = r_.checkpoint_keys;
        ledger.today = r_.as_of;
        return verify(ledger, out, err);
      });
    else if (r_.checkpoint)
      steps_.push_back({"verify", "", ExitCode::finding, true, "A checkpoint was given, and the dossier has no ledger.\n"});
    // What the answers rest on counts all the same.
    if (release_.standing.reach == Standing::Reach::outside && !r_.tests_only)
      for (Step& s : steps_) s.counts = s.name == "verify" || could_not_be_done(s.code);
    return std::move(steps_);
  }

  [[nodiscard]] const Release& release() const { return release_; }

 private:
  static bool could_not_be_done(ExitCode code) { return static_cast<int>(code) >= static_cast<int>(ExitCode::usage); }

  template <class Do>
  void step(const char* name, std::string about, Do&& what) {
    std::ostringstream out, err;
    const ExitCode code = what(out, err);
    const std::string_view which = name;
    const bool test = which == "scan" || which == "probe file" || which == "verify";
    // What of the plan and of the documents stands against the release, declare lists; the rest is due later.
    const bool release = which == "assess" || which == "declare";
    steps_.push_back({name, std::move(about), code, test || (release && !r_.tests_only) || could_not_be_done(code), err.str() + out.str()});
  }

  const GateRequest& r_;
  std::vector<Step> steps_;
  Release release_;
};

std::string text_of(const std::vector<Step>& steps, const Standing& standing, ExitCode all) {
  std::string text;
  for (const Step& s : steps) text += std::string(meaning(s.code)) + std::string(11 - std::string(meaning(s.code)).size(), ' ') + s.name + (s.about.empty() ? "" : " " + s.about) + (s.counts ? "" : "  (does not count)") + "\n";
  if (!standing.declaration) {
    text += documents::in_english(standing_said(standing)) + "\n";
    for (const std::string& line : standing_lines(standing)) text += "  " + line + "\n";
  }
  return text + "gate: " + meaning(all) + " (exit status " + std::to_string(static_cast<int>(all)) + ")\n";
}

}  // namespace

ExitCode together(const std::vector<ExitCode>& steps) {
  for (const ExitCode worst : {ExitCode::internal, ExitCode::cannot_write, ExitCode::bad_input, ExitCode::usage, ExitCode::finding, ExitCode::undecided, ExitCode::deadline})
    if (std::find(steps.begin(), steps.end(), worst) != steps.end()) return worst;
  return ExitCode::clear;
}

ExitCode gate(const GateRequest& request, std::ostream& out, std::ostream& err) {
  const auto dossier = ledger_dossier(request.dossier);
  if (!dossier) {
    err << render(dossier.error());
    return ExitCode::bad_input;
  }
  std::error_code ec;
  fs::create_directories(request.out, ec);
  if (ec || !fs::is_directory(request.out, ec)) {
    err << render(error_in(request.out.string(), "cannot be written" + (ec ? ": " + ec.message() : std::string(": it is no folder"))));
    return ExitCode::cannot_write;
  }
  Gate all_steps(request);
  const std::vector<Step> steps = all_steps.run(*dossier);
  const Standing& standing = all_steps.release().standing;
  std::vector<ExitCode> codes;
  for (const Step& s : steps)
    if (s.counts) codes.push_back(s.code);
  const ExitCode all = together(codes);
  nlohmann::ordered_json j = {{"format", 1}, {"dossier", dossier->name}, {"as_of", to_string(request.as_of)}, {"gate", meaning(all)}, {"exit", static_cast<int>(all)}};
  j["steps"] = nlohmann::ordered_json::array();
  j["standing"] = nullptr;  // where no act asks a declaration: why
  if (!standing.declaration) j["standing"] = standing_json(standing);
  std::string full;
  for (const Step& s : steps) {
    j["steps"].push_back({{"step", s.name}, {"about", s.about}, {"result", meaning(s.code)}, {"exit", static_cast<int>(s.code)}, {"counts", s.counts}});
    full += "== " + s.name + (s.about.empty() ? "" : " " + s.about) + ": " + meaning(s.code) + "\n" + s.said + "\n";
  }
  const std::string json = text::to_json_text(j, text::JsonLayout::pretty), text = text_of(steps, standing, all);
  for (const auto& [name, bytes] : {std::pair{"gate.json", json}, {"gate.txt", full + text}})
    if (const auto written = write_file_atomically(request.out / name, bytes); !written) {
      err << render(written.error());
      return ExitCode::cannot_write;
    }
  // What a step could not do is said here; what it found is in gate.txt.
  for (const Step& s : steps)
    if (static_cast<int>(s.code) >= 64) err << s.name << ": " << s.said;
  out << (request.json ? json : text + "written: " + (request.out / "gate.txt").string() + ", gate.json, plan.html, report/, documents/\n");
  out.flush();
  return out ? all : ExitCode::cannot_write;
}

}  // namespace duolex::workspace
