"""
A throwaway world for the same steps: one local process, one port, real protocols, no secret of yours.

`World(directory)` owns a folder and serves from it until it is stopped; killed and started again, it continues with
what it had. Parts are plain WSGI applications that keep their state below that folder. In front of them every request
is written into the ledger, and faults can be ordered.
"""
