// One file from an address into a file that is not whole until it is. Internal to src/workspace.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/diagnostic.h"

namespace duolex::workspace {

struct FetchWish {
  std::string url;             // https:, http: on this machine, or file:
  std::uint64_t limit = 0;     // bytes
  int seconds = 0;             // in all
  std::string etag, last_modified;  // of the copy that is there and whole; "" to fetch it anyway
};

struct FetchEnd {
  enum class Kind : std::uint8_t { fetched, unchanged, absent, failed, cannot_write } kind = Kind::failed;
  Diagnostics problems;             // of the last three; absent: the server says that there is no such file
  std::string etag, last_modified;  // of what was fetched
  std::string digest;               // that the server states: "sha256:…", "md5:…" or ""
  std::uint64_t resumed_from = 0;   // bytes that were there from before, in this run or another
};

// Fetches into `part`. A server that asks to be asked again later (Retry-After) is asked then, and no more in this run where that
// is more than five minutes or past the time there is. What is there of the same file, by its ETag or its time, is gone on with; `part` with the ending
// "-of" says what it is a part of. A connection that breaks is taken up again as long as that leads on. When `fetched`
// is told, `part` is as long as the server said, if it said. Redirections lead only to https.
[[nodiscard]] FetchEnd fetch(const FetchWish& wish, const std::filesystem::path& part);

// Removes `part` and what it is a part of.
void forget_part(const std::filesystem::path& part) noexcept;

// The file that a file: address names, or "".
[[nodiscard]] std::string file_of_address(const std::string& url);

}  // namespace duolex::workspace
