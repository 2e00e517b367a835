// The folder of a ledger: the log, blobs by their SHA-256, checkpoints, the keys of people, and, apart from all that, the
// openings of commitments, which may be destroyed. docs/formats/ledger.md.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "evidence/log_file.h"
#include "evidence/note.h"
#include "evidence/record.h"

namespace duolex::evidence {

[[nodiscard]] std::filesystem::path log_path(const std::filesystem::path& folder);

// Stored before the leaf that names it is acknowledged; the same bytes are stored once.
[[nodiscard]] Result<Blob> put_blob(const std::filesystem::path& folder, const std::string& bytes, const std::string& name, const std::string& media_type);

// A person's words under a commitment with a fresh salt; the opening goes to private/, with permissions for the owner
// alone.
[[nodiscard]] Result<std::string> commit_to(const std::filesystem::path& folder, const std::string& text, const std::string& salt);

struct PersonKey {
  std::string id, person;
  PublicKey key;
};
// keys.yaml: whose key is whose.
[[nodiscard]] Result<std::vector<PersonKey>> read_keys(const std::string& file, const std::string& bytes);

struct Leaf {
  std::uint64_t index = 0;
  std::uint64_t offset = 0;
  Hash hash{};
  std::string data;
};
// All leaves that count. Fails when the log is damaged.
[[nodiscard]] Result<std::vector<Leaf>> read_leaves(const std::filesystem::path& folder);

struct VerifyOptions {
  std::optional<std::string> checkpoint;  // a note that was kept elsewhere
  std::string checkpoint_name;
  std::vector<NoteVerifier> signers;      // whose checkpoints count
  std::vector<std::uint64_t> four_eyes;   // leaves that two people must have approved
  Day today;
};

struct Approved {
  std::uint64_t index = 0;
  std::vector<std::string> persons;  // sorted, each once
};

struct Verification {
  std::uint64_t size = 0, groups = 0;
  Hash root{};
  std::vector<std::string> held;        // what was checked and holds
  std::vector<std::string> findings;    // what does not
  std::vector<std::string> cannot_see;  // what nothing here could show
  std::vector<Approved> approvals;
};
// Reads everything. Fails only when there is no ledger to read.
[[nodiscard]] Result<Verification> verify(const std::filesystem::path& folder, const VerifyOptions& options);

}  // namespace duolex::evidence
