#include "generator.h"

#include <vector>

namespace duolex::reference {
namespace {

using namespace rules;

struct Writer {
  Random& random;
  std::string out;
  struct Name {
    std::string id;
    Kind kind;
    std::vector<std::string> values;
    bool is_rule;
  };
  std::vector<Name> names;

  std::size_t pick(std::size_t n) { return random() % n; }
  bool chance(int percent) { return pick(100) < static_cast<std::size_t>(percent); }

  std::string day() {
    static const char* const days[] = {"2026-11-22", "2027-01-31", "2027-02-28", "2027-12-11", "2028-02-29"};
    return days[pick(5)];
  }

  std::string value(const Name& n) { return n.values[pick(n.values.size())]; }

  std::string test(const Name& n) {
    switch (n.kind) {
      case Kind::yes_no: return n.id;
      case Kind::one_of:
        switch (pick(4)) {
          case 0: return n.id + " is " + value(n);
          case 1: return n.id + " is not " + value(n);
          case 2: return n.id + " is one of " + n.values[0] + ", " + n.values[n.values.size() - 1];
          default: return n.id + " is none of " + value(n);
        }
      case Kind::set_of:
        switch (pick(3)) {
          case 0: return n.id + " has " + value(n);
          case 1: return n.id + " is empty";
          default: return n.id + " has any of " + n.values[0] + ", " + n.values[n.values.size() - 1];
        }
      case Kind::date: {
        static const char* const ops[] = {"before", "after", "on or before", "on or after", "is on"};
        if (n.is_rule || chance(20)) return n.id + " is a day";
        return n.id + " " + ops[pick(5)] + " " + (chance(20) ? "as_of" : day());
      }
      case Kind::whole: {
        static const char* const ops[] = {"<", "<=", ">", ">=", "is"};
        return n.id + " " + ops[pick(5)] + " " + std::to_string(pick(7));
      }
    }
    return "always";
  }

  std::string condition(int depth) {
    if (depth == 0 || chance(40)) return (chance(30) ? "not " : "") + test(names[pick(names.size())]);
    const std::string joint = chance(50) ? " and " : " or ";
    std::string text = "(" + condition(depth - 1);
    for (std::size_t i = 0; i <= pick(2); ++i) text += joint + condition(depth - 1);
    return text + ")";
  }

  std::string date_expression() {
    std::vector<std::string> dates;
    for (const Name& n : names)
      if (n.kind == Kind::date) dates.push_back(n.id);
    std::string text = chance(30) ? day() : dates[pick(dates.size())];
    if (chance(50)) text += " plus " + std::to_string(1 + pick(14)) + (chance(50) ? " months" : " days");
    if (chance(30)) return (chance(50) ? "later of " : "earlier of ") + text + ", " + dates[pick(dates.size())];
    return text;
  }

  std::string given(const Name& n) {
    if (n.kind == Kind::yes_no) return chance(50) ? "yes" : "no";
    if (n.kind == Kind::date) return chance(25) ? "null" : date_expression();
    if (n.kind == Kind::whole) return chance(50) ? "number" : std::to_string(pick(7));
    return value(n);
  }

