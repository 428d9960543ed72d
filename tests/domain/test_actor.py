from ldfleet.domain.actor import Role, Scope


def test_each_role_may_what_the_lesser_ones_may() -> None:
    assert [[have.covers(need) for need in Role] for have in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_scope_holds_what_is_at_its_sites_or_carries_its_tags() -> None:
    scope = Scope(sites=frozenset({"riga"}), tags=frozenset({"qa"}))

    assert scope.holds(site="riga", tags=())
    assert scope.holds(site="oslo", tags=("qa", "spare"))
    assert not scope.holds(site="oslo", tags=("spare",))


def test_an_empty_scope_holds_nothing() -> None:
    assert not Scope().holds(site="riga", tags=("qa",))
