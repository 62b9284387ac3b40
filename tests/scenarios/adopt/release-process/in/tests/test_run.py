from contd import run


def test_run():
    assert run() is None
