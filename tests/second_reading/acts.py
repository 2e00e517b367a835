"""The conclusions on both acts once more, written by hand from their text in another language than the rules. It answers
complete facts only, has no notion of unknown facts and shares nothing with the engine, so that a slip of the rules and
a slip here would have to be the same to pass. `departing` names the one ambiguity that is read the other way."""
from datetime import date

from periods import periods

CLASS_I = ["identity_access_management", "siem", "connected_toy"]
CLASS_II = ["firewall_ids_ips", "tamper_resistant_microcontroller"]
CRITICAL = ["smart_meter_gateway", "hardware_security_box"]
SECTION_A = ["toys", "radio_equipment", "medical_device"]
SECTION_B = ["rail", "agricultural_vehicles"]
AREAS = "1a 1b 1c 2 3a 3b 4a 5a 5b 5c 6a 6e 7b 7d 8a 8b".split()
EXCEPTIONS = {"1a": "biometric_verification", "2": "cybersecurity_only", "5b": "financial_fraud",
              "7d": "travel_documents", "8b": "campaign_logistics"}
AMENDED = date(2026, 7, 27)         # 2026/1744, third day after publication
VEHICLES_DAY = date(2025, 11, 18)   # 2025/1535, twentieth day after publication
CRA_DAY, REPORTING_DAY = date(2027, 12, 11), date(2026, 9, 11)
BODIES = ["cra_notified_body", "cra_certification_body", "ai_notified_body", "sectoral_notified_body",
          "market_surveillance_authority", "ai_office"]


def cra(f, as_of):
    """Articles 2, 3, 7, 8, 14, 21, 22, 24, 27(9), 32, 64, 69 and 71, and what Article 12 asks of them."""
    o, where = {}, f["actor.cra_position"]
    supplied = f["product.made_available_commercially"]                                    # 3(22)
    substantial = f["change.after_placing"] and (f["change.affects_annex_i_part_i"] or f["change.modifies_intended_purpose"])
    own_change = f["actor.modified_product"] and substantial
    by_21 = supplied and where in ("importer", "distributor") and (f["actor.own_name_or_trademark"] or own_change)
    by_22 = supplied and where == "other" and own_change and f["actor.makes_modified_product_available"]
    steward = (f["product.foss"] and f["actor.systematic_foss_support"] and where != "manufacturer"
               and not by_21 and not by_22)                                                # 3(14)
    out = []
    if not f["product.is_product"]:
        out.append("no_product")
    if not f["product.data_connection"]:
        out.append("no_data_connection")
    if not supplied and not steward:
        out.append("not_commercial")
    for law in ("medical_device", "ivd", "motor_vehicle", "aviation_certified", "marine_equipment"):
        if f["product.exclusion." + law]:
            out.append(law)
    if (as_of >= VEHICLES_DAY and f["product.exclusion.l_category_vehicle"]
            and not f["product.exclusion.l1e_pedal_cycle"]):
        out.append("l_category_vehicle")
    for why in ("identical_spare_part", "defence_only", "classified_information"):
        if f["product.exclusion." + why]:
            out.append(why)
    applies = not out
    o["cra.applies"], o["cra.excluded_by"] = applies, out
    o["cra.role"] = ("none" if not applies else "manufacturer" if where == "manufacturer"
                     else "manufacturer_by_art21" if by_21 else "manufacturer_by_art22" if by_22
                     else "steward" if steward else "none" if where == "other" else where)
    core = f["cra.core_function"]
    kind = ("none" if not applies else "important_1" if core in CLASS_I else "important_2" if core in CLASS_II
            else "critical" if core in CRITICAL else "default")
    o["cra.class"] = kind
    full = kind == "important_1" and f["cra.standards_applied"] == "full" and f["assume.cra_article27_basis"]
    open_source = kind in ("important_1", "important_2") and f["product.foss"] and f["product.foss_docs_public"]
    third_party = kind == "critical" or (kind in ("important_1", "important_2") and not full and not open_source)
    mandatory = kind == "critical" and f["assume.cra_8_1_act"]
    scheme = f["assume.cra_27_9_scheme"]
    menu = []
    if applies and mandatory:
        menu = ["certificate_8_1"]
    elif applies:
        menu = ([] if third_party else ["module_a"]) + ["module_b_c", "module_h"] + (["certificate_27_9"] if scheme else [])
    o["cra.procedures"], o["cra.third_party_required"] = menu, third_party
    o["cra.substantial_modification"] = applies and substantial
    alone = steward and not supplied
    owes = f["actor.steward_in_development"] or f["actor.steward_runs_dev_infrastructure"]
    o["cra.reporting_applies"] = applies and (as_of >= CRA_DAY and owes if alone else as_of >= REPORTING_DAY)
    maker = o["cra.role"].startswith("manufacturer")
    o["cra.fines_apply"] = applies and as_of >= CRA_DAY and o["cra.role"] != "steward"
    placed, modified = f["product.placed_on_market_on"], f["product.substantially_modified_on"]
    o["cra.requirements_apply"] = applies and as_of >= CRA_DAY and (
        placed >= CRA_DAY or (modified != "never" and CRA_DAY <= modified <= as_of))
    reached = CRA_DAY if placed >= CRA_DAY else modified if modified != "never" and modified >= CRA_DAY else None
    o["cra.requirements_from"] = reached.isoformat() if applies and reached else None
    certified = scheme and f["cra.certificate_27_9"] == "full"
    return o, {"third_party": third_party, "full": full, "open_source": open_source, "mandatory": mandatory,
               "certified": certified, "fined_early": o["cra.reporting_applies"] and maker and as_of < CRA_DAY}


