// Advice on the CE marking and on the number of a notified body beside it: CRA Art. 29 and 30, AI Act Art. 48.
#include <algorithm>

#include "workspace/joint_file/binding.h"

namespace duolex::workspace {
namespace {

using documents::BoundItem;
using documents::data;
using documents::on_day;
using documents::said;
using documents::Said;

class Advice {
 public:
  Advice(const Binding& b, BoundItem& out) : b_(b), out_(out) {}

  void needed() {
    if (unknown("cra.applies") || unknown("ai.high_risk")) return;
    const Said law = law_said(b_);
    if (law.empty()) return advise(said("Neither act asks for a CE marking of this product, and none may be affixed on their account."));
    advise(said("One CE marking is affixed. It stands for conformity with {law}, and with every other Union act that applies and asks for the marking.", {{"law", law}}));
  }

  void when() {
    advise(said("Before the product is placed on the market, after the procedure was carried out and the EU declaration of conformity was drawn up and signed."));
    if (b_.release() != nullptr && b_.release()->placed_on_market_on)
      advise(said("This release is placed on the market on {day}, as planned or done.", {{"day", on_day(*b_.release()->placed_on_market_on)}}));
  }

  void where() {
    const bool cra = b_.says("cra.applies", "yes"), ai = b_.full_ai_duties();
    advise(said("On the product, so that it can be seen and read and does not come off."));
    if (cra) advise(said("Where the nature of the product does not allow that: on the packaging and on the EU declaration that goes with it."));
    if (cra) advise(said("Where the product is software: on the EU declaration, or on the website of the software, in a section that consumers reach easily and directly."));
    if (cra) advise(said("It may be lower than 5 mm on account of the nature of the product, as long as it can be seen and read."));
    if (ai) advise(said("Where the nature of the AI system does not allow that: on the packaging or in the documents that go with it."));
    if (ai) advise(said("Where the AI system is provided digitally: a digital marking, only if it is easily reached from the interface of the system, by a machine-readable code or by other electronic means."));
  }

  void number() {
    if (unknown("ai.notified_body") || unknown("joint.cra_assessed_by") || unknown("cra.procedures")) return;
    const std::string ai = to_text(b_.findings["ai.notified_body"].value);
    if (ai == "ai_notified_body") {
      advise(said("The number of the notified body that is responsible for the procedure of Article 43 AI Act stands behind the marking."));
      body();
    } else if (ai == "sectoral_notified_body") {
      advise(said("The procedure is that of the product law, and the number of its notified body stands behind the marking as that law says."));
      body();
    } else if (ai == "market_surveillance_authority" || ai == "ai_office") {
      advise(said("A public authority acts in place of a notified body. The texts do not say whether a number stands behind the marking then; ask the authority."));
    } else if (b_.full_ai_duties()) {
      advise(said("The AI Act adds no number: no notified body takes part in its procedure."));
    }
    if (!b_.says("cra.applies", "yes")) return;
    if (to_text(b_.findings["joint.cra_assessed_by"].value) != "cra_procedures")
      return advise(said("The CRA adds no number of its own: it asks for one in full quality assurance (module H) alone, and its requirements are assessed in another procedure here."));
    const std::vector<std::string>& menu = b_.findings["cra.procedures"].value.words;
    const auto has = [&](const char* procedure) { return std::find(menu.begin(), menu.end(), procedure) != menu.end(); };
    if (has("module_h")) {
      advise(said("If full quality assurance (module H) is the procedure that is carried out: the number of the body that approved the quality system under the CRA."));
      if (ai != "ai_notified_body") body();
    }
    if (has("module_b_c")) advise(said("If EU-type examination with production control (modules B and C) is: no number, although a body examined the type."));
    if (has("module_a")) advise(said("If internal control (module A) is: no number, as no body takes part."));
    if (has("certificate_27_9") || has("certificate_8_1")) advise(said("If a European cybersecurity certificate is: no number of the body that issued it."));
  }

  void affixed_by() {
    advise(said("The body affixes its number itself, or the manufacturer and provider or the authorised representative on its instructions."));
    if (b_.full_ai_duties()) advise(said("Promotional material that mentions that the AI system meets the requirements for the marking gives the number too."));
  }

  void not_affixed() {
    advise(said("While the procedure is not finished, or the declaration is not signed: 'duolex declare' lists what stands against it."));
    advise(said("On a product to which no act applies that asks for the marking."));
    advise(said("Together with a mark that third parties could take for it, or that makes it harder to see or read."));
    advise(said("With the number of a body that took no part in the procedure, or whose part does not lead to a number."));
  }

 private:
  [[nodiscard]] bool unknown(const char* conclusion) const { return b_.findings[conclusion].status == rules::Status::unknown; }
  void advise(Said what) { give(out_, std::move(what), said("the provisions named above, and the conclusions of the rule base"), true); }
  void body() {
    const dossier::Declaration& d = b_.s.dossier.declaration;
    if (d.body_number.empty()) {
      advise(said("Its number is not in the dossier yet (declaration.body_number)."));
    } else {
      advise(said("That is {number}, {name}.", {{"number", data(d.body_number)}, {"name", d.body_name.empty() ? said("not named") : data(d.body_name)}}));
    }
  }

  const Binding& b_;
  BoundItem& out_;
};

}  // namespace

void bind_marking(const Binding& b, const std::string& name, BoundItem& out) {
  Advice advice(b, out);
  if (name == "needed") advice.needed();
  if (name == "when") advice.when();
  if (name == "where") advice.where();
  if (name == "number") advice.number();
  if (name == "affixed_by") advice.affixed_by();
  if (name == "not") advice.not_affixed();
}

}  // namespace duolex::workspace
