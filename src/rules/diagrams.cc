#include "rules/diagrams.h"

namespace duolex::rules {

std::vector<Ref*> CompiledLaw::Diagrams::roots_of(const RuleBase& base) {
  std::vector<Ref*> roots;
  for (const Index conclusion : base.conclusions)
    for (Ref& root : rules[conclusion]) roots.push_back(&root);
  for (Ref& root : live) roots.push_back(&root);
  for (Ref& root : whole) roots.push_back(&root);
  for (Index i = 0; i < base.rules.size(); ++i)
    if (!base.rules[i].is_conclusion)
      for (Ref& root : rules[i]) roots.push_back(&root);
  for (ReadingContext& context : contexts)
    for (auto& [rule, refs] : context.rules)
      for (Ref& root : refs) roots.push_back(&root);
  for (ConclusionGrounds& g : grounds) {
    roots.push_back(&g.which);
    for (Ref& root : g.applies) roots.push_back(&root);
  }
  for (auto* list : {&warnings, &notes, &duties, &items})
    for (Ref& root : *list) roots.push_back(&root);
  return roots;
}

}  // namespace duolex::rules
