#include "vulnerabilities/vex/apply.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "vulnerabilities/vex/identify.h"

namespace duolex::vulnerabilities::vex {
namespace {

// How near a statement came to holding for some finding; the greatest is told.
enum class Near : std::uint8_t { no_vulnerability, no_product, no_subject, other_version, cannot_tell, no_version, no_reason, later, holds };

constexpr std::size_t most_steps = 100;  // up from a component to what holds it

class Application {
 public:
  Application(const Statements& statements, const sbom::Sbom& bill, const Instant& now) : all_(statements), bill_(bill), now_(now), near_(statements.statements.size()), applied_(statements.statements.size()) {}

  Applied run(const std::vector<Asked>& findings) {
    for (std::size_t i = 0; i < all_.statements.size(); ++i)
      for (const std::string& id : all_.statements[i].vulnerabilities) {
        std::vector<std::size_t>& about = by_vulnerability_[folded(id)];
        if (about.empty() || about.back() != i) about.push_back(i);
      }
    Applied out;
    for (const Asked& finding : findings) out.effects.push_back(effect(finding));
    for (std::size_t i = 0; i < near_.size(); ++i)
      if (!applied_[i]) out.left.push_back({i, why(i)});
    return out;
  }

 private:
  struct Nearest {
    Near how = Near::no_vulnerability;
    std::size_t subject = 0, component = 0;
  };

  Effect effect(const Asked& finding) {
    std::vector<std::size_t> about;
    for (const std::string& id : finding.vulnerabilities)
      if (const auto found = by_vulnerability_.find(folded(id)); found != by_vulnerability_.end()) about.insert(about.end(), found->second.begin(), found->second.end());
    std::sort(about.begin(), about.end());
    about.erase(std::unique(about.begin(), about.end()), about.end());
    std::vector<Holding> holding;
    for (const std::size_t s : about)
      if (const auto subject = holds(s, finding.component)) holding.push_back({s, *subject});
    return newest(std::move(holding));
  }

  // The first subject of the statement that is the component or holds it.
  std::optional<std::size_t> holds(std::size_t number, std::size_t component) {
    const Statement& s = all_.statements[number];
    for (const std::size_t i : candidates(number, component)) {
      Near how = near(s.subjects[i], component);
      if (how == Near::holds || how == Near::no_version || how == Near::cannot_tell) {
        // What closes nothing may speak of every version.
        if (!closes(s.claim)) how = Near::holds;
        if (how == Near::holds && s.claim == Claim::not_affected && s.subjects[i].justification.empty() && s.subjects[i].impact.empty()) how = Near::no_reason;
        if (how == Near::holds && s.time.known() && now_.known() && s.time.order(now_) > 0) how = Near::later;
      }
      if (how > near_[number].how) near_[number] = {how, i, component};
      if (how == Near::holds) return i;
    }
    return std::nullopt;
  }

