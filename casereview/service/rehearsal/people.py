"""Invented people for the rehearsal service: names from lists, NHS numbers never issued."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from casereview.core.identity import is_nhs_number

_GIVEN = """
Aaliyah Abigail Adeola Agnes Aidan Aisha Alasdair Amara Amelia Andrzej Anjali Anwen Arjun Bethan
Blessing Bronwyn Callum Catrin Chidi Chloe Ciaran Clara Colette Connor Daniel Darius Deepak Delroy
Derek Dilys Edith Eilidh Elijah Emeka Erin Esme Ewan Farah Fatima Fergus Fiona Freya Gareth Grace
Gurpreet Hamish Hannah Harriet Hassan Hope Ibrahim Imogen Iona Isaac Jasmine Jerome Joan Kasia
Keisha Kieran Kwame Leila Leon Lewis Lowri Magda Maisie Malik Maya Megan Mehmet Michelle Mohammed
Morag Nadia Neil Ngozi Niamh Olive Oscar Owen Patience Pauline Pavel Precious Priya Rajesh Rhys
Rosa Ruth Sanjay Saoirse Sian Simon Sunita Tamsin Thandi Tomasz Travis Una Vikram Violet Wei
Winston Yasmin Yusuf Zainab Zoe
"""
_FAMILY = """
Abara Achterberg Adebayo Ahmed Akhtar Alderson Allardyce Bamford Banerjee Barrowclough Begum
Birtwistle Blackadder Boateng Brathwaite Bronski Cadwallader Campbell Carmichael Chaudhry
Chowdhury Clapham Cotterill Cracknell Dalgleish Davies Demetriou Dhillon Dunmore Eccleston Ekwueme
Entwistle Evans Fairweather Fernandes Fothergill Gallagher Garside Ghosh Gilchrist Goodfellow
Gunawardena Hargreaves Hepworth Hinchliffe Hussain Igwe Inglethorpe Iqbal Jamieson Jankowska Jones
Kapoor Kavanagh Kettlewell Khan Kowalczyk Lockwood Lovelace MacAskill Macpherson Mahmood
Marchbanks Mistry Moyo Murgatroyd Ndlovu Nkemelu Novak OBrien Oyelaran Papadakis Parkinson Patel
Pemberton Petrov Pickersgill Quigley Rahman Ramsbottom Rashid Reid Rowbotham Sandhu Satterthwaite
Sesay Shufflebottom Silva Sithole Stainthorpe Sutcliffe Tait Thackeray Thwaite Tran Uddin Urquhart
Vaughan Wadsworth Wolstenholme Yeboah Yilmaz Zielinski
"""
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who does not exist. `nhs_number` lies in the range that is never issued."""

    local_id: str
    name: str
    born: date
    nhs_number: str


def invent(rng: Random) -> Iterator[tuple[str, str, str]]:
    """Yield (local id, name, NHS number) without end; no id, number or name comes twice soon."""
    numbers, names = set[int](), set[str]()
    n = 40_000
    while True:
        n += rng.randrange(3, 19)
        name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"
        digits = rng.randrange(1_000_000)
        if name in names or digits in numbers:
            continue
        valid = [f"999{digits:06d}{check}" for check in range(10)]
        found = next((text for text in valid if is_nhs_number(text)), None)
        if found is None:
            continue
        names.add(name)
        numbers.add(digits)
        yield f"{n:06d}", name, found


class Register:
    """Hands out invented people of a given age."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._next = invent(rng)

    def somebody(self, ages: tuple[int, int], on: date, *, family: str = "") -> Invented:
        """Return somebody new whose age in years lies in `ages`, both ends included, on a day.

        With `family` they have the family name of that name: a brother or sister.
        """
        local_id, name, nhs_number = next(self._next)
        if family:
            name = f"{name.split()[0]} {family.rsplit(maxsplit=1)[-1]}"
        days = self._rng.randrange(ages[0] * 366, ages[1] * 365 + 364)
        return Invented(local_id, name, on - timedelta(days=days), nhs_number)
