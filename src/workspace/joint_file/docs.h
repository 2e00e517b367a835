// `duolex docs` and `duolex declare`: the joint documents, and the declaration when nothing stands against it.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/exit_code.h"
#include "base/text_style.h"
#include "workspace/joint_file/reach.h"
#include "workspace/joint_file/signatures.h"

namespace duolex::workspace {

// Besides the pages: PDF/A-3b with the values embedded, and files for word processors.
struct Papers {
  bool pdf = false, docx = false;
};

struct DocsRequest {
  std::filesystem::path dossier;
  std::filesystem::path out;           // folder
  bool default_out = false;  // nobody named it: it lies inside the dossier, and git is told to leave it out
  std::vector<std::string> languages;  // empty: those of the dossier that the program has, else English
  std::string index;                   // of advisories; empty: known vulnerabilities are not looked for
  bool json = false;
  Papers papers;
  Day as_of;
  std::optional<std::filesystem::path> law;
  TextStyle style;
};
// Writes every document in every language, file.json and matrix.*. Documents are marked as drafts while something
// blocks the declaration. Exit: 0 nothing missing, 1 something missing, 2 something undecided.
[[nodiscard]] ExitCode docs(const DocsRequest& request, std::ostream& out, std::ostream& err);

struct DeclareRequest {
  std::filesystem::path dossier;
  std::filesystem::path out;
  std::vector<std::string> languages;
  std::string index;
  bool draft = false;
  bool json = false;
  Papers papers;
  Signing signing;  // nothing given: the declaration is written to be signed elsewhere
  Day as_of;
  std::optional<std::filesystem::path> law;
  TextStyle style;
};
// Refuses, and lists every blocker with what would close it, while there is one; with `draft` writes a marked draft
// all the same, and never signs it. Where no act asks one of the actor it is refused too, says so with the provisions, and
// lists what stands against the release all the same. Exit: 0 written, 1 refused.
// `release`: what a gate makes of it (release_code), with the reach of the acts; left alone when the dossier cannot be read.
struct Release {
  Standing standing;
  ExitCode code = ExitCode::undecided;
};
[[nodiscard]] ExitCode declare(const DeclareRequest& request, std::ostream& out, std::ostream& err, Release* release = nullptr);

}  // namespace duolex::workspace
