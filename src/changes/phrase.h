// What is said of a change: a sentence with names, which a catalogue of another language can give (documents/said.h), or data
// of the dossier, which stay as they are. In English it is read right away.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace duolex::changes {

class Phrase {
 public:
  enum class Kind { data, value, told, sentence, list };
  using Names = std::vector<std::pair<std::string, Phrase>>;

  Phrase() = default;
  Phrase(std::string data) : text_(std::move(data)) {}  // data: the same in every language

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] const std::string& raw() const { return text_; }  // sentence: the pattern; list: what stands between
  [[nodiscard]] const Names& names() const { return names_; }
  [[nodiscard]] bool empty() const { return text_.empty() && names_.empty(); }
  [[nodiscard]] std::string text() const;  // in English
  // One more after a semicolon.
  void add(Phrase more);
  bool operator==(const Phrase&) const = default;

 private:
  friend Phrase phrase(std::string pattern, Names names);
  friend Phrase law_value(std::string value);
  friend Phrase told_by(std::string sentence);
  friend Phrase listed(std::vector<Phrase> members, std::string separator);
  Kind kind_ = Kind::data;
  std::string text_;
  Names names_;
};

// phrase("The model {path} is gone", {{"path", path}})
[[nodiscard]] Phrase phrase(std::string pattern, Phrase::Names names = {});
// A sentence of the law as a whole: a question, a label, a duty.
[[nodiscard]] Phrase law_words(const std::string& sentence);
// A value of the law's vocabulary as text: "yes", "{module_a, module_h}".
[[nodiscard]] Phrase law_value(std::string value);
// A sentence in English that another room has put together; the documents know its patterns.
[[nodiscard]] Phrase told_by(std::string sentence);
[[nodiscard]] Phrase listed(std::vector<Phrase> members, std::string separator = ", ");

}  // namespace duolex::changes
