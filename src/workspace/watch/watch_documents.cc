#include "workspace/watch/watch_documents.h"

#include "base/hash.h"

namespace duolex::workspace {

using storage::NameKind;

StoredAdvisory store_advisory(storage::PortfolioStore& store, const vulnerabilities::Advisory& a, const std::string& document, const std::string& now) {
  const std::string hash = document.empty() ? "" : sha256_hex(document);
  if (const auto old = store.advisory(a.id)) {
    if (old->modified > a.modified) return {Stored::older, old->id};
    if (old->modified == a.modified && old->document == hash) return {Stored::same, old->id};
  }
  std::vector<std::pair<NameKind, std::string>> names;
  for (const std::string& alias : a.aliases)
    if (alias != a.id) names.emplace_back(NameKind::alias, alias);
  for (const std::string& up : a.upstream) names.emplace_back(NameKind::upstream, up);
  for (const std::string& related : a.related) names.emplace_back(NameKind::related, related);
  return {Stored::kept, store.put_advisory({0, a.id, a.modified, a.published, a.withdrawn, a.summary, a.severity, hash, ""}, names, document, now)};
}

}  // namespace duolex::workspace
