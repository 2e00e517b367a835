// The law: the rule base with the provisions it cites, from the program itself or from a folder.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "law/provisions.h"
#include "rules/rule_base.h"

namespace duolex::law {

struct Law {
  std::string version = "without a version";  // as version.txt has it; the hash of the rule base tells more exactly
  rules::RuleBase base;
  Provisions provisions;
  std::vector<rules::SourceFile> files;  // as read, sorted by path

  // How a provision is named on as_of: with the prefix of an earlier version of its text while that
  // version is in force and has the provision.
  [[nodiscard]] std::string shown_id(const std::string& provision, Day as_of) const;
  [[nodiscard]] std::function<std::string(const std::string&)> names(Day as_of) const;
  // The text of a file as read, by its path in a span; null when there is none.
  [[nodiscard]] const std::string* text_of(const std::string& file) const;
};

// The built-in law, or that of a folder (*.law anywhere below it, lists in provisions/). Mistakes name the file as the user
// gave the folder.
[[nodiscard]] Result<std::shared_ptr<const Law>> load(const std::optional<std::filesystem::path>& folder = {});

// The same for who only decides, in half the time: of the built-in law, which the tests hold to be right, no duty,
// control, item or invariant is read. A folder is read whole, so that all its mistakes are said.
[[nodiscard]] Result<std::shared_ptr<const Law>> load_to_decide(const std::optional<std::filesystem::path>& folder = {});

// Diagnostics about files of a law, with their paths as the user knows them: inside the folder given, or "law/…" of the
// built-in law. What `load` says is so already; what is said later of a loaded law has the paths of its spans.
[[nodiscard]] Diagnostics in_folder(Diagnostics diagnostics, const std::optional<std::filesystem::path>& folder);

// The files of the built-in law as they were when the program was built, sorted by path: what `load` takes of a folder.
[[nodiscard]] std::vector<rules::SourceFile> built_in_law();

// Citations that no list resolves, and those of another version of an act than the one in which what cites them
// holds. Empty when all are right.
[[nodiscard]] Diagnostics check_citations(const Law& law);

}  // namespace duolex::law
