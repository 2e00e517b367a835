// What a document says: sentences of the program's and of the law's own, which a catalogue translates, with what
// their names stand for; and data of the dossier, which stay as they are in every language.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/day.h"

namespace duolex::documents {

struct Said {
  enum class Kind { phrase, data, day, list, cites, told } kind = Kind::data;
  std::string text;                // phrase: the English pattern with {names}; data, told: the text
  Day day;
  std::vector<std::string> names;  // phrase: of `parts`; cites: provision ids
  std::vector<Said> parts;         // phrase: what the names stand for; list: its members

  [[nodiscard]] bool empty() const { return text.empty() && names.empty() && parts.empty() && kind != Kind::day; }
  bool operator==(const Said&) const = default;
};

// said("Release {version}", {{"version", data("3.1")}})
[[nodiscard]] Said said(std::string pattern, std::vector<std::pair<std::string, Said>> names = {});
[[nodiscard]] Said data(std::string text);
[[nodiscard]] Said on_day(Day day);
[[nodiscard]] Said listed(std::vector<Said> members, std::string separator = ", ");
[[nodiscard]] Said cited(std::vector<std::string> provisions);
// A whole English text from where no sentences are taken apart: the law, a result of a test, a record of the ledger. Said
// in another language where its catalogue has it, or a pattern of told.h fits it.
[[nodiscard]] Said told(std::string text);

// The names that a pattern has: "{who} declares {what}" → who, what. "{{" and "}}" are braces. Not well formed: empty
// and false.
struct PatternNames {
  std::vector<std::string> names;
  bool well_formed = true;
};
[[nodiscard]] PatternNames names_in(const std::string& pattern);

// What is wrong with a phrase or with any part of it: a name of the pattern that stands for nothing, or is empty, and
// a name given that the pattern does not have. Empty: nothing.
[[nodiscard]] std::string fault_in(const Said& said);

}  // namespace duolex::documents
