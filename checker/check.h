// The checker: does an answer follow from the rule files and the facts? (docs/formats/proof.md)
#pragma once

#include <memory>

#include "checker/law.h"

namespace duolex::checker {

struct Verdict {
  int exit_code = 0;    // 0 accepted, 1 refused, 65 unreadable
  std::string message;  // one line: what was accepted and what is left unproven, or what does not follow
};
// Answers for one product, on any day. Nothing is thrown.
class Examiner {
 public:
  Examiner(const LawFiles& law, Source facts);  // `law` must outlive it
  ~Examiner();
  [[nodiscard]] Verdict check(const Source& answer);

 private:
  struct Day;
  std::string accept(const Source& answer);
  const LawFiles& law_;
  Source facts_;
  std::map<Value, std::unique_ptr<Day>> days_;
};
[[nodiscard]] Verdict check_files(const std::filesystem::path& law, const std::filesystem::path& facts,
                                  const std::filesystem::path& answer);

}  // namespace duolex::checker
