// VEX documents of any bytes, and what becomes of their statements; the rules of CSAF over them.
#include <cstdint>

#include "demand.h"
#include "vulnerabilities/csaf/check.h"
#include "vulnerabilities/vex/apply.h"
#include "vulnerabilities/vex/read.h"

using namespace duolex;
namespace vex = vulnerabilities::vex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  static const auto bill = sbom::read_sbom("b", R"({"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,
"metadata":{"component":{"type":"application","name":"app","version":"1.0","bom-ref":"r","purl":"pkg:generic/app@1.0"}},
"components":[{"type":"library","name":"x","version":"2","bom-ref":"c","purl":"pkg:npm/x@2"}]})");
  if (const auto faults = vulnerabilities::csaf::check("f", bytes)) {
    for (const auto& fault : *faults) fuzz::demand(!fault.test.empty() && !fault.message.empty() && fault.span.line > 0, "a fault has test, words and place");
  } else {
    fuzz::demand_reasons(faults.error());
  }
  if (const auto range = vulnerabilities::vers::read_range(bytes)) {
    using vulnerabilities::vers::Answer;
    for (const auto& c : range->constraints) {
      const auto in = vulnerabilities::vers::contains(*range, c.version, "");
      const bool named = c.comparator == vulnerabilities::vers::Comparator::equal;
      fuzz::demand(in.answer == Answer::unknown ? !in.why.empty() : !named || in.answer == Answer::inside, "a version that a range names is in it");
    }
    (void)range->bounded();
  } else {
    fuzz::demand_reasons(range.error());
  }
  vex::Statements all;
  const auto read = vex::read_document("f", bytes, all);
  if (!read) fuzz::demand_reasons(read.error());
  if (const auto self = sbom::read_sbom("f", bytes)) vex::read_embedded(*self, bytes, all);
  for (const vex::Statement& s : all.statements) {
    fuzz::demand(s.document < all.documents.size(), "a statement has a document");
    fuzz::demand(!s.vulnerabilities.empty(), "a statement names a vulnerability");
    fuzz::demand(s.place.line > 0 && s.place.end <= bytes.size(), "a statement has a place");
  }
  for (const vex::Remark& r : all.remarks) fuzz::demand(r.document < all.documents.size() && !r.text.empty(), "a remark has a document and words");
  std::vector<vex::Asked> asked = {{1, {"CVE-2026-0001"}}};
  if (!all.statements.empty()) asked.push_back({1, all.statements.back().vulnerabilities});
  const vex::Applied applied = vex::apply(all, *bill, asked, {});
  fuzz::demand(applied.effects.size() == asked.size(), "each finding is answered");
  for (const vex::Effect& e : applied.effects)
    for (const vex::Holding& h : e.holding) {
      const vex::Statement& s = all.statements.at(h.statement);
      const vex::Subject& subject = s.subjects.at(h.subject);
      fuzz::demand(s.claim != vex::Claim::not_affected || !subject.justification.empty() || !subject.impact.empty(), "what is applied has its reason");
      fuzz::demand(!vex::closes(s.claim) || subject.product.open_ended.empty(), "what closes a finding is bound to a version");
    }
  for (const vex::Left& l : applied.left) fuzz::demand(!l.why.empty(), "what is left says why");
  return 0;
}
