// A small law with a bit of everything: guards, exceptions, sets, dates, legal state and a contested reading.
#pragma once

inline constexpr const char* proof_law = R"(text T "A text" from 2024-01-01
fact f.a : yes/no
  ask "?"
fact f.b : yes/no
  ask "?"
  assumed no
fact f.kind : one of none, red, green, blue
  ask "?"
fact f.marks : set of x, y
  ask "?"
fact f.on : date or never
  ask "?"
fact f.years : whole number
  ask "?"
fact assume.s : yes/no
  ask "?"
  overrides s.open
state s.open : yes/no assumed by assume.s
  no from 2024-01-01 source "none" checked 2026-01-01
day first_day
  2026-08-02 cite T/art/1
define warm : yes/no
  yes when f.kind is one of red, green cite T/art/2
    except no when f.marks has x cite T/art/3
  no otherwise
conclude c.class : one of none, low, high
  cite T/art/4
  where f.a, else none cite T/art/5
  high when warm and f.years >= 5 cite T/art/6
  high when s.open cite T/art/7
  low otherwise
conclude c.ways : set of walk, ride
  where f.a, else empty
  has walk when not warm or f.b cite T/art/8
  has ride when f.marks has any of x, y cite T/art/9
  under A1 wide has ride
conclude c.due : date or null
  later of f.on, first_day plus 1 month when f.on is a day and c.class is high cite T/art/10
  null otherwise
ambiguity A1 "Which?"
  cite T/art/11
  live when f.b and f.a
  reading narrow default because "so"
  reading wide because "else"
  touches c.ways
)";
