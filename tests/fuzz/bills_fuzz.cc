// Software bills of materials of any bytes: what is met is stored or rejected with a reason.
#include <algorithm>
#include <cstdint>

#include "demand.h"
#include "sbom/sbom.h"
#include "sbom/skim.h"
#include "sbom/token_scan.h"
#include "sbom/validity.h"

using namespace duolex;

namespace {

void purl(const std::string& bytes) {
  const auto parts = sbom::parse_purl(bytes);
  if (!parts) return;
  const auto text = sbom::purl_text(*parts);
  fuzz::demand(text.has_value() == sbom::purl_problems(*parts).empty(), "what breaks no rule has a text");
  if (!text) return;
  const auto again = sbom::parse_purl(*text);
  fuzz::demand(again.has_value(), "a canonical text can be read");
  fuzz::demand(*again == *parts, "a canonical text says the same");
}

void validity(const std::string& bytes) {
  const auto found = sbom::check_cyclonedx("f", bytes);
  if (!found) return fuzz::demand_reasons(found.error());
  fuzz::demand(found->diagnostics.size() == found->violations.size(), "a violation can be shown");
  for (const sbom::Violation& v : found->violations)
    fuzz::demand(!v.rule.empty() && !v.message.empty() && v.begin <= v.end && v.end <= bytes.size() + 1, "a violation has rule, words and place");
}

// Tokens are the same on any processor.
void tokens(const std::string& bytes) {
  const sbom::FoundTokens wide = sbom::scan_tokens(bytes), plain = sbom::scan_tokens_plainly(bytes);
  fuzz::demand(wide.end == plain.end && wide.count == plain.count, "wide registers find the same tokens");
  fuzz::demand(std::equal(wide.offsets.get(), wide.offsets.get() + wide.count, plain.offsets.get()), "in the same places");
}

// Passing over some components changes nothing about the others.
void skim(const std::string& bytes, const Result<sbom::Sbom>& bill) {
  const auto skimmed = sbom::skim_sbom("f", bytes, [](const sbom::Glimpse& c) { return c.purl.size() % 2 == 1; });
  fuzz::demand(skimmed.has_value() == bill.has_value(), "a bill is refused by both readers or by none");
  if (!bill) {
    fuzz::demand(render(skimmed.error()) == render(bill.error()), "for the same reason");
    return;
  }
  const sbom::Sbom& some = skimmed->bill;
  fuzz::demand(some.parsed == bill->parsed && some.rejected_components == bill->rejected_components, "all components are counted");
  fuzz::demand(some.components.size() + skimmed->passed_over == bill->components.size(), "those passed over are stored by the other");
  std::size_t at = 0;
  for (std::size_t i = 0; i < some.components.size(); ++i) {
    while (at < bill->components.size() && bill->components[at].span.begin != some.components[i].span.begin) ++at;
    fuzz::demand(at < bill->components.size(), "a component stands where it stood");
    fuzz::demand(bill->components[at].purl_text == some.components[i].purl_text && bill->pointer(at) == some.pointer(i), "and is the same");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  purl(bytes);
  validity(bytes);
  tokens(bytes);
  const auto bill = sbom::read_sbom("f", bytes);
  skim(bytes, bill);
  if (!bill) {
    fuzz::demand_reasons(bill.error());
    return 0;
  }
  fuzz::demand(bill->parsed == bill->components.size() + bill->rejected_components, "no component is lost");
  fuzz::demand(bill->rejections.size() == bill->rejected_components, "a rejected component has a reason");
  for (const sbom::Rejection& r : bill->rejections)
    fuzz::demand(r.place.line > 0 && r.place.end <= bytes.size(), "a rejected component has a place");
  fuzz::demand(bill->subject == sbom::no_component || bill->subject < bill->components.size(), "the subject exists");
  for (std::size_t i = 0; i < bill->components.size(); ++i) {
    const sbom::Component& c = bill->components[i];
    fuzz::demand(c.parent == sbom::no_component || c.parent < i, "parents come first");
    fuzz::demand(c.span.line > 0 && c.span.begin < c.span.end && c.span.end <= bytes.size(), "a component has a place");
    if (i < 50) (void)bill->pointer(i);
  }
  for (const sbom::Dependency& d : bill->dependencies)
    fuzz::demand(d.from < bill->components.size() && d.on < bill->components.size(), "dependencies exist");
  return 0;
}
