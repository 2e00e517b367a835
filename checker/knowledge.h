// What is known of facts, and how values stand in JSON and YAML (docs/formats/proof.md).
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
