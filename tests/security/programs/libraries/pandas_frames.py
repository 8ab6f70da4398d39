import io

import numpy as np
import pandas as pd

frame = pd.DataFrame({"key": list("abcabc"), "value": range(6), "when": pd.date_range("2026-01-01", periods=6, tz="Europe/Berlin")})
assert frame.groupby("key")["value"].sum().to_dict() == {"a": 3, "b": 5, "c": 7}
text = frame.to_csv(index=False)
assert pd.read_csv(io.StringIO(text))["value"].tolist() == list(range(6))
merged = frame.merge(pd.DataFrame({"key": ["a", "b"], "name": ["α", "β"]}), on="key", how="left")
assert merged["name"].isna().sum() == 2
assert frame.set_index("when")["value"].resample("2D").sum().tolist() == [1, 5, 9]
assert np.isclose(frame["value"].rolling(2).mean().iloc[-1], 4.5)
assert frame.pivot_table(index="key", values="value", aggfunc="mean").loc["c", "value"] == 3.5
print("right")