def practices(f, as_of):
    """Article 5(1) with (1a): the points that are met, whether or not they apply already."""
    a = {key.rsplit(".", 1)[1]: value for key, value in f.items() if key.startswith("ai.art5.")}

    def generates(value):
        by_design = value == "foreseeable_unsafeguarded" and f["actor.ai_position"] != "deployer"
        return as_of >= AMENDED and (value == "intended" or by_design)
    met = {"a": a["manipulation"], "b": a["exploits_vulnerability"], "ba": generates(a["intimate_imagery"]),
           "bb": generates(a["child_abuse_material"]) and not a["child_abuse_without_right_defence"],
           "c": a["social_scoring"], "d": a["crime_prediction"], "e": a["facial_scraping"],
           "f": a["emotion_work_education"] and not a["emotion_medical_safety"], "g": a["biometric_categorisation"],
           "h": a["realtime_rbi_law_enforcement"] and not a["realtime_rbi_strictly_necessary"]}
    return [point for point, is_met in met.items() if is_met]


def transparency(f):
    """Article 50(1) to (4)."""
    duties = []
    if f["ai.crime_detection_authorised"]:
        return duties
    if f["ai.interacts_with_persons"] and not f["ai.interaction_obvious"]:
        duties.append("50_1")
    if f["ai.generates_synthetic_content"] and not f["ai.standard_editing_only"]:
        duties.append("50_2")
    if f["ai.emotion_or_biometric_categorisation"]:
        duties.append("50_3")
    if f["ai.deep_fake"]:
        duties.append("50_4_deep_fake")
    if f["ai.public_interest_text"] and not f["ai.editorial_responsibility"]:
        duties.append("50_4_text")
    return duties


def first_day(f, as_of, by_annex_iii, by_section_a):
    """Articles 113(c), 111(1) and 111(2)."""
    if not by_annex_iii and not by_section_a:
        return None
    first, change = f["ai.first_placed_on_market_on"], f["ai.significant_design_change_on"]
    if f["ai.annex_x_component"] and first < date(2027, 8, 2):
        return date(2030, 12, 31)
    grounds, days = [], []
    if by_annex_iii:
        grounds.append((date(2027, 12, 2),) * 2 if as_of >= AMENDED else (date(2026, 8, 2),) * 2)
    if by_section_a:
        grounds.append((date(2028, 8, 2),) * 2 if as_of >= AMENDED else (date(2027, 8, 2), date(2026, 8, 2)))
    for applies_from, older_before in grounds:
        if first >= older_before:
            days.append(applies_from)
            continue
        if change != "never" and change >= older_before:
            days.append(max(change, applies_from))
        if f["ai.intended_for_public_authorities"]:
            days.append(date(2030, 8, 2))
    return min(days) if days else None


