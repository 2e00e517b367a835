// The words a record and the files of law/incidents share.
#pragma once

#include <string>
#include <vector>

namespace duolex::incidents {

// A fact that decides which clocks run. Yes/no facts have the words "true" and "false".
struct FactType {
  std::string id;  // "cra.kind"
  std::vector<std::string> words;
  bool many = false;  // holds a list
};

[[nodiscard]] const std::vector<FactType>& fact_types();
[[nodiscard]] const FactType* fact_type(const std::string& id);  // nullptr: no such fact

[[nodiscard]] const std::vector<std::string>& acts();    // cra, ai_act, gdpr
[[nodiscard]] const std::vector<std::string>& stages();  // what is submitted, over all acts
[[nodiscard]] const std::vector<std::string>& events();  // what happens in the course of an incident
[[nodiscard]] std::string act_name(const std::string& act);  // "CRA", "AI Act", "GDPR"; of "policy", which is no act, its name too

}  // namespace duolex::incidents
