"""Draws loans, trains the score of this example on them with Debian's python3-xgboost (1.7.4), and writes

    ../artefacts/score-model.json   the model
    held-out.csv held-out-labels.csv    loans that it has not seen
    train.csv train-labels.csv          as many of those that it has

Nothing here is about a person: every loan comes from the generator below.
"""
import numpy as np
import xgboost as xgb

NAMES = ["age", "income", "amount", "months", "debt_ratio", "late_payments", "years_at_address", "home_own", "home_rent", "home_other"]


def loans(n, g):
    age = g.integers(19, 75, n)
    income = np.round(g.lognormal(7.7, 0.45, n))                        # euro a month
    amount = np.round(g.lognormal(8.6, 0.7, n), -2)
    months = g.choice([12, 24, 36, 48, 60], n)
    debt = np.round(g.beta(2, 5, n), 2)                                 # of the income, for other debts
    late = g.poisson(0.5, n)                                            # in two years
    years = np.minimum(g.geometric(0.15, n) - 1, age - 18)
    home = g.choice(3, n, p=[0.4, 0.45, 0.15])
    burden = amount / months / income
    risk = -3.9 + 9 * burden + 3 * debt + 0.9 * late - 0.04 * years - 0.4 * (home == 0) + 0.2 * (months > 36)
    y = g.random(n) < 1 / (1 + np.exp(-risk))
    x = np.column_stack([age, income, amount, months, debt, late, years, home == 0, home == 1, home == 2]).astype(np.float64)
    x[g.random(n) < 0.05, 6] = np.nan                                   # years at the address are not always known
    return x, y.astype(int)


def table(name, x):
    with open(name, "w") as f:
        f.write(",".join(NAMES) + "\n")
        for row in x:
            f.write(",".join("" if np.isnan(v) else f"{v:g}" if v != int(v) else str(int(v)) for v in row) + "\n")


g = np.random.default_rng(5)
x, y = loans(3000, g)
held, held_y = loans(200, g)
booster = xgb.train(
    {"objective": "binary:logistic", "max_depth": 3, "eta": 0.2, "min_child_weight": 5, "seed": 1, "nthread": 1, "tree_method": "exact"},
    xgb.DMatrix(x, y, feature_names=NAMES), 25)
booster.save_model("../artefacts/score-model.json")
table("held-out.csv", held)
table("train.csv", x[:200])
for name, labels in (("held-out-labels.csv", held_y), ("train-labels.csv", y[:200])):
    open(name, "w").write("".join(f"{v}\n" for v in labels))
print("right on held-out loans:", ((booster.predict(xgb.DMatrix(held, feature_names=NAMES)) > 0.5) == held_y).mean(), "default rate", held_y.mean())
