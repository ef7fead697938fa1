"""Each site the suite is to run on can be made; where its framework is missing, this says so."""

import sites


def test_a_site_has_the_name_it_is_asked_for_by(name_of_site: str) -> None:
    assert sites.find(name_of_site).name == name_of_site
