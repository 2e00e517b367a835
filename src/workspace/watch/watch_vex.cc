#include <nlohmann/json.hpp>
#include <ostream>

#include "base/counted.h"
#include "base/file.h"
#include "base/hash.h"
#include "text/json_out.h"
#include "vulnerabilities/vex/read.h"
#include "workspace/watch/watch_matches.h"
#include "workspace/watch/watch_statements.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace vex = vulnerabilities::vex;
using nlohmann::ordered_json;

struct Closed {
  std::string product, release, advisory;
};

std::vector<Closed> closed_findings(WatchFolder& folder) {
  std::vector<Closed> out;
  WatchMatches matches(folder);
  for (const storage::ReleaseRow& r : folder.store().releases())
    for (const storage::FindingRow& f : folder.store().findings_on(r.id))
      if (const auto advisory = folder.store().advisory(f.advisory); advisory && matches.closed(r.id, *advisory)) out.push_back({r.product, r.version, advisory->name});
  return out;
}

}  // namespace

Result<KeptStatements> read_statements_to_keep(const std::string& name) {
  KeptStatements out;
  out.name = name;
  auto bytes = read_file(name, vex::limits.bytes);
  if (!bytes) return failure(bytes.error());
  vex::Statements read;
  if (const auto done = vex::read_document(name, *bytes, read); !done) return failure(done.error());
  out.count = read.statements.size();
  out.bytes = std::move(*bytes);
  return out;
}

bool keep_statements(WatchFolder& folder, const KeptStatements& kept) {
  const std::string sha256 = sha256_hex(kept.bytes);
  const fs::path path = folder.statements_path(sha256);
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (!fs::exists(path, error))
    if (auto written = write_file_atomically(path, kept.bytes); !written) folder.store().fail(written.error());
  return folder.store().put_statements({sha256, 0, kept.name, folder.now()});
}

void note_own_statements(WatchFolder& folder, std::int64_t release, const std::string& sha256, const std::string& name, const sbom::Sbom& bill, const std::string& bytes) {
  if (bytes.find("vulnerabilities") == std::string::npos) return;  // most bills say nothing, and need not be read again
  vex::Statements read;
  vex::read_embedded(bill, bytes, read);
  if (!read.statements.empty()) folder.store().put_statements({sha256, release, name, folder.now()});
}

ExitCode watch_vex(const WatchVexRequest& request, std::ostream& out, std::ostream& err) {
  std::vector<KeptStatements> all;
  Diagnostics errors;
  for (const std::string& name : request.documents) {
    auto read = read_statements_to_keep(name);
    if (read) all.push_back(std::move(*read));
    else errors.insert(errors.end(), read.error().begin(), read.error().end());
  }
  if (!errors.empty()) {
    err << render(errors);
    return ExitCode::bad_input;
  }
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::writing);
  if (!folder) return watch_refused(folder.error(), err);
  std::vector<bool> fresh;
  const auto kept = folder->store().transact([&] {
    for (const KeptStatements& one : all) {
      fresh.push_back(keep_statements(*folder, one));
      if (fresh.back()) folder->store().put_history({request.place.now, "statements kept", "", one.name, counted(one.count, "statement")});
    }
  });
  if (!kept) return watch_refused(kept.error(), err);
  const std::vector<Closed> closed = closed_findings(*folder);
  if (auto whole = folder->store().whole(); !whole) return watch_refused(whole.error(), err);
  if (request.json) {
    ordered_json documents = ordered_json::array(), findings = ordered_json::array();
    for (std::size_t i = 0; i < all.size(); ++i) documents.push_back({{"document", all[i].name}, {"statements", all[i].count}, {"new", static_cast<bool>(fresh[i])}});
    for (const Closed& c : closed) findings.push_back({{"product", c.product}, {"release", c.release}, {"advisory", c.advisory}});
    out << text::to_json_text(ordered_json{{"format", 1}, {"documents", documents}, {"closed_by_vex", findings}}, text::JsonLayout::pretty);
    return ExitCode::clear;
  }
  for (std::size_t i = 0; i < all.size(); ++i) out << all[i].name << ": " << counted(all[i].count, "statement") << (fresh[i] ? ", kept\n" : ", there already\n");
  for (const Closed& c : closed) out << "  closed by VEX: " << c.advisory << " in " << c.product << " " << c.release << "\n";
  if (closed.empty()) out << "  No finding is closed by what is stated.\n";
  return ExitCode::clear;
}

}  // namespace duolex::workspace
