#include "tensor/bounds/input_branching.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "tensor/bounds/crown.h"
#include "tensor/bounds/search.h"

namespace duolex::tensor::bounds {

namespace {

constexpr std::size_t blocks_in_a_round = 32;

struct Part {
  std::vector<double> lower, upper;
  std::vector<float> known_low, known_high;  // of the inputs of nonlinear steps, rounded outward
};

struct Worker {
  Crown crown;
  Runner<double> runner;
  Search search;
  explicit Worker(const std::shared_ptr<const Prepared>& p) : crown(p), runner(p->network), search(p) {}
};

struct Row {
  std::vector<double> factors;  // bounded is factors . outputs
  double most = 0;
  [[nodiscard]] double threshold() const { return most + 4 * unit * std::fabs(most); }
};

class Branching {
 public:
  Branching(std::shared_ptr<const Prepared> prepared, const std::vector<Case>& cases, const VerifyOptions& options)
      : prepared_(std::move(prepared)), cases_(cases), options_(options) {
    for (const Case& c : cases_) {
      rows_of_.emplace_back();
      for (const Halfspace& half : c.outputs) {
        const auto found = std::find(halves_.begin(), halves_.end(), half);
        rows_of_.back().push_back(static_cast<std::size_t>(found - halves_.begin()));
        if (found != halves_.end()) continue;
        halves_.push_back(half);
        Row row{std::vector<double>(prepared_->network.outputs(), 0), half.most};
        for (const auto& [i, f] : half.terms) row.factors[i] = f;
        rows_.push_back(std::move(row));
      }
    }
  }

  Verification run() {
    Part whole;
    for (std::size_t f = 0; f < cases_[0].lower.size(); ++f) {
      whole.lower.push_back(std::nextafter(cases_[0].lower[f], -INFINITY));
      whole.upper.push_back(std::nextafter(cases_[0].upper[f], INFINITY));
    }
    for (std::size_t t = 0; t < std::max<std::size_t>(1, options_.threads); ++t) {
      workers_.push_back(std::make_unique<Worker>(prepared_));
      workers_[t]->crown.set_boxes(whole.lower.data(), whole.upper.data());
      workers_[t]->crown.intervals();
      workers_[t]->crown.take_as_root();
    }
    std::vector<Part> open{whole};
    Verification result;
    while (!open.empty()) {
      if (result.parts >= options_.most_parts || (options_.out_of_time && options_.out_of_time())) return result;
      const std::size_t n = std::min(open.size(), blocks_in_a_round * lanes);
      std::vector<Part> round(std::make_move_iterator(open.end() - static_cast<std::ptrdiff_t>(n)), std::make_move_iterator(open.end()));
      open.resize(open.size() - n);
      std::vector<std::vector<Part>> children(n);
      std::vector<std::vector<double>> found(n);
      for_ranges(n, lanes, workers_.size(), [&](std::size_t begin, std::size_t end, std::size_t thread) {
        decide(*workers_[thread], round.data() + begin, end - begin, children.data() + begin, found.data() + begin);
      });
      result.parts += n;
      for (const auto& point : found)
        if (!point.empty()) {
          std::vector<double> low, high;
          workers_[0]->search.enclose(point.data(), low, high);
          result.verdict = Verdict::sat;
          result.input = point;
          for (std::size_t o = 0; o < low.size(); ++o) result.output.push_back(0.5 * low[o] + 0.5 * high[o]);
          return result;
        }
      for (auto& pair : children)
        for (Part& child : pair) {
          if (stuck_) return result;
          open.push_back(std::move(child));
        }
    }
    result.verdict = Verdict::unsat;
    return result;
  }

