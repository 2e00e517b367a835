#include "workspace/watch/watch_matches.h"

#include <algorithm>

#include "base/file.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/index/layout.h"
#include "vulnerabilities/vex/apply.h"
#include "vulnerabilities/vex/read.h"

namespace duolex::workspace {
namespace {

namespace index = vulnerabilities::index;
namespace vex = vulnerabilities::vex;
using vulnerabilities::Finding;
using vulnerabilities::Matches;

void add(Diagnostics& to, const Diagnostics& more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace

WatchMatches::WatchMatches(WatchFolder& folder) : folder_(folder) {
  for (const storage::StatementsRow& row : folder.store().statements()) {
    if (row.release != 0) {
      of_themselves_.insert(row.release);
      continue;
    }
    const auto bytes = read_file(folder.statements_path(row.sha256), vex::limits.bytes);
    const auto read = bytes ? vex::read_document(row.name, *bytes, documents_) : failure(bytes.error());
    if (!read) add(problems_, read.error());
  }
  for (const vex::Statement& s : documents_.statements)
    for (const std::string& id : s.vulnerabilities) spoken_of_.insert(vex::folded(id));
}

void WatchMatches::take_up(std::int64_t release) {
  if (release == release_) return;
  release_ = release;
  bills_.clear();
  broken_.clear();
  for (const storage::BillRow& kept : folder_.store().bills_of(release)) {
    auto bytes = read_file(folder_.bill_path(kept.sha256));
    auto bill = bytes ? sbom::read_sbom(kept.name, *bytes) : Result<sbom::Sbom>(failure(bytes.error()));
    if (bill) bills_.push_back({std::move(*bill), std::move(*bytes), nullptr});
    else add(broken_, bill.error());
  }
}

Result<Matches> WatchMatches::match(Bill& bill, index::Index& known) const {
  auto matches = vulnerabilities::match(bill.read, known);
  if (!matches) return matches;
  vex::Statements statements = documents_;
  vex::read_embedded(bill.read, bill.bytes, statements);
  vulnerabilities::apply_vex(*matches, std::move(statements), bill.read, vex::parse_instant(folder_.now()).value_or(vex::Instant{}));
  return matches;
}

Result<index::Index*> WatchMatches::shared_index() {
  if (!index_) {
    auto opened = index::Index::open(folder_.store().setting("index"));
    if (!opened) return failure(opened.error());
    index_.emplace(std::move(*opened));
  }
  return &*index_;
}

// An index of one advisory that was taken in.
Result<index::Index*> WatchMatches::own_index(const storage::AdvisoryRow& advisory) {
  std::string document = folder_.store().document(advisory.document);
  const std::size_t size = document.size();
  document.append(vulnerabilities::RecordReader::padding, '\0');
  vulnerabilities::RecordReader reader;
  const auto read = reader.read(advisory.name, 0, {document.data(), size});
  if (!read) return failure(read.error());
  std::vector<index::Compiled> records;
  for (const vulnerabilities::Advisory& a : read->advisories)
    if (a.id == advisory.name) records.push_back(index::compile(a));
  index::BuildReport report;
  advisory_index_.reset();
  advisory_bytes_ = index::lay_out(std::move(records), {}, {}, report);
  auto opened = index::Index::over(advisory.name, advisory_bytes_);
  if (!opened) return failure(opened.error());
  advisory_index_.emplace(std::move(*opened));
  return &*advisory_index_;
}

WatchMatches::Answer WatchMatches::of(std::int64_t release, const storage::AdvisoryRow& advisory) {
  Answer out;
  take_up(release);
  own_.clear();
  out.problems = broken_;
  const bool shared = advisory.document.empty();
  const auto known = shared ? shared_index() : own_index(advisory);
  if (!known) {
    add(out.problems, known.error());
    return out;
  }
  for (Bill& bill : bills_) {
    const Matches* matches = bill.shared.get();
    if (!shared || matches == nullptr) {
      auto made = match(bill, **known);
      if (!made) {
        add(out.problems, made.error());
        continue;
      }
      auto kept = std::make_unique<Matches>(std::move(*made));
      matches = kept.get();
      if (shared) bill.shared = std::move(kept);
      else own_.push_back(std::move(kept));
    }
    for (const Finding& f : matches->findings)
      if (f.advisory == advisory.name) out.found.push_back({&bill.read, matches, &f});
  }
  return out;
}

bool WatchMatches::spoken_of(std::int64_t release, const storage::AdvisoryRow& advisory) {
  if (of_themselves_.contains(release)) return true;
  if (spoken_of_.empty()) return false;
  if (spoken_of_.contains(vex::folded(advisory.name))) return true;
  // Also the names by which an index ties it to others.
  for (const auto kind : {storage::NameKind::alias, storage::NameKind::upstream})
    for (const std::string& name : folder_.store().names_of(advisory.id, kind))
      if (spoken_of_.contains(vex::folded(name))) return true;
  for (const std::int64_t other : folder_.store().named_by(advisory.name, storage::NameKind::alias))
    if (const auto row = folder_.store().advisory(other); row && spoken_of_.contains(vex::folded(row->name))) return true;
  return false;
}

bool WatchMatches::closed(std::int64_t release, const storage::AdvisoryRow& advisory) {
  if (!spoken_of(release, advisory)) return false;
  const Answer answer = of(release, advisory);
  return answer.problems.empty() && !answer.found.empty() &&
         std::all_of(answer.found.begin(), answer.found.end(), [](const Found& f) { return f.finding->vex.any() && f.finding->status == vulnerabilities::Status::not_affected; });
}

}  // namespace duolex::workspace
