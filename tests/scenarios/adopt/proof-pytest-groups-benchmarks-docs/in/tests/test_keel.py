import keel


def test_keel():
    assert keel.__doc__
