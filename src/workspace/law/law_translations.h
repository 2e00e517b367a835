// Whether what documents and reports print of the law is there in their other languages.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "documents/law_words.h"
#include "law/law.h"

namespace duolex::workspace {

struct Translations {
  std::vector<std::string> languages;  // that were looked at
  std::size_t texts = 0;
  struct Missing {
    documents::LawWord text;
    std::vector<std::string> languages;  // that lack it
  };
  std::vector<Missing> missing;  // in the order of the law
};

// With a folder of its own the law is held against the catalogues in `words` there; there need not be any, then no
// language is looked at. Without one, against those that are built in. Mistakes: a catalogue that cannot be read.
[[nodiscard]] Result<Translations> translations_of(const law::Law& law, const std::optional<std::filesystem::path>& folder);

}  // namespace duolex::workspace
