#include "vulnerabilities/csaf/structure.h"

#include <cstdlib>

namespace duolex::vulnerabilities::csaf {
namespace {

constexpr const char* table = R"(
type filled = text at least 1
type product_id = text at least 1
type products = list of product_id at least 1 unique
type groups = list of filled at least 1 unique
type notes = list of note at least 1
type references = list of reference at least 1
type acknowledgments = list of acknowledgment at least 1
type branches = list of branch at least 1
type moment = text like date-time
type address = text like uri

object csaf open
  $schema: address
  document: document required
  product_tree: product_tree
  vulnerabilities: list of vulnerability at least 1

object document open
  acknowledgments: acknowledgments
  aggregate_severity: aggregate_severity
  category: text like csaf-category required
  csaf_version: csaf_version required
  distribution: distribution
  lang: text like language-tag
  notes: notes
  publisher: publisher required
  references: references
  source_lang: text like language-tag
  title: filled required
  tracking: tracking required

words csaf_version
  2.0

object aggregate_severity open
  namespace: address
  text: filled required

object distribution open
  text: filled
  tlp: tlp
  at least one of text / tlp

object tlp open
  label: tlp_label required
  url: address

words tlp_label
  AMBER GREEN RED WHITE

object publisher open
  category: publisher_category required
  contact_details: filled
  issuing_authority: filled
  name: filled required
  namespace: address required

words publisher_category
  coordinator discoverer other translator user vendor

object tracking open
  aliases: list of filled at least 1 unique
  current_release_date: moment required
  generator: generator
  id: text like csaf-id required
  initial_release_date: moment required
  revision_history: list of revision at least 1 required
  status: tracking_status required
  version: text like csaf-version required

words tracking_status
  draft final interim

object generator open
  date: moment
  engine: engine required

object engine open
  name: filled required
  version: filled

object revision open
  date: moment required
  legacy_version: filled
  number: text like csaf-version required
  summary: filled required

object acknowledgment open
  names: list of filled at least 1
  organization: filled
  summary: filled
  urls: list of address at least 1
  at least one of names / organization / summary / urls

object note open
  audience: filled
  category: note_category required
  text: filled required
  title: filled

words note_category
  description details faq general legal_disclaimer other summary

object reference open
  category: reference_category
  summary: filled required
  url: address required

words reference_category
  external self

object product_tree open
  branches: branches
  full_product_names: list of product at least 1
  product_groups: list of product_group at least 1
  relationships: list of relationship at least 1
  at least one of branches / full_product_names / product_groups / relationships

object branch
  branches: branches
  category: branch_category required
  name: filled required
  product: product
  exactly one of branches / product

words branch_category
  architecture host_name language legacy patch_level product_family product_name product_version product_version_range service_pack
  specification vendor

object product open
  name: filled required
  product_id: product_id required
  product_identification_helper: helper

object helper open
  cpe: text like cpe
  hashes: list of helper_hashes at least 1
  model_numbers: list of filled at least 1 unique
  purl: text like csaf-purl
  sbom_urls: list of address at least 1
  serial_numbers: list of filled at least 1 unique
  skus: list of filled at least 1
  x_generic_uris: list of generic_uri at least 1
  at least one of cpe / hashes / model_numbers / purl / sbom_urls / serial_numbers / skus / x_generic_uris

object helper_hashes open
  file_hashes: list of file_hash at least 1 required
  filename: filled required

object file_hash open
  algorithm: filled required
  value: text like csaf-hash required

object generic_uri open
  namespace: address required
  uri: address required

object product_group open
  group_id: filled required
  product_ids: list of product_id at least 2 unique required
  summary: filled

object relationship open
  category: relationship_category required
  full_product_name: product required
  product_reference: product_id required
  relates_to_product_reference: product_id required

words relationship_category
  default_component_of external_component_of installed_on installed_with optional_component_of

object vulnerability open
  acknowledgments: acknowledgments
  cve: text like cve
  cwe: cwe
  discovery_date: moment
  flags: list of flag at least 1 unique
  ids: list of id at least 1 unique
  involvements: list of involvement at least 1 unique
  notes: notes
  product_status: product_status
  references: references
  release_date: moment
  remediations: list of remediation at least 1
  scores: list of score at least 1
  threats: list of threat at least 1
  title: filled
  at least one of acknowledgments / cve / cwe / discovery_date / flags / ids / involvements / notes / product_status / references / release_date / remediations / scores / threats / title

object cwe open
  id: text like cwe required
  name: filled required

object flag open
  date: moment
  group_ids: groups
  label: flag_label required
  product_ids: products

words flag_label
  component_not_present inline_mitigations_already_exist vulnerable_code_cannot_be_controlled_by_adversary
  vulnerable_code_not_in_execute_path vulnerable_code_not_present

object id open
  system_name: filled required
  text: filled required

object involvement open
  date: moment
  party: party required
  status: involvement_status required
  summary: filled

words party
  coordinator discoverer other user vendor

words involvement_status
  completed contact_attempted disputed in_progress not_contacted open

object product_status open
  first_affected: products
  first_fixed: products
  fixed: products
  known_affected: products
  known_not_affected: products
  last_affected: products
  recommended: products
  under_investigation: products
  at least one of first_affected / first_fixed / fixed / known_affected / known_not_affected / last_affected / recommended / under_investigation

object remediation open
  category: remediation_category required
  date: moment
  details: filled required
  entitlements: list of filled at least 1
  group_ids: groups
  product_ids: products
  restart_required: restart
  url: address

words remediation_category
  mitigation no_fix_planned none_available vendor_fix workaround

object restart open
  category: restart_category required
  details: filled

words restart_category
  connected dependencies machine none parent service system vulnerable_component zone

object score open
  cvss_v2: object_of_cvss
  cvss_v3: object_of_cvss
  products: products required
  at least one of cvss_v2 / cvss_v3

object object_of_cvss open

object threat open
  category: threat_category required
  date: moment
  details: filled required
  group_ids: groups
  product_ids: products

words threat_category
  exploit_status impact target_set
)";

}  // namespace

const sbom::Structure& structure() {
  static const sbom::Structure compiled = [] {
    auto made = sbom::Structure::compile({table}, "2.0");
    if (!made) std::abort();  // the table is ours; a test compiles it
    return std::move(*made);
  }();
  return compiled;
}

bool names_a_range(const std::string& version) {
  if (version.find_first_of("<>=") != std::string::npos) return true;
  std::string words = " ";
  for (const char c : version) words += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  words += ' ';
  for (const char* word : {" after ", " all ", " before ", " earlier ", " later ", " prior ", " versions "})
    if (words.find(word) != std::string::npos) return true;
  return false;
}

}  // namespace duolex::vulnerabilities::csaf
