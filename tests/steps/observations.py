"""A set of observations from one line of text."""

from decimal import Decimal

from sync.domain.clinical.news2 import Acvpu, Breathing, Observations


def seen(text: str, scale_2: bool = False) -> Observations:
    """From "16/98/air/125/75/A/36.8"."""
    rate, spo2, oxygen, systolic, pulse, consciousness, temperature = text.split("/")
    return Observations(
        int(rate),
        int(spo2),
        Breathing(oxygen),
        int(systolic),
        int(pulse),
        Acvpu(consciousness),
        Decimal(temperature),
        scale_2,
    )