def ai(f, as_of, departing):
    """Articles 2, 3, 5, 6, 25, 43, 49, 50, 75(1e), 111 and 113 with Annexes I and III."""
    o, amended, law = {}, as_of >= AMENDED, f["ai.annex_i_act"]
    section = ("none" if law == "none" else "A" if law in SECTION_A or (law == "machinery" and not amended) else "B")
    safety = law != "none" and (f["ai.safety_function"] or f["ai.failure_endangers_safety"])
    if amended and f["ai.convenience_only"] and not f["ai.failure_endangers_safety"]:      # 6(1a), 6(1b)
        safety = False
    asked = f["ai.sectoral_third_party"] != "not_required" and not (amended and f["ai.third_party_only_non_safety"])
    by_6_1 = law != "none" and asked and (safety or f["ai.is_annex_i_product"])
    uses = [use for use in f["ai.annex_iii_areas"]
            if use not in EXCEPTIONS or not f["ai.annex_iii_exception." + EXCEPTIONS[use]]]
    ground = f["ai.art6_3_ground"] != "none" and not f["ai.profiling"]
    taken_out = bool(uses) and ground and not f["ai.significant_risk"]
    met, duties = practices(f, as_of), transparency(f)
    applies = (f["ai.is_ai_system"] and f["ai.in_union_scope"]
               and not any(value for key, value in f.items() if key.startswith("ai.exclusion."))
               and not (f["ai.foss"] and not (by_6_1 or (uses and not taken_out) or met or duties)))   # 2(12)
    o["ai.applies"], o["ai.safety_component"] = applies, applies and safety
    o["ai.annex_i_section"] = section if applies else "none"
    o["ai.prohibited_practices"] = [p for p in met if applies and (
        as_of >= date(2026, 12, 2) if p in ("ba", "bb") else as_of >= date(2025, 2, 2))]
    o["ai.prohibited"] = bool(o["ai.prohibited_practices"])
    rated = applies and not o["ai.prohibited"]
    disputed = rated and bool(uses) and ground and f["ai.significant_risk"]                # A25
    taken_out = rated and (taken_out or (disputed and departing == "A25"))
    section_a, section_b = rated and by_6_1 and section == "A", rated and by_6_1 and section == "B"
    annex_iii = rated and bool(uses) and not taken_out
    o["ai.art6_3_derogation"], o["ai.high_risk"] = taken_out, section_a or section_b or annex_iii
    o["ai.high_risk_basis"] = [name for name, holds in (("annex_i_section_a", section_a), (
        "annex_i_section_b", section_b), ("annex_iii", annex_iii)) if holds]
    bound = section_a or annex_iii                                                         # 2(2)
    biometric = any(use in ("1a", "1b", "1c") for use in uses)
    standards = f["assume.ai_standards_available"] and f["ai.standards_applied"] == "full"
    choice = bound and not section_a and biometric and standards
    if not bound:
        menu, procedure = [], "none"
    elif section_a:
        menu, procedure = ["sectoral"], "sectoral"
    elif not biometric:
        menu, procedure = ["annex_vi"], "annex_vi"
    elif choice:
        menu, procedure = ["annex_vi", "annex_vii"], f["ai.annex_iii_1_procedure_chosen"]
    else:
        menu, procedure = ["annex_vii"], "annex_vii"
    o["ai.procedures_open"], o["ai.procedure"] = menu, procedure
    alone = (section_a and f["ai.sectoral_third_party"] == "required_unless_standards" and standards
             and f["ai.sectoral_standards_full"] and f["ai.sectoral_procedure_chosen"] == "self")
    for_authority = f["ai.for_law_enforcement_migration_or_union_body"]
    body = "none"
    if section_a:
        body = "none" if alone and not (amended and departing == "A23") else "sectoral_notified_body"
    elif procedure == "annex_vii":
        body = ("ai_office" if amended and f["ai.ai_office_competent"]
                else "market_surveillance_authority" if for_authority else "ai_notified_body")
    o["ai.notified_body"] = body
    listed, hidden = annex_iii or taken_out, any(u[0] in "67" for u in uses) or (biometric and for_authority)
    o["ai.registration"] = [name for name, holds in (
        ("eu_database", annex_iii and not hidden and any(u != "2" for u in uses)),
        ("eu_database_6_3", taken_out and not hidden), ("non_public_section", listed and hidden),
        ("national", annex_iii and "2" in uses)) if holds]
    newer = f["ai.first_placed_on_market_on"] >= date(2026, 8, 2)
    o["ai.transparency"] = [d for d in duties if applies and as_of >= date(2026, 8, 2)
                            and (d != "50_2" or newer or as_of >= date(2026, 12, 2))]
    # 111(4) is of 2026; before, Article 50 had one day for all.
    late = not newer and as_of >= date(2026, 7, 27)
    o["ai.marking_from"] = (date(2026, 12, 2) if late else date(2026, 8, 2)).isoformat() if applies and "50_2" in duties else None
    o["ai.substantial_modification"] = changed = (
        applies and f["change.after_placing"] and not f["change.foreseen_in_initial_assessment"]
        and not f["change.predetermined_annex_iv_2f"]
        and (f["change.affects_section_2"] or f["change.modifies_intended_purpose"]))
    where, role = f["actor.ai_position"], "none"
    shifts = bound and (f["actor.own_name_or_trademark"] or (f["actor.modified_product"] and changed)
                        or f["actor.changed_ai_purpose_to_high_risk"])
    if applies:
        if where == "provider":
            role = "provider"
        elif where == "product_manufacturer" and section_a and safety:
            role = "product_manufacturer_as_provider"
        elif shifts:
            role = "provider_by_art25"
        elif where in ("deployer", "importer", "distributor"):
            role = where
        elif where == "product_manufacturer" and section_a and f["ai.is_annex_i_product"]:
            role = "provider"
    o["ai.role"] = role
    o["ai.authorised_representative_required"] = bound and "provider" in role and not f["actor.established_in_union"]
    day = first_day(f, as_of, annex_iii, section_a)
    o["ai.high_risk_duties_from"] = day.isoformat() if day else None
    o["ai.high_risk_duties_apply"] = day is not None and day <= as_of
    return o, {"bound": bound, "alone": alone, "choice": choice, "disputed": disputed, "amended": amended,
               "only_b": section_b and not annex_iii}


