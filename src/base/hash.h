// SHA-256 and MD5 through OpenSSL.
#pragma once

#include <array>
#include <cstdint>
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
  // Each of them ends it.
  [[nodiscard]] std::string hex();
  [[nodiscard]] std::array<std::uint8_t, 32> digest();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Tells damage, and nothing about who made the bytes: only for sums that others publish. A machine may be set up
// to have none; hex() is then "".
class Md5 {
 public:
  Md5();
  ~Md5();
  void add(std::string_view bytes);
  [[nodiscard]] std::string hex();  // ends it

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace duolex
