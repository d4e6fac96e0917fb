"""Published apportionments: who had how many people or votes, and how many seats it was given."""

from __future__ import annotations

CENSUS_2020 = {
    "Alabama": (5_030_053, 7), "Alaska": (736_081, 1), "Arizona": (7_158_923, 9), "Arkansas": (3_013_756, 4), "California": (39_576_757, 52),
    "Colorado": (5_782_171, 8), "Connecticut": (3_608_298, 5), "Delaware": (990_837, 1), "Florida": (21_570_527, 28), "Georgia": (10_725_274, 14),
    "Hawaii": (1_460_137, 2), "Idaho": (1_841_377, 2), "Illinois": (12_822_739, 17), "Indiana": (6_790_280, 9), "Iowa": (3_192_406, 4),
    "Kansas": (2_940_865, 4), "Kentucky": (4_509_342, 6), "Louisiana": (4_661_468, 6), "Maine": (1_363_582, 2), "Maryland": (6_185_278, 8),
    "Massachusetts": (7_033_469, 9), "Michigan": (10_084_442, 13), "Minnesota": (5_709_752, 8), "Mississippi": (2_963_914, 4), "Missouri": (6_160_281, 8),
    "Montana": (1_085_407, 2), "Nebraska": (1_963_333, 3), "Nevada": (3_108_462, 4), "New Hampshire": (1_379_089, 2), "New Jersey": (9_294_493, 12),
    "New Mexico": (2_120_220, 3), "New York": (20_215_751, 26), "North Carolina": (10_453_948, 14), "North Dakota": (779_702, 1), "Ohio": (11_808_848, 15),
    "Oklahoma": (3_963_516, 5), "Oregon": (4_241_500, 6), "Pennsylvania": (13_011_844, 17), "Rhode Island": (1_098_163, 2), "South Carolina": (5_124_712, 7),
    "South Dakota": (887_770, 1), "Tennessee": (6_916_897, 9), "Texas": (29_183_290, 38), "Utah": (3_275_252, 4), "Vermont": (643_503, 1),
    "Virginia": (8_654_542, 11), "Washington": (7_715_946, 10), "West Virginia": (1_795_045, 2), "Wisconsin": (5_897_473, 8), "Wyoming": (577_719, 1),
}  # fmt: skip
"""Apportionment populations and seats by the census of 2020, by Huntington–Hill with one seat for each at least: U.S. Census Bureau, 2020 Apportionment
Results, table 1; 331,108,434 people, 435 seats."""

CENSUS_1880 = {
    "Alabama": 1_262_505, "Arkansas": 802_525, "California": 864_694, "Colorado": 194_327, "Connecticut": 622_700, "Delaware": 146_608, "Florida": 269_493,
    "Georgia": 1_542_180, "Illinois": 3_077_871, "Indiana": 1_978_301, "Iowa": 1_624_615, "Kansas": 996_096, "Kentucky": 1_648_690, "Louisiana": 939_946,
    "Maine": 648_936, "Maryland": 934_943, "Massachusetts": 1_783_085, "Michigan": 1_636_937, "Minnesota": 780_773, "Mississippi": 1_131_597,
    "Missouri": 2_168_380, "Nebraska": 452_402, "Nevada": 62_266, "New Hampshire": 346_991, "New Jersey": 1_131_116, "New York": 5_082_871,
    "North Carolina": 1_399_750, "Ohio": 3_198_062, "Oregon": 174_768, "Pennsylvania": 4_282_891, "Rhode Island": 276_531, "South Carolina": 995_577,
    "Tennessee": 1_542_359, "Texas": 1_591_749, "Vermont": 332_286, "Virginia": 1_512_565, "West Virginia": 618_457, "Wisconsin": 1_315_497,
}  # fmt: skip
"""Populations of the states by the census of 1880: 49,371,340 people. By the largest remainder, one seat for each at least, Alabama has 8 of 299 seats and 7 of
300, Texas 9 and 10, Illinois 18 and 19: the Alabama paradox, as the Census Office told Congress. M. Balinski, H. P. Young: Fair Representation (1982)."""

BUNDESTAG_2013 = {"CDU": (14_921_877, 255), "SPD": (11_252_215, 193), "DIE LINKE": (3_755_699, 64), "GRÜNE": (3_694_057, 63), "CSU": (3_243_569, 56)}
"""Second votes and seats, by Sainte-Laguë: the federal returning officer (Bundeswahlleiter), final result of 2013; 631 seats."""

BUNDESTAG_2017 = {
    "CDU": (12_447_656, 200), "SPD": (9_539_381, 153), "AfD": (5_878_115, 94), "FDP": (4_999_449, 80), "DIE LINKE": (4_297_270, 69),
    "GRÜNE": (4_158_400, 67), "CSU": (2_869_688, 46),
}  # fmt: skip
"""The same of 2017; 709 seats."""
