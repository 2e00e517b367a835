// `duolex law check | show | diff | impact | export`: prove the rule base, read it, compare two days, compare two states of it,
// keep a copy of it.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/day.h"
#include "base/exit_code.h"
#include "base/text_style.h"

namespace duolex::workspace {

struct LawCheckRequest {
  std::optional<std::filesystem::path> law;
  std::optional<std::filesystem::path> witness;   // a folder for the witness products, made when it is not there
  std::optional<std::filesystem::path> law_text;  // the texts of the acts: held against the lists of provisions
  bool json = false;
};
// Citations first, then everything the solver proves. Exit: 0 clear, 1 a finding, 65 a rule base that cannot be
// read, 70 no solver.
[[nodiscard]] ExitCode law_check(const LawCheckRequest& request, std::ostream& out, std::ostream& err);

struct LawShowRequest {
  std::optional<std::filesystem::path> law;
  std::optional<std::filesystem::path> law_text;  // with it the words of the provisions are quoted
  std::string name;                               // an id of the rule base or of a provision; empty: the contents
  bool json = false;
};
// Exit: 0; 65 nothing of this name.
[[nodiscard]] ExitCode law_show(const LawShowRequest& request, std::ostream& out, std::ostream& err);

struct LawDiffRequest {
  std::optional<std::filesystem::path> law;
  std::optional<std::filesystem::path> witness;
  Day first, second;
  bool json = false;
};
// Exit: 0 every product gets the same answers on both days, 1 some product does not.
[[nodiscard]] ExitCode law_diff(const LawDiffRequest& request, std::ostream& out, std::ostream& err);

struct LawImpactRequest {
  std::filesystem::path dossier;
  std::optional<std::filesystem::path> before;  // the law folder as it was; without it: what is bound to another law
  std::optional<std::filesystem::path> law;     // as it is now
  Day as_of;
  bool json = false;
  TextStyle style;
};
// What the step from one rule base to another does to a product: declarations that differ, conclusions, duties, controls
// and items of documents that come out otherwise, and which sign-offs, plans, declarations and evidence
// that touches, each with what it rests on of that.
// Exit: 0 nothing comes out otherwise and no sign-off or declaration is bound to another law, 1 otherwise, 65 bad input.
[[nodiscard]] ExitCode law_impact(const LawImpactRequest& request, std::ostream& out, std::ostream& err);

struct LawExportRequest {
  std::filesystem::path folder;
  bool json = false;
};
// The built-in law as a folder for --law and for `law impact --before`, whole or not at all, with a list of its files and
// their hashes (docs/formats/law.md). A folder that holds this very copy, unchanged, is left as it is; one that holds anything else,
// a copy of another law too, is refused. Exit: 0 there, 73 refused or not to be written.
[[nodiscard]] ExitCode law_export(const LawExportRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
