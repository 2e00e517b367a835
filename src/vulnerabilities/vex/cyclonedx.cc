#include <algorithm>
#include <unordered_map>

#include "base/counted.h"
#include "sbom/validity.h"
#include "vulnerabilities/vex/reader.h"

namespace duolex::vulnerabilities::vex {
namespace {

using sbom::Value;

class CycloneDxReader {
 public:
  CycloneDxReader(const std::string& file, const std::string& bytes, bool xml, const sbom::Sbom& bill, bool embedded, Statements& out)
      : reader_(file, bytes, out), xml_(xml), bill_(bill), embedded_(embedded) {
    for (std::size_t i = 0; i < bill.components.size(); ++i) refs_.emplace(bill.components[i].ref, i);
  }

  Result<void> read(const Value root) {
    std::string author;
    for (const std::string& name : bill_.authors) author += (author.empty() ? "" : ", ") + name;
    (void)reader_.begin_document({bill_.file, Kind::cyclonedx, bill_.id, author, embedded_});
    time_ = first_instant({at(at(root, "metadata"), "timestamp")});
    std::size_t said = 0;
    for (const Value vulnerability : items(at(root, "vulnerabilities"))) {
      said += one(vulnerability);
      if (reader_.too_many()) return failure(reader_.too_many_at(vulnerability));
    }
    if (said == 0 && !embedded_) reader_.remark(root, "", "the document states nothing about a vulnerability (no 'analysis' with a 'state')");
    return {};
  }

 private:
  [[nodiscard]] Value at(const Value node, std::string_view key) const {
    if (!node) return {};
    if (!xml_) return node.is(sbom::Kind::object) ? node.find(key) : Value();
    for (const Value child : node.children())
      if ((child.is(sbom::Kind::element) || child.is(sbom::Kind::attribute)) && !child.foreign() && child.plain_key() == key) return child;
    return {};
  }
  [[nodiscard]] std::vector<Value> items(const Value list) const {
    std::vector<Value> out;
    for (const Value item : list.children())
      if (xml_ ? item.is(sbom::Kind::element) && !item.foreign() : item.is(sbom::Kind::object)) out.push_back(item);
    return out;
  }

  // Whether it states anything.
  bool one(const Value vulnerability) {
    const Value analysis = at(vulnerability, "analysis");
    if (!analysis) return false;
    Statement s;
    if (const std::string id = text_of(at(vulnerability, "id")); !id.empty()) s.vulnerabilities.push_back(id);
    for (const Value reference : items(at(vulnerability, "references")))
      if (const std::string id = text_of(at(reference, "id")); !id.empty()) s.vulnerabilities.push_back(id);
    const std::string state = text_of(at(analysis, "state"));
    if (s.vulnerabilities.empty() || state.empty()) {
      reader_.remark(analysis, s.vulnerabilities.empty() ? "" : s.vulnerabilities.front(),
                     s.vulnerabilities.empty() ? "an analysis of a vulnerability without an id is not applied" : "an analysis without a state is not applied");
      return true;
    }
    s.claim = state == "exploitable" ? Claim::affected : state == "in_triage" ? Claim::under_investigation
            : state == "not_affected" || state == "false_positive" ? Claim::not_affected : Claim::fixed;
    s.time = first_instant({at(analysis, "lastUpdated"), at(analysis, "firstIssued"), at(vulnerability, "updated")});
    if (!s.time.known()) s.time = time_;
    const std::string justification = text_of(at(analysis, "justification")), detail = text_of(at(analysis, "detail"));
    s.action = text_of(at(vulnerability, "recommendation"));
    s.notes = s.claim == Claim::not_affected ? "" : detail;
    for (const Value target : items(at(vulnerability, "affects"))) {
      if (reader_.too_many()) return true;
      affected(target, s);
    }
    for (Subject& subject : s.subjects) {
      if (!reader_.take(justification.size() + detail.size())) return true;
      subject.justification = justification;
      subject.impact = detail;
    }
    reader_.keep(std::move(s), vulnerability);
    return true;
  }

