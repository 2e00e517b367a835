// The comparison itself. Each function sees one side of a product; all only add.
#pragma once

#include "changes/release_view.h"
#include "changes/signal.h"

namespace duolex::changes {

// Components, what they can do that none could before, operating systems (AI Act recital 128), and where there is no bill.
void add_bill_signals(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals);

// Models by graph and by weights, how well they answer the same samples, data.
void add_model_signals(const ReleaseView& before, const ReleaseView& after, Signals& signals);

// Facts, and conclusions that come out otherwise.
void add_law_signals(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals);

// Intended purpose, own code, thresholds, labels, interfaces, sources of data, standards, controls, texts of documents, risks.
void add_statement_signals(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals);

// The register of risks: CRA recital 39 asks whether the hazard is another or a risk has risen.
void add_risk_signals(const ReleaseView& before, const ReleaseView& after, Signals& signals);

}  // namespace duolex::changes
