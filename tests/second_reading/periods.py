"""Periods and models for acts.py: how long documents are kept and products supported, when a final report is due."""
from calendar import monthrange
from datetime import date, timedelta


def later(day, months):
    """The same day number that many months on, or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def periods(f, as_of, o, bound):
    """Articles 13(8), 13(13), 14(2)(c), 14(4)(c) CRA; 18(1), 51, 111(3) and 113(b) AI Act."""
    kept, theirs, report = None, None, None
    if o["cra.applies"]:
        kept = max(later(f["product.placed_on_market_on"], 120), f["product.support_period_end"])
        measure, notice = f["event.corrective_measure_on"], f["event.notification_submitted_on"]
        if f["event.kind"] == "vulnerability" and measure != "never":
            report = measure + timedelta(14)
        if f["event.kind"] == "incident" and notice != "never":
            report = later(notice, 1)
    if bound:
        theirs = later(f["product.placed_on_market_on"], 120)
    ends = [day for day in (kept, theirs) if day]
    for name, day in (("cra.retention_end", kept), ("ai.retention_end", theirs), ("cra.final_report_due", report),
                      ("joint.retention_end", max(ends) if ends else None)):
        o[name] = day.isoformat() if day else None
    o["cra.support_period_minimum_years"] = min(5, f["product.expected_use_years"])
    o["cra.notification_required"] = o["cra.reporting_applies"] and (
        (f["event.kind"] == "vulnerability" and f["event.actively_exploited"])
        or (f["event.kind"] == "incident" and f["event.severe"]))
    systemic = any(f["gpai." + x] for x in ("training_flops_above_threshold", "high_impact_capabilities", "designated_systemic"))
    o["ai.gpai"] = "none" if not f["gpai.is_model"] else "gpai_systemic" if systemic else "gpai"
    older = f["gpai.placed_on_market_on"] < date(2025, 8, 2)
    o["ai.gpai_duties_from"] = None if not f["gpai.is_model"] else "2027-08-02" if older else "2025-08-02"
    o["ai.gpai_duties_apply"] = f["gpai.is_model"] and as_of >= (date(2027, 8, 2) if older else date(2025, 8, 2))
