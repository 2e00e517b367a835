// The reader of .law files on any bytes: no crash, and every mistake has a place in the file.
#include <cstdint>

#include "demand.h"
#include "rules/rule_base.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto base = rules::load_rule_base({{"f.law", bytes}});
  if (!base) {
    fuzz::demand_reasons(base.error());
    for (const Diagnostic& d : base.error())
      fuzz::demand(d.span.begin <= d.span.end && d.span.end <= bytes.size(), "a mistake has a place in the file");
    return 0;
  }
  (void)base->turning_days();
  for (rules::Index rule = 0; rule < base->rules.size(); ++rule)
    for (const rules::Index below : base->dependencies(rule)) fuzz::demand(below <= rule, "rules stand after what they need");
  return 0;
}