 private:
  // Up to `lanes` parts: each proven, refuted by a point, or halved.
  void decide(Worker& w, Part* parts, std::size_t n, std::vector<Part>* children, std::vector<double>* found) {
    Crown& crown = w.crown;
    const std::size_t in = prepared_->network.inputs(), out = prepared_->network.outputs();
    crown.forget();
    for (std::size_t c = 0; c < lanes; ++c) {
      const Part& part = parts[std::min(c, n - 1)];
      crown.set_box(c, part.lower.data(), part.upper.data());
      for (std::size_t k = 0; k < part.known_low.size(); ++k) {
        crown.known_low()[k * lanes + c] = static_cast<double>(part.known_low[k]);
        crown.known_high()[k * lanes + c] = static_cast<double>(part.known_high[k]);
      }
    }
    crown.refine(false);
    std::vector<std::vector<double>> bounds(rows_.size(), std::vector<double>(lanes)), reach(rows_.size(), std::vector<double>(lanes * in)), worst(rows_.size());
    std::vector<double> rows(out * lanes);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = rows_[r].factors[i / lanes];
      crown.lower(rows.data(), bounds[r].data());
      worst[r].resize(in * lanes);
      crown.worst_inputs(worst[r].data());
      for (std::size_t f = 0; f < in; ++f)
        for (std::size_t c = 0; c < lanes; ++c)
          reach[r][c * in + f] = crown.has_coefficients(0, f) ? std::fabs(crown.coefficients(0)[f * lanes + c]) : 0;
    }
    bool known = false;
    std::vector<double> points, outputs;
    std::vector<std::size_t> owner;
    for (std::size_t c = 0; c < n; ++c) {
      std::size_t critical = no_step;
      for (std::size_t k = 0; k < cases_.size(); ++k) {
        std::size_t nearest = no_step;
        bool excluded = false;
        for (const std::size_t r : rows_of_[k]) {
          excluded |= bounds[r][c] > rows_[r].threshold();
          if (nearest == no_step || bounds[r][c] - rows_[r].most > bounds[nearest][c] - rows_[nearest].most) nearest = r;
        }
        if (excluded) continue;
        if (nearest == no_step) {  // nothing is asked of the outputs: any input is a counter-example
          found[c] = inside(parts[c].lower, parts[c].upper);
          break;
        }
        if (critical == no_step || bounds[nearest][c] - rows_[nearest].most < bounds[critical][c] - rows_[critical].most) critical = nearest;
      }
      if (critical == no_step) continue;
      if (!known) {
        crown.know();
        known = true;
      }
      halve(parts[c], reach[critical].data() + c * in, crown, c, children[c]);
      std::vector<double> corner(in);
      for (std::size_t f = 0; f < in; ++f) corner[f] = worst[critical][f * lanes + c];
      for (const auto& point : {inside(parts[c].lower, parts[c].upper), inside(corner, corner)}) {
        points.insert(points.end(), point.begin(), point.end());
        owner.push_back(c);
      }
    }
    outputs.resize(owner.size() * out);
    w.runner.forward(points.data(), owner.size(), outputs.data());
    for (std::size_t i = 0; i < owner.size(); ++i) {
      const std::vector<double> y(outputs.begin() + static_cast<std::ptrdiff_t>(i * out), outputs.begin() + static_cast<std::ptrdiff_t>((i + 1) * out));
      for (const Case& one : cases_) {
        if (!found[owner[i]].empty() || !holds_throughout(one, y, y)) continue;
        const std::vector<double> x(points.begin() + static_cast<std::ptrdiff_t>(i * in), points.begin() + static_cast<std::ptrdiff_t>((i + 1) * in));
        std::vector<double> low, high;
        w.search.enclose(x.data(), low, high);
        if (holds_throughout(one, low, high)) found[owner[i]] = x;
      }
    }
  }

  // The middle, within the bounds as they were read.
  [[nodiscard]] std::vector<double> inside(const std::vector<double>& lower, const std::vector<double>& upper) const {
    std::vector<double> x(lower.size());
    for (std::size_t f = 0; f < x.size(); ++f) {
      x[f] = std::clamp(0.5 * lower[f] + 0.5 * upper[f], cases_[0].lower[f], cases_[0].upper[f]);
      // A number that single precision has too, where one lies within: others compute in it.
      const auto single = static_cast<double>(static_cast<float>(x[f]));
      if (single >= cases_[0].lower[f] && single <= cases_[0].upper[f]) x[f] = single;
    }
    return x;
  }

  void halve(const Part& part, const double* reach, Crown& crown, std::size_t lane, std::vector<Part>& children) {
    std::size_t along = 0;
    double best = -1, most = 0;
    for (std::size_t f = 0; f < part.lower.size(); ++f) most = std::max(most, reach[f]);
    for (std::size_t f = 0; f < part.lower.size(); ++f) {
      const double width = part.upper[f] - part.lower[f], score = (reach[f] + 0.05 * most) * width;
      if (score > best && width > 1e-13 * (1 + std::fabs(part.lower[f]))) {
        best = score;
        along = f;
      }
    }
    if (best < 0) {
      stuck_ = true;
      along = 0;
    }
    Part first = part;
    first.known_low.resize(crown.knowns());
    first.known_high.resize(crown.knowns());
    for (std::size_t k = 0; k < crown.knowns(); ++k) {
      const double l = crown.known_low()[k * lanes + lane], u = crown.known_high()[k * lanes + lane];
      first.known_low[k] = std::nextafter(static_cast<float>(l), -INFINITY);
      first.known_high[k] = std::nextafter(static_cast<float>(u), INFINITY);
    }
    Part second = first;
    const double middle = 0.5 * part.lower[along] + 0.5 * part.upper[along];
    first.upper[along] = middle;
    second.lower[along] = middle;
    children.push_back(std::move(first));
    children.push_back(std::move(second));
  }

  std::shared_ptr<const Prepared> prepared_;
  const std::vector<Case>& cases_;
  const VerifyOptions& options_;
  std::vector<Halfspace> halves_;
  std::vector<Row> rows_;
  std::vector<std::vector<std::size_t>> rows_of_;  // of each case
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<bool> stuck_ = false;  // a part too small to halve
};

}  // namespace

Verification branch_on_inputs(std::shared_ptr<const Prepared> prepared, const std::vector<Case>& cases, const VerifyOptions& options) {
  return Branching(std::move(prepared), cases, options).run();
}

}  // namespace duolex::tensor::bounds