  void rule(const Name& n, bool conclude, bool readings) {
    static const char* const kinds[] = {"yes/no", "one of ", "set of ", "date or null", "whole number"};
    out += std::string(conclude ? "conclude " : "define ") + n.id + " : " + kinds[static_cast<int>(n.kind)];
    if (n.kind == Kind::one_of || n.kind == Kind::set_of)
      for (std::size_t i = 0; i < n.values.size(); ++i) out += (i != 0 ? ", " : "") + n.values[i];
    out += "\n  cite X/art/1\n";
    if (chance(30))
      out += "  where " + condition(1) + ", else " + (n.kind == Kind::set_of ? "empty" : n.kind == Kind::date ? "null" : n.kind == Kind::whole ? "3" : given(n)) + "\n";
    const std::size_t clauses = 1 + pick(2);
    for (std::size_t i = 0; i < clauses; ++i) {
      out += n.kind == Kind::set_of ? "  has " + value(n) : "  " + given(n);
      out += " when " + condition(2) + (chance(15) ? " in T" : "") + " cite X/art/2\n";
      if (chance(40)) {
        out += "    except " + (n.kind == Kind::set_of ? "" : given(n) + " ") + "when " + condition(1) + "\n";
        if (chance(30)) out += "      except " + (n.kind == Kind::set_of ? "" : given(n) + " ") + "when " + condition(1) + "\n";
      }
    }
    if (n.kind != Kind::set_of && !chance(3)) out += "  " + given(n) + " otherwise\n";
    if (readings && chance(50)) {
      out += "  under A1 other ";
      out += n.kind == Kind::set_of ? (chance(50) ? "has " : "lacks ") + value(n) : given(n);
      out += (chance(40) ? " when " + condition(1) : "") + "\n";
    }
  }
};

}  // namespace

std::string generate_rule_base(Random& random) {
  Writer w{random, "text T \"a text\" from 2027-01-01\n", {}};
  const auto fact = [&](const std::string& id, const std::string& type, Kind kind, std::vector<std::string> values,
                        const std::string& more = "") {
    w.out += "fact " + id + " : " + type + "\n" + more;
    w.names.push_back({id, kind, std::move(values), false});
  };
  fact("a", "yes/no", Kind::yes_no, {});
  fact("b", "yes/no", Kind::yes_no, {}, w.chance(30) ? "  assumed no\n" : "");
  fact("c", "one of x, y, z", Kind::one_of, {"x", "y", "z"});
  fact("s", "set of p, q", Kind::set_of, {"p", "q"});
  fact("d", "date or never", Kind::date, {});
  if (w.chance(50)) fact("e", "date", Kind::date, {});
  fact("number", "whole number", Kind::whole, {});
  w.out += "fact assume.st : yes/no\n  overrides st\nstate st : yes/no assumed by assume.st\n"
           "  no from 2024-01-01 source \"s\" checked 2026-11-22\n";
  w.names.push_back({"st", Kind::yes_no, {}, false});
  const std::size_t rules = 2 + w.pick(4);
  const std::size_t live_after = w.pick(rules);
  bool readings = false;
  std::string touched;
  for (std::size_t i = 0; i < rules; ++i) {
    static const Kind kinds[] = {Kind::yes_no, Kind::yes_no, Kind::one_of, Kind::set_of, Kind::date, Kind::whole};
    Writer::Name n{"r" + std::to_string(i), kinds[w.pick(6)], {"u", "v", "w"}, true};
    const bool conclude = i + 2 >= rules || w.chance(30);
    if (conclude && w.chance(60)) touched += (touched.empty() ? "" : ", ") + n.id;
    w.rule(n, conclude, readings);
    if (n.kind != Kind::whole) w.names.push_back(n);
    if (i == live_after) {
      // From here on rules may say something else in the other reading.
      readings = true;
      w.out += "ambiguity A1 \"which?\"\n  live when " + w.condition(1) +
               "\n  reading usual default because \"so\"\n  reading other because \"else\"\n";
      const std::string mark = "  touches ";
      w.out += mark + "@TOUCHES@\n";
    }
  }
  const std::size_t at = w.out.find("@TOUCHES@");
  w.out.replace(at, 9, (touched.empty() ? "r" + std::to_string(rules - 1) : touched) + (w.chance(30) ? " and what follows" : ""));
  return w.out;
}

FactValues generate_facts(const RuleBase& base, Random& random, double unknown_share) {
  FactValues facts;
  for (const Fact& f : base.facts) {
    const bool leave = std::uniform_real_distribution<>(0, 1)(random) < unknown_share;
    if (leave || (f.overrides_state != no_index && random() % 2 == 0)) {
      facts.push_back(unknown_value);
      continue;
    }
    switch (f.type.kind) {
      case Kind::yes_no: facts.push_back(static_cast<Value>(random() % 2)); break;
      case Kind::one_of: facts.push_back(static_cast<Value>(random() % f.type.values.size())); break;
      case Kind::set_of: {
        std::uint64_t mask = 0;
        for (std::size_t i = 0; i < f.type.values.size(); ++i) mask |= static_cast<std::uint64_t>(random() % 4 == 0) << i;
        facts.push_back(static_cast<Value>(mask));
        break;
      }
      case Kind::date:
        if (f.type.allows_never && random() % 4 == 0) {
          facts.push_back(never_value);
        } else {
          facts.push_back(parse_day("2026-01-01")->number + static_cast<Value>(random() % 2200));
        }
        break;
      case Kind::whole: facts.push_back(static_cast<Value>(random() % 8)); break;
    }
  }
  return facts;
}

}  // namespace duolex::reference
