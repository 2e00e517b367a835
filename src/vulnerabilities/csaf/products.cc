#include <algorithm>

#include "vulnerabilities/csaf/checker.h"
#include "vulnerabilities/csaf/structure.h"

namespace duolex::vulnerabilities::csaf {
namespace {

using Groups = std::map<std::string, std::vector<std::string>>;

class ProductTests {
 public:
  ProductTests(const Value root, Report& report) : root_(root), report_(report), groups_(groups_of(root)) {}

  void run() {
    definitions();
    tree_references();
    circles();
    branches();
    std::set<std::string> cves;
    for (const Value v : items(root_.find("vulnerabilities"))) {
      if (const Value cve = v.find("cve"); cve && !cves.insert(text(cve)).second) report_.add("6.1.23", cve, text(cve) + " is the subject of another vulnerability of the document");
      references(v);
      status(v);
      scores(v);
      involvements(v);
      for (const Value remedy : items(v.find("remediations")))
        if (!remedy.find("product_ids") && !remedy.find("group_ids")) report_.add("6.1.29", remedy, "the remediation names no product");
      flags(v);
    }
  }

 private:
  void definitions() {
    each_product(root_, [&](const Value product) {
      const Value id = product.find("product_id");
      if (id && !defined_.insert(text(id)).second) report_.add("6.1.2", id, "the product id '" + text(id) + "' is defined more than once");
      for (const Value file : items(product.find("product_identification_helper").find("hashes"))) {
        std::set<std::string> algorithms;
        for (const Value hash : items(file.find("file_hashes")))
          if (const Value algorithm = hash.find("algorithm"); algorithm && !algorithms.insert(text(algorithm)).second)
            report_.add("6.1.25", algorithm, "the hash algorithm '" + text(algorithm) + "' is used more than once for a file");
      }
    });
    std::set<std::string> groups;
    for (const Value group : items(root_.find("product_tree").find("product_groups")))
      if (const Value id = group.find("group_id"); id && !groups.insert(text(id)).second) report_.add("6.1.5", id, "the group id '" + text(id) + "' is defined more than once");
  }

  void product(const Value id) {
    if (id && !defined_.contains(text(id))) report_.add("6.1.1", id, "the product id '" + text(id) + "' is not defined");
  }
  void products(const Value list) {
    for (const Value id : items(list)) product(id);
  }
  void group(const Value list) {
    for (const Value id : items(list))
      if (!groups_.contains(text(id))) report_.add("6.1.4", id, "the group id '" + text(id) + "' is not defined");
  }

  void tree_references() {
    const Value tree = root_.find("product_tree");
    for (const Value g : items(tree.find("product_groups"))) products(g.find("product_ids"));
    for (const Value relation : items(tree.find("relationships"))) {
      product(relation.find("product_reference"));
      product(relation.find("relates_to_product_reference"));
    }
  }

  void references(const Value v) {
    for (const Value list : v.find("product_status").children()) products(list);
    for (const char* key : {"flags", "remediations", "threats"})
      for (const Value item : items(v.find(key))) {
        products(item.find("product_ids"));
        group(item.find("group_ids"));
      }
    for (const Value score : items(v.find("scores"))) products(score.find("products"));
  }

  // A product that is defined by means of itself, through however many relationships.
  void circles() {
    std::map<std::string, std::pair<Value, std::vector<std::string>>> made_of;
    for (const Value relation : items(root_.find("product_tree").find("relationships"))) {
      const Value id = relation.find("full_product_name").find("product_id");
      auto& [at, parts] = made_of[text(id)];
      at = id;
      for (const char* key : {"product_reference", "relates_to_product_reference"}) parts.push_back(text(relation.find(key)));
    }
    // Without recursion: 0 not seen, 1 on the way, 2 done.
    std::map<std::string, int> state;
    for (const auto& entry : made_of) {
      std::vector<std::pair<std::string, std::size_t>> way = {{entry.first, 0}};
      if (state[entry.first] != 0) continue;
      state[entry.first] = 1;
      while (!way.empty()) {
        auto& [id, next] = way.back();
        const auto found = made_of.find(id);
        if (found == made_of.end() || next >= found->second.second.size()) {
          state[id] = 2;
          way.pop_back();
          continue;
        }
        const std::string part = found->second.second[next++];
        if (state[part] == 1) report_.add("6.1.3", found->second.first, "the product '" + id + "' is defined by means of itself");
        if (state[part] != 0) continue;
        state[part] = 1;
        way.emplace_back(part, 0);
      }
    }
  }

  void branches() {
    const std::function<void(Value)> walk = [&](const Value branch) {
      const Value name = branch.find("name");
      if (text(branch.find("category")) == "product_version" && names_a_range(text(name)))
        report_.add("6.1.31", name, "'" + text(name) + "' reads as a range, and a branch product_version names one version");
      for (const Value next : items(branch.find("branches"))) walk(next);
    };
    for (const Value branch : items(root_.find("product_tree").find("branches"))) walk(branch);
  }

  void status(const Value v) {
    std::map<std::string, std::string> said;
    for (const Value list : v.find("product_status").children()) {
      const std::string key = list.key();
      const std::string kind = key == "first_affected" || key == "known_affected" || key == "last_affected" ? "affected"
                             : key == "known_not_affected" ? "not affected"
                             : key == "first_fixed" || key == "fixed" ? "fixed"
                             : key == "under_investigation" ? "under investigation" : "";
      if (kind.empty()) continue;
      for (const Value id : items(list)) {
        const auto [before, fresh] = said.emplace(text(id), kind);
        if (!fresh && before->second != kind) report_.add("6.1.6", id, "the product '" + text(id) + "' is both " + before->second + " and " + kind);
      }
    }
  }

  void scores(const Value v) {
    std::set<std::pair<std::string, std::string>> scored;
    for (const Value score : items(v.find("scores")))
      for (const char* key : {"cvss_v2", "cvss_v3"}) {
        const Value cvss = score.find(key);
        if (!cvss) continue;
        const std::string version = std::string(key) == "cvss_v2" ? "2.0" : text(cvss.find("version"));
        for (const Value id : items(score.find("products")))
          if (!scored.emplace(text(id), version).second) report_.add("6.1.7", cvss, "the product '" + text(id) + "' has more than one score of CVSS " + version);
      }
  }

  void involvements(const Value v) {
    std::set<std::pair<std::string, std::string>> met;
    for (const Value one : items(v.find("involvements")))
      if (!met.emplace(text(one.find("party")), text(one.find("date"))).second)
        report_.add("6.1.24", one, "the party '" + text(one.find("party")) + "' has another involvement of the same date");
  }

  void flags(const Value v) {
    std::map<std::string, std::string> labels;
    for (const Value flag : items(v.find("flags"))) {
      if (!flag.find("product_ids") && !flag.find("group_ids")) report_.add("6.1.32", flag, "the flag names no product");
      const std::string label = text(flag.find("label"));
      for (const std::string& id : products_of(flag, groups_)) {
        const auto [before, fresh] = labels.emplace(id, label);
        if (!fresh) report_.add("6.1.33", flag, "the product '" + id + "' has more than one justification");
      }
    }
  }

  Value root_;
  Report& report_;
  Groups groups_;
  std::set<std::string> defined_;
};

}  // namespace

void check_products(const Value root, Report& report) { ProductTests(root, report).run(); }

}  // namespace duolex::vulnerabilities::csaf
