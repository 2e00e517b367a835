#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/counted.h"
#include "base/file.h"
#include "base/hash.h"
#include "dossier/dossier.h"
#include "text/json_out.h"
#include "workspace/watch/watch_place.h"
#include "workspace/watch/watch_statements.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace portfolio = vulnerabilities::portfolio;
using nlohmann::ordered_json;
using storage::ReleaseRow;

struct Bill {
  std::string name, sha256, bytes;
  sbom::Sbom read;
};

// A release as it is to be watched.
struct Wanted {
  ReleaseRow row;
  std::vector<Bill> bills;
};

Result<Bill> read_bill(const fs::path& path) {
  Bill bill;
  bill.name = path.string();
  auto bytes = read_file(path);
  if (!bytes) return failure(bytes.error());
  auto read = sbom::read_sbom(bill.name, *bytes);
  if (!read) return failure(read.error());
  bill.bytes = std::move(*bytes);
  bill.sha256 = sha256_hex(bill.bytes);
  bill.read = std::move(*read);
  return bill;
}

Result<void> of_dossier(const fs::path& folder, std::vector<Wanted>& out, std::vector<KeptStatements>& statements, std::vector<std::string>& left_out) {
  const dossier::Loaded loaded = dossier::load(folder, dossier::Artefacts::leave);
  if (!loaded.errors.empty()) return failure(loaded.errors);
  Diagnostics errors;
  for (const dossier::Release& release : loaded.dossier.releases) {
    Wanted wanted;
    wanted.row.product = loaded.dossier.name;
    wanted.row.version = release.version;
    std::error_code error;
    wanted.row.dossier = fs::weakly_canonical(folder, error).string();
    if (release.placed_on_market_on) wanted.row.placed_on = to_string(*release.placed_on_market_on);
    if (release.support_period_end) wanted.row.support_until = to_string(*release.support_period_end);
    for (const dossier::Artefact& artefact : release.artefacts) {
      if (artefact.kind == "vex") {
        auto stated = read_statements_to_keep((folder / artefact.path).string());
        if (stated) statements.push_back(std::move(*stated));
        else errors.insert(errors.end(), stated.error().begin(), stated.error().end());
      }
      if (artefact.kind != "sbom") continue;
      auto bill = read_bill(folder / artefact.path);
      if (bill) wanted.bills.push_back(std::move(*bill));
      else errors.insert(errors.end(), bill.error().begin(), bill.error().end());
    }
    if (wanted.bills.empty()) left_out.push_back(wanted.row.product + " " + release.version + ": it names no bill of materials");
    else out.push_back(std::move(wanted));
  }
  if (!errors.empty()) return failure(std::move(errors));
  return {};
}

Result<void> of_bill(const WatchAddRequest& request, const fs::path& path, std::vector<Wanted>& out) {
  auto bill = read_bill(path);
  if (!bill) return failure(bill.error());
  Wanted wanted;
  wanted.row.product = request.product;
  wanted.row.version = request.release;
  wanted.row.placed_on = request.placed_on;
  wanted.row.support_until = request.support_until;
  if (bill->read.subject != sbom::no_component) {
    const sbom::Component& subject = bill->read.components[bill->read.subject];
    if (wanted.row.product.empty()) wanted.row.product = subject.group.empty() ? subject.name : subject.group + "/" + subject.name;
    if (wanted.row.version.empty()) wanted.row.version = subject.version;
  }
  if (wanted.row.product.empty() || wanted.row.version.empty())
    return failure(error_in(path.string(), std::string("does not say which ") + (wanted.row.product.empty() ? "product" : "release") + " it is about", "--product NAME --release VERSION"));
  wanted.bills.push_back(std::move(*bill));
  out.push_back(std::move(wanted));
  return {};
}

enum class Done { added, replaced, same };

