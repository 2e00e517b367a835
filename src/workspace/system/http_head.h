// The head of an HTTP response, as curl prints it before the body (RFC 9110, 9112). Internal to src/workspace.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace duolex::workspace {

struct HttpHead {
  int status = 0;
  std::map<std::string, std::string> fields;  // names in lower case; of a field that comes twice the last, of x-goog-hash all

  [[nodiscard]] std::string field(const std::string& name) const;
  // Of a 200: how many bytes there are, as the server says.
  [[nodiscard]] std::optional<std::uint64_t> length() const;
  struct Part {
    std::uint64_t first = 0, total = 0;
  };
  // Of a 206, where it says all three numbers of Content-Range and they agree.
  [[nodiscard]] std::optional<Part> part() const;
  // A hash of the whole that the server states, "md5:…" or "sha256:…" in hexadecimal, or "". From Repr-Digest and
  // Digest (RFC 9530, 3230) and from what Google's storage says of its objects.
  [[nodiscard]] std::string digest() const;
  // Of Retry-After (RFC 9110 10.2.3): in how many seconds to come again. A date counts from the server's own clock, or from `now`,
  // in seconds since 1970, where it does not say what that is. What is past or none of both: nothing.
  [[nodiscard]] std::optional<std::int64_t> retry_after(std::int64_t now) const;
};

// Heads come one after another: of interim answers and of redirections that are followed. The last is that of the body.
class HttpHeads {
 public:
  // False when this cannot be a response.
  [[nodiscard]] bool add(std::string_view bytes);
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] const HttpHead& head() const { return head_; }
  // What came after the head; empties it.
  [[nodiscard]] std::string take_body();

 private:
  bool read_head(std::string_view text);

  HttpHead head_;
  std::string pending_;
  bool complete_ = false;
};

}  // namespace duolex::workspace