  // The subjects that may be about the component; most of those of a long list are about others.
  std::vector<std::size_t> candidates(std::size_t number, std::size_t component) {
    const std::vector<Subject>& subjects = all_.statements[number].subjects;
    std::vector<std::size_t> out;
    constexpr std::size_t short_list = 16;
    if (subjects.size() <= short_list) {
      for (std::size_t i = 0; i < subjects.size(); ++i) out.push_back(i);
      return out;
    }
    auto& keys = keys_[number];
    if (keys.empty())
      for (std::size_t i = 0; i < subjects.size(); ++i) {
        // With parts, one of them has to be the component itself. Of another version one is enough to tell.
        const auto add_name = [&](const Identity& named) {
          std::string loose;
          for (const std::string& key : keys_of(named, loose)) keys[key].push_back(i);
          if (!loose.empty() && keys[loose].empty()) keys[loose].push_back(i);
        };
        for (const Identity& part : subjects[i].parts) add_name(part);
        if (subjects[i].parts.empty()) add_name(subjects[i].product);
      }
    const auto add = [&](std::size_t c) {
      for (const std::string& key : keys_of(bill_.components[c]))
        if (const auto found = keys.find(key); found != keys.end()) out.insert(out.end(), found->second.begin(), found->second.end());
    };
    for (std::size_t c = component, steps = 0; c != sbom::no_component && steps < most_steps; c = bill_.components[c].parent, ++steps) add(c);
    if (bill_.subject != sbom::no_component) add(bill_.subject);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  static Near graded(Likeness likeness) {
    switch (likeness) {
      case Likeness::exact: return Near::holds;
      case Likeness::any_version: return Near::no_version;
      case Likeness::other_version: return Near::other_version;
      case Likeness::cannot_tell: return Near::cannot_tell;
      case Likeness::none: break;
    }
    return Near::no_product;
  }

  // The best of the component itself, what holds it, and the bill's own product.
  [[nodiscard]] Near whole(const Identity& product, std::size_t component, bool itself) const {
    Near best = Near::no_product;
    if (!itself) component = bill_.components[component].parent;
    for (std::size_t c = component, steps = 0; c != sbom::no_component && steps < most_steps; c = bill_.components[c].parent, ++steps)
      best = std::max(best, graded(compare(product, bill_, c)));
    if (bill_.subject != sbom::no_component) best = std::max(best, graded(compare(product, bill_, bill_.subject)));
    return best;
  }

  [[nodiscard]] Near near(const Subject& subject, std::size_t component) const {
    if (subject.parts.empty()) return whole(subject.product, component, true);
    Near part = Near::no_product;
    for (const Identity& named : subject.parts) part = std::max(part, graded(compare(named, bill_, component)));
    if (part == Near::no_product || part == Near::other_version) return part;
    if (subject.platform) return part;  // the part's own version binds it
    const Near product = whole(subject.product, component, false);
    if (product == Near::no_product && bill_.subject == sbom::no_component) return Near::no_subject;
    if (part == Near::cannot_tell) return std::min(product, part);
    return product;  // the version of a release says which parts are in it
  }

  Effect newest(std::vector<Holding> holding) {
    Effect out;
    if (holding.empty()) return out;
    const auto statement = [&](const Holding& h) -> const Statement& { return all_.statements[h.statement]; };
    std::stable_sort(holding.begin(), holding.end(), [&](const Holding& a, const Holding& b) {
      const auto order = statement(b).time.order(statement(a).time);
      return order != 0 ? order < 0 : statement(a).claim < statement(b).claim;
    });
    for (const Holding& h : holding) {
      if (statement(h).time.order(statement(holding.front()).time) != 0) {
        ++out.older;
        continue;
      }
      applied_[h.statement] = true;
      // One of those that say the same is enough.
      if (out.holding.empty() || statement(out.holding.back()).claim != statement(h).claim) out.holding.push_back(h);
    }
    return out;
  }

  [[nodiscard]] std::string has(std::size_t component) const {
    const sbom::Component& c = bill_.components[component];
    return c.purl_text.empty() ? c.title() : c.purl_text;
  }

  // What is open in how a subject is named, of its parts before the product.
  [[nodiscard]] std::string unbound(const Subject& subject, std::size_t component) const {
    for (const Identity& part : subject.parts)
      if (compare(part, bill_, component) == Likeness::cannot_tell) return why_unbound(part, bill_, component);
    for (std::size_t c = component, steps = 0; c != sbom::no_component && steps < most_steps; c = bill_.components[c].parent, ++steps) {
      const Likeness likeness = compare(subject.product, bill_, c);
      if (likeness == Likeness::cannot_tell || likeness == Likeness::any_version) return why_unbound(subject.product, bill_, c);
    }
    return bill_.subject == sbom::no_component ? subject.product.open_ended : why_unbound(subject.product, bill_, bill_.subject);
  }

  [[nodiscard]] std::string why(std::size_t number) const {
    const Statement& s = all_.statements[number];
    const Nearest& nearest = near_[number];
    const auto shown = [&] {
      const Subject& subject = s.subjects[nearest.subject];
      return subject.product.shown + (subject.parts.empty() ? "" : " with " + subject.parts.front().shown);
    };
    switch (nearest.how) {
      case Near::no_vulnerability: return "nothing was found under " + s.vulnerabilities.front();
      case Near::no_product: return "it was found, and in no product that the statement names";
      case Near::no_subject: return "the bill of materials does not say which product it is about";
      case Near::other_version: return "it is about " + shown() + ", and the bill of materials has " + has(nearest.component) + (bill_.subject != sbom::no_component ? " in " + has(bill_.subject) : "");
      case Near::cannot_tell: return unbound(s.subjects[nearest.subject], nearest.component);
      case Near::no_version: {
        const std::string open = unbound(s.subjects[nearest.subject], nearest.component);
        return open.empty() ? "it is about " + shown() + " and names no version, so that nothing says when it ends" : open + ", so that nothing says when it ends";
      }
      case Near::no_reason: return "it says not_affected without a justification";
      case Near::later: return "its time, " + s.time.written + ", has not come yet";
      case Near::holds: return "a newer statement took its place";
    }
    return "";
  }

  const Statements& all_;
  const sbom::Sbom& bill_;
  const Instant& now_;
  std::vector<Nearest> near_;
  std::vector<bool> applied_;
  std::unordered_map<std::size_t, std::unordered_map<std::string, std::vector<std::size_t>>> keys_;  // of statements with many subjects
  std::unordered_map<std::string, std::vector<std::size_t>> by_vulnerability_;
};

}  // namespace

std::string folded(std::string id) {
  for (char& c : id)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return id;
}

Applied apply(const Statements& statements, const sbom::Sbom& bill, const std::vector<Asked>& findings, const Instant& now) {
  return Application(statements, bill, now).run(findings);
}

}  // namespace duolex::vulnerabilities::vex
