// The statements of the declaration in the words of this program: CRA Annexes V and VI, AI Act Art. 47(2) and Annex V.
#include <algorithm>

#include "workspace/joint_file/binding.h"

namespace duolex::workspace {

using documents::BoundItem;
using documents::data;
using documents::said;
using documents::Said;

namespace {

// The laws of Annex I of the AI Act that ask for an EU declaration of their own: one declaration then speaks of all
// (CRA Art. 28(3), AI Act Art. 47(3)). Number and Official Journal as Annex I has them.
struct ProductLaw {
  const char* act;
  enum Form { of_the_community, directive, regulation } form;
  const char *number, *issue, *day, *page;
};
constexpr ProductLaw product_laws[] = {
    {"toys", ProductLaw::of_the_community, "2009/48", "170", "30.6.2009", "1"},
    {"recreational_craft", ProductLaw::directive, "2013/53", "354", "28.12.2013", "90"},
    {"lifts", ProductLaw::directive, "2014/33", "96", "29.3.2014", "251"},
    {"atex", ProductLaw::directive, "2014/34", "96", "29.3.2014", "309"},
    {"radio_equipment", ProductLaw::directive, "2014/53", "153", "22.5.2014", "62"},
    {"pressure_equipment", ProductLaw::directive, "2014/68", "189", "27.6.2014", "164"},
    {"cableways", ProductLaw::regulation, "2016/424", "81", "31.3.2016", "1"},
    {"ppe", ProductLaw::regulation, "2016/425", "81", "31.3.2016", "51"},
    {"gas_appliances", ProductLaw::regulation, "2016/426", "81", "31.3.2016", "99"},
    {"medical_device", ProductLaw::regulation, "2017/745", "117", "5.5.2017", "1"},
    {"ivd", ProductLaw::regulation, "2017/746", "117", "5.5.2017", "176"},
    {"marine_equipment", ProductLaw::directive, "2014/90", "257", "28.8.2014", "146"},
    {"machinery", ProductLaw::regulation, "2023/1230", "165", "29.6.2023", "1"},
};

Said named(const ProductLaw& l) {
  const std::vector<std::pair<std::string, Said>> names = {
      {"number", data(l.number)}, {"issue", data(l.issue)}, {"day", data(l.day)}, {"page", data(l.page)}};
  switch (l.form) {
    case ProductLaw::of_the_community: return said("Directive {number}/EC (OJ L {issue}, {day}, p. {page})", names);
    case ProductLaw::directive: return said("Directive {number}/EU (OJ L {issue}, {day}, p. {page})", names);
    case ProductLaw::regulation: break;
  }
  return said("Regulation (EU) {number} (OJ L {issue}, {day}, p. {page})", names);
}

}  // namespace

void bind_statement(const Binding& b, const std::string& name, BoundItem& out) {
  const dossier::Dossier& d = b.s.dossier;
  const bool cra = b.says("cra.applies", "yes"), ai = b.full_ai_duties();
  const Said law = law_said(b);
  const auto state = [&](Said what) { give(out, std::move(what), said("statement of the signatory"), true); };
  if (name == "responsibility") state(said("The manufacturer and provider issues this declaration and bears sole responsibility for it."));
  if (name == "legislation" && !law.empty()) {
    state(said("The object named in part 4 is declared to be in conformity with {law}.", {{"law", law}}));
    if (cra) state(said("The fulfilment of the applicable essential cybersecurity requirements of Annex I to Regulation (EU) 2024/2847 has been demonstrated."));
    if (ai) state(said("The high-risk AI system is declared to meet the requirements of Chapter III Section 2 of Regulation (EU) 2024/1689."));
    const std::string act = b.answer("ai.annex_i_act");
    for (const ProductLaw& l : product_laws)
      if (act == l.act)
        state(said("Conformity is also declared with the product law of Annex I of the AI Act that applies: {act}.", {{"act", named(l)}}));
    if (cra) state(said("Regulation (EU) 2024/2847 is published in OJ L, 2024/2847, 20.11.2024."));
    if (ai) state(said("Regulation (EU) 2024/1689 is published in OJ L, 2024/1689, 12.7.2024."));
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
