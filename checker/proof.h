// Parts of a proof: derivations that follow from what they use, cases, what is supposed (docs/formats/proof.md).
#pragma once

#include <functional>

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
struct Leaf {  // a region in which a conclusion has one value, or one expression still to be computed
  std::map<int, Knowledge> box;  // of the facts that were split on the way
  Result result;
};

class Proof {
 public:
  Proof(World& world, const Law& law) : world_(world), law_(law) {}
  void check_steps(const Scope& scope);  // every step of the innermost STEPS follows
  // The value of a rule's step, looked up from the innermost scope outwards; nullptr when there is none.
  const Json* find_step(const std::string& key, const Scope& scope) const;
  int fact_of(const Json& split) const;
  // Calls `inner` in each case of a split, which must be a partition.
  void each_case(const Json& split, const std::function<void(const Json&)>& inner);
  // Calls `inner` under what is supposed of facts that are not known, other than `except`.
  void suppose(const Json& with, std::string_view what, int except, const std::function<void()>& inner);
  // Splits by itself until `result` is not open any more, calls `leaf`, and ends early when that gives false. False
  // when it ended early, ran out of steps or met a gap.
  bool explore(const std::function<Result()>& result, const std::function<bool(const Result&)>& leaf, int& steps);
  Leaf leaf(Result result) const;
  // Whether leaves that agree on the facts that are told have the same value.
  bool decided_by(const std::set<int>& told, const std::vector<Leaf>& leaves) const;

 private:
  std::optional<std::pair<int, bool>> rule_of(const std::string& key, bool in_reading) const;
  void check_step(const std::string& key, const Json& step, const Scope& scope);
  World& world_;
  const Law& law_;
  std::vector<int> path_;
};

}  // namespace duolex::checker
