from models.forecast_guide import REFERENCES, SECTIONS
from tests.dashboards.asking import page, text


def test_every_section_formula_and_reference_is_on_the_page_in_either_language(small_site):
    for nth in (0, 1):
        told = text(page(small_site, "/methods", language=("en", "zh")[nth]))
        for section in SECTIONS:
            assert section.title[nth] in told
            assert all(" ".join(formula.split()) in " ".join(told.split()) for formula in section.formulas)
        assert REFERENCES[0] in told
