"""A year of a fictitious city for `manage.py demo`, told through the rooms' own actions in the order it happened.

Nobody and nothing here is real: 云泽市, its villages and its people are invented, and no finding names a person, a
petitioner or a discipline matter (design, domain §8).
"""
