#include <algorithm>
#include <map>
#include <unordered_map>

#include "vulnerabilities/csaf/structure.h"
#include "vulnerabilities/vex/reader.h"

namespace duolex::vulnerabilities::vex {
namespace {

using sbom::Value;

std::string algorithm(std::string name) {
  // "sha256" as CSAF recommends, "SHA-256" as others write it.
  std::string plain;
  for (const char c : name)
    if (c != '-' && c != '_') plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  static const std::map<std::string, std::string> names = {{"md5", "MD5"}, {"sha1", "SHA-1"}, {"sha256", "SHA-256"}, {"sha384", "SHA-384"}, {"sha512", "SHA-512"},
                                                           {"sha3256", "SHA3-256"}, {"sha3384", "SHA3-384"}, {"sha3512", "SHA3-512"}};
  const auto found = names.find(plain);
  return found == names.end() ? name : found->second;
}

class CsafReader {
 public:
  CsafReader(const std::string& file, const std::string& bytes, const Value root, Statements& out) : reader_(file, bytes, out), file_(file), root_(root) {}

  Result<void> read() {
    std::vector<sbom::Violation> violations;
    if (!root_.is(sbom::Kind::object)) return failure(reader_.error(root_, "a VEX document is an object"));
    check_json(csaf::structure(), *csaf::structure().find_object("csaf"), root_, violations, "csaf");
    if (!violations.empty()) return failure(reader_.shown(std::move(violations)));
    const Value document = root_.find("document"), tracking = document.find("tracking");
    (void)reader_.begin_document({file_, Kind::csaf, text_of(tracking.find("id")), text_of(document.find("publisher").find("name")), false});
    time_ = first_instant({tracking.find("current_release_date"), tracking.find("initial_release_date")});
    if (text_of(tracking.find("status")) == "draft") {
      reader_.remark(tracking, "", "the document is a draft, and none of its statements is applied");
      return {};
    }
    if (const Value tree = root_.find("product_tree")) products(tree);
    if (reader_.too_many()) return failure(reader_.too_many_at(root_.find("product_tree")));
    if (const Value list = root_.find("vulnerabilities"))
      for (const Value vulnerability : list.children()) {
        one(vulnerability);
        if (reader_.too_many()) return failure(reader_.too_many_at(vulnerability));
      }
    return {};
  }

 private:
  struct Product {
    Identity identity;
    std::string of, component;  // a relationship: what is part of what
    bool platform = false;
  };

  // The way down the branches, as far as it names the product.
  struct Names {
    std::string product, version;
    bool range = false;
  };

  void products(const Value tree) {
    if (const Value branches = tree.find("branches"))
      for (const Value branch : branches.children()) walk(branch, {});
    if (const Value list = tree.find("full_product_names"))
      for (const Value product : list.children()) add(product, {});
    if (const Value list = tree.find("relationships"))
      for (const Value relation : list.children()) {
        if (reader_.too_many()) return;
        const Value product = relation.find("full_product_name");
        add(product, {});
        Product& added = products_[text_of(product.find("product_id"))];
        added.component = text_of(relation.find("product_reference"));
        added.of = text_of(relation.find("relates_to_product_reference"));
      }
    if (const Value list = tree.find("product_groups"))
      for (const Value group : list.children())
        for (const Value id : group.find("product_ids").children()) groups_[text_of(group.find("group_id"))].push_back(text_of(id));
  }

  // Bounded by the depth of the tree.
  void walk(const Value branch, Names names) {
    const std::string category = text_of(branch.find("category")), name = text_of(branch.find("name"));
    if (category == "product_name") names.product = name;
    if (category == "product_version") names.version = name;
    if (category == "product_version_range") {
      names.version = name;
      names.range = true;
    }
    if (const Value product = branch.find("product")) add(product, names);
    if (const Value branches = branch.find("branches"))
      for (const Value next : branches.children()) walk(next, names);
  }

  void add(const Value product, const Names& names) {
    if (reader_.too_many()) return;
    Product& out = products_[text_of(product.find("product_id"))];
    Identity& i = out.identity;
    i.shown = text_of(product.find("name"));
    i.name = names.product;
    i.version = names.version;
    if (const Value helper = product.find("product_identification_helper")) identify(i, helper);
    if (names.range) bind_range(i, names.version);
    (void)reader_.take(i);
  }

