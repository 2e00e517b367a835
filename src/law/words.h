// The words of the acts, from a folder that the user has: proofs can quote them. The program carries none.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "law/provisions.h"

namespace duolex::law {

class Words {
 public:
  // Reads every .json file of a folder that is the text of an act (docs/formats/provisions.md). Refused, with the
  // provision named: a text that has other provisions than the lists say, or other words.
  [[nodiscard]] static Result<Words> read(const std::filesystem::path& folder, const Provisions& provisions);

  // What a provision or a unit says, or null when its text was not in the folder.
  [[nodiscard]] const std::string* of(const std::string& provision) const;
  // The heading of a unit ("Article 32 …" has "Conformity assessment procedures …"); empty when it has none.
  [[nodiscard]] std::string title_of(const std::string& unit) const;
  [[nodiscard]] std::size_t size() const { return words_.size(); }

 private:
  friend class TextReader;
  std::map<std::string, std::string> words_, titles_;
};

}  // namespace duolex::law
