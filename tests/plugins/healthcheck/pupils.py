"""Invented children: the first is measured twice, the second once and without a look at the eyes, the third never."""

from __future__ import annotations

from workflow_core.records.values import check_digit

TOWNSHIP = "990101100"
NUMBERS = [first + check_digit(first) for first in (f"43280120160305{order:03d}" for order in (11, 13, 15))]
NAMES = ("周甲", "周乙", "周丙")
ROSTER = "姓名,身份证号码,就读学校,年级\n" + "".join(f"{name},{number},高桥镇中心小学,四年级\n" for name, number in zip(NAMES, NUMBERS, strict=True))
SHEET = "姓名,身份证号,身高,体重,左眼视力,右眼视力,体检日期\n"
SPRING = SHEET + f"{NAMES[0]},{NUMBERS[0]},138.2,31.0,5.0,4.9,2026-03-10\n"
AUTUMN = SHEET + f"{NAMES[0]},{NUMBERS[0]},141.0,33.5,4.8,4.7,2026-10-20\n{NAMES[1]},{NUMBERS[1]},139.0,30.1,,,2026-10-20\n"
