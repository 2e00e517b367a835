#include <algorithm>
#include <array>
#include <string_view>

#include "changes/signals.h"

namespace duolex::changes {
namespace {

using dossier::Risk;

const std::vector<std::string> basis = {"CRA/art/3/30", "CRA/rec/39", "AIA/art/3/23", "AIA/art/9/2"};

constexpr std::array likelihoods = {"rare", "unlikely", "possible", "likely", "almost_certain"};
constexpr std::array impacts = {"negligible", "minor", "moderate", "major", "severe"};
constexpr std::array residuals = {"low", "medium", "high"};

// Later in the list; what is not said is neither higher nor lower.
template <std::size_t n>
bool higher(const std::array<const char*, n>& scale, std::string_view was, std::string_view is) {
  const auto rank = [&](std::string_view word) { return std::find(scale.begin(), scale.end(), word) - scale.begin(); };
  return rank(was) < std::ssize(scale) && rank(is) < std::ssize(scale) && rank(is) > rank(was);
}

Phrase level(const Risk& r) {
  std::string text;
  for (const std::string& part : {r.likelihood, r.impact, r.residual}) text += (text.empty() ? "" : ", ") + (part.empty() ? std::string("-") : part);
  return text;
}

const Risk* named(const std::vector<Risk>& list, const std::string& id) {
  const auto it = std::find_if(list.begin(), list.end(), [&](const Risk& r) { return r.id == id; });
  return it == list.end() ? nullptr : &*it;
}

}  // namespace

void add_risk_signals(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  for (const Risk& is : after.dossier->risks) {
    const Risk* was = named(before.dossier->risks, is.id);
    if (was == nullptr) {
      signals.push_back({"risk_new", is.id, phrase("The risk {id} is new in the register", {{"id", is.id}}), {}, level(is), Weight::review, Weight::review,
                         phrase("a person must say whether the release brings it or it was found since"), basis});
    } else if (higher(likelihoods, was->likelihood, is.likelihood) || higher(impacts, was->impact, is.impact) || higher(residuals, was->residual, is.residual)) {
      signals.push_back({"risk_raised", is.id, phrase("The risk {id} is higher than it was", {{"id", is.id}}), level(*was), level(is), Weight::presumed, Weight::review,
                         phrase("a risk that rises because of the change makes it substantial; that it rises for another reason, a person must show"), basis});
    } else if (was->threat != is.threat || was->protects != is.protects || was->treatment != is.treatment || was->measures != is.measures || was->likelihood != is.likelihood ||
               was->impact != is.impact || was->residual != is.residual) {
      signals.push_back({"risk_otherwise", is.id, phrase("What is said of the risk {id} is another", {{"id", is.id}}), level(*was), level(is), Weight::review, Weight::review,
                         phrase("the assessment rested on what was said of it before"), basis});
    }
  }
  for (const Risk& was : before.dossier->risks)
    if (named(after.dossier->risks, was.id) == nullptr)
      signals.push_back({"risk_gone", was.id, phrase("The risk {id} is no longer in the register", {{"id", was.id}}), level(was), {}, Weight::review, Weight::review,
                         phrase("a person must say why it is none any more"), basis});
}

}  // namespace duolex::changes
