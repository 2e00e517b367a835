#include "vulnerabilities/feeds/intervals.h"

#include <algorithm>

namespace duolex::vulnerabilities {
namespace {

struct Point {
  std::string key;  // "" stands before every version
  const Event* event = nullptr;
};

}  // namespace

Intervals intervals_of(Scheme scheme, const std::vector<Event>& events) {
  Intervals out;
  std::vector<Point> points;
  bool limited = false;
  Point limit;  // the greatest one
  for (const Event& e : events) {
    Point p;
    p.event = &e;
    const bool start = e.kind == Event::Kind::introduced && e.version == "0";
    const bool no_limit = e.kind == Event::Kind::limit && e.version == "*";
    if (!start && !no_limit && append_key(scheme, e.version, p.key) == Reading::unreadable) {
      out.unreadable.push_back(e.version);
      continue;
    }
    if (e.kind != Event::Kind::limit) {
      points.push_back(std::move(p));
      continue;
    }
    if (no_limit) p.key.clear();
    if (!limited || (!limit.key.empty() && (no_limit || p.key > limit.key))) limit = std::move(p);
    limited = true;
  }
  if (!out.unreadable.empty()) return out;
  // Equal versions stay in the order in which the record lists them.
  std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.key < b.key; });

  // Every event that a version has reached sets the state, the last of them for good. last_affected is reached only
  // behind its version, so at a version itself the events that are no last_affected count.
  const Event* begun = nullptr;
  std::string begun_key;
  const auto begin = [&](const Point& p) {
    if (begun != nullptr) return;
    begun = p.event;
    begun_key = p.key;
  };
  const auto end = [&](const Point& p) {
    if (begun == nullptr) return;
    Interval i;
    i.from_start = begun_key.empty();
    i.from = begun_key;
    i.from_text = begun->version;
    i.to = p.key;
    i.to_text = p.event->version;
    i.ended_by = p.event->kind;
    i.to_included = p.event->kind == Event::Kind::last_affected;
    if (i.from < i.to || (i.from == i.to && i.to_included)) out.list.push_back(std::move(i));
    begun = nullptr;
  };
  for (std::size_t at = 0; at < points.size();) {
    std::size_t next = at;
    while (next < points.size() && points[next].key == points[at].key) ++next;
    const Point* exactly = nullptr;  // sets the state at the version
    for (std::size_t i = at; i < next; ++i)
      if (points[i].event->kind != Event::Kind::last_affected) exactly = &points[i];
    const Point& behind = points[next - 1];
    if (exactly != nullptr) {
      if (exactly->event->kind == Event::Kind::introduced) begin(*exactly); else end(*exactly);
    }
    if (&behind != exactly) {  // a last_affected
      end(behind);
    }
    at = next;
  }
  if (begun != nullptr) {
    Interval i;
    i.from_start = begun_key.empty();
    i.from = begun_key;
    i.from_text = begun->version;
    i.open_ended = true;
    out.list.push_back(std::move(i));
  }
  if (!limited || limit.key.empty()) return out;
  std::erase_if(out.list, [&](Interval& i) {
    if (i.from >= limit.key) return true;
    if (i.open_ended || limit.key <= i.to) {
      i.open_ended = false;
      i.to = limit.key;
      i.to_text = limit.event->version;
      i.ended_by = Event::Kind::limit;
      i.to_included = false;
    }
    return false;
  });
  return out;
}

}  // namespace duolex::vulnerabilities
