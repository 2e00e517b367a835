// What the declaration of a release rests on: what a dossier says once and not for each release (the facts, the intended
// purpose, standards, controls, texts of documents, risks), and the release's files by hash, with what it works and which
// changes were foreseen then. `duolex declare` writes it into declaration.json, so that a later release is compared with
// the product as it was declared, and not as somebody says today that it was (CRA Article 3(30), AI Act Articles 3(23), 43(4)).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "dossier/dossier.h"
#include "rules/decide.h"

namespace duolex::changes {

// Facts that say something of the product. The others speak of the actor, of days, of events, of bodies and of the
// change itself, and may differ between two releases of an unchanged product.
[[nodiscard]] bool is_of_product(const std::string& fact);

// SHA-256 of what a document says under an item: of the file, else of the words.
[[nodiscard]] std::string content_sha256(const dossier::ItemText& item);

// Of the dossier's last release. All known facts by id in the forms of a dossier; items by the hash of their content.
[[nodiscard]] nlohmann::ordered_json basis_json(const dossier::Dossier& dossier, const rules::RuleBase& base, const rules::FactValues& facts);

struct Basis {
  dossier::Release release;   // that was declared: version, artefacts, operation and foreseen changes
  rules::FactValues facts;    // unknown where nothing was recorded
  std::vector<std::pair<std::string, std::string>> strange;  // facts that this law does not ask for, with their values; sorted
  dossier::Dossier stated;    // purpose, standards, controls (id, status), items (id, file.sha256) and risks; nothing else
};

// None: it is no JSON file or has no basis, as that of a declaration which another program wrote. At most 64 MiB.
[[nodiscard]] Result<std::optional<Basis>> read_basis(const std::string& file, const std::string& bytes, const rules::RuleBase& base);

// Puts the product as it was declared in the place of the product as it is: facts of the product (is_of_product),
// everything in `stated`, the release's operation and foreseen changes. Facts of the actor, of days and of events stay, so
// that time alone changes nothing; so do the release's artefacts, which have to be read.
void put_back(Basis basis, const rules::RuleBase& base, rules::FactValues& facts, dossier::Dossier& dossier, dossier::Release& release);

}  // namespace duolex::changes
