// Parts of a proof: derivations that follow from what they use, cases, what is supposed (docs/formats/proof.md).
#pragma once

#include "checker/evaluate.h"

namespace duolex::checker {

struct Refused {  // a claim that does not follow; thrown inside the checker only
  std::string step, why, conclusion = {};
};
inline void require(bool holds, std::string_view step, std::string_view why) {
  if (!holds) throw Refused{std::string(step), std::string(why)};
}
void require_keys(const Json& object, std::string_view what, std::initializer_list<const char*> required,
                  std::initializer_list<const char*> optional = {});
std::vector<std::string> strings(const Json& list, std::string_view what);

struct Scope {  // the STEPS of a case or of a reading's entry, within those around it
  const Json* steps = nullptr;
  const Scope* outer = nullptr;
  bool departing = false;  // belongs to a reading's entry
};

class Proof {
 public:
  Proof(World& world, const Law& law) : world_(world), law_(law) {}
  void check_steps(const Scope& scope) const;  // every step of the innermost STEPS follows
  // All leaves of a TREE give the conclusion this value.
  void check_tree(const Json& node, const Scope& scope, const Conclusion& c, Value value) const;
  // Calls `inner` under what is supposed of facts that are not known, other than `except`.
  void suppose(const Json& with, std::string_view what, int except, const std::function<void()>& inner) const;

 private:
  std::optional<std::pair<int, bool>> rule_of(const std::string& key, bool in_reading) const;
  const Json* find_step(const std::string& key, const Scope& scope) const;
  void check_step(const std::string& key, const Json& step, const Scope& scope) const;
  World& world_;
  const Law& law_;
};

}  // namespace duolex::checker
