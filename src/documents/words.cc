#include "documents/assessment.h"

#include <algorithm>
#include <utility>

namespace duolex::documents {
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

}  // namespace

std::string in_words(const std::string& value) {
  const auto at = std::find_if(std::begin(spoken), std::end(spoken), [&](const auto& s) { return value == s.first; });
  if (at != std::end(spoken)) return at->second;
  std::string plain = value;
  std::replace(plain.begin(), plain.end(), '_', ' ');
  return plain;
}

std::string in_words(const findings::Finding& f) {
  if (f.status == rules::Status::unknown) return "undecided";
  if (f.value.kind != findings::Value::Kind::words && f.value.kind != findings::Value::Kind::word)
    return to_text(f.value);
  if (f.value.kind == findings::Value::Kind::word) return in_words(f.value.word);
  std::string list;
  for (const std::string& word : f.value.words) list += (list.empty() ? "" : ", ") + in_words(word);
  return list.empty() ? "none" : list;
}

}  // namespace duolex::documents
