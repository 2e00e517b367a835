#include "plan/words.h"

#include <algorithm>
#include <utility>

namespace duolex::plan {
namespace {

constexpr std::pair<const char*, const char*> spoken[] = {
    {"important_1", "important, class I"},
    {"important_2", "important, class II"},
    {"default", "default (no listed category)"},
    {"module_a", "module A"},
    {"module_b_c", "modules B and C"},
    {"module_h", "module H"},
    {"certificate_27_9", "certificate under Article 27(9)"},
    {"certificate_8_1", "certificate under Article 8(1)"},
    {"annex_vi", "Annex VI (internal control)"},
    {"annex_vii", "Annex VII (notified body)"},
    {"sectoral", "the product law's procedure"},
    {"cra_procedures", "procedures of the CRA"},
    {"not_applicable", "not applicable"},
    {"cra_notified_body", "CRA notified body"},
    {"cra_certification_body", "CRA certification body"},
    {"ai_notified_body", "AI Act notified body"},
    {"sectoral_notified_body", "notified body of the product law"},
    {"market_surveillance_authority", "market surveillance authority"},
    {"ai_office", "AI Office"},
    {"annex_i_section_a", "Annex I Section A"},
    {"annex_i_section_b", "Annex I Section B"},
    {"annex_iii", "Annex III"},
    {"condition_missing", "a condition is missing"},
    {"manufacturer_by_art21", "manufacturer by Article 21"},
    {"manufacturer_by_art22", "manufacturer by Article 22"},
    {"provider_by_art25", "provider by Article 25"},
    {"product_manufacturer_as_provider", "product manufacturer as provider"},
    {"eu_database", "EU database"},
    {"eu_database_6_3", "EU database (Article 6(3))"},
    {"non_public_section", "non-public section"},
    {"gpai", "general-purpose AI model"},
    {"gpai_systemic", "general-purpose AI model with systemic risk"},
    {"cra_only", "CRA only"},
    {"ai_only", "AI Act only"},
    {"not_competent", "not competent"},
    {"50_1", "Article 50(1)"},
    {"50_2", "Article 50(2)"},
    {"50_3", "Article 50(3)"},
    {"50_4_deep_fake", "Article 50(4), deep fakes"},
    {"50_4_text", "Article 50(4), text"},
    {"cra_form", "CRA form"},
    {"ai_form", "AI Act form"},
};

std::string one_in_words(const std::string& value) {
  const auto at = std::find_if(std::begin(spoken), std::end(spoken), [&](const auto& s) { return value == s.first; });
  if (at != std::end(spoken)) return at->second;
  std::string plain = value;
  std::replace(plain.begin(), plain.end(), '_', ' ');
  return plain;
}

}  // namespace

std::vector<std::string> each_in_words(const std::string& value) {
  if (value.size() < 2 || value.front() != '{' || value.back() != '}') return {one_in_words(value)};
  std::vector<std::string> each;
  std::string word;
  for (const char c : value.substr(1, value.size() - 2) + ",") {
    if (c == ',') {
      if (!word.empty()) each.push_back(one_in_words(word));
      word.clear();
    } else if (c != ' ') {
      word += c;
    }
  }
  return each;
}

std::string in_words(const std::string& value) {
  std::string list;
  for (const std::string& word : each_in_words(value)) list += (list.empty() ? "" : ", ") + word;
  return list.empty() ? "none" : list;
}

std::string in_words(const findings::Value& value) {
  using Kind = findings::Value::Kind;
  if (value.kind == Kind::null) return "none";
  if (value.kind == Kind::word) return one_in_words(value.word);
  if (value.kind == Kind::date) {
    const auto day = parse_day(value.word);
    return day ? in_words(*day) : value.word;
  }
  if (value.kind != Kind::words) return to_text(value);
  std::string list;
  for (const std::string& word : value.words) list += (list.empty() ? "" : ", ") + one_in_words(word);
  return list.empty() ? "none" : list;
}

std::string in_words(const findings::Finding& f) {
  return f.status == rules::Status::unknown ? "undecided" : in_words(f.value);
}

std::string in_words(Day day) {
  static const char* const months[] = {"January", "February", "March", "April", "May", "June", "July", "August",
                                       "September", "October", "November", "December"};
  const std::string iso = to_string(day);  // YYYY-MM-DD
  const std::size_t month = static_cast<std::size_t>(std::stoi(iso.substr(5, 2))) - 1;
  return std::to_string(std::stoi(iso.substr(8, 2))) + " " + months[month] + " " + iso.substr(0, 4);
}

}  // namespace duolex::plan
