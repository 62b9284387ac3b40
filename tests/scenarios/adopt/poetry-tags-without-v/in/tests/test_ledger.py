import ledger_kit


def test_version():
    assert ledger_kit.__version__
