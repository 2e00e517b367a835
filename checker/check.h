// The checker: does an answer follow from the rule files and the facts? (docs/formats/proof.md)
#pragma once

#include <memory>

#include "checker/law.h"

namespace duolex::checker {

class Examiner {  // of answers for one product, on any day; nothing is thrown
 public:
  Examiner(const LawFiles& law, Source facts) : law_(law), facts_(std::move(facts)) {}  // `law` must outlive it
  [[nodiscard]] Verdict check(const Source& answer);

 private:
  const LawFiles& law_;
  Source facts_;
  std::map<Value, std::shared_ptr<class Checker>> days_;
};

}  // namespace duolex::checker
