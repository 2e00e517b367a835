#include "products.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "case_file.h"
#include "dossier/dossier.h"
#include "facts/from_dossier.h"
#include "findings/findings.h"
#include "findings/value_json.h"
#include "generator.h"

namespace duolex::proofs {
namespace {

const std::filesystem::path source_dir = DUOLEX_SOURCE_DIR;

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << why << "\n";
  std::exit(65);
}

std::shared_ptr<const rules::CompiledLaw> compiled(Day as_of) {
  static std::map<Day, std::shared_ptr<const rules::CompiledLaw>> by_day;
  auto& law = by_day[as_of];
  if (law) return law;
  const auto made = rules::CompiledLaw::compile(the_law().base, as_of);
  if (!made) give_up(render(made.error()));
  return law = *made;
}

}  // namespace

const law::Law& the_law() {
  static const auto law = [] {
    auto loaded = law::load(source_dir / "law");
    if (!loaded) give_up(render(loaded.error()));
    return *loaded;
  }();
  return *law;
}

const checker::LawFiles& the_files() {
  static const checker::LawFiles files = checker::read_files(source_dir / "law");
  return files;
}

std::vector<Product> worked_cases() {
  std::vector<std::string> errors;
  std::vector<Product> products;
  for (cases::Case& c : cases::read_cases(source_dir / "law" / "cases", the_law().base, errors))
    products.push_back({c.file + ": " + c.name, c.as_of, std::move(c.facts)});
  for (const std::string& error : errors) give_up(error);
  return products;
}

std::vector<Product> examples() {
  std::vector<Product> products;
  for (const auto& entry : std::filesystem::directory_iterator(source_dir / "examples")) {
    if (!std::filesystem::exists(entry.path() / "duolex.yaml")) continue;
    const dossier::Loaded loaded = dossier::load(entry.path());
    Diagnostics errors;  // artefacts that a demo has yet to fetch don't matter here
    facts::DossierFacts facts = facts::from_dossier(loaded.dossier, the_law().base, errors);
    if (!errors.empty()) give_up(render(errors));
    for (const char* day : {"2026-11-24", "2028-08-02"})
      products.push_back({entry.path().filename().string(), *parse_day(day), facts.values});
  }
  return products;
}

std::vector<Product> empty_products() {
  const rules::FactValues nothing(the_law().base.facts.size(), rules::unknown_value);
  std::vector<Product> products;
  for (const char* day : {"2024-06-01", "2026-11-24", "2031-01-01"}) products.push_back({"empty", *parse_day(day), nothing});
  return products;
}

std::vector<Product> random_products(std::size_t count, std::uint64_t seed) {
  static constexpr const char* days[] = {"2024-06-01", "2025-06-01", "2026-07-26", "2026-11-24",
                                         "2027-12-11", "2028-08-02", "2031-01-01"};
  const rules::RuleBase& base = the_law().base;
  reference::Random random(seed);
  std::vector<Product> products;
  for (std::size_t i = 0; i < count; ++i) {
    const double unknown = static_cast<double>(random() % 8) / 8;
    rules::FactValues facts = reference::generate_facts(base, random, unknown);
    // Two in three are what most products are, so that the later questions are reached.
    for (rules::Index f = 0; f < facts.size() && i % 3 != 0; ++f) {
      if (facts[f] == rules::unknown_value || random() % 12 == 0) continue;
      if (base.facts[f].usual) facts[f] = *base.facts[f].usual;
      for (const char* id : {"product.is_product", "product.data_connection", "product.made_available_commercially",
                             "ai.is_ai_system", "ai.in_union_scope"})
        if (base.facts[f].id == id) facts[f] = 1;
    }
    const char* day = days[random() % std::size(days)];
    products.push_back({"random " + std::to_string(i), *parse_day(day), std::move(facts)});
  }
  return products;
}

std::string facts_text(const rules::FactValues& facts) {
  nlohmann::json known = nlohmann::json::object();
  for (std::size_t f = 0; f < facts.size(); ++f)
    if (facts[f] != rules::unknown_value)
      known[the_law().base.facts[f].id] = findings::to_json(the_law().base.facts[f].type, facts[f]);
  return nlohmann::json{{"facts", known}}.dump(1) + "\n";
}

nlohmann::ordered_json answer_of(const Product& product) {
  const auto law = compiled(product.as_of);
  const findings::CiteNames names = the_law().names(product.as_of);
  nlohmann::ordered_json answer = findings::to_json(findings::find(*law, product.facts, names));
  answer["proofs"] = findings::prove(*law, product.facts, names);
  return answer;
}

}  // namespace duolex::proofs
