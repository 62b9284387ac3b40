from saltmarsh import __version__


def test_it_has_a_version():
    assert __version__
