#include "rules/decide.h"

#include <algorithm>

#include "rules/diagrams.h"
#include "rules/restrict.h"

namespace duolex::rules {

struct Decider::Scratch {
  explicit Scratch(const CompiledLaw& law) : known(law), outcomes(law.base().conclusions.size()) {}
  Known known;
  std::vector<Outcome> outcomes;
  std::vector<Value> values;
  std::vector<std::int8_t> live;  // by ambiguity: -1 not asked yet
  std::vector<Ref> ends;          // where the walk of each conclusion ends; empty where there is no diagram of its whole
};

Decider::Decider(std::shared_ptr<const CompiledLaw> law)
    : law_(std::move(law)), scratch_(std::make_unique<Scratch>(*law_)) {}
Decider::~Decider() = default;

namespace {

// In the order of the type: sets by mask, all others ascending, null last.
void sort_unique(bool sets, std::vector<Value>& values) {
  std::sort(values.begin(), values.end(), [&](Value a, Value b) {
    if (sets) return static_cast<std::uint64_t>(a) < static_cast<std::uint64_t>(b);
    return a != b && a != null_value && (b == null_value || a < b);
  });
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// One conclusion at a time; everything it needs of the law at hand.
class One {
 public:
  One(const CompiledLaw& law, Known& known, std::vector<std::int8_t>& live, std::size_t position)
      : law_(law), d_(law.diagrams()), base_(law.base()), known_(known), live_(live), position_(position),
        rule_(base_.conclusions[position]), set_(base_.rules[rule_].type.kind == Kind::set_of) {}

  void decide(Outcome& out, const std::vector<Ref>& ends, const DecideOptions& options) {
    const std::vector<Ref>& roots = d_.rules[rule_];
    reset(out);
    Value value = 0;
    if (!(ends.empty() ? single(roots, value) : known_.single_at(ends[position_], value))) {
      out.status = Status::unknown;
      if (options.possible) possible(roots, out.possible, out.open_ended);
    } else {
      out.status = Status::settled;
      out.value = value;
      readings(out);
      if (options.possible) {
        if (out.status == Status::settled) out.possible.push_back(value);
        sort_unique(set_, out.possible);
      }
    }
    if (options.missing && out.status == Status::unknown) known_.support(roots, out.missing);
    if (options.cites && out.status != Status::unknown) cites(out);
    if (options.cites) out.projected = projected(roots);
  }

 private:
  static void reset(Outcome& out) {
    out.value = unknown_value;
    out.open_ended = false;
    out.projected = false;
    out.possible.clear();
    out.readings.clear();
    out.missing.clear();
    out.cites.clear();
  }

  // True when all completions give one value.
  bool single(const std::vector<Ref>& roots, Value& value) {
    if (!set_) return known_.single(roots[0], value);
    std::uint64_t mask = 0;
    for (std::size_t m = 0; m < roots.size(); ++m) {
      Value member = 0;
      if (!known_.single(roots[m], member)) return false;
      mask |= static_cast<std::uint64_t>(member) << m;
    }
    value = static_cast<Value>(mask);
    return true;
  }

  void possible(const std::vector<Ref>& roots, std::vector<Value>& out, bool& open_ended) {
    if (set_) {
      open_ended = !known_.sets(roots, out);
    } else {
      known_.values(roots[0], out, open_ended);
    }
    sort_unique(set_, out);
    if (open_ended) out.clear();
  }

  // Whether a reading that is live gives another value; the usual answer is no, and costs no more than the walk.
  bool contested(Value value) {
    return std::any_of(d_.contexts_of[position_].begin(), d_.contexts_of[position_].end(), [&](Index c) {
      const ReadingContext& context = d_.contexts[c];
      Value other = 0;
      return is_live(context.ambiguity) && !(single(d_.roots(&context, rule_), other) && other == value);
    });
  }

  void readings(Outcome& out) {
    if (!contested(out.value)) return;
    for (const Index c : d_.contexts_of[position_]) {
      const ReadingContext& context = d_.contexts[c];
      if (!is_live(context.ambiguity)) continue;
      const std::vector<Ref>& roots = d_.roots(&context, rule_);
      ReadingOutcome reading;
      reading.ambiguity = context.ambiguity;
      reading.reading = context.reading;
      Value value = 0;
      bool open_ended = false;
      if (single(roots, value)) {
        reading.value = value;
        reading.possible.push_back(value);
      } else {
        possible(roots, reading.possible, open_ended);
      }
      // Under "and what follows" an ambiguity speaks of a conclusion only where it changes it.
      const Ambiguity& a = base_.ambiguities[context.ambiguity];
      if (reading.value != out.value || std::find(a.touches.begin(), a.touches.end(), rule_) != a.touches.end())
        out.readings.push_back(std::move(reading));
    }
    out.status = Status::contested;
    out.possible.push_back(out.value);
    for (const ReadingOutcome& reading : out.readings)
      out.possible.insert(out.possible.end(), reading.possible.begin(), reading.possible.end());
  }

  bool is_live(Index ambiguity) {
    std::int8_t& live = live_[ambiguity];
    if (live < 0) live = known_.can_hold(d_.live[ambiguity]) ? 1 : 0;
    return live == 1;
  }

  void cites(Outcome& out) {
    const auto add = [&](const Cites& cites) {
      for (const Cite& cite : cites)
        if (std::none_of(out.cites.begin(), out.cites.end(),
                         [&](const Cite* c) { return c->provision == cite.provision; }))
          out.cites.push_back(&cite);
    };
    add(base_.rules[rule_].cites);
    const ConclusionGrounds& g = d_.grounds[position_];
    if (set_) {
      for (std::size_t i = 0; i < g.grounds.size(); ++i)
        if (known_.can_hold(g.applies[i])) add(*g.grounds[i].cites);
      return;
    }
    if (Value only = 0; known_.single(g.which, only)) return add(*g.grounds[static_cast<std::size_t>(only)].cites);
    std::vector<Value> which;
    bool open_ended = false;
    known_.values(g.which, which, open_ended);
    std::sort(which.begin(), which.end());
    for (const Value w : which) add(*g.grounds[static_cast<std::size_t>(w)].cites);
  }

  bool projected(const std::vector<Ref>& roots) {
    return known_.rests_on_projected_state(roots, d_.state_projected);
  }

  const CompiledLaw& law_;
  const CompiledLaw::Diagrams& d_;
  const RuleBase& base_;
  Known& known_;
  std::vector<std::int8_t>& live_;
  std::size_t position_;
  Index rule_;
  bool set_;
};

}  // namespace

const std::vector<Outcome>& Decider::decide(const FactValues& facts, const DecideOptions& options) {
  Scratch& s = *scratch_;
  s.known.set(facts);
  s.live.assign(law_->base().ambiguities.size(), -1);
  s.known.lead(law_->diagrams().whole, s.ends);
  for (std::size_t i = 0; i < s.outcomes.size(); ++i)
    One(*law_, s.known, s.live, i).decide(s.outcomes[i], s.ends, options);
  return s.outcomes;
}

namespace {
std::vector<Decider::Holds> holding(Known& known, const std::vector<Ref>& roots) {
  std::vector<Decider::Holds> result;
  for (const Ref root : roots) {
    Value value = 0;
    result.push_back(!known.single(root, value) ? Decider::Holds::maybe
                     : value != 0               ? Decider::Holds::yes
                                                : Decider::Holds::no);
  }
  return result;
}
}  // namespace

std::vector<Decider::Holds> Decider::warnings(const FactValues& facts) {
  scratch_->known.set(facts);
  return holding(scratch_->known, law_->diagrams().warnings);
}
std::vector<Decider::Holds> Decider::notes(const FactValues& facts) {
  scratch_->known.set(facts);
  return holding(scratch_->known, law_->diagrams().notes);
}
std::vector<Decider::Holds> Decider::duties(const FactValues& facts) {
  scratch_->known.set(facts);
  return holding(scratch_->known, law_->diagrams().duties);
}
std::vector<Decider::Holds> Decider::items(const FactValues& facts) {
  scratch_->known.set(facts);
  return holding(scratch_->known, law_->diagrams().items);
}

}  // namespace duolex::rules
