// The rule files as they read on one day (docs/formats/law.md): days of the law and legal state have their value, and
// what only explains is skipped. A set rule is one yes/no rule for each member, named as steps name it
// ("cra.procedures has module_a"); the trigger of an ambiguity is the rule "live when A4".
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <list>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace duolex::checker {

// An input that cannot be read at all. Thrown inside the checker only; its entry points catch it.
struct Unreadable {
  std::string message;  // begins with "file:line:column: " where there is a place
};
struct Source {
  std::string name, text;
};
Source read_source(const std::filesystem::path& path);
std::string place_of(const Source& source, std::size_t offset);  // "name:line:column: "

// Choice: place in the list (no 0, yes 1) · set: mask · date: days since 1970-01-01 · number
using Value = std::int64_t;
inline constexpr Value null_value = std::numeric_limits<Value>::max(), never_value = null_value - 1;  // null stands last
inline constexpr Value whole_max = 999'999'999, first_day = -719162, last_day = 2932896;
std::optional<Value> parse_day(const std::string& text);  // YYYY-MM-DD, a day that exists
Value add(Value day, Value months, Value days);           // kept within first_day and last_day

enum class Kind : std::uint8_t { choice, set, date, whole };
struct Type {
  Kind kind = Kind::choice;
  bool yes_no = true, never = false, null = false;
  std::vector<std::string> values = {"no", "yes"};
  std::size_t rules() const { return kind == Kind::set ? values.size() : 1; }  // that a rule of it is read as
  std::uint64_t all() const { return values.empty() ? 0 : ~std::uint64_t{0} >> (64 - values.size()); }
};

// A condition (all, any, negation, test) or an expression (the others).
struct Node {
  enum class Op : std::uint8_t { all, any, negation, test, constant, operand, plus, later, earlier } op = Op::all;
  int fact = -1, rule = -1;               // what is tested or read
  std::uint64_t mask = 0;                 // test: one of these choices, or has any of these members
  Value low = 0, high = -1;               // test: a day or number from low to high
  Value value = 0, months = 0, days = 0;  // constant; plus
  std::vector<Node> children = {};
};

// What gives a value when its condition holds: a guard (its `where` negated), a clause, an exception, `otherwise`,
// "no clause" for a member that a set lacks, an `under` item (its ambiguity's trigger included).
struct Item {
  std::string label;
  Node when, gives;
  std::vector<std::string> cites = {};
  std::list<Item> exceptions = {};
  bool in_force = true;
  int ambiguity = -1, reading = -1;
  std::uint64_t speaks = ~std::uint64_t{0};  // sets: of these members
};
struct Rule {
  std::string id;
  Type type;
  bool member = false;  // of a set rule: its exceptions only take away, and every clause that applies decides
  std::list<Item> first = {}, clauses = {}, otherwise = {};  // first: `under` items, the last first, then guards
  std::set<int> reads_facts = {}, reads_rules = {};  // members: those of the whole set rule
  std::set<std::pair<int, int>> readings = {};       // ambiguity and reading of its `under` items, so too
};
struct Conclusion {
  std::string id;
  Type type;
  std::vector<std::string> cites = {};
  int first = 0;  // its rule, or for a set the first of its members' rules
};
struct Fact {  // or a state: legal state is a fact that nobody is asked
  std::string id;
  Type type;
  bool state = false;
  std::optional<Value> assumed = {};
  int partner = -1;  // the state this fact overrides, or the fact that overrides this state
  std::optional<std::tuple<bool, Value, Value>> entry = {};  // of a state: has it begun, its rank in time, the value
  Value checked = 0;  // of a state: the day on which that entry was last checked
  std::set<Value> cuts = {};  // the first days or numbers of what tests tell apart
};
struct Text {
  std::string id, earlier_of = "";
  bool in_force = false;
  Value from = first_day;
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
  std::vector<Text> texts;
  std::vector<Fact> facts;
  std::vector<Rule> rules;
  std::vector<Conclusion> conclusions;
  std::vector<Ambiguity> ambiguities;
  std::map<std::string, int> fact_by_id, rule_by_id;
  std::map<std::string, std::set<std::string>> provisions;  // by text, where DIR/provisions/<text>.txt exists

  // Citations as shown on the day. Where no list of provisions tells an earlier version's, both versions of an act
  // have one name; `claimed` ones are only brought to that name.
  std::set<std::string> shown(const std::vector<std::string>& cites, bool claimed = false) const;
  std::vector<bool> depending_on(std::vector<bool> rules_marked) const;  // those marked included
};

struct LawFiles {
  std::vector<Source> files;  // named by their path in the law folder, in the order of it
  std::map<std::string, std::set<std::string>> provisions;
  std::string hash() const;  // as docs/formats/proof.md says
};
LawFiles read_files(const std::filesystem::path& folder);  // these two throw Unreadable
Law parse_law(const LawFiles& files, Value as_of);

// What is known of facts, and how values stand in JSON and YAML (docs/formats/proof.md).
using Json = nlohmann::json;
__extension__ using Count = unsigned __int128;

struct Knowledge {
  std::uint64_t may = 0, has = 0;  // choices, or members that may be in; members that are in
  Value low = 0, high = -1;        // days or numbers; none when high < low
  bool never = false;              // may be `never`
};
Knowledge nothing_known(const Type& type);
Knowledge exactly(const Type& type, Value value);
bool within(const Type& type, const Knowledge& inner, const Knowledge& outer);
bool overlap(const Type& type, const Knowledge& a, const Knowledge& b);
Count count(const Type& type, const Knowledge& k);  // how many values are left

// nullopt when the JSON is no value, or no knowledge, of the type.
std::optional<Value> read_value(const Type& type, const Json& json);
std::optional<Knowledge> read_knowledge(const Type& type, const Json& json);
// Given facts by index, from YAML or JSON; omitted and null facts are left out. Throws Unreadable.
std::map<int, Value> read_facts(const Law& law, const Source& source);

}  // namespace duolex::checker