  void affected(const Value target, Statement& s) {
    const std::string ref = text_of(at(target, "ref"));
    std::vector<Identity> named = {identity(ref)};
    std::size_t unaffected = 0;
    if (const std::vector<Value> versions = items(at(target, "versions")); !versions.empty()) {
      const Identity base = std::move(named.front());
      named.clear();
      for (const Value entry : versions) {
        // That a version is unaffected says nothing of why.
        if (text_of(at(entry, "status")) == "unaffected" && s.claim == Claim::affected) {
          ++unaffected;
          continue;
        }
        Identity one = base;
        const std::string range = text_of(at(entry, "range")), version = text_of(at(entry, "version"));
        one.version = version;
        if (one.purl) one.purl->version = version;
        if (!range.empty()) bind_range(one, range);
        one.shown += !range.empty() ? ", versions " + range : version.empty() ? "" : ", version " + version;
        if (!reader_.take(one)) return;
        named.push_back(std::move(one));
      }
    }
    if (unaffected != 0)
      reader_.remark(target, s.vulnerabilities.front(), "calls " + counted(unaffected, "version") + " unaffected without a justification; that is not applied");
    for (Identity& i : named) {
      if (!reader_.take_subject(i)) return;
      Subject& out = s.subjects.emplace_back();
      // In a document of its own, what it says of a part holds in the product that it is about.
      const bool part = !embedded_ && bill_.subject != sbom::no_component && local(ref) != sbom::no_component && local(ref) != bill_.subject;
      if (part) {
        out.product = component(bill_.subject);
        if (!reader_.take(out.product)) return;
        out.parts.push_back(std::move(i));
      } else {
        out.product = std::move(i);
      }
    }
  }

  [[nodiscard]] std::size_t local(const std::string& ref) const {
    if (ref.empty()) return sbom::no_component;
    const auto found = refs_.find(ref);
    return found == refs_.end() ? sbom::no_component : found->second;
  }

  [[nodiscard]] Identity component(std::size_t number) const {
    const sbom::Component& c = bill_.components[number];
    Identity out;
    out.shown = c.purl_text.empty() ? c.title() : c.purl_text;
    out.purl = c.purl;
    out.cpe = c.cpe;
    out.hashes = c.hashes;
    out.name = c.name;
    out.version = c.version;
    out.bill = bill_.id;
    out.bill_version = bill_.version;
    out.ref = c.ref;
    return out;
  }

  [[nodiscard]] Identity identity(const std::string& ref) const {
    Identity out;
    if (const std::size_t number = local(ref); number != sbom::no_component) {
      if (!embedded_) return component(number);
      out = component(number);
      out.this_bill = true;
      return out;
    }
    out = identity_of(ref);
    if (!out.bill.empty()) return out;
    // Within a bill of the same serial number and version the reference is a component's.
    out.bill = bill_.id;
    out.bill_version = bill_.version;
    out.ref = ref;
    return out;
  }

  Reader reader_;
  bool xml_;
  const sbom::Sbom& bill_;
  bool embedded_;
  Instant time_;
  std::unordered_map<std::string_view, std::size_t> refs_;  // the first of each
};

}  // namespace

Result<void> read_cyclonedx(const std::string& file, const std::string& bytes, const sbom::Tree& tree, bool xml, const sbom::Sbom& bill, bool embedded,
                            Statements& out) {
  // Bills of the wild break rules that have nothing to do with vulnerabilities; only what is used here has to hold.
  const auto validity = sbom::check_cyclonedx(file, bytes, limits);
  if (!validity) return tl::unexpected(validity.error());
  Diagnostics broken;
  for (std::size_t i = 0; i < validity->violations.size() && broken.size() < 20; ++i) {
    const std::string& path = validity->violations[i].path;
    if (path.starts_with("/vulnerabilities") || path.find("/vulnerabilities") != std::string::npos || (!embedded && path.empty())) broken.push_back(validity->diagnostics[i]);
  }
  if (!broken.empty()) return failure(std::move(broken));
  return CycloneDxReader(file, bytes, xml, bill, embedded, out).read(tree.root());
}

}  // namespace duolex::vulnerabilities::vex