// Inside a transaction.
Done put(WatchFolder& folder, const std::vector<ReleaseRow>& there, Wanted& wanted, const std::string& now, portfolio::Gatherer& gatherer) {
  storage::PortfolioStore& store = folder.store();
  Done done = Done::added;
  std::sort(wanted.bills.begin(), wanted.bills.end(), [](const Bill& a, const Bill& b) { return std::tie(a.sha256, a.name) < std::tie(b.sha256, b.name); });
  std::vector<std::string> hashes;
  for (const Bill& bill : wanted.bills) hashes.push_back(bill.sha256);
  const auto old = std::find_if(there.begin(), there.end(), [&](const ReleaseRow& r) { return r.product == wanted.row.product && r.version == wanted.row.version; });
  if (old != there.end()) {
    std::vector<std::string> before;
    for (const storage::BillRow& bill : store.bills_of(old->id)) before.push_back(bill.sha256);
    std::sort(before.begin(), before.end());
    if (before == hashes) {
      store.set_dates(old->id, wanted.row.placed_on.empty() ? old->placed_on : wanted.row.placed_on,
                      wanted.row.support_until.empty() ? old->support_until : wanted.row.support_until,
                      wanted.row.dossier.empty() ? old->dossier : wanted.row.dossier);
      for (const Bill& bill : wanted.bills) note_own_statements(folder, old->id, bill.sha256, bill.name, bill.read, bill.bytes);
      return Done::same;
    }
    store.end_release(old->id, now, "another bill of materials took its place");
    done = Done::replaced;
  }
  std::vector<storage::BillRow> rows;
  for (const Bill& bill : wanted.bills) {
    std::error_code error;
    const fs::path kept = folder.bill_path(bill.sha256);
    if (!fs::exists(kept, error))
      if (auto written = write_file_atomically(kept, bill.bytes); !written) store.fail(written.error());
    rows.push_back({bill.sha256, bill.name});
    wanted.row.components += static_cast<std::int64_t>(bill.read.components.size());
    for (const sbom::Component& c : bill.read.components) wanted.row.looked_up += vulnerabilities::lookups_of(c).empty() ? 0 : 1;
  }
  wanted.row.added_at = now;
  wanted.row.id = store.add_release(wanted.row, rows);
  for (const Bill& bill : wanted.bills) {
    gatherer.add(static_cast<std::uint32_t>(wanted.row.id), bill.read);
    note_own_statements(folder, wanted.row.id, bill.sha256, bill.name, bill.read, bill.bytes);
  }
  store.put_history({now, done == Done::replaced ? "release replaced" : "release added", wanted.row.product, wanted.row.version, ""});
  return done;
}

const char* in_words(Done done) { return done == Done::added ? "added" : done == Done::replaced ? "replaced" : "there already"; }

}  // namespace

ExitCode watch_add(const WatchAddRequest& request, std::ostream& out, std::ostream& err) {
  std::vector<Wanted> all;
  std::vector<KeptStatements> statements;
  std::vector<std::string> left_out;
  Diagnostics errors;
  for (const std::string& item : request.items) {
    std::error_code error;
    const auto read = fs::is_directory(item, error) ? of_dossier(item, all, statements, left_out) : of_bill(request, item, all);
    if (!read) errors.insert(errors.end(), read.error().begin(), read.error().end());
  }
  if (!errors.empty()) {
    err << render(errors);
    return ExitCode::bad_input;
  }
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::making);
  if (!folder) return watch_refused(folder.error(), err);
  std::vector<Done> done;
  const auto kept = folder->store().transact([&] {
    portfolio::Gatherer gatherer;
    for (const KeptStatements& kept_here : statements) keep_statements(*folder, kept_here);
    for (Wanted& wanted : all) done.push_back(put(*folder, folder->store().releases(), wanted, request.place.now, gatherer));
    if (std::any_of(done.begin(), done.end(), [](Done d) { return d != Done::same; })) folder->add_segment(gatherer.finish());
  });
  if (!kept) return watch_refused(kept.error(), err);
  folder->remove_unused_segments();
  ordered_json rows = ordered_json::array();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const ReleaseRow& r = all[i].row;
    std::size_t components = 0;
    for (const Bill& bill : all[i].bills) components += bill.read.components.size();
    if (request.json) rows.push_back({{"product", r.product}, {"release", r.version}, {"done", in_words(done[i])}, {"components", components}});
    else out << r.product << " " << r.version << ": " << in_words(done[i]) << ", " << counted(static_cast<std::uint64_t>(components), "component") << "\n";
    for (const Bill& bill : all[i].bills) err << render(bill.read.rejected);
  }
  if (request.json) {
    out << text::to_json_text(ordered_json{{"format", 1}, {"releases", rows}, {"left_out", left_out}}, text::JsonLayout::pretty);
  } else {
    for (const std::string& words : left_out) out << "left out: " << words << "\n";
    if (!all.empty()) out << "`duolex watch run` holds them against advisories.\n";
  }
  return ExitCode::clear;
}

ExitCode watch_end(const WatchEndRequest& request, std::ostream& out, std::ostream& err) {
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::writing);
  if (!folder) return watch_refused(folder.error(), err);
  bool found = false;
  const auto kept = folder->store().transact([&] {
    for (const ReleaseRow& r : folder->store().releases()) {
      if (r.product != request.product || r.version != request.release) continue;
      found = true;
      folder->store().end_release(r.id, request.place.now, request.because);
      folder->store().put_history({request.place.now, "release ended", r.product, r.version, request.because});
    }
  });
  if (!kept) return watch_refused(kept.error(), err);
  if (!found) {
    err << render(error_in(request.place.folder.string(), "watches no release " + request.release + " of " + request.product, "`duolex watch list` shows them"));
    return ExitCode::bad_input;
  }
  out << request.product << " " << request.release << ": no longer watched\n";
  return ExitCode::clear;
}

}  // namespace duolex::workspace
