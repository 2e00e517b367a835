// What is known of facts, and what rules give under it: strong evaluation, as docs/formats/proof.md says.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "checker/law.h"

namespace duolex::checker {

using Json = nlohmann::json;
__extension__ using Count = unsigned __int128;

struct Knowledge {
  std::uint64_t may = 0, has = 0;  // choices, or members that may be in; members that are in
  Value low = 0, high = -1;        // days or numbers; none when high < low
  bool never = false;              // may be `never`
};
struct Open {  // a test on a fact that is open, and the cut that closes it
  int fact = -1;
  std::uint64_t mask = 0;  // choices for which the test holds, or one member
  Value cut = 0;           // first value of the upper part
};
Knowledge nothing_known(const Type& type);
Knowledge exactly(const Type& type, Value value);
bool within(const Type& type, const Knowledge& inner, const Knowledge& outer);
bool overlap(const Type& type, const Knowledge& a, const Knowledge& b);
Count count(const Type& type, const Knowledge& k);  // how many values are left
std::pair<Knowledge, Knowledge> split(const Type& type, const Knowledge& k, const Open& open);

// nullopt when the JSON is no value, or no knowledge, of the type.
std::optional<Value> read_value(const Type& type, const Json& json);
std::optional<Knowledge> read_knowledge(const Type& type, const Json& json);
// Given facts by index, from YAML or JSON; omitted and null facts are left out. Throws Unreadable.
std::map<int, Value> read_facts(const Law& law, const Source& source);

// A condition (0 or 1), an expression or a rule. One that varies is a date or number between low and high, never null,
// still to be computed from facts in a way that `form` writes down.
struct Result {
  enum class Is : std::uint8_t { definite, varies, open } is = Is::open;
  Value value = 0, low = 0, high = 0;
  std::string form = {};
  std::set<int> facts = {};
  Open why = {};  // what keeps it open; no fact: a gap of the rule
  bool definite() const { return is == Is::definite; }
  bool open() const { return is == Is::open; }
  bool yes() const { return definite() && value == 1; }
  bool no() const { return definite() && value == 0; }
};
struct Ground {  // an item that may give a rule's value
  const Item* item;
  Result gives;    // it applies, and nothing that goes before all clauses speaks
  Result decides;  // and no clause before it in the file applies
};

class World {
 public:
  World(const Law& law, const std::map<int, Value>& given);
  // The same law and reading with nothing known but what a step uses.
  World(const World& other, const std::map<int, Knowledge>& facts, const std::map<std::pair<int, bool>, Value>& rules);
  const Knowledge& fact(int fact) const { return facts_[fact]; }
  bool known(int fact) const { return known_[fact]; }  // given, assumed or a state
  void know(int fact, const Knowledge& knowledge) { facts_[fact] = knowledge, ++epoch_; }
  void depart(int ambiguity, int reading);  // -1: to the default readings
  bool reaches(int rule) const { return !reached_.empty() && reached_[rule]; }  // whether the reading can change it
  // `departing`: under the reading, as far as it reaches.
  const Result& rule(int rule, bool departing);
  std::vector<Ground> grounds(int rule, bool departing);
  Result expression(const Node& e, bool departing);
  Result conclusion(const Conclusion& c);  // of a set the mask, when all members are definite

 private:
  Result condition(const Node& c, bool departing);
  Result visit(const Item& item, const Ground& context, bool set, bool departing, std::vector<Ground>* out);

  const Law& law_;
  std::vector<Knowledge> facts_;
  std::vector<bool> known_, reached_;
  int ambiguity_ = -1, reading_ = -1, depth_ = 0;
  std::vector<std::pair<unsigned, Result>> memo_;  // by rule and departing; none where only a step's uses are known
  std::map<std::pair<int, bool>, Result> used_;
  unsigned epoch_ = 1;
};

}  // namespace duolex::checker
