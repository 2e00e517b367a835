// The library's one symbol, and what stands behind it.
#include <algorithm>

#include "consistency/checks.h"
#include "consistency/prover.h"

namespace duolex::consistency {
namespace {

using namespace rules;

class Z3Prover final : public Prover {
 public:
  Report check(const RuleBase& base) const override {
    try {
      return Checker(base).run();
    } catch (const z3::exception& e) {
      Report report;
      report.findings.push_back({Check::undecided, true, std::string("the solver failed: ") + e.msg(), {}, {}, {}});
      return report;
    }
  }

  Difference diff(const RuleBase& base, Day first, Day second) const override {
    Difference result;
    std::vector<Index> conclusions = base.conclusions;
    std::sort(conclusions.begin(), conclusions.end(),
              [&](Index a, Index b) { return base.rules[a].id < base.rules[b].id; });
    try {
      Session session;
      Encoding one(session, base, nullptr, first);
      Encoding two(session, base, &one, second);
      Explorer explorer(session, base, one);
      for (const Index c : conclusions) compare(base, session, explorer, one, two, c, result);
      result.queries = session.queries();
    } catch (const z3::exception&) {
      result = {};
      result.undecided = conclusions;
    }
    return result;
  }

  std::vector<std::vector<Value>> values(const RuleBase& base, Day as_of, const std::vector<FactValues>& products,
                                         Index ambiguity, Index reading) const override {
    std::vector<std::vector<Value>> result;
    try {
      Session session;
      Encoding encoding(session, base, nullptr, as_of);
      std::size_t in = Encoding::usual;
      for (std::size_t r = 0; r < encoding.readings().size(); ++r)
        if (encoding.readings()[r].ambiguity == ambiguity && encoding.readings()[r].reading == reading) in = r;
      for (const FactValues& product : products) {
        std::vector<Term> facts;
        for (Index f = 0; f < product.size(); ++f)
          facts.push_back(session.literal(encoding.is(base.facts[f].type, encoding.fact(f), product[f])));
        if (session.possible(facts) != Session::Answer::yes) return {};
        std::vector<Value>& row = result.emplace_back();
        for (const Index c : base.conclusions) row.push_back(encoding.value(base.rules[c].type, encoding.answer(c, in)));
      }
    } catch (const z3::exception&) {
      return {};
    }
    return result;
  }

 private:
  static void compare(const RuleBase& base, Session& s, Explorer& explorer, Encoding& one, Encoding& two, Index c,
                      Difference& result) {
    const Type& type = base.rules[c].type;
    bool undecided = false;
    const auto differs = [&](std::size_t reading) {
      const Term other = s.literal(s.negate(one.equal(one.answer(c, reading), two.answer(c, reading))));
      std::optional<Witness> witness;
      // One product often shows several changes: fewer products are easier to read.
      for (const Change& c2 : result.changes)
        if (!witness) witness = explorer.also(other, c2.witness);
      if (!witness) {
        const Session::Answer answer = s.possible({other});
        if (answer == Session::Answer::yes) witness = explorer.witness(other);
        undecided = undecided || (answer != Session::Answer::no && !witness);
      }
      if (!witness) return false;
      Change change;
      change.conclusion = c;
      change.before = one.value(type, one.answer(c, reading));
      change.after = two.value(type, two.answer(c, reading));
      change.witness = std::move(*witness);
      if (reading != Encoding::usual) {
        change.ambiguity = one.readings()[reading].ambiguity;
        change.reading = one.readings()[reading].reading;
      }
      result.changes.push_back(std::move(change));
      return true;
    };
    if (differs(Encoding::usual)) return;
    for (std::size_t r = 0; r < one.readings().size(); ++r)
      if (&one.answer(c, r) != &one.answer(c) && differs(r)) return;
    (undecided ? result.undecided : result.same).push_back(c);
  }
};

}  // namespace
}  // namespace duolex::consistency

extern "C" __attribute__((visibility("default"))) const duolex::consistency::Prover* duolex_consistency_prover(int version) {
  static const duolex::consistency::Z3Prover prover;
  return version == duolex::consistency::interface_version ? &prover : nullptr;
}
