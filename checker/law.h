// The rule files as they read on one day (docs/formats/law.md), without what only explains. A set is taken apart: a set
// fact is one yes/no fact for each member, a set rule one yes/no rule, named as steps name it ("cra.procedures has
// module_a"). The trigger of an ambiguity is the rule "live when A4".
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace duolex::checker {

struct Verdict {        // thrown inside the checker where it can go no further; its entry points catch it
  int exit_code = 0;    // 0 accepted, 1 refused, 65 unreadable
  std::string message;  // one line; begins with "file:line:column: " where there is a place
};
struct Source { std::string name, text; };
Source read_source(const std::filesystem::path& path);

// Choice: place in the list (no 0, yes 1) · whole set: mask · date: days since 1970-01-01 · number
using Value = std::int64_t;
inline constexpr Value null_value = INT64_MAX, never_value = null_value - 1;  // null is last
inline constexpr Value whole_max = 999'999'999, first_day = -719162, last_day = 2932896;
std::string day_text(Value day);
std::optional<Value> parse_day(const std::string& text);  // YYYY-MM-DD, a day that exists
Value add(Value day, Value months, Value days);           // kept within first_day and last_day

// Values of one fact or rule: choices by their bit, or days or numbers from low to high with bit 0 for `never` or null.
struct Values {
  std::uint64_t mask = 0;
  Value low = 0, high = -1;
  auto operator<=>(const Values&) const = default;
};
inline bool within(const Values& a, const Values& b) {
  return (a.mask & ~b.mask) == 0 && (a.high < a.low || (b.low <= a.low && a.high <= b.high));
}
inline bool overlap(const Values& a, const Values& b) {
  return (a.mask & b.mask) != 0 || std::max(a.low, b.low) <= std::min(a.high, b.high);
}
using Knowledge = std::vector<Values>;  // of a fact: of each of its parts
__extension__ using Count = unsigned __int128;
inline Count count(const Knowledge& known) {
  Count n = 1;
  for (const Values& v : known) n *= Count(std::popcount(v.mask)) + Count(std::max(v.high - v.low + 1, Value{0}));
  return n;
}
enum class Kind : std::uint8_t { choice, set, date, whole };
struct Type {
  Kind kind = Kind::choice;
  bool yes_no = true, never = false, null = false;
  std::vector<std::string> values = {"no", "yes"};
  int parts() const { return kind == Kind::set ? static_cast<int>(values.size()) : 1; }  // that it is taken apart into
  Values every() const;                                                                  // of a part
  Values only(Value value) const;        // of a whole; of a set {0, mask, mask}
  Value value(const Values& one) const;  // the other way round
  Knowledge known(Value value) const;
};
inline const Type day_type{Kind::date, false, false, false, {}}, number_type{Kind::whole, false, false, false, {}};

class World;
using Ref = int;                                              // a decision diagram
using Function = std::function<Ref(World&, bool departing)>;  // a condition or an expression
using Cites = std::vector<std::string>;

// What gives a value when its condition holds: an `under` item (its ambiguity's trigger included), a guard (its `where`
// negated), a clause, an exception, `otherwise`, "no clause" for a member that a set lacks. They stand in this order,
// but an exception before its parent: of those that apply, the first decides.
struct Item {
  int rank = 0;                            // below 0 what goes before all clauses, above it what comes last
  std::string label = "", except_of = "";  // except_of: the label of the item that it is an exception of
  Function within = {}, when = {}, gives = {};        // no condition: always; within: that item's, and those around it
  std::uint64_t speaks = ~std::uint64_t{0}, has = 0;  // sets: of these members; those that it gives
  Cites cites = {};
  bool in_force = true;
  int exceptions = 0, ambiguity = -1, reading = -1;
};
struct Rule {
  std::string id;
  Type type;
  bool member = false;  // of a set rule: exceptions only take away, every clause decides
  Cites cites = {};     // of its header
  std::list<Item> items = {};
  std::set<int> reads = {};                     // facts and ~rules; members: those of the whole set rule
  std::set<std::pair<int, int>> readings = {};  // ambiguity and reading of its `under` items, so too
};
struct Fact {  // or a member of a set fact; or a state: legal state is a fact that nobody is asked
  std::string id;  // of the whole fact
  Type type;
  bool state = false;
  std::optional<Value> assumed = {};  // what it counts as when it is not given; of a state its entry of the day
  int partner = -1;                   // the state this fact overrides, or the fact that overrides this state
  Value checked = 0;                  // of a state: the day on which its value was last checked
  std::set<Value> cuts = {};          // the first days or numbers of what tests tell apart
};
struct Named {  // a fact or a conclusion
  std::string id;
  int first;  // of the facts or rules that it is taken apart into
  Type type;
};
struct Ambiguity {
  std::string id;
  int rule = -1;  // "live when A4"
  std::vector<std::string> readings = {};
  int usual = -1;
  bool and_what_follows = false;
  std::vector<bool> named = {}, touched = {};  // by rule; touched with what follows
};
struct Law {
  Value as_of = 0;
  std::vector<Fact> facts;
  std::vector<Rule> rules;
  std::vector<Named> conclusions;
  std::vector<Ambiguity> ambiguities;
  std::map<std::string, Named> fact_by_id;
  std::map<std::string, int> rule_by_id;
  std::map<std::string, std::string> shown;  // citations that are shown as those of an earlier version, which has them
  std::vector<bool> depending_on(std::vector<bool> rules_marked) const;  // those marked included
};
struct LawFiles {
  std::vector<Source> files;  // named by their path in the law folder, in the order of it
  std::map<std::string, std::set<std::string>> provisions;  // by text, where DIR/provisions/<text>.txt exists
  std::string hash() const;                                 // as docs/formats/proof.md says
};
LawFiles read_files(const std::filesystem::path& folder);
Law parse_law(const LawFiles& files, Value as_of);

// How values stand in JSON and YAML (docs/formats/proof.md). nullopt: the JSON is none of the type.
using Json = nlohmann::json;
Json write_value(const Type& type, Value value);
std::optional<Value> read_value(const Type& type, const Json& json);
std::optional<Knowledge> read_knowledge(const Type& type, const Json& json);
std::map<int, Values> read_facts(const Law& law, const Source& source);  // those given, by fact

}  // namespace duolex::checker
