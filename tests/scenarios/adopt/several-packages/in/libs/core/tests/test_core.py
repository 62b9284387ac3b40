import tide_core


def test_it_is_there():
    assert tide_core
