"""Where rules and templates lie."""

from pathlib import Path

from eksdoctor import resources


def test_a_checkout_uses_its_own_folders():
    root = Path(__file__).parents[2]
    assert resources.rules_folder() == root / "rules"
    assert resources.reports_folder() == root / "reports"


def test_an_installed_package_uses_what_it_brought(monkeypatch, tmp_path):
    (tmp_path / "_bundled" / "rules").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    assert resources.rules_folder() == tmp_path / "_bundled" / "rules"
    assert resources.reports_folder() == tmp_path.parent / "reports"
