#include "incidents/disclosure.h"

#include <algorithm>

#include "incidents/reader.h"

namespace duolex::incidents {
namespace {

using text::Node;

// Visible ASCII only, as a URI has; RFC 9116 wants https for what is on the web.
bool plain_uri(const std::string& uri) {
  return std::all_of(uri.begin(), uri.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '<' && c != '>' && c != '"'; });
}
bool https(const std::string& uri) { return uri.starts_with("https://") && uri.size() > 8 && plain_uri(uri); }
bool contact(const std::string& uri) {
  return https(uri) || (plain_uri(uri) && ((uri.starts_with("mailto:") && uri.find('@') != std::string::npos) || (uri.starts_with("tel:") && uri.size() > 4)));
}
bool language_tag(const std::string& tag) {
  return tag.size() >= 2 && tag.size() <= 35 && std::all_of(tag.begin(), tag.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

class DisclosureReader {
 public:
  DisclosureReader(const std::string& bytes, Diagnostics& errors, Disclosure& out) : reader_(bytes, errors), out_(out) {}

  void read(const Node& root) {
    if (!reader_.map(root, "a disclosure file",
                     {"format", "organisation", "website", "contacts", "contact_name", "policy_url", "canonical", "acknowledgments",
                      "encryption", "csaf", "hiring", "languages", "expires", "in_force_from", "in_scope", "out_of_scope",
                      "acknowledge_days", "assess_days", "publish_days", "no_legal_action", "credit"})) {
      return;
    }
    reader_.format(root);
    out_.organisation = reader_.text(root, "organisation", true);
    out_.contact_name = reader_.text(root, "contact_name");
    out_.website = web(root, "website");
    out_.policy_url = web(root, "policy_url");
    out_.acknowledgments = web(root, "acknowledgments");
    out_.csaf = web(root, "csaf");
    out_.hiring = web(root, "hiring");
    out_.encryption = reader_.text(root, "encryption");
    if (!out_.encryption.empty() && !https(out_.encryption) && !out_.encryption.starts_with("openpgp4fpr:") && !out_.encryption.starts_with("dns:")) {
      reader_.error(*root.find("encryption"), "'encryption' is no https:, dns: or openpgp4fpr: address");
    }
    out_.contacts = reader_.words(root, "contacts");
    for (const std::string& c : out_.contacts) {
      if (!contact(c)) reader_.error(*root.find("contacts"), "'" + c + "' is no contact", "mailto:security@example.org, https://… or tel:+…");
    }
    out_.canonical = reader_.words(root, "canonical");
    for (const std::string& c : out_.canonical) {
      if (!https(c)) reader_.error(*root.find("canonical"), "'" + c + "' is no https: address");
    }
    out_.languages = reader_.words(root, "languages");
    for (const std::string& l : out_.languages) {
      if (!language_tag(l)) reader_.error(*root.find("languages"), "'" + l + "' is no language tag", "such as en or de-AT");
    }
    out_.expires = reader_.day(root, "expires");
    out_.in_force_from = reader_.day(root, "in_force_from");
    out_.in_scope = reader_.words(root, "in_scope");
    out_.out_of_scope = reader_.words(root, "out_of_scope");
    out_.acknowledge_days = days(root, "acknowledge_days");
    out_.assess_days = days(root, "assess_days");
    out_.publish_days = days(root, "publish_days");
    out_.no_legal_action = reader_.flag(root, "no_legal_action");
    out_.credit = reader_.flag(root, "credit");
  }

 private:
  std::string web(const Node& root, const std::string& key) {
    const std::string uri = reader_.text(root, key);
    if (!uri.empty() && !https(uri)) reader_.error(*root.find(key), "'" + key + "' is no https: address");
    return uri;
  }

  std::optional<std::int64_t> days(const Node& root, const std::string& key) {
    const auto count = reader_.number(root, key);
    if (count && (*count < 1 || *count > 3650)) reader_.error(*root.find(key), "'" + key + "' is not between 1 and 3650");
    return count;
  }

  Reader reader_;
  Disclosure& out_;
};

}  // namespace

Result<Disclosure> read_disclosure(const std::string& file, const std::string& bytes) {
  text::Limits limits;
  limits.bytes = std::size_t{1} << 20;
  const auto root = text::read_by_name(file, bytes, limits);
  if (!root) return failure(root.error());
  Disclosure disclosure;
  disclosure.file = file;
  Diagnostics errors;
  DisclosureReader(bytes, errors, disclosure).read(*root);
  if (!errors.empty()) return failure(std::move(errors));
  return disclosure;
}

std::vector<std::string> gaps_of(const Disclosure& d, Day today) {
  std::vector<std::string> gaps;
  const auto gap = [&](bool is, const std::string& words) {
    if (is) gaps.push_back(words);
  };
  gap(d.contacts.empty(), "contacts: an address to report to (CRA/anx/I/PartII/6)");
  gap(!d.expires, "expires: security.txt needs the day until which it holds (RFC 9116)");
  gap(d.expires && *d.expires < today, "expires: the day has passed; who finds an old security.txt is told not to use it (RFC 9116)");
  gap(d.expires && *d.expires > plus_months(today, 12), "expires: more than a year ahead; RFC 9116 recommends less");
  gap(d.policy_url.empty(), "policy_url: where the policy is published (CRA/anx/I/PartII/5)");
  gap(d.website.empty(), "website: who publishes; notices to users need it too (CRA/art/14/8)");
  gap(!d.acknowledge_days, "acknowledge_days: how soon a report is answered");
  gap(!d.assess_days, "assess_days: how soon it is assessed");
  gap(!d.publish_days, "publish_days: how long a reporter is asked to wait before publishing");
  gap(!d.no_legal_action, "no_legal_action: whether good faith is safe from legal action");
  gap(!d.credit, "credit: whether a reporter may be named");
  gap(d.in_scope.empty(), "in_scope: what the policy covers");
  return gaps;
}

Result<std::string> security_txt(const Disclosure& d) {
  Diagnostics errors;
  if (d.contacts.empty()) errors.push_back(error_in(d.file, "security.txt needs a contact (RFC 9116)", "contacts: [mailto:…]"));
  if (!d.expires) errors.push_back(error_in(d.file, "security.txt needs an end (RFC 9116)", "expires: YYYY-MM-DD"));
  if (!errors.empty()) return failure(std::move(errors));
  std::string out;
  const auto line = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) out += name + ": " + value + "\n";
  };
  for (const std::string& c : d.canonical) line("Canonical", c);
  for (const std::string& c : d.contacts) line("Contact", c);
  line("Expires", to_string(*d.expires) + "T00:00:00Z");
  line("Encryption", d.encryption);
  line("Acknowledgments", d.acknowledgments);
  line("Preferred-Languages", joined(d.languages));
  line("Policy", d.policy_url);
  line("CSAF", d.csaf);
  line("Hiring", d.hiring);
  return out;
}

}  // namespace duolex::incidents
