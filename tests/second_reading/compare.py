"""Holds the rules against acts.py on generated complete products, on days around every change of the law, in the default
readings and in each departing one. Usage: compare.py SOURCE_DIR DUOLEX [SEED [PRODUCTS]]"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from datetime import date, timedelta

import acts

top, duolex = pathlib.Path(sys.argv[1]), sys.argv[2]
chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20261127)
products = int(sys.argv[4]) if len(sys.argv) > 4 else 400

TURNS = [date(2025, 2, 2), date(2025, 8, 2), date(2025, 11, 18), date(2026, 7, 27), date(2026, 8, 2), date(2026, 9, 11), date(2026, 12, 2), date(2027, 8, 2), date(2027, 12, 2),
         date(2027, 12, 11), date(2028, 8, 2), date(2030, 8, 2), date(2030, 12, 31)]
DAYS = sorted(set([date(2026, 1, 15)] + [day for turn in TURNS for day in (turn - timedelta(1), turn)]))
PLACED = DAYS + [date(2028, 2, 29), date(2028, 1, 31)]
TOUCHES = {
    "A3": ["joint.derogation_12_3", "joint.cra_assessed_by", "joint.bodies", "joint.nb_needs_art39", "joint.nb_competence"],
    "A4": ["joint.derogation_12_3", "joint.cra_assessed_by"],
    "A7": ["joint.derogation_12_3", "joint.cra_assessed_by", "joint.bodies"],
    "A9": ["joint.cra_assessed_by", "joint.art12_applies", "joint.bodies"],
    "A12": ["joint.derogation_12_3", "joint.cra_assessed_by"],
    "A21": ["cra.fines_apply"],
    "A22": ["joint.certificate_8_1_needed", "joint.bodies"],
    "A23": ["ai.notified_body", "joint.bodies", "joint.nb_needs_art39", "joint.nb_competence"],
    "A25": None}                                                        # and what follows
YES_NO = {0.96: ["product.is_product", "product.data_connection", "ai.is_ai_system", "ai.in_union_scope"],
          0.8: ["product.made_available_commercially"],
          0.02: ["product.exclusion." + x for x in (
              "medical_device", "ivd", "motor_vehicle", "aviation_certified", "marine_equipment", "l_category_vehicle",
              "identical_spare_part", "defence_only", "classified_information")]
          + ["ai.exclusion." + x for x in ("military_only", "science_only", "pre_market_development", "third_country_authority")]
          + ["ai.art5." + x for x in (
              "manipulation", "exploits_vulnerability", "social_scoring", "crime_prediction", "facial_scraping",
              "emotion_work_education", "biometric_categorisation", "realtime_rbi_law_enforcement")],
          0.2: ["gpai." + x for x in ("training_flops_above_threshold", "high_impact_capabilities", "designated_systemic")],
          0.3: ["actor." + x for x in (
              "own_name_or_trademark", "modified_product", "makes_modified_product_available", "established_in_union",
              "changed_ai_purpose_to_high_risk", "systematic_foss_support", "steward_in_development",
              "steward_runs_dev_infrastructure")]
          + ["ai.annex_iii_exception." + x for x in acts.EXCEPTIONS.values()]
          + ["ai." + x for x in (
              "foss", "annex_x_component", "interacts_with_persons", "interaction_obvious", "generates_synthetic_content",
              "standard_editing_only", "emotion_or_biometric_categorisation", "deep_fake", "public_interest_text",
              "editorial_responsibility", "crime_detection_authorised", "profiling", "third_party_only_non_safety")],
          0.5: ["product.foss", "product.foss_docs_public", "product.exclusion.l1e_pedal_cycle",
                "ai.art5.emotion_medical_safety", "ai.art5.realtime_rbi_strictly_necessary",
                "ai.art5.child_abuse_without_right_defence", "nb.cra_art39_assessed", "event.actively_exploited",
                "event.severe", "gpai.is_model"]
          + ["assume." + x for x in ("cra_article27_basis", "cra_27_9_scheme", "cra_8_1_act", "ai_standards_available")]
          + ["change." + x for x in (
              "after_placing", "affects_annex_i_part_i", "modifies_intended_purpose", "affects_section_2",
              "foreseen_in_initial_assessment", "predetermined_annex_iv_2f")]
          + ["ai." + x for x in (
              "is_annex_i_product", "safety_function", "failure_endangers_safety", "convenience_only", "significant_risk",
              "for_law_enforcement_migration_or_union_body", "ai_office_competent", "intended_for_public_authorities",
              "sectoral_standards_full")]}
ONE_OF = {"cra.core_function": acts.CLASS_I + acts.CLASS_II + acts.CRITICAL + ["none"],
          "cra.standards_applied": ["full", "full", "partial", "none"], "cra.certificate_27_9": ["full", "partial", "none"],
          "actor.cra_position": ["manufacturer", "importer", "distributor", "other"],
          "actor.ai_position": ["provider", "deployer", "importer", "distributor", "product_manufacturer", "other"],
          "event.kind": ["none", "vulnerability", "incident"], "product.expected_use_years": [0, 3, 4, 5, 6, 20],
          "actor.size": ["micro", "small", "medium", "small_mid_cap", "large"],
          "ai.annex_i_act": ["none"] * 5 + acts.SECTION_A + acts.SECTION_B + ["machinery"],
          "ai.sectoral_third_party": ["required", "required_unless_standards", "required_unless_standards", "not_required"],
          "ai.sectoral_procedure_chosen": ["self", "self", "third_party"],
          "ai.art6_3_ground": ["none", "none", "narrow_procedural", "improves_human_activity", "detects_patterns", "preparatory"],
          "ai.standards_applied": ["full", "full", "partial", "none"],
          "ai.annex_iii_1_procedure_chosen": ["annex_vi", "annex_vii"],
          "ai.art5.intimate_imagery": ["none"] * 12 + ["foreseeable_safeguarded", "foreseeable_unsafeguarded", "intended"],
          "ai.art5.child_abuse_material": ["none"] * 12 + ["foreseeable_safeguarded", "foreseeable_unsafeguarded", "intended"]}


def product():
    facts = {name: chance.random() < share for share, names in YES_NO.items() for name in names}
    facts.update((name, chance.choice(values)) for name, values in ONE_OF.items())
    facts["ai.annex_iii_areas"] = chance.sample(acts.AREAS, chance.choice([0, 0, 1, 1, 2]))
    if chance.random() < 0.3:
        facts["ai.annex_iii_areas"] = ["1a"]
    for name in ("product.placed_on_market_on", "ai.first_placed_on_market_on", "gpai.placed_on_market_on"):
        facts[name] = chance.choice(PLACED)
    for name in ("product.substantially_modified_on", "ai.significant_design_change_on", "event.corrective_measure_on",
                 "event.notification_submitted_on"):
        facts[name] = chance.choice(PLACED + ["never"] * 5)
    facts["product.support_period_end"] = chance.choice(PLACED + [date(2038, 3, 1), date(2045, 1, 1)])
    return facts


def differences(facts, as_of, said):
    want, live = acts.both(facts, as_of)
    for name, value in want.items():
        if said[name]["status"] == "unknown" or said[name]["value"] != value:
            yield f"{name}: {value} by the text, {said[name]['value']} by the rules"
    others = {a: acts.both(facts, as_of, a)[0] for a, is_live in live.items() if is_live}
    for name, value in want.items():
        named = {a: o[name] for a, o in others.items() if TOUCHES[a] is None or name in TOUCHES[a]}
        status = "contested" if any(other != value for other in named.values()) else "settled"
        if said[name]["status"] != status:
            yield f"{name}: {status} by the text, {said[name]['status']} by the rules"
        for reading in said[name]["readings"]:
            if not reading.get("default") and named.get(reading["ambiguity"], "not live") != reading["value"]:
                yield f"{name} under {reading['ambiguity']}: {named.get(reading['ambiguity'], 'not live')} by the text, " \
                      f"{reading['value']} by the rules"


count, wrong, seen = 0, 0, {}
for day in DAYS:
    batch = [product() for _ in range(products)]
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        file.write("".join(json.dumps({"facts": facts}, default=date.isoformat) + "\n" for facts in batch))
        file.flush()
        run = subprocess.run([duolex, "decide", "--law", str(top / "law"), "--batch", file.name, "--as-of", day.isoformat(),
                              "--format", "json"], capture_output=True, text=True, timeout=600)
    lines = run.stdout.splitlines()
    if len(lines) != len(batch):
        sys.exit(f"{len(lines)} answers to {len(batch)} products on {day}: {run.stderr[:500]}")
    for facts, line in zip(batch, lines):
        count += 1
        for a, is_live in acts.both(facts, day)[1].items():
            seen[a] = seen.get(a, 0) + bool(is_live)
        found = list(differences(facts, day, json.loads(line)["conclusions"]))
        wrong += bool(found)
        if found and wrong <= 5:
            print(day, *found, json.dumps({k: v for k, v in facts.items() if v not in (False, "none")}, default=date.isoformat),
                  sep="\n  ")
missed = [a for a in TOUCHES if not seen.get(a)]
print(f"{count} products on {len(DAYS)} days, {wrong} of them decided otherwise; live:",
      ", ".join(f"{a} {n}" for a, n in sorted(seen.items())))
if missed:
    print("no product made live:", *missed)
sys.exit(1 if wrong or missed else 0)
