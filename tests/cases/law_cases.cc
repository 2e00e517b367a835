// law_cases LAW_FOLDER CASES…: runs worked cases and prints those that do not hold.
#include <iostream>
#include <map>

#include "case_file.h"

int main(int argc, char** argv) {
  using namespace duolex;
  if (argc < 3) {
    std::cerr << "usage: law_cases LAW_FOLDER CASES...\n";
    return 64;
  }
  auto base = rules::load_rule_base(cases::read_law(argv[1]));
  if (!base) {
    std::cerr << render(base.error());
    return 65;
  }
  std::vector<std::string> errors;
  std::vector<cases::Case> all;
  for (int i = 2; i < argc; ++i)
    for (cases::Case& c : cases::read_cases(argv[i], *base, errors)) all.push_back(std::move(c));
  std::map<Day, std::shared_ptr<const rules::CompiledLaw>> compiled;
  std::size_t passed = 0, failed = errors.size();
  for (const std::string& error : errors) std::cout << error << "\n";
  for (const cases::Case& c : all) {
    auto& law = compiled[c.as_of];
    if (!law) {
      auto result = rules::CompiledLaw::compile(*base, c.as_of);
      if (!result) {
        std::cerr << render(result.error());
        return 65;
      }
      law = *result;
    }
    rules::Decider decider(law);
    std::vector<std::string> wrong = cases::check(c, *base, decider.decide(c.facts));
    for (std::string& w : cases::check_notes(c, *base, decider)) wrong.push_back(std::move(w));
    for (std::string& w : cases::check_duties(c, *base, decider.duties(c.facts))) wrong.push_back(std::move(w));
    for (std::string& w : cases::check_items(c, *base, decider.items(c.facts))) wrong.push_back(std::move(w));
    for (const std::string& w : wrong) std::cout << w << "\n";
    ++(wrong.empty() ? passed : failed);
  }
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}
