#include "threats/tabular/attack.h"

#include <algorithm>
#include <cmath>

namespace duolex::threats::tabular {
namespace {

constexpr std::size_t most_steps = 64;      // changes in a row
constexpr std::size_t most_values = 24;     // tried for a feature at a time

// What features can be changed to.
struct Choices {
  std::vector<std::size_t> features;
  std::vector<std::vector<double>> values;
};

class Climb {
 public:
  Climb(const Answers& judge, const Space& space, int queries, evasion::Random& random)
      : judge_(judge), space_(space), left_(queries < 0 ? 0 : static_cast<std::size_t>(queries)), random_(random) {
    std::vector<bool> grouped(space.x().size());
    for (const Applied::Group& g : space.applied().groups)
      for (const std::size_t f : g.members) grouped[f] = true;
    for (std::size_t f = 0; f < space.x().size(); ++f) {
      if (grouped[f]) continue;
      std::vector<double> values = judge.choices(space, f);
      if (values.empty()) continue;
      choices_.features.push_back(f);
      choices_.values.push_back(std::move(values));
    }
  }

  [[nodiscard]] std::size_t tried() const { return tried_; }
  [[nodiscard]] bool spent() const { return tried_ >= left_; }
  void allow(std::size_t more) { left_ = tried_ + more; }
  [[nodiscard]] bool possible() const { return !choices_.features.empty() || !space_.applied().groups.empty(); }

  // Down from `row`; true when it has become wrong.
  bool down(std::vector<double>& row) {
    double now = margin(row);
    for (std::size_t step = 0; step < most_steps && now >= 0 && !spent(); ++step) {
      double best = now;
      std::vector<double> next;
      std::vector<double> trial = row;
      const auto consider = [&] {
        if (spent() || space_.metric().distance(space_.x(), trial) > space_.radius()) return;
        const double m = margin(trial);
        if (m < best) {
          best = m;
          next = trial;
        }
      };
      for (std::size_t i = 0; i < choices_.features.size(); ++i) {
        const std::size_t f = choices_.features[i];
        const auto& values = choices_.values[i];
        // All of few, and a draw of many.
        const std::size_t count = std::min(values.size(), most_values);
        for (std::size_t k = 0; k < count; ++k) {
          trial[f] = values.size() <= most_values ? values[k] : values[random_.below(static_cast<std::uint32_t>(values.size()))];
          if (trial[f] != row[f]) consider();
        }
        trial[f] = row[f];
      }
      for (const Applied::Group& g : space_.applied().groups) {
        if (g.fixed) continue;
        for (const std::size_t one : g.members) {
          for (const std::size_t f : g.members) trial[f] = f == one ? 1 : 0;
          consider();
        }
        for (const std::size_t f : g.members) trial[f] = row[f];
      }
      if (next.empty()) break;
      row = std::move(next);
      now = best;
    }
    return now < 0 && judge_.margins(row).wrong() && space_.holds(row);
  }

  std::vector<double> draw() {
    std::vector<double> row(space_.x().begin(), space_.x().end());
    for (std::size_t i = 0; i < choices_.features.size(); ++i) {
      if (random_.uniform() < 0.5) continue;
      const double before = row[choices_.features[i]];
      row[choices_.features[i]] = choices_.values[i][random_.below(static_cast<std::uint32_t>(choices_.values[i].size()))];
      if (space_.metric().distance(space_.x(), row) > space_.radius()) row[choices_.features[i]] = before;
    }
    for (const Applied::Group& g : space_.applied().groups) {
      if (g.fixed || random_.uniform() < 0.5) continue;
      std::vector<double> before = row;
      const std::size_t one = g.members[random_.below(static_cast<std::uint32_t>(g.members.size()))];
      for (const std::size_t f : g.members) row[f] = f == one ? 1 : 0;
      if (space_.metric().distance(space_.x(), row) > space_.radius()) row = std::move(before);
    }
    return row;
  }

  // Nearer to the sample while it stays wrong: each feature to the cell next to the sample's that serves.
  void draw_back(std::vector<double>& row) {
    bool moved = true;
    for (int round = 0; round < 4 && moved; ++round) {
      moved = false;
      for (const Applied::Group& g : space_.applied().groups) {
        std::vector<double> trial = row;
        for (const std::size_t f : g.members) trial[f] = space_.x()[f];
        if (trial != row && serves(trial)) row = std::move(trial), moved = true;
      }
      for (std::size_t i = 0; i < choices_.features.size(); ++i) {
        const std::size_t f = choices_.features[i];
        if (row[f] == space_.x()[f]) continue;
        std::vector<double> values;
        for (const double v : choices_.values[i])
          if (space_.metric().step(f, space_.x()[f], v) < space_.metric().step(f, space_.x()[f], row[f])) values.push_back(v);
        std::sort(values.begin(), values.end(), [&](double a, double b) { return std::abs(a - space_.x()[f]) < std::abs(b - space_.x()[f]); });
        std::vector<double> trial = row;
        for (const double v : values) {
          trial[f] = v;
          if (!serves(trial)) continue;
          row = trial;
          moved = true;
          break;
        }
      }
    }
  }

 private:
  double margin(std::span<const double> row) {
    ++tried_;
    return judge_.exact_margin(row);
  }
  bool serves(std::span<const double> row) {
    ++tried_;
    return judge_.margins(row).wrong() && space_.holds(row);
  }

  const Answers& judge_;
  const Space& space_;
  std::size_t left_, tried_ = 0;
  evasion::Random& random_;
  Choices choices_;
};

}  // namespace

std::vector<double> without_needless_changes(const Answers& judge, const Space& space, std::vector<double> row) {
  std::vector<bool> grouped(row.size());
  const auto try_without = [&](const std::vector<std::size_t>& features) {
    std::vector<double> trial = row;
    for (const std::size_t f : features) trial[f] = space.x()[f];
    if (judge.margins(trial).wrong() && space.holds(trial)) row = std::move(trial);
  };
  for (const Applied::Group& g : space.applied().groups) {
    for (const std::size_t f : g.members) grouped[f] = true;
    try_without(g.members);
  }
  for (std::size_t f = 0; f < row.size(); ++f)
    if (!grouped[f] && !std::isnan(row[f]) && row[f] != space.x()[f]) try_without({f});
  return row;
}

Attacked attack_row(const Answers& judge, const Space& space, int queries, evasion::Random random) {
  Attacked out;
  Climb climb(judge, space, queries, random);
  if (!climb.possible()) return out;
  const auto found = [&](const char* by, std::vector<double> row) {
    climb.draw_back(row);
    out.by = by;
    out.example = Example{row, space.metric().distance(space.x(), row)};
    out.tried = climb.tried();
  };
  std::vector<double> row(space.x().begin(), space.x().end());
  if (climb.down(row)) {
    found("coordinate", std::move(row));
    return out;
  }
  climb.allow(queries < 0 ? 0 : static_cast<std::size_t>(queries));
  while (!climb.spent()) {
    const std::size_t before = climb.tried();
    row = climb.draw();
    if (climb.down(row)) {
      found("restarts", std::move(row));
      return out;
    }
    if (climb.tried() == before) break;
  }
  out.tried = climb.tried();
  return out;
}

}  // namespace duolex::threats::tabular
