// What the ledger reads and what other tools wrote, on any bytes.
#include <cstdint>

#include "demand.h"
#include "evidence/dsse.h"
#include "evidence/import.h"
#include "evidence/ledger.h"
#include "evidence/log_file.h"
#include "evidence/note.h"
#include "evidence/tlog_proof.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto imported = evidence::import_evidence("f", bytes, "2026-11-27T08:00:00Z")) {
    fuzz::demand(!imported->records.empty(), "an import holds something");
    for (const evidence::EvidenceRecord& r : imported->records) {
      const std::string leaf = evidence::to_leaf(r);
      const auto again = evidence::read_record_leaf("leaf", leaf);
      if (again) fuzz::demand(evidence::to_leaf(*again) == leaf, "a record reads back as it was written");
    }
  } else {
    fuzz::demand_reasons(imported.error());
  }
  for (const std::string& log : {bytes, std::string(evidence::log_header) + bytes}) {
    std::uint64_t seen = 0;
    const auto scan = evidence::scan_log("log", log, [&](const evidence::LogFrame& f) { seen += f.group_end ? 0 : 1; });
    if (!scan) {
      fuzz::demand_reasons(scan.error());
      continue;
    }
    fuzz::demand(seen == scan->size, "every leaf of a whole group is shown");
    fuzz::demand(scan->end + scan->unfinished_bytes == log.size(), "every byte is accounted for");
  }
  if (const auto note = evidence::parse_note(bytes)) {
    fuzz::demand(!note->signatures.empty(), "a note is signed");
    (void)evidence::parse_checkpoint(note->text);
  }
  if (const auto checkpoint = evidence::parse_checkpoint(bytes)) {
    fuzz::demand(bytes.starts_with(evidence::checkpoint_text(*checkpoint)), "a checkpoint has one form");
  }
  if (const auto envelope = evidence::read_envelope("e", bytes); !envelope) fuzz::demand_reasons(envelope.error());
  if (const auto keys = evidence::read_keys("keys.yaml", bytes); !keys) fuzz::demand_reasons(keys.error());
  if (const auto proof = evidence::parse_tlog_proof(bytes)) {
    fuzz::demand(!evidence::doubt_of(*proof, "leaf", {}).empty(), "nothing holds without a key");
  }
  (void)evidence::NoteVerifier::parse(bytes);
  return 0;
}
