#include "incidents/vocabulary.h"

namespace duolex::incidents {

const std::vector<FactType>& fact_types() {
  static const std::vector<std::string> yes_no = {"true", "false"};
  static const std::vector<FactType> types = {
      {"cra.kind", {"vulnerability", "incident", "none"}},
      {"cra.actively_exploited", yes_no},
      {"cra.severe", yes_no},
      {"ai_act.high_risk", yes_no},
      {"ai_act.harm",
       {"death", "health", "critical_infrastructure", "fundamental_rights", "property_environment", "none"},
       true},
      {"ai_act.widespread_infringement", yes_no},
      {"ai_act.limited_reporting", {"article_73_9", "article_73_10", "none"}},
      {"gdpr.personal_data_breach", yes_no},
      {"gdpr.role", {"controller", "processor"}},
      {"gdpr.risk_unlikely", yes_no},
      {"gdpr.high_risk_to_persons", yes_no},
      {"gdpr.article_34_3_exception", yes_no},
  };
  return types;
}

const FactType* fact_type(const std::string& id) {
  for (const FactType& type : fact_types()) {
    if (type.id == id) return &type;
  }
  return nullptr;
}

const std::vector<std::string>& acts() {
  static const std::vector<std::string> names = {"cra", "ai_act", "gdpr"};
  return names;
}

const std::vector<std::string>& stages() {
  static const std::vector<std::string> names = {"early_warning", "notification",      "final_report", "user_notice",
                                                 "intermediate_report", "report",      "controller_notice", "data_subjects"};
  return names;
}

const std::vector<std::string>& events() {
  static const std::vector<std::string> names = {"measure_available", "causal_link", "system_preserved",
                                                 "authority_told_of_change", "system_changed", "intermediate_report_requested",
                                                 "report_acknowledged", "report_assessed"};
  return names;
}

std::string act_name(const std::string& act) { return act == "cra" ? "CRA" : act == "ai_act" ? "AI Act" : act == "gdpr" ? "GDPR" : "The own disclosure policy"; }

}  // namespace duolex::incidents
