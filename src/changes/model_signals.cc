#include <algorithm>
#include <cstdio>
#include <map>

#include "changes/predictions.h"
#include "changes/signals.h"

namespace duolex::changes {
namespace {

const std::vector<std::string> section_2 = {"AIA/art/3/23", "AIA/art/15/1"};

std::string share(double value) {
  char text[16];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

void compare(const ModelView& was, const ModelView& is, Signals& signals) {
  if (was.sha256 == is.sha256) return;
  Signal s{"", is.path, {}, was.sha256, is.sha256, Weight::review, Weight::presumed, {}, section_2};
  if (!was.readable || !is.readable) {
    s.kind = "model_unreadable";
    s.what = phrase("The model {path} changed", {{"path", is.path}});
    s.because = phrase("how it changed cannot be seen, so it counts as another model until a person shows otherwise: {why}",
                       {{"why", is.readable ? was.unreadable_because : is.unreadable_because}});
  } else if (was.interface != is.interface) {
    s.kind = "model_structure";
    s.what = phrase("The model {path} takes or gives something else", {{"path", is.path}});
    s.before = was.interface;
    s.after = is.interface;
    s.because = phrase("another interface is another model; its accuracy and robustness have to be shown anew");
  } else if (was.graph_sha256 != is.graph_sha256) {
    s.kind = "model_structure";
    s.what = phrase("The model {path} is built otherwise", {{"path", is.path}});
    s.because = phrase("another graph is another model; its accuracy and robustness have to be shown anew");
  } else if (was.weights_sha256 != is.weights_sha256) {
    s.kind = "model_weights";
    s.what = phrase("The model {path} has the same graph and other weights", {{"path", is.path}});
    s.because = phrase("a retrained model may answer otherwise anywhere; its accuracy and robustness have to be shown anew");
  } else {
    s.kind = "model_repacked";
    s.what = phrase("The file of the model {path} differs, its graph and weights do not", {{"path", is.path}});
    s.cra = s.ai = Weight::none;
    s.because = phrase("it computes the same");
  }
  signals.push_back(std::move(s));
}

void add_models(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  std::vector<const ModelView*> left, gained;
  for (const ModelView& was : before.models) {
    const auto it = std::find_if(after.models.begin(), after.models.end(), [&](const ModelView& m) { return m.path == was.path; });
    if (it == after.models.end()) {
      left.push_back(&was);
    } else {
      compare(was, *it, signals);
    }
  }
  for (const ModelView& is : after.models)
    if (std::none_of(before.models.begin(), before.models.end(), [&](const ModelView& m) { return m.path == is.path; })) gained.push_back(&is);
  // Releases keep their models in folders of their own: the same name, then the same bytes, else the only one left.
  const auto name = [](const ModelView& m) { return m.path.substr(m.path.find_last_of('/') + 1); };
  const auto pair_by = [&](auto&& same) {
    for (auto was = left.begin(); was != left.end();) {
      const auto is = std::find_if(gained.begin(), gained.end(), [&](const ModelView* m) { return same(**was, *m); });
      if (is == gained.end()) {
        ++was;
        continue;
      }
      compare(**was, **is, signals);
      gained.erase(is);
      was = left.erase(was);
    }
  };
  pair_by([&](const ModelView& a, const ModelView& b) { return a.sha256 == b.sha256; });
  pair_by([&](const ModelView& a, const ModelView& b) { return name(a) == name(b); });
  if (left.size() == 1 && gained.size() == 1) pair_by([](const ModelView&, const ModelView&) { return true; });
  for (const ModelView* m : left)
    signals.push_back({"model_removed", m->path, phrase("The model {path} is gone", {{"path", m->path}}), m->sha256, {}, Weight::review, Weight::presumed,
                       phrase("what it did is done otherwise or not at all"), section_2});
  for (const ModelView* m : gained)
    signals.push_back({"model_added", m->path, phrase("The model {path} is new", {{"path", m->path}}), {}, m->sha256, Weight::review, Weight::presumed,
                       phrase("a model that the assessment did not see"), section_2});
}

void add_predictions(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  for (const Predictions& is : after.predictions) {
    const auto was = std::find_if(before.predictions.begin(), before.predictions.end(), [&](const Predictions& p) { return p.metric == is.metric; });
    if (was == before.predictions.end()) {
      signals.push_back({"metric_new", is.metric, phrase("'{metric}' was not measured before", {{"metric", is.metric}}), {}, {}, Weight::none, Weight::none,
                         phrase("there is nothing to compare it with"), {"AIA/art/15/1"}});
      continue;
    }
    const PairedShare p = pair(was->correct, is.correct);
    Signal s{"metric_kept", is.metric, {}, {}, {}, Weight::none, Weight::none, {}, {"AIA/art/3/23", "AIA/art/15/1"}};
    if (p.samples * 2 < std::max(was->correct.size(), is.correct.size())) {
      s.kind = "metric_not_comparable";
      s.what = phrase("'{metric}' was measured on other samples: {n} in common", {{"metric", is.metric}, {"n", std::to_string(p.samples)}});
      s.ai = Weight::unknown;
      s.because = phrase("too few samples were answered by both releases");
    } else {
      const auto n = static_cast<double>(p.samples);
      s.before = share(static_cast<double>(p.before) / n);
      s.after = share(static_cast<double>(p.after) / n);
      s.what = phrase("'{metric}' on the same {n} samples: {before} correct before, {after} now; {lost} lost, {gained} gained; the difference lies in {interval} at 95 %",
                      {{"metric", is.metric}, {"n", std::to_string(p.samples)}, {"before", std::to_string(p.before)}, {"after", std::to_string(p.after)}, {"lost", std::to_string(p.lost)},
                       {"gained", std::to_string(p.gained)}, {"interval", "[" + share(p.low) + ", " + share(p.high) + "]"}});
      if (p.high < 0) {
        s.kind = "metric_worse";
        s.ai = Weight::presumed;
        s.because = phrase("the release answers worse, beyond chance");
      } else if (p.after < p.before) {
        s.kind = "metric_lower";
        s.ai = Weight::review;
        s.because = phrase("fewer samples are answered correctly; that it is worse is not shown, nor that it is not");
      } else {
        s.because = phrase("no loss was seen on these samples; others were not looked at");
      }
    }
    signals.push_back(std::move(s));
  }
  for (const Predictions& was : before.predictions)
    if (std::none_of(after.predictions.begin(), after.predictions.end(), [&](const Predictions& p) { return p.metric == was.metric; }))
      signals.push_back({"metric_missing", was.metric, phrase("'{metric}' is no longer measured", {{"metric", was.metric}}), {}, {}, Weight::none, Weight::unknown,
                         phrase("whether it got worse cannot be seen"), {"AIA/art/15/1"}});
}

void add_data(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  std::map<std::string, std::string> was, is;
  for (const dossier::Artefact* a : before.artefacts("data")) was.emplace(a->sha256, a->path);
  for (const dossier::Artefact* a : after.artefacts("data")) is.emplace(a->sha256, a->path);
  const std::vector<std::string> cites = {"AIA/art/3/23", "AIA/art/10/2"};
  for (const auto& [hash, path] : was)
    if (!is.contains(hash))
      signals.push_back({"data", path, phrase("The data {path} are gone or were changed", {{"path", path}}), hash, {}, Weight::none, Weight::review,
                         phrase("what the system was trained or tested on is part of how it meets Article 10"), cites});
  for (const auto& [hash, path] : is)
    if (!was.contains(hash))
      signals.push_back({"data", path, phrase("The data {path} are new or were changed", {{"path", path}}), {}, hash, Weight::none, Weight::review,
                         phrase("what the system was trained or tested on is part of how it meets Article 10"), cites});
}

}  // namespace

void add_model_signals(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  add_models(before, after, signals);
  add_predictions(before, after, signals);
  add_data(before, after, signals);
}

}  // namespace duolex::changes
