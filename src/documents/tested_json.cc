#include "documents/tested_json.h"

#include <nlohmann/json.hpp>

#include "documents/tongue.h"

namespace duolex::documents {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const Counted& c) {
  if (!c.tested) return nullptr;
  return {{"count", c.count}, {"low", c.low}, {"high", c.high}};
}

ordered_json to_json(const EvidenceRow& r) {
  return {{"leaf", r.leaf}, {"hash", r.hash}, {"test", r.test}, {"shows", r.shows}, {"criterion", r.criterion}, {"outcome", r.outcome}, {"detail", r.detail},
          {"state", r.state}, {"because", r.because}, {"at", r.at}, {"tool", r.tool}, {"release", r.release}, {"good_until", r.good_until}, {"signed", r.signers},
          {"about", r.about}, {"speaks_to", r.speaks_to}, {"provisions", r.provisions}, {"atlas", r.atlas}, {"interrupted", r.interrupted}};
}

ordered_json to_json(const ModelTest& t) {
  ordered_json j = {{"model", t.model}, {"leaf", t.record.leaf}, {"state", t.record.state}, {"verdict", t.verdict}, {"because", t.because}, {"criterion", t.criterion},
                    {"norm", t.norm}, {"epsilon", t.epsilon}, {"samples", t.samples}, {"clean", to_json(t.clean)}, {"attacked", to_json(t.attacked)},
                    {"certified", to_json(t.certified)}};
  j["curve"] = ordered_json::array();
  for (const CurveRow& c : t.curve) j["curve"].push_back({{"epsilon", c.epsilon}, {"right", to_json(c.right)}});
  j["starts_to_fail"] = in_english(t.starts_to_fail);
  j["attacks"] = t.attacks;
  j["signs_of_masking"] = t.signs;
  j["corruptions"] = t.corruptions;
  j["backdoor"] = in_english(t.backdoor);
  j["membership"] = t.membership;
  j["not_tested"] = t.not_tested;
  j["examples_shown"] = t.pictures.size();
  return j;
}

}  // namespace

ordered_json to_json(const Tested& tested) {
  ordered_json j = {{"has_ledger", tested.has_ledger}, {"models", ordered_json::array()}, {"data", ordered_json::array()}, {"evidence", ordered_json::array()},
                    {"untested_models", tested.untested_models}, {"unreadable", in_english(tested.unreadable)}};
  for (const ModelTest& t : tested.models) j["models"].push_back(to_json(t));
  for (const DataTest& t : tested.data) j["data"].push_back({{"leaf", t.record.leaf}, {"test", t.record.test}, {"outcome", t.record.outcome}, {"measured", t.measured}, {"rows", in_english(t.rows)}});
  for (const EvidenceRow& r : tested.evidence) j["evidence"].push_back(to_json(r));
  return j;
}

}  // namespace duolex::documents
