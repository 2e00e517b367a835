#include "incidents/notice.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/json_out.h"

namespace duolex::incidents {
namespace {

using Json = nlohmann::ordered_json;

std::string field(const Record& record, const std::string& id) {
  const auto found = record.fields.find(id);
  return found == record.fields.end() ? "" : found->second.text;
}

bool cve_id(const std::string& text) {
  if (!text.starts_with("CVE-") || text.size() < 13 || text[8] != '-') return false;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::all_of(text.begin() + 4, text.begin() + 8, digit) && std::all_of(text.begin() + 9, text.end(), digit);
}

// A branch product_version names one version (CSAF 2.0, 6.1.31).
bool names_a_range(const std::string& version) {
  if (version.find_first_of("<>=") != std::string::npos) return true;
  std::string lower = " ";
  for (const char c : version) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  lower += ' ';
  for (const char* word : {" after ", " all ", " before ", " earlier ", " later ", " prior ", " versions "}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

class NoticeWriter {
 public:
  NoticeWriter(const Record& record, const Disclosure& publisher, const ProductWords& product, Moment now, const std::string& program_version)
      : record_(record), publisher_(publisher), product_(product), now_(now), program_version_(program_version) {}

  Result<Notice> write() {
    const auto kind = record_.facts.find("cra.kind");
    if (kind == record_.facts.end() || kind->second.at(0) == "none") {
      return failure(error_in(record_.file, "the record does not say that this is a vulnerability or an incident under the CRA"));
    }
    for (const std::string& version : record_.versions) {
      if (!names_a_range(version)) continue;
      return failure(error_in(record_.file, "the version '" + version + "' is a range", "list each version that is affected"));
    }
    vulnerability_ = kind->second.at(0) == "vulnerability";
    Notice notice;
    need(notice, record_.summary, "record summary");
    need(notice, publisher_.website, "disclosure.yaml website");
    need(notice, product_.product, "dossier product.name");
    if (record_.versions.empty()) notice.missing.push_back("record versions");
    const std::string cve = field(record_, "cve_id");
    if (!cve.empty() && !cve_id(cve)) {
      Diagnostic d = error_in(record_.file, "'" + cve + "' is no CVE id", "CVE-2027-12345");
      d.span = record_.fields.at("cve_id").span;
      return failure(std::move(d));
    }
    if (!notice.missing.empty()) return notice;
    Json j;
    j["document"] = document();
    j["product_tree"] = tree();
    if (vulnerability_) j["vulnerabilities"] = Json::array({vulnerability(cve)});
    notice.json = text::to_json_text(j, text::JsonLayout::pretty);
    return notice;
  }

 private:
  static void need(Notice& notice, const std::string& value, const std::string& where) {
    if (value.empty()) notice.missing.push_back(where);
  }

  [[nodiscard]] bool fixed() const {
    return std::any_of(record_.events.begin(), record_.events.end(), [](const Event& e) { return e.what == "measure_available"; });
  }

  // The notices that users had before, in their order.
  [[nodiscard]] std::vector<const Submission*> issued() const {
    std::vector<const Submission*> out;
    for (const Submission& s : record_.submissions)
      if (s.act == "cra" && s.stage == "user_notice" && s.recorded.at.moment < now_) out.push_back(&s);
    std::stable_sort(out.begin(), out.end(), [](const Submission* a, const Submission* b) { return a->recorded.at.moment < b->recorded.at.moment; });
    return out;
  }

  // What has come since the last notice.
  [[nodiscard]] std::string news(Moment last) const {
    const bool measure = std::any_of(record_.events.begin(), record_.events.end(),
                                     [&](const Event& e) { return e.what == "measure_available" && e.act.at.moment > last && e.act.at.moment <= now_; });
    return measure ? "A corrective or mitigating measure is available" : "What is known was brought up to date";
  }

  static Json note(const std::string& category, const std::string& title, const std::string& text) {
    Json n;
    n["category"] = category;
    n["text"] = text;
    n["title"] = title;
    return n;
  }

  [[nodiscard]] Json document() const {
    Json d;
    d["category"] = vulnerability_ ? "csaf_security_advisory" : "csaf_security_incident_response";
    d["csaf_version"] = "2.0";
    d["lang"] = "en";
    d["notes"] = Json::array({note("summary", "What happened", record_.summary)});
    if (const std::string action = field(record_, "user_action"); !action.empty()) {
      d["notes"].push_back(note("general", "What you can do", action));
    }
    d["publisher"]["category"] = "vendor";
    if (!publisher_.contacts.empty()) d["publisher"]["contact_details"] = publisher_.contacts.front();
    d["publisher"]["name"] = publisher_.organisation;
    d["publisher"]["namespace"] = publisher_.website;
    Json reference;
    reference["category"] = "external";
    reference["summary"] = "Where the maker can be reached";
    reference["url"] = publisher_.policy_url.empty() ? publisher_.website : publisher_.policy_url;
    d["references"] = Json::array({reference});
    d["title"] = record_.title;
    Json& t = d["tracking"];
    const std::string now = utc_text(now_);
    t["current_release_date"] = now;
    t["generator"]["engine"]["name"] = "Duolex";
    t["generator"]["engine"]["version"] = program_version_;
    t["id"] = record_.id;
    // What went out before is what the record says was submitted to users.
    const std::vector<const Submission*> before = issued();
    t["initial_release_date"] = before.empty() ? now : utc_text(before.front()->recorded.at.moment);
    t["revision_history"] = Json::array();
    const auto revision = [&](const std::string& date, const std::string& summary) {
      Json r;
      r["date"] = date;
      r["number"] = std::to_string(t["revision_history"].size() + 1);
      r["summary"] = summary;
      t["revision_history"].push_back(std::move(r));
    };
    for (const Submission* s : before) {
      const std::string said = s->recorded.note.empty() ? (s == before.front() ? "First version" : "Issued again") : s->recorded.note;
      revision(utc_text(s->recorded.at.moment), s->reference.empty() ? said : said + " (" + s->reference + ")");
    }
    revision(now, before.empty() ? "First version" : news(before.back()->recorded.at.moment));
    t["status"] = fixed() ? "final" : "interim";
    t["version"] = std::to_string(t["revision_history"].size());
    return d;
  }

  [[nodiscard]] static std::string product_id(std::size_t i) { return "P" + std::to_string(i + 1); }

  [[nodiscard]] Json tree() const {
    Json versions = Json::array();
    for (std::size_t i = 0; i < record_.versions.size(); ++i) {
      Json b;
      b["category"] = "product_version";
      b["name"] = record_.versions[i];
      b["product"]["name"] = product_.product + " " + record_.versions[i];
      b["product"]["product_id"] = product_id(i);
      versions.push_back(std::move(b));
    }
    Json product;
    product["category"] = "product_name";
    product["name"] = product_.product;
    product["branches"] = std::move(versions);
    Json vendor;
    vendor["category"] = "vendor";
    vendor["name"] = publisher_.organisation;
    vendor["branches"] = Json::array({std::move(product)});
    Json tree;
    tree["branches"] = Json::array({std::move(vendor)});
    return tree;
  }

  [[nodiscard]] Json vulnerability(const std::string& cve) const {
    Json ids = Json::array();
    for (std::size_t i = 0; i < record_.versions.size(); ++i) ids.push_back(product_id(i));
    Json v;
    if (!cve.empty()) v["cve"] = cve;
    v["title"] = record_.title;
    v["notes"] = Json::array({note("description", "What is wrong", record_.summary)});
    v["product_status"]["known_affected"] = ids;
    const auto remedy = [&](const std::string& category, const std::string& details) {
      if (details.empty()) return;
      Json r;
      r["category"] = category;
      r["details"] = details;
      r["product_ids"] = ids;
      v["remediations"].push_back(std::move(r));
    };
    remedy("workaround", field(record_, "measures_for_users"));
    if (fixed()) {
      remedy("vendor_fix", field(record_, "measures_taken"));
    } else if (field(record_, "measures_for_users").empty()) {
      remedy("none_available", "No corrective or mitigating measure is available yet.");
    }
    const auto exploited = record_.facts.find("cra.actively_exploited");
    if (exploited != record_.facts.end() && exploited->second.at(0) == "true") {
      Json threat;
      threat["category"] = "exploit_status";
      threat["details"] = "Actively exploited";
      threat["product_ids"] = ids;
      v["threats"] = Json::array({threat});
    }
    return v;
  }

  const Record& record_;
  const Disclosure& publisher_;
  const ProductWords& product_;
  Moment now_;
  const std::string& program_version_;
  bool vulnerability_ = false;
};

}  // namespace

Result<Notice> user_notice(const Record& record, const Disclosure& publisher, const ProductWords& product, Moment now,
                           const std::string& program_version) {
  return NoticeWriter(record, publisher, product, now, program_version).write();
}

}  // namespace duolex::incidents
