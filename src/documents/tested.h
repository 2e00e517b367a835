// What tests of the product found, from the ledger of its evidence, ready for print. docs/formats/evidence.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "documents/said.h"

namespace duolex::documents {

// A count of samples with the exact interval of its share.
struct Counted {
  bool tested = false;
  std::size_t count = 0;
  double low = 0, high = 1;
};

struct CurveRow {
  double epsilon = 0;
  Counted right;
};

// An input that broke the model: PNG in base64, each of `width` by `height`.
struct PictureRow {
  std::string sample, attack, distance;
  std::size_t width = 0, height = 0;
  std::string original, change, example;
};

// One record of the ledger.
struct EvidenceRow {
  std::uint64_t leaf = 0;
  std::string hash, test, shows, criterion, outcome, detail;
  std::string state, because;  // whether it counts today, and why not
  std::string at, tool, release, good_until, signers;
  std::vector<std::string> about;      // "model.onnx, SHA-256 …"
  std::vector<std::string> speaks_to, provisions, atlas;
  bool interrupted = false;
};

// An attack on a model, as `duolex probe model` recorded it.
struct ModelTest {
  std::string model;
  EvidenceRow record;
  std::string verdict, because, criterion, norm;
  double epsilon = 0;
  std::size_t samples = 0;
  Counted clean, attacked, certified;
  std::vector<CurveRow> curve;          // from 0 on, by epsilon
  Said starts_to_fail;                  // sentences, or empty
  std::string changed_when;             // of a map or sequence, whose answers are held against the answer to the sample as it is
  std::optional<std::size_t> searched;  // samples for which the largest epsilon with a proof was looked for
  double proven_to = 0;                 // it; 0: nothing was proven at any
  std::vector<std::string> attacks;     // "apgd-ce: 5"
  std::vector<std::string> signs;       // of masked robustness
  std::vector<std::string> corruptions; // "gaussian_noise 0.1: 40"
  Said backdoor;
  std::string membership;               // a sentence
  std::vector<std::string> not_tested;
  std::vector<PictureRow> pictures;
};

// Tests of a data set, as `duolex probe data` recorded them; rows a person can open.
struct DataTest {
  EvidenceRow record;
  std::vector<std::string> measured;
  std::vector<Said> rows;
};

struct Tested {
  bool has_ledger = false;
  std::vector<ModelTest> models;
  std::vector<DataTest> data;
  std::vector<EvidenceRow> evidence;         // all, in the ledger's order
  std::vector<std::string> untested_models;  // artefacts of the release without an attack that counts
  std::vector<Said> unreadable;              // attachments that cannot be read, and why
};

}  // namespace duolex::documents
