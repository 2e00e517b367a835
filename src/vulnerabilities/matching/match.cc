#include "vulnerabilities/matching/match.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/joined.h"
#include "vulnerabilities/matching/evaluate.h"

namespace duolex::vulnerabilities {
namespace {

// Findings are large: their numbers are sorted, and each is moved once.
void sort_findings(std::vector<Finding>& findings) {
  const auto key = [](const Finding& f) { return std::tuple(f.status == Status::not_affected, !f.exploited(), f.status, f.component); };
  const auto before = [&](const Finding& a, const Finding& b) {
    const auto left = key(a), right = key(b);
    return left != right ? left < right : a.advisory < b.advisory;
  };
  if (std::is_sorted(findings.begin(), findings.end(), before)) return;
  std::vector<std::size_t> order(findings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return before(findings[a], findings[b]); });
  std::vector<Finding> sorted;
  sorted.reserve(findings.size());
  for (const std::size_t i : order) sorted.push_back(std::move(findings[i]));
  findings = std::move(sorted);
}

struct Found {
  std::size_t record = 0;
  std::size_t query = 0;
  Outcome outcome;
};

class Matcher {
 public:
  Matcher(const sbom::Sbom& bill, index::Index& index) : bill_(bill), index_(index) {}

  Result<Matches> run() {
    out_.findings.reserve(std::min<std::size_t>(2 * bill_.components.size(), 256));
    for (std::size_t i = 0; i < bill_.components.size() && out_.findings.size() <= most_findings; ++i) component(i);
    if (out_.findings.size() > most_findings)
      return failure(error_in(bill_.file, "has more than " + std::to_string(most_findings) + " findings", "a bill of a part of the product says more"));
    if (index_.damage()) return failure(*index_.damage());
    sort_findings(out_.findings);
    return std::move(out_);
  }

 private:
  void component(std::size_t number) {
    const sbom::Component& c = bill_.components[number];
    std::vector<Lookup> queries = lookups_of(c);
    if (const auto cpe = cpe_product(c.cpe)) {
      Query& q = queries.emplace_back().query;
      q.key = cpe_key(cpe->product);
      q.version = cpe->version.empty() ? c.version : cpe->version;
      // A name of a product is no name of a package: of one that has its package URL it says less than that.
      q.unsure = c.purl.has_value();
    }
    if (queries.empty()) {
      ++out_.no_name;
      return;
    }
    ++out_.looked_up;
    if (std::none_of(queries.begin(), queries.end(), [&](const Lookup& l) { return index_.knows_type(l.query.key.type()); })) {
      ++out_.no_advisories;
      return;
    }
    found_.clear();
    for (std::size_t q = 0; q < queries.size(); ++q) look_up(queries[q].query, q);
    for (const Found& f : found_) add(number, f, queries[f.query].query, queries[f.query].file_hash);
  }

  void look_up(const Query& query, std::size_t number) {
    const std::string_view blob = index_.find(query.key.text);
    if (blob.empty()) return;
    keys_.of(query.version);
    for (index::Cursor c(blob); !c.done();) {
      const std::size_t record = c.number();
      const Outcome outcome = evaluate(c.text(), query, keys_);
      if (!outcome.hit) continue;
      // One finding an advisory: affected tells more than unknown.
      const auto same = std::find_if(found_.begin(), found_.end(), [&](const Found& f) { return f.record == record; });
      if (same == found_.end()) found_.push_back({record, number, outcome});
      else if (outcome.status < same->outcome.status) *same = {record, number, outcome};
    }
  }

  void add(std::size_t component, const Found& f, const Query& query, const std::string& hash) {
    const index::StatedRecord record = index_.record(f.record);
    Finding& out = out_.findings.emplace_back();
    out.component = component;
    out.advisory = record.id;
    out.aliases.assign(record.aliases.begin(), record.aliases.end());
    out.upstream.assign(record.upstream.begin(), record.upstream.end());
    out.status = out.matched = f.outcome.status;
    out.modified = record.modified;
    out.published = record.published;
    out.summary = record.summary;
    out.severity = record.severity;
    out.exploited_via = record.exploited_via;
    out.exploited_cve = record.exploited_cve;
    out.exploited_added = record.exploited_added;
    out.exploited_due = record.exploited_due;
    out.ransomware = record.ransomware;
    out.epss_cve = record.epss_cve;
    out.epss_probability = record.epss_probability;
    out.epss_percentile = record.epss_percentile;
    Reason& r = out.reason;
    r.kind = f.outcome.kind;
    r.package_type = query.key.type();
    r.package_name = query.key.name();
    r.version = query.version;
    r.source_package = query.source;
    r.file_hash = hash;
    r.scheme = f.outcome.scheme;
    r.affected = f.outcome.affected;
    if (f.outcome.affected >= record.affected.size()) return;
    const index::StatedAffected& a = record.affected[f.outcome.affected];
    r.ecosystem = a.ecosystem;
    if ((r.kind == Reason::Kind::interval || r.kind == Reason::Kind::unclear_release || r.kind == Reason::Kind::only_cpe) && f.outcome.which < a.intervals.size()) {
      const index::StatedInterval& i = a.intervals[f.outcome.which];
      r.range = i.range;
      r.from = i.from;
      r.to = i.to;
      r.ended_by = i.ended_by;
    }
    if (r.kind == Reason::Kind::listed && f.outcome.which < a.versions.size()) r.listed = a.versions[f.outcome.which];
    if (r.kind == Reason::Kind::bad_event && !a.unreadable.empty()) r.listed = a.unreadable.front();
  }

