// Facts from files and from batch lines, on any bytes, against the whole law: what is read fits its type.
#include <cstdint>

#include "demand.h"
#include "facts/facts_file.h"
#include "facts/facts_line.h"
#include "law_base.h"

using namespace duolex;
using fuzz::law_base;

namespace {

void check(const rules::FactValues& facts) {
  fuzz::demand(facts.size() == law_base().facts.size(), "every fact has a place");
  for (std::size_t f = 0; f < facts.size(); ++f) {
    const rules::Type& type = law_base().facts[f].type;
    if (facts[f] == rules::unknown_value) continue;
    if (type.kind == rules::Kind::yes_no) fuzz::demand(facts[f] == 0 || facts[f] == 1, "yes or no");
    if (type.kind == rules::Kind::one_of)
      fuzz::demand(facts[f] >= 0 && static_cast<std::size_t>(facts[f]) < type.values.size(), "one of its values");
    if (type.kind == rules::Kind::whole) fuzz::demand(facts[f] >= 0 && facts[f] <= 999'999'999, "a whole number");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"f.yaml", "f.json"}) {
    const auto facts = facts::read_facts(name, bytes, law_base());
    facts ? check(*facts) : fuzz::demand_reasons(facts.error());
  }
  static facts::LineReader reader(law_base());
  rules::FactValues facts;
  std::string message;
  if (reader.read(bytes, facts, message)) {
    check(facts);
  } else {
    fuzz::demand(!message.empty(), "a refused line says why");
  }
  return 0;
}