  void identify(Identity& i, const Value helper) {
    if (const Value purl = helper.find("purl")) {
      Identity named = identity_of(text_of(purl));
      i.purl = std::move(named.purl);
      i.range = std::move(named.range);
      i.open_ended = std::move(named.open_ended);
    }
    if (const Value cpe = helper.find("cpe")) i.cpe = text_of(cpe);
    if (const Value hashes = helper.find("hashes"))
      for (const Value file : hashes.children())
        for (const Value hash : file.find("file_hashes").children())
          i.hashes.push_back({algorithm(text_of(hash.find("algorithm"))), text_of(hash.find("value"))});
  }

  // What each product of a list is said to be not affected for, and what to do.
  struct Said {
    std::string justification, impact, action;
  };
  void spread(const Value item, const std::string& text, std::string Said::*field) {
    const auto say = [&](const std::string& id) {
      std::string& to = said_[id].*field;
      if (to.empty() && reader_.take(sizeof(Said) + text.size())) to = text;
    };
    if (const Value ids = item.find("product_ids"))
      for (const Value id : ids.children()) say(text_of(id));
    if (const Value groups = item.find("group_ids"))
      for (const Value group : groups.children())
        for (const std::string& id : groups_[text_of(group)]) say(id);
  }

  void one(const Value vulnerability) {
    said_.clear();
    if (const Value flags = vulnerability.find("flags"))
      for (const Value flag : flags.children()) spread(flag, text_of(flag.find("label")), &Said::justification);
    if (const Value threats = vulnerability.find("threats"))
      for (const Value threat : threats.children())
        if (text_of(threat.find("category")) == "impact") spread(threat, text_of(threat.find("details")), &Said::impact);
    if (const Value remedies = vulnerability.find("remediations"))
      for (const Value remedy : remedies.children()) spread(remedy, text_of(remedy.find("details")), &Said::action);
    std::vector<std::string> ids;
    if (const Value cve = vulnerability.find("cve")) ids.push_back(text_of(cve));
    if (const Value list = vulnerability.find("ids"))
      for (const Value id : list.children()) ids.push_back(text_of(id.find("text")));
    const Value status = vulnerability.find("product_status");
    if (!status) return;
    if (ids.empty()) return reader_.remark(vulnerability, "", "states a status without naming a vulnerability, and is not applied");
    for (const Value list : status.children()) {
      const std::string key = list.key();
      Claim claim = Claim::affected;
      if (key == "known_not_affected") claim = Claim::not_affected;
      else if (key == "fixed" || key == "first_fixed") claim = Claim::fixed;
      else if (key == "under_investigation") claim = Claim::under_investigation;
      else if (key != "known_affected" && key != "first_affected" && key != "last_affected") continue;
      Statement s;
      s.vulnerabilities = ids;
      s.claim = claim;
      s.time = time_;
      for (const Value id : list.children()) {
        if (reader_.too_many()) return;
        subject(text_of(id), id, s);
      }
      if (!s.subjects.empty()) reader_.keep(std::move(s), list);
    }
  }

  void subject(const std::string& id, const Value at, Statement& s) {
    const auto found = products_.find(id);
    if (found == products_.end()) return reader_.remark(at, s.vulnerabilities.front(), "speaks of the product '" + sbom::shown_text(id) + "', which the document does not define");
    const Product& product = found->second;
    const auto said = said_.find(id);
    if (!reader_.take_subject(product.identity) || (said != said_.end() && !reader_.take(said->second.justification.size() + said->second.impact.size()))) return;
    Subject& out = s.subjects.emplace_back();
    if (said != said_.end()) {
      out.justification = said->second.justification;
      out.impact = said->second.impact;
      if (s.action.empty()) s.action = said->second.action;
    }
    out.product = product.identity;
    if (product.component.empty() || product.identity.purl) return;
    // One step: what is combined of combinations is known by its name alone.
    const auto whole = products_.find(product.of), part = products_.find(product.component);
    if (whole == products_.end() || part == products_.end()) return;
    if (!reader_.take(whole->second.identity) || !reader_.take(part->second.identity)) return;
    out.product = whole->second.identity;
    out.parts.push_back(part->second.identity);
    out.platform = out.product.cpe.starts_with("cpe:/o:") || out.product.cpe.starts_with("cpe:2.3:o:");
  }

  Reader reader_;
  const std::string& file_;
  Value root_;
  Instant time_;
  std::unordered_map<std::string, Product> products_;
  std::unordered_map<std::string, std::vector<std::string>> groups_;
  std::unordered_map<std::string, Said> said_;
};

}  // namespace

Result<void> read_csaf(const std::string& file, const std::string& bytes, const Value root, Statements& out) {
  return CsafReader(file, bytes, root, out).read();
}

}  // namespace duolex::vulnerabilities::vex
