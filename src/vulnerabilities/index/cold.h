// The walk over the cold bytes of a record, in the order in which compile() writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "vulnerabilities/index/format.h"

namespace duolex::vulnerabilities::index {

enum class ColdTime : std::uint8_t { modified, published, withdrawn };
enum class ColdShared : std::uint8_t { severity, ecosystem, name };

// What a walk tells; each reader takes what it wants. The entries of `affected` come one after the other, each with its
// ecosystem, its name, and what belongs to it.
struct ColdVisitor {
  void id(std::string_view) {}
  void time(ColdTime, std::string) {}
  void summary(std::string_view) {}
  // The number of a shared text, which stands from `begin` to `end` in the bytes.
  void shared(ColdShared, std::uint64_t /*number*/, std::size_t /*begin*/, std::size_t /*end*/) {}
  void alias(std::string_view) {}
  void upstream(std::string_view) {}
  void related(std::string_view) {}
  void interval(std::uint64_t /*range*/, std::string_view /*from*/, std::uint8_t /*ended_by*/, std::string_view /*to*/) {}
  void version(std::string_view) {}
  void unreadable(std::string_view) {}
  void unplaced(std::uint64_t) {}
};

// Up to what is affected. False when the bytes are broken.
template <class Visitor>
bool walk_head(Cursor& c, std::string_view cold, Visitor& visitor) {
  visitor.id(c.text());
  for (const ColdTime which : {ColdTime::modified, ColdTime::published, ColdTime::withdrawn}) visitor.time(which, c.time());
  visitor.summary(c.text());
  const std::size_t begin = c.at(cold);
  const std::uint64_t severity = c.number();
  visitor.shared(ColdShared::severity, severity, begin, c.at(cold));
  for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) visitor.alias(c.text());
  for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) visitor.upstream(c.text());
  for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) visitor.related(c.text());
  return !c.broken();
}

template <class Visitor>
bool walk_cold(std::string_view cold, Visitor& visitor) {
  Cursor c(cold);
  walk_head(c, cold, visitor);
  for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) {
    for (const ColdShared which : {ColdShared::ecosystem, ColdShared::name}) {
      const std::size_t begin = c.at(cold);
      const std::uint64_t number = c.number();
      visitor.shared(which, number, begin, c.at(cold));
    }
    for (std::uint64_t i = c.number(); i > 0 && !c.broken(); --i) {
      const std::uint64_t range = c.number();
      const std::string_view from = c.text();
      const std::uint8_t ended_by = c.byte();
      visitor.interval(range, from, ended_by, c.text());
    }
    for (std::uint64_t i = c.number(); i > 0 && !c.broken(); --i) visitor.version(c.text());
    for (std::uint64_t i = c.number(); i > 0 && !c.broken(); --i) visitor.unreadable(c.text());
  }
  visitor.unplaced(c.number());
  return !c.broken();
}

}  // namespace duolex::vulnerabilities::index
