"""Loops over rows of the ledger: NumPy writes a table field by field, each a walk over all rows."""

from __future__ import annotations

from coopsim.arithmetic import compiled


@compiled
def enter(rows, form, none, a, b, year, initiator, activity, topic, why):
    """Fill the first rows with bilateral agreements that enter into force at once; `none` stands where nothing is."""
    for k in range(len(a)):
        row = rows[k]
        row.form, row.activity, row.topic = form, activity[k], topic[k]
        row.a, row.b, row.initiator = a[k], b[k], initiator[k]
        row.norm = row.body = row.ended = none
        row.proposed = row.signed = row.in_force = year[k]
        for term in range(why.shape[1]):  # the assignment of an array takes seconds to compile
            row.why[term] = why[k, term]


@compiled
def tie(rows, ids, ties):
    """Write agreements into the matrix of ties in force."""
    for k in ids:
        ties[rows[k].a, rows[k].b] = ties[rows[k].b, rows[k].a] = k


@compiled
def end(rows, ids, year, reason, none, ties):
    """End agreements, and take them out of the matrix of ties in force, where `none` is written.

    Return whether all were still in force, without which nothing is written.
    """
    for k in ids:
        if rows[k].ended >= 0:
            return False
    for k in ids:
        row = rows[k]
        row.ended, row.end_reason = year, reason
        ties[row.a, row.b] = ties[row.b, row.a] = none
    return True
