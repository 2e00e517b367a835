// The checker: does an answer follow from the rule files and the facts? (docs/formats/proof.md)
#pragma once

#include "checker/law.h"

namespace duolex::checker {

struct Verdict {
  int exit_code = 0;    // 0 accepted, 1 refused, 65 unreadable
  std::string message;  // one line: what was accepted and what is left unproven, or what does not follow
};
// Nothing is thrown.
[[nodiscard]] Verdict check(const LawFiles& law, const Source& facts, const Source& answer);
[[nodiscard]] Verdict check_files(const std::filesystem::path& law, const std::filesystem::path& facts,
                                  const std::filesystem::path& answer);

}  // namespace duolex::checker
