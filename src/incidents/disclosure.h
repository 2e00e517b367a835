// Coordinated disclosure (CRA Annex I Part II(5) and (6)): `disclosure.yaml` of a dossier, and from it security.txt
// (RFC 9116) and the policy, as Markdown and as a page. docs/formats/disclosure.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "incidents/moment.h"

namespace duolex::incidents {

struct Disclosure {
  std::string file, organisation, website, policy_url, acknowledgments, encryption, csaf, hiring, contact_name;
  std::vector<std::string> contacts, canonical, languages;  // contacts: mailto:, https: or tel:, best first
  std::vector<std::string> in_scope, out_of_scope;
  std::optional<Day> expires;
  std::optional<std::int64_t> acknowledge_days, assess_days, publish_days;
  std::optional<bool> no_legal_action, credit;
  std::optional<Day> in_force_from;
};

[[nodiscard]] Result<Disclosure> read_disclosure(const std::string& file, const std::string& bytes);

// What a policy of this kind should say and this one does not, each with the key that would say it.
[[nodiscard]] std::vector<std::string> gaps_of(const Disclosure& disclosure, Day today);

// RFC 9116. Only with a contact and an end, which a file without gaps in these has.
[[nodiscard]] Result<std::string> security_txt(const Disclosure& disclosure);
[[nodiscard]] std::string policy_markdown(const Disclosure& disclosure, const std::string& product);
[[nodiscard]] std::string policy_html(const Disclosure& disclosure, const std::string& product);

}  // namespace duolex::incidents
