"""Our tasks beside those that a repository has already."""

from __future__ import annotations

import sys

from invoke.collection import Collection


def beside(own: str | Collection, *, name: str = "") -> Collection:
    """
    The tasks of a module, or of a collection, and ours.

    Args:
        own: `__name__` of the module that has the other tasks, or the collection of those.
        name: of the collection that ours get, as in `invoke rel.release`; ours have no such prefix without it.

    Raises:
        ValueError: a task of ours has the name of another one, and no collection keeps them apart.
    """
    from contd_release.tasks import namespace

    collection = Collection.from_module(sys.modules[own]) if isinstance(own, str) else own
    if name:
        collection.add_collection(namespace, name=name)
        return collection
    ours = (*namespace.tasks, *namespace.collections)
    if taken := sorted({*collection.tasks, *collection.collections} & set(ours)):
        raise ValueError(f'these tasks are there already: {", ".join(taken)}; expected: beside(…, name="rel")')
    for task in namespace.tasks.values():
        collection.add_task(task)
    for one in namespace.collections.values():
        collection.add_collection(one)
    return collection
