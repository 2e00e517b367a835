#include "workspace/evidence/evidence_place.h"

#include <algorithm>
#include <ostream>

#include "dossier/within.h"
#include "evidence/ledger.h"

namespace duolex::workspace {

namespace fs = std::filesystem;
namespace ev = duolex::evidence;

fs::path ledger_folder(const fs::path& dossier) {
  std::error_code ec;
  return fs::exists(dossier / "log", ec) && !fs::exists(dossier / "duolex.yaml", ec) ? dossier : dossier / "ledger";
}

Result<void> ledger_stays(const fs::path& dossier) {
  const fs::path ledger = ledger_folder(dossier);
  const auto leaves = [&](const fs::path& path) { return failure(error_in(path.string(), "leaves the dossier through a link", "a ledger lies in its dossier; nothing is written elsewhere")); };
  if (!dossier::stays_within(dossier, ledger)) return leaves(ledger);
  std::error_code ec;
  for (fs::directory_iterator it(ledger, ec), end; !ec && it != end; it.increment(ec))
    if (!dossier::stays_within(dossier, it->path())) return leaves(it->path());
  return {};
}

Result<dossier::Dossier> ledger_dossier(const fs::path& folder) {
  std::error_code ec;
  if (!fs::is_regular_file(folder / "duolex.yaml", ec)) return failure(error_in(folder.string(), "is no dossier", "name a folder with a file duolex.yaml"));
  if (auto stays = ledger_stays(folder); !stays) return failure(stays.error());
  auto loaded = dossier::load(folder, dossier::Artefacts::leave);
  if (!loaded.errors.empty()) return failure(std::move(loaded.errors));
  return std::move(loaded.dossier);
}

std::string utc_text(std::int64_t seconds) {
  const std::int64_t day = seconds / 86400, rest = seconds % 86400;
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return to_string(Day{static_cast<std::int32_t>(day)}) + "T" + two(rest / 3600) + ":" + two(rest / 60 % 60) + ":" + two(rest % 60) + "Z";
}

std::optional<Day> retained(const dossier::Dossier& dossier, const std::string& release) {
  for (const dossier::Release& r : dossier.releases) {
    if (r.version != release) continue;
    if (!r.placed_on_market_on || !r.support_period_end) return std::nullopt;
    return std::max(plus_months(*r.placed_on_market_on, 120), *r.support_period_end);
  }
  return std::nullopt;
}

Result<std::uint64_t> append_leaves(const fs::path& dossier, const std::vector<std::string>& leaves, std::ostream& said) {
  if (auto stays = ledger_stays(dossier); !stays) return failure(stays.error());
  const fs::path folder = ledger_folder(dossier);
  std::error_code ec;
  fs::create_directories(folder, ec);
  auto log = ev::LogWriter::open(ev::log_path(folder));
  if (!log) return tl::unexpected(log.error());
  for (const std::string& note : log->notes()) said << note << "\n";
  return log->append(leaves);
}

}  // namespace duolex::workspace
