// The joint documents: technical file, instructions, EU declaration of conformity (full and simplified) and
// registration data. Every item the law asks for is bound to what the dossier has, or said to be missing.
#pragma once

#include <string>
#include <vector>

#include "base/day.h"

namespace duolex::documents {

struct BoundItem {
  enum class State { given, missing, not_applicable, undecided } state = State::missing;
  std::string id, document;
  int part = 0;
  std::string title, german;
  std::vector<std::string> cites;
  std::vector<std::string> content;  // paragraphs
  std::vector<std::string> content_german;  // of what the program says itself; empty: as `content`
  bool waived = false;               // not applicable because the dossier says so, not by the law
  std::string source;                // where the content comes from, or why the item is not applicable
  bool substantiated = false;        // rests on a file with its hash, or on the dossier's own data
};

struct JointFile {
  std::string product, release, manufacturer;
  Day as_of;
  std::string facts_sha256, law_sha256;
  std::vector<BoundItem> items;       // in the order of the law
  std::vector<std::string> blockers;  // what stands between the product and a signed declaration, each with its close
};

[[nodiscard]] const std::vector<std::string>& document_names();  // "technical_file", …
[[nodiscard]] const std::vector<std::string>& document_languages();  // "en", "de"

struct ItemCounts {
  std::size_t given = 0, missing = 0, not_applicable = 0, undecided = 0;
};
[[nodiscard]] ItemCounts count_items(const JointFile& file, const std::string& document);

// One document as a page. `draft`: marked as such on every page; a declaration that is blocked is only ever a draft.
[[nodiscard]] std::string document_html(const JointFile& file, const std::string& document, const std::string& language, bool draft);
// All documents with every item, for programs: what is printed is what stands here.
[[nodiscard]] std::string joint_file_json(const JointFile& file);

}  // namespace duolex::documents
