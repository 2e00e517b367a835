// What documents and reports print of the law itself, in English: what the catalogue of another language must have.
#pragma once

#include <string>
#include <vector>

#include "documents/tongue.h"

namespace duolex::documents {

struct LawWord {
  std::string text;
  Span span;  // where the law says it
};
// Labels, questions and what explains them, values in words, readings, notes, warnings, titles of texts, duties,
// controls and items of documents. Each text once, by its first place, in the order of the law. Figures and points of
// annexes are the same in every language and left out.
[[nodiscard]] std::vector<LawWord> law_words(const rules::RuleBase& base);

// Those that a catalogue lacks.
[[nodiscard]] std::vector<LawWord> untranslated(const rules::RuleBase& base, const Tongue& tongue);

}  // namespace duolex::documents
