// The joint documents: technical file, instructions, EU declaration of conformity and the rest. Every item the law
// asks for is bound to what the dossier has, or said to be missing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/day.h"
#include "documents/said.h"
#include "documents/tongue.h"

namespace duolex::documents {

struct ItemTable {
  Said caption;
  std::vector<Said> head;
  std::vector<std::vector<Said>> rows;  // each as long as the head; its first cell names the row
};

// A leaf of the ledger that a claim rests on.
struct LeafRef {
  std::uint64_t leaf = 0;
  std::string hash;  // in hexadecimal
};

struct BoundItem {
  enum class State { given, missing, not_applicable, undecided } state = State::missing;
  std::string id, document;
  int part = 0;
  std::string title;  // in English; the other languages are in their catalogues
  std::vector<std::string> cites;
  std::vector<Said> content;  // paragraphs; of an item that is missing: what is known all the same
  std::vector<ItemTable> tables;
  bool waived = false;         // not applicable because the dossier says so, not by the law
  Said source;                 // where the content comes from, or why the item is not applicable
  bool substantiated = false;  // rests on a file with its hash, or on the dossier's own data
  bool own = false;            // on nothing but what the dossier itself says, which is a statement and no evidence
  std::vector<LeafRef> leaves; // of evidence that counts on this day and is about the files named or the control asked for
  bool incomplete = false;     // what is there does not suffice: the item is missing
  bool by_control = false;     // open as long as a control of the plan is: the plan has it as an open point
};

// Whether something beyond the word of the dossier shows the item: a file with its hash, or a leaf of the ledger.
[[nodiscard]] inline bool is_shown(const BoundItem& item) { return (item.substantiated && !item.own) || !item.leaves.empty(); }

struct JointFile {
  std::string product, release, manufacturer;
  Day as_of;
  std::string facts_sha256, law_sha256;
  std::vector<BoundItem> items;       // in the order of the law
  std::vector<std::string> blockers;  // what stands between the product and a signed declaration, each with its close
};

[[nodiscard]] const std::vector<std::string>& document_names();  // "technical_file", …
[[nodiscard]] std::string document_title(const std::string& document);
// What a part of a document is about; empty: parts of this document are numbered only.
[[nodiscard]] std::string part_title(const std::string& document, int part);

struct ItemCounts {
  std::size_t given = 0, missing = 0, not_applicable = 0, undecided = 0;
};
[[nodiscard]] ItemCounts count_items(const JointFile& file, const std::string& document);

// What is wrong with any sentence of the file; to be looked at before anything is printed. Empty: nothing.
[[nodiscard]] std::string fault_in(const JointFile& file);
// The sentences of the file that a catalogue lacks, each once, sorted.
[[nodiscard]] std::vector<std::string> untranslated(const JointFile& file, const Tongue& tongue);

// One document for programs, in its language: the values of its items, and `printed`, every line of the page in order.
// `draft`: marked as such on every page; a declaration that is blocked is only ever a draft.
[[nodiscard]] std::string document_json(const JointFile& file, const std::string& document, const Tongue& tongue, bool draft);
// All documents with every item, in English and in the languages given, and what they rest on (changes::basis_json).
[[nodiscard]] std::string joint_file_json(const JointFile& file, const nlohmann::ordered_json& basis, const std::vector<Tongue>& tongues);

}  // namespace duolex::documents