def both(f, as_of, departing=None):
    """All conclusions, and which ambiguities are live."""
    o, c = cra(f, as_of)
    more, a = ai(f, as_of, departing)
    o.update(more)
    procedure, sent = o["ai.procedure"], c["third_party"]
    applies = o["cra.applies"] and a["bound"]
    live = {"A3": applies and a["choice"] and procedure == "annex_vii" and sent,
            "A4": applies and c["full"] and procedure == "annex_vi",
            "A7": applies and a["alone"] and sent, "A9": o["cra.applies"] and a["only_b"],
            "A12": applies and c["open_source"] and not c["full"] and procedure == "annex_vi",
            "A21": c["fined_early"],
            "A22": applies and c["mandatory"] and procedure in ("annex_vii", "sectoral"),
            "A23": a["amended"] and a["alone"], "A25": a["disputed"]}
    blocked = departing == "A9" and live["A9"]
    back = applies and sent and (procedure == "annex_vi" or a["alone"])                     # 12(3), default of A7
    if departing in ("A3", "A4", "A12") and live[departing]:
        back = True
    if departing == "A7" and live["A7"]:
        back = False
    o["joint.art12_applies"], o["joint.derogation_12_3"] = applies or blocked, back
    by = ("not_applicable" if not o["cra.applies"] or o["ai.prohibited"] or blocked
          else "cra_procedures" if not applies or back else procedure)
    o["joint.cra_assessed_by"] = by
    o["joint.nb_needs_art39"] = by == "annex_vii" or (by == "sectoral" and o["ai.notified_body"] != "none")
    o["joint.nb_competence"] = ("not_applicable" if not o["joint.nb_needs_art39"]
                                else "competent" if f["nb.cra_art39_assessed"] else "not_competent")
    needed = c["mandatory"] and not (departing == "A22" and live["A22"] and not back)
    o["joint.certificate_8_1_needed"] = needed
    wanted = {o["ai.notified_body"]}
    if by == "cra_procedures" and sent:
        wanted.add("cra_certification_body" if c["mandatory"] or c["certified"] else "cra_notified_body")
    if needed and not o["ai.prohibited"]:
        wanted.add("cra_certification_body")
    o["joint.bodies"] = [name for name in BODIES if name in wanted]
    size = f["actor.size"]
    small = size in ("micro", "small", "medium") or (a["amended"] and size == "small_mid_cap")
    o["joint.simplified_documentation"] = (["cra_form"] if o["cra.applies"] and size in ("micro", "small") else []) + (
        ["ai_form"] if a["bound"] and small else [])
    mine, theirs = o["cra.requirements_apply"], o["ai.high_risk_duties_apply"]
    o["joint.regime_now"] = "both" if mine and theirs else "cra_only" if mine else "ai_only" if theirs else "none"
    periods(f, as_of, o, a["bound"])
    if departing == "A21" and live["A21"]:
        o["cra.fines_apply"] = True
    return o, live