  const sbom::Sbom& bill_;
  index::Index& index_;
  std::vector<Found> found_;
  VersionKeys keys_;
  Matches out_;
};

std::string events(const Reason& r) {
  if (r.to.empty()) return joined({"introduced ", r.from, ", and no event ends it"});
  return joined({"introduced ", r.from, r.ended_by == Event::Kind::fixed ? ", fixed " : r.ended_by == Event::Kind::limit ? ", limit " : ", last affected ", r.to});
}

}  // namespace

const char* name_of(Status status) {
  switch (status) {
    case Status::affected: return "affected";
    case Status::unknown: return "unknown";
    case Status::not_affected: return "not_affected";
  }
  return "unknown";
}

std::string Reason::in_words() const {
  const std::string subject = joined({source_package ? "built from " : "", ecosystem, " ", package_name, " ", version});
  const std::string_view order = vulnerabilities::name_of(scheme);
  switch (kind) {
    case Kind::interval: return joined({subject, " is in a range: ", events(*this), " (order: ", order, ")"});
    case Kind::listed: return listed == version ? joined({subject, " is listed as affected"}) : joined({subject, " is listed as affected (as ", listed, ")"});
    case Kind::every_version:
      return file_hash.empty() ? joined({ecosystem, " ", package_name, " is affected in every version"}) : joined({"a file with ", file_hash, " is named by the advisory"});
    case Kind::no_version: return joined({"the component states no version, and the advisory is about ", ecosystem, " ", package_name});
    case Kind::unreadable: return joined({subject, ": the version cannot be read as ", order});
    case Kind::outside: return joined({subject, ": the version breaks the rules of ", order, ", so that no order of it is certain"});
    case Kind::bad_event: return joined({subject, ": the advisory states the version '", listed, "', which cannot be read as ", order});
    case Kind::only_commits: return joined({subject, ": the advisory states commits and no versions"});
    case Kind::nothing_stated: return joined({subject, ": the advisory names the package and no version"});
    case Kind::only_cpe:
      return joined({subject, " would be affected (", events(*this), ") by its CPE name; its package may be another build, such as a distribution's with the correction"});
    case Kind::unclear_release:
      return joined({subject, " would be affected in ", ecosystem, " (", events(*this), "), and the component does not say which release it is from"});
  }
  return subject;
}

std::vector<Lookup> lookups_of(const sbom::Component& c) {
  std::vector<Lookup> out;
  if (c.purl)
    for (Query& query : queries_for(*c.purl)) out.push_back({std::move(query), ""});
  if (!out.empty() && out.front().query.version.empty()) out.front().query.version = c.version;
  for (const sbom::Hash& hash : c.hashes)
    if (auto key = file_key(hash.algorithm, hash.value)) {
      Lookup& file = out.emplace_back();
      file.query.key = std::move(*key);
      file.file_hash = hash.algorithm + " " + hash.value;
    }
  return out;
}

Result<Matches> match(const sbom::Sbom& bill, index::Index& index) { return Matcher(bill, index).run(); }

void apply_vex(Matches& matches, vex::Statements statements, const sbom::Sbom& bill, const vex::Instant& now) {
  if (statements.statements.empty()) {
    matches.vex = std::move(statements);
    return;
  }
  std::vector<vex::Asked> asked;
  for (const Finding& f : matches.findings) {
    vex::Asked& one = asked.emplace_back();
    one.component = f.component;
    one.vulnerabilities = f.aliases;
    one.vulnerabilities.push_back(f.advisory);
    // A distribution's advisory about one vulnerability is about that one; of several, a statement about one says too little.
    if (f.upstream.size() == 1) one.vulnerabilities.push_back(f.upstream.front());
  }
  vex::Applied applied = vex::apply(statements, bill, asked, now);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Finding& f = matches.findings[i];
    f.vex = std::move(applied.effects[i]);
    if (!f.vex.any()) continue;
    const vex::Claim claim = statements.statements[f.vex.holding.front().statement].claim;
    if (vex::closes(claim)) f.status = Status::not_affected;
    else if (claim == vex::Claim::affected) f.status = Status::affected;
  }
  matches.vex = std::move(statements);
  matches.vex_left = std::move(applied.left);
  sort_findings(matches.findings);
}

}  // namespace duolex::vulnerabilities
