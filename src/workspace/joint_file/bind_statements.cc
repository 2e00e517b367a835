// The statements of the declaration in the words of this program: CRA Annexes V and VI, AI Act Art. 47(2) and Annex V.
#include <algorithm>

#include "workspace/joint_file/binding.h"

namespace duolex::workspace {

using documents::BoundItem;
using documents::data;
using documents::said;
using documents::Said;

void bind_statement(const Binding& b, const std::string& name, BoundItem& out) {
  const dossier::Dossier& d = b.s.dossier;
  const bool ai = b.says("ai.high_risk", "yes");
  const Said law = law_said(b);
  const auto state = [&](Said what) { give(out, std::move(what), said("statement of the signatory"), true); };
  if (name == "responsibility") state(said("The manufacturer and provider issues this declaration and bears sole responsibility for it."));
  if (name == "legislation" && !law.empty()) {
    state(said("The object named in part 4 is declared to be in conformity with {law}.", {{"law", law}}));
    if (ai) state(said("The high-risk AI system is declared to meet the requirements of Chapter III Section 2 of Regulation (EU) 2024/1689."));
  }
  if (name == "data_protection")
    state(said("The system processes personal data; it is declared to meet Regulations (EU) 2016/679 and (EU) 2018/1725 and Directive (EU) 2016/680."));
  if (name == "simplified") {
    const std::string who = b.maker();
    if (!who.empty() && !d.name.empty() && !law.empty())
      state(said("{who} declares that the product of type {type} is in conformity with {law}.", {{"who", data(who)}, {"type", data(d.name)}, {"law", law}}));
  }
  if (name == "procedure") {
    const findings::Finding& procedure = b.findings["ai.procedure"];
    const findings::Finding& where = b.findings["joint.cra_assessed_by"];
    if (where.status == rules::Status::unknown || procedure.status == rules::Status::unknown) return;
    // A declaration names the procedure that was carried out, not those that were open: CRA Annex V point 7.
    const findings::Finding& open = b.findings["cra.procedures"];
    const bool by_cra = to_text(procedure.value) == "none";
    const std::string& carried_out = d.declaration.procedure;
    if (by_cra && (open.status == rules::Status::unknown || (open.value.words.size() > 1 && carried_out.empty()))) return;
    if (by_cra && !carried_out.empty() && std::find(open.value.words.begin(), open.value.words.end(), carried_out) == open.value.words.end()) return;
    const bool needs_body = !b.findings["joint.bodies"].value.words.empty() || (by_cra && (carried_out == "module_b_c" || carried_out == "module_h"));
    const bool named = !d.declaration.body_name.empty() && !d.declaration.body_number.empty();
    if (needs_body && !named) return;
    const Said which = !by_cra ? finding_said(procedure) : carried_out.empty() ? finding_said(open) : documents::text_said(carried_out);
    give(out, said("Procedure: {procedure}; CRA requirements assessed by: {where}.", {{"procedure", which}, {"where", finding_said(where)}}),
         by_cra && !carried_out.empty() ? place("declaration.procedure") : said("conclusions {ids}", {{"ids", data("ai.procedure, joint.cra_assessed_by")}}), true);
    if (needs_body)
      give(out, said("Body: {body}", {{"body", data(d.declaration.body_name + ", " + d.declaration.body_number)}}), place("declaration"), true);
    if (needs_body && !d.declaration.certificate.empty())
      give(out, said("Certificate: {number}", {{"number", data(d.declaration.certificate)}}), place("declaration"), true);
  }
}

}  // namespace duolex::workspace
