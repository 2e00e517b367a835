// SHA-256 through OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace duolex {

// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

// The same over bytes that come in parts.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::string_view bytes);
  [[nodiscard]] std::string hex();  // ends it

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace duolex
