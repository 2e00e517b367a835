// A language of the documents: the catalogue of its sentences, law/words/LANGUAGE.yaml and LANGUAGE/*.yaml, English
// sentence → the same sentence. What a catalogue lacks is printed in English, and can be told from what it has.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "documents/said.h"
#include "rules/rule_base.h"

namespace duolex::documents {

class Tongue {
 public:
  Tongue() = default;  // English
  Tongue(std::string language, std::map<std::string, std::string> words) : language_(std::move(language)), words_(std::move(words)) {}

  [[nodiscard]] const std::string& language() const { return language_; }
  [[nodiscard]] bool has(const std::string& english) const { return language_ == "en" || words_.contains(english); }
  [[nodiscard]] const std::map<std::string, std::string>& words() const { return words_; }

  // In this language. A name that stands for nothing is a broken promise of the caller (see fault_in) and aborts.
  [[nodiscard]] std::string operator()(const Said& said) const;
  // The same in pieces; `english`: it is printed in English because the catalogue lacks it.
  struct Piece {
    std::string text;
    bool english = false;
  };
  [[nodiscard]] std::vector<Piece> pieces(const Said& said) const;
  [[nodiscard]] std::string operator()(const std::string& english) const;
  // What told() became: a sentence of the catalogue, a pattern with its names, or itself, which is English.
  [[nodiscard]] Said understood(const std::string& told) const;
  // The sentences of `said` that the catalogue lacks, each once per place. What is told may be anybody's own words, and
  // counts as none.
  void lacking(const Said& said, std::vector<std::string>& english) const;

 private:
  std::string language_ = "en";
  std::map<std::string, std::string> words_;
};

// The languages that are built in, "en" first.
[[nodiscard]] const std::vector<std::string>& document_languages();

// A language from its catalogue, with the titles of items that the law gives in German. Mistakes, with their places: no
// such language; a sentence whose translation has other names than the sentence; a sentence in two files. An empty translation is none.
[[nodiscard]] Result<Tongue> tongue_of(const std::string& language, const rules::RuleBase& base);
// The same from the files of catalogues: path from the folder of catalogues ("de.yaml", "de/notes.yaml") and bytes; those of
// other languages are passed over. `folder` is how the user knows it.
[[nodiscard]] Result<Tongue> tongue_from(const std::string& language, const std::string& folder, const std::map<std::string, std::string>& files,
                                         const rules::RuleBase& base);
// The languages of such files, sorted.
[[nodiscard]] std::vector<std::string> languages_of(const std::map<std::string, std::string>& files);
// The same from the bytes of a catalogue of someone's own.
[[nodiscard]] Result<Tongue> read_tongue(const std::string& language, const std::string& file, const std::string& bytes,
                                         const rules::RuleBase& base);

[[nodiscard]] std::string in_english(const Said& said);
[[nodiscard]] std::vector<std::string> in_english(const std::vector<Said>& said);

}  // namespace duolex::documents
